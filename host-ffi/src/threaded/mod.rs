//! Any runtime on a thread of its own: the program runs ahead, and waits only where it reads a
//! result, at the end of a shot, or while the queue between the two is full.
//!
//! The bounded queue of commands, the thread that carries them out, and the simple runtime on such a
//! thread as a part. Not here: what a command does to a stack, which the runtime inside knows.

mod bell;
mod command;
mod part;
mod queue;
mod runtime;
mod sync;
#[cfg(test)]
mod tests;
mod worker;

pub use part::ThreadedPart;
pub use queue::{Ended, Receiver, SendError, Sender, queue};
pub use runtime::{Threaded, ThreadedConfig};
