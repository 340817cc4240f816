//! A slow, obvious simulator: full 2^n x 2^n matrices, every branch enumerated, no sampling.
//!
//! It shares nothing with `pandia-core`: gates are defined from first principles, arithmetic is
//! `num-complex` and the platform's functions. Meant for at most 6 qubits.
//!
//! Conventions, which are core's too: bit k of an amplitude index is qubit k; bit j of a gate
//! matrix' row and column index is operand j; a control comes before its target.
//!
//! Not here: speed, random numbers, and any use of `pandia-core`.

pub mod channel;
pub mod density;
pub mod gates;
pub mod matrix;
pub mod noise;
pub mod pure;
pub mod step;

#[cfg(test)]
mod known;

pub use matrix::{C64, Matrix};
pub use step::{Classical, Distribution, Step};
