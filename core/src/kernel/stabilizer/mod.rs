//! Bit-plane arithmetic for stabilizer states: functions on `&mut [u64]`.
//!
//! The state is `U |0...0>` for the Clifford `U` of all gates so far, kept as the **inverse** tableau:
//! for every qubit the images `U^-1 X U` and `U^-1 Z U`, each a Hermitian Pauli string (x bit and z
//! bit both set is Y) with a sign. Row-major: a gate on qubit `q` rewrites only `q`'s two rows, and
//! whether measuring `q` is random is seen in `q`'s Z row alone, so a deterministic measurement is
//! one pass over one row. A random one is Clifford operations on the columns, without transposing.
//!
//! Layout: qubit `q` has a block of two rows, X then Z; a row is `words` words of x bits, `words`
//! words of z bits and one word that is the sign, 1 for minus. [`words_for`] says what `words` is.
//! Functions need qubits below the tableau's and different ones; they do nothing otherwise.
//! Not here: angles, randomness, which gate is which.

mod collapse;
mod gates;
mod marginals;
mod row;
mod short;

pub use collapse::{collapse, deterministic};
pub use gates::{cx, cy, cz, h, s, sdg, sqrt_x, sqrt_xdg, sqrt_y, sqrt_ydg, swap, x, y, z};
pub use marginals::marginals;
pub use row::times;

use crate::kernel::digest::Fnv;

/// Words of one bit plane of a row: one or two, and from then on a multiple of four.
#[must_use]
pub const fn words_for(qubit_count: usize) -> usize {
    let words = qubit_count.div_ceil(64);
    match words {
        0 => 1,
        1 | 2 => words,
        _ => words.next_multiple_of(4),
    }
}

/// Words of a row.
#[must_use]
pub const fn row_words(words: usize) -> usize {
    2 * words + 1
}

/// Words of the tableau of `qubit_count` qubits, or `None` if they cannot be counted.
#[must_use]
pub fn tableau_words(qubit_count: usize) -> Option<usize> {
    row_words(words_for(qubit_count)).checked_mul(2)?.checked_mul(qubit_count)
}

/// Puts the state into |0...0>: the identity tableau.
pub fn reset_all(tableau: &mut [u64], words: usize) {
    tableau.fill(0);
    let row = row_words(words);
    for (q, block) in tableau.chunks_exact_mut(2 * row).enumerate() {
        let (word, bit) = (q / 64, 1_u64 << (q % 64));
        for place in [word, row + words + word] {
            if let Some(place) = block.get_mut(place) {
                *place = bit;
            }
        }
    }
}

/// The Z row of a qubit: the Pauli string that measuring it comes down to.
#[must_use]
pub fn z_row(tableau: &[u64], words: usize, qubit: usize) -> &[u64] {
    let row = row_words(words);
    let start = 2 * row * qubit + row;
    tableau.get(start..start + row).unwrap_or(&[])
}

/// FNV-1a over the rows in order: of each the words that hold qubits, x before z, then the sign.
#[must_use]
pub fn digest(tableau: &[u64], words: usize) -> u64 {
    let row = row_words(words);
    let used = (tableau.len() / (2 * row)).div_ceil(64);
    let mut hash = Fnv::new();
    for row in tableau.chunks_exact(row) {
        let (planes, sign) = row.split_at(2 * words);
        for plane in planes.chunks_exact(words) {
            for &word in plane.iter().take(used) {
                hash = hash.with_word(word);
            }
        }
        for &word in sign {
            hash = hash.with_word(word);
        }
    }
    hash.finish()
}

#[cfg(test)]
mod tests;
