//! What simulators compute: free functions on slices with primitive arguments.
//!
//! Said once: bit `k` of an amplitude index is qubit `k`. A kernel neither allocates, draws random
//! numbers, knows a clock nor a record; it never fuses a multiply and an add, and every sum has a
//! written-down order, so a faster twin can give the same bits.
//! Callers check operands: a kernel states what it needs and asserts it in debug builds only.
//! Not here: storage, outcomes, shots ([`crate::sim`]).

mod arch;
pub mod density_matrix;
pub mod digest;
pub mod stabilizer;
pub mod state_vector;

/// Whether there is room for code: short runs and rows then get code of their own. The bits do not
/// depend on it.
const UNROLL: bool = cfg!(target_pointer_width = "64");

/// Whether loops are to be read for panics, as those of a board's image are (`cargo xtask size`).
const IS_READ: bool = cfg!(any(target_os = "none", not(target_pointer_width = "64")));

/// Cuts a slice in two. Where loops are to be read for panics a cut beyond the end gives nothing;
/// elsewhere it panics, as the compiler makes better loops of lengths that are sure.
#[inline(always)]
fn cut<T>(slice: &[T], at: usize) -> (&[T], &[T]) {
    if IS_READ { slice.split_at_checked(at).unwrap_or_default() } else { slice.split_at(at) }
}

/// As [`cut`], to be written to.
#[inline(always)]
fn cut_mut<T>(slice: &mut [T], at: usize) -> (&mut [T], &mut [T]) {
    if IS_READ {
        slice.split_at_mut_checked(at).unwrap_or_default()
    } else {
        slice.split_at_mut(at)
    }
}
