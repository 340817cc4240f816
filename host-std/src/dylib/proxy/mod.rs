//! A stack under watch: a backend whose table hands every call on to a child, and which notes each
//! breach of the interface's thread tags, of the time between `attach` and `detach`, and of the
//! life of a shot (docs/abi.md).
//!
//! For tests of runtimes and layers, and for `pandia check`. A breach is noted and refused, never
//! passed on, so the child is safe from whatever the guest does, on however many threads.
//! Not here: whether the guest gives the right outcomes.

mod rules;
mod table;
#[cfg(test)]
mod tests;
mod violation;
mod watched;

pub use violation::{Breach, Tag, Violation};
pub use watched::{CallProxy, Watch};
