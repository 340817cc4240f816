//! Traces: what passed a joint of a stack, as one stream of records.
//!
//! A joint is a border between two neighbours, numbered from the program down: 0 between program and
//! runtime, 1 between the runtime and what lies below it, and so on to the last one, above the
//! simulator. A [`Tap`] sits at a joint, changes nothing, and tells a [`Recorder`] what passes: the
//! operations on their way down, the outcomes on their way up, and, if asked, how long it took;
//! a [`ProgramTap`] does so at joint 0.
//! A [`Record`] is pointer-free and has one fixed form in words ([`Record::encode`]), the same in a
//! [`Ring`] on a board, in a file on the desktop and on the line between them.
//!
//! Not here: files, threads and other formats, which are the desktop's.

mod count;
mod decode;
mod event;
mod header;
mod keeper;
mod program_tap;
mod recorder;
mod ring;
mod show;
mod tap;
#[cfg(test)]
mod tests;
mod timing;

pub use count::{Count, CountPart};
pub use event::{
    At, BATCH_NONE, BatchEnd, DURATION_NONE, Event, OpDown, OutcomeUp, RECORD_WORDS_MAX, Record,
};
pub use header::{Header, MAGIC, Unit, VERSION};
pub use keeper::Keeper;
pub use program_tap::ProgramTap;
pub use recorder::{Recorder, Sequence};
pub use ring::Ring;
pub use tap::Tap;
pub use timing::{Timed, Timing, Untimed};
