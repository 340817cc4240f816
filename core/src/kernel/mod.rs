//! What simulators compute: free functions on slices with primitive arguments.
//!
//! Said once: bit `k` of an amplitude index is qubit `k`. A kernel neither allocates, draws random
//! numbers, knows a clock nor a record; it never fuses a multiply and an add, and every sum has a
//! written-down order, so a faster twin can give the same bits.
//! Callers check operands: a kernel states what it needs and asserts it in debug builds only.
//! Not here: storage, outcomes, shots ([`crate::sim`]).

pub mod density_matrix;
pub mod digest;
pub mod stabilizer;
pub mod state_vector;

/// Whether there is room for code: short runs and rows then get code of their own. The bits do not
/// depend on it.
const UNROLL: bool = cfg!(target_pointer_width = "64");
