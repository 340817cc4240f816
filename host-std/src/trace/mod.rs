//! Traces on the desktop: taking them down during a run, files of them, and other formats.
//!
//! The records are [`pandia_core::trace`]'s. [`TraceReader`] reads a native file, record by record or
//! shot by shot; [`TRACE_FORMATS`] lists what can be written. `docs/trace.md` describes the formats.
//!
//! Not here: what records mean for a report, and how shots run ([`crate::runner`]).

mod about;
mod align;
mod capture;
mod changes;
#[cfg(test)]
mod changes_tests;
mod diff;
mod error;
mod format;
mod jsonl;
mod name;
mod native;
mod qasm;
mod reader;
#[cfg(test)]
mod replay_tests;
#[cfg(test)]
mod sample;
#[cfg(test)]
pub(crate) mod schema_tests;
mod select;
mod selene;
mod shot;
mod spool;
mod stream;
mod summary;
#[cfg(test)]
mod tests;
mod text;
mod timeline;

pub use about::{About, AboutPart};
pub(crate) use capture::SideRecorder;
pub use capture::{Capture, TraceOptions};
pub use changes::{Change, What, changes};
pub use diff::{about_differences, is_same};
pub use error::{TraceError, TraceProblem};
pub use format::{
    ByShot, MakeWriter, ShotWriter, TRACE_FORMATS, TraceFormat, TraceWriter, by_ending, by_name,
};
pub use qasm::{QasmError, QasmProblem, QasmVersion, circuit};
pub use reader::TraceReader;
pub use select::{Selection, Selector, kind_by_name};
pub use shot::ShotTrace;
pub(crate) use spool::Spool;
pub use spool::TracePiece;
pub use summary::{InsertedSummary, JointSummary, Summarizer, TraceSummary};
pub use text::{LINE_HEADING, line};
