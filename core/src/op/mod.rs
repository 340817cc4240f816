//! Operations: the one gate list, pointer-free records, batches of them, and outcomes.
//!
//! Not here: who carries them out ([`crate::backend`]) and what a program adds to them
//! ([`crate::program`]).

pub mod batch;
pub(crate) mod bounds;
pub mod builder;
pub mod channel;
pub mod check;
pub mod gates;
pub mod outcome;
pub mod record;

pub use batch::{Batch, RawBatch, Source};
pub use builder::{OpBuffer, OpSink, Params, Parts};
pub use outcome::{Outcome, Outcomes};
pub use record::{Op, OpKind, Ops};
