//! The program format: operation records and a small bounded classical machine, in 8-byte words.
//!
//! One format for desktop and board: a front end builds it (`builder`, needs `alloc`), a file or
//! a firmware image carries it, [`check`] turns claimed words into a [`Program`], and [`machine`]
//! interprets it shot by shot. Specified in `docs/program-format.md`.
//! Not here: source languages, and the runtime that the operations go to.

pub mod arithmetic;
#[cfg(any(test, feature = "alloc"))]
pub mod builder;
pub mod check;
pub mod format;
pub mod instruction;
pub mod machine;

#[cfg(any(test, feature = "alloc"))]
pub use builder::{Label, OwnedProgram, ProgramBuilder};
pub use check::{Program, RawProgram, Register};
pub use instruction::{Instruction, IntOp, Patch, RealOp};
pub use machine::{Machine, Memory};

#[cfg(test)]
mod tests;
