//! Runtimes: take the program's calls, decide order, batches and time, and drive a stack.
//!
//! What each one does is written in `docs/runtimes.md`. Not here: the program ([`crate::program`]) and
//! the shot life cycle ([`crate::emulator`]).

mod admission;
mod contract;
mod futures;
mod part;
mod queued;
mod simple;
mod soft_rz;
#[cfg(test)]
mod tests;
mod virtual_z;

pub use contract::Runtime;
pub use part::RuntimePart;
pub use queued::{Queued, QueuedConfig, QueuedPart};
pub use simple::{Durations, Simple, SimplePart};
pub use soft_rz::{SoftRz, SoftRzPart};
