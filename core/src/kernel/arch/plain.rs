//! What the twins do, in Rust.

use super::Block;
use crate::real::Complex;

/// Multiplies each amplitude by `even` or its conjugate: in a four by the parity of the bits of
/// `WITHIN` in its place, the other way round from each four on whose bit in `flips` is set.
pub(super) fn turn<const WITHIN: usize>(blocks: &mut [Block], mut flips: u32, even: Complex<f32>) {
    let mut factor = even;
    for four in blocks.as_flattened_mut().chunks_mut(4) {
        if flips & 1 == 1 {
            factor = factor.conj();
        }
        flips >>= 1;
        for (place, amp) in four.iter_mut().enumerate() {
            let odd = (place & WITHIN).count_ones() % 2 == 1;
            *amp = (if odd { factor.conj() } else { factor }) * *amp;
        }
    }
}
