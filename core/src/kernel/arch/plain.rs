//! What the twins do, in Rust.

use super::Block;
use crate::real::Complex;

/// Multiplies each amplitude by `even` or its conjugate: in a block by the parity of the bits of
/// `MASK` in its place, the other way round from each block on whose bit in `flips` is set.
pub(super) fn turn<const MASK: usize>(blocks: &mut [Block], mut flips: u32, even: Complex<f32>) {
    let mut factor = even;
    for block in blocks {
        if flips & 1 == 1 {
            factor = factor.conj();
        }
        flips >>= 1;
        for (place, amp) in block.iter_mut().enumerate() {
            let odd = (place & MASK).count_ones() % 2 == 1;
            *amp = (if odd { factor.conj() } else { factor }) * *amp;
        }
    }
}
