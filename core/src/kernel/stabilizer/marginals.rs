//! Probabilities of the values of chosen qubits.

use super::row::{set_sign, times};
use super::{row_words, z_row};

/// The probabilities of all values of `qubits`: `out[v]`, where bit `j` of `v` is the value of
/// `qubits[j]`. Exact: every entry is 0 or the same power of two.
///
/// The expectation of every product of Z's is 0, 1 or -1 and read from a product of Z rows; a
/// Walsh-Hadamard transform turns them into probabilities.
/// Needs different qubits of the tableau; `out` has `2^k` places and `product` is memory for one
/// row.
pub fn marginals(
    tableau: &[u64],
    words: usize,
    qubits: &[u32],
    product: &mut [u64],
    out: &mut [f64],
) {
    let Some(product) = product.get_mut(..row_words(words)) else { return };
    product.fill(0);
    // Neighbours in Gray code differ by one factor, and a factor twice is none.
    for step in 0..out.len() {
        let gray = step ^ step >> 1;
        if step > 0 {
            let changed = step.trailing_zeros() as usize;
            let qubit = qubits.get(changed).map_or(usize::MAX, |&q| q as usize);
            let row = z_row(tableau, words, qubit);
            if row.len() != product.len() {
                return;
            }
            let power = times(product, row, words);
            set_sign(product, power);
        }
        let random = product.iter().take(words).any(|&word| word != 0);
        let negative = product.last().is_some_and(|&sign| sign != 0);
        if let Some(place) = out.get_mut(gray) {
            *place = if random {
                0.0
            } else if negative {
                -1.0
            } else {
                1.0
            };
        }
    }
    let mut half = 1;
    while half < out.len() {
        for block in out.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for (a, b) in low.iter_mut().zip(high) {
                // Halved at every stage, which is exact and keeps the sum at 1.
                (*a, *b) = ((*a + *b) * 0.5, (*a - *b) * 0.5);
            }
        }
        half *= 2;
    }
}
