//! Runtimes: take the program's calls, decide order, batches and time, and drive a stack.
//!
//! Not here: the program ([`crate::program`]) and the shot life cycle ([`crate::emulator`]).

mod contract;
mod part;
mod simple;

pub use contract::Runtime;
pub use part::RuntimePart;
pub use simple::{Durations, Simple, SimplePart};
