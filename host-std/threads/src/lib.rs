//! Any runtime on a thread of its own: the program runs ahead, and waits only where it reads a
//! result, at the end of a shot, or while the queue between the two is full.
//!
//! The bounded queue of commands, the thread that carries them out, and how a built-in runtime is put on
//! such a thread: for the command, where it is linked in, and for the plugin. Not here: what a command
//! does to a stack, which the runtime inside knows, and tables.

mod bell;
mod calls;
mod command;
mod guard;
mod inner;
mod metrics;
mod pace;
#[cfg(test)]
mod pace_tests;
mod part;
mod places;
mod queue;
mod runtime;
mod seat;
#[cfg(test)]
mod switch_tests;
mod sync;
#[cfg(test)]
mod tests;
mod worker;

pub use guard::CatchUnwind;
pub use inner::Inner;
pub use pace::HandOver;
pub use part::{SPEC, build, check, memory_bytes};
pub use queue::{Ended, Receiver, SendError, Sender, queue};
pub use runtime::{Threaded, ThreadedConfig};
