//! Rows of at most 32 qubits on a core of 32 bits: the upper halves of their words are 0 and stay so,
//! and signs are counted without the population counts that such a core has no instruction for.
//!
//! The bits are those of the general way.

use super::row_words;

/// The two rows of a qubit: x bits, z bits and sign of its X row, then of its Z row.
type Block = [u64; BLOCK];
const BLOCK: usize = 2 * row_words(1);

/// Most qubits.
const QUBITS_MAX: usize = 32;

/// Whether a tableau is worked on here. Decided by its length alone, which no tableau of more qubits
/// has: where the storage is an array of that length or less, the general way is not even compiled.
#[inline(always)]
pub(super) const fn is_short(tableau: &[u64]) -> bool {
    cfg!(not(target_pointer_width = "64")) && tableau.len() <= QUBITS_MAX * BLOCK
}

/// The rows of a qubit.
#[inline(always)]
fn block(tableau: &[u64], qubit: usize) -> Option<Block> {
    tableau.get(BLOCK * qubit..)?.first_chunk().copied()
}

/// Replaces one of the rows of a qubit, the X row or the Z row.
#[inline(always)]
fn set(tableau: &mut [u64], qubit: usize, z_row: bool, row: Row) {
    let start = BLOCK * qubit + if z_row { 3 } else { 0 };
    if let Some([x, z, sign]) = tableau.get_mut(start..).and_then(|words| words.first_chunk_mut()) {
        // The upper halves are not touched.
        *x = *x & UPPER | u64::from(row.x);
        *z = *z & UPPER | u64::from(row.z);
        *sign = *sign & UPPER | u64::from(row.sign);
    }
}
const UPPER: u64 = !0xffff_ffff;

/// The word that holds all of a row's bits of one kind, or its sign.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the upper half is 0")]
const fn low(word: u64) -> u32 {
    word as u32
}

/// A row: x bits, z bits, sign.
#[derive(Clone, Copy)]
struct Row {
    x: u32,
    z: u32,
    sign: u32,
}

impl Row {
    #[inline(always)]
    const fn of([x, z, sign]: [u64; 3]) -> Self {
        Self { x: low(x), z: low(z), sign: low(sign) }
    }

    /// The product with `right`, which commutes with this row: a Hermitian string again.
    #[inline(always)]
    const fn times(self, right: Self) -> Self {
        let x1z2 = self.x & right.z;
        let anticommuting = (right.x & self.z) ^ x1z2;
        let (x, z) = (self.x ^ right.x, self.z ^ right.z);
        let minus = (x ^ z ^ x1z2) & anticommuting;
        // Each anticommuting place gives i or -i. Half their number is odd if that of their pairs is.
        let sign = self.sign ^ right.sign ^ parity(minus ^ pairs(anticommuting));
        Self { x, z, sign }
    }
}

/// A word with as many ones, modulo 2, as `word` has pairs of ones.
#[inline(always)]
const fn pairs(word: u32) -> u32 {
    let mut before = word;
    before ^= before << 1;
    before ^= before << 2;
    before ^= before << 4;
    before ^= before << 8;
    before ^= before << 16;
    word & before << 1
}

/// 1 if the number of ones is odd.
#[inline(always)]
const fn parity(mut word: u32) -> u32 {
    word ^= word >> 16;
    word ^= word >> 8;
    word ^= word >> 4;
    word ^= word >> 2;
    (word ^ word >> 1) & 1
}

/// Controlled X.
#[inline(always)]
pub(super) fn cx(tableau: &mut [u64], control: usize, target: usize) {
    if control == target {
        return;
    }
    let (Some(c), Some(t)) = (block(tableau, control), block(tableau, target)) else { return };
    let ([cxx, cxz, cxs, czx, czz, czs], [txx, txz, txs, tzx, tzz, tzs]) = (c, t);
    let (xc, zc) = (Row::of([cxx, cxz, cxs]), Row::of([czx, czz, czs]));
    let (xt, zt) = (Row::of([txx, txz, txs]), Row::of([tzx, tzz, tzs]));
    let (xc, zt) = (xc.times(xt), zt.times(zc));
    set(tableau, control, false, xc);
    set(tableau, target, true, zt);
}

/// Hadamard: the rows change places.
#[inline(always)]
pub(super) fn h(tableau: &mut [u64], qubit: usize) {
    let Some([a, b, c, d, e, f]) = block(tableau, qubit) else { return };
    set(tableau, qubit, false, Row::of([d, e, f]));
    set(tableau, qubit, true, Row::of([a, b, c]));
}

/// The value that measuring gives for certain, see [`super::deterministic`].
#[inline(always)]
pub(super) fn deterministic(tableau: &[u64], qubit: usize) -> Option<bool> {
    let [_, _, _, x, _, sign] = block(tableau, qubit)?;
    (low(x) == 0).then_some(low(sign) != 0)
}

/// Projects a random qubit, see [`super::collapse`].
pub(super) fn collapse(tableau: &mut [u64], qubit: usize, value: bool) {
    let Some([_, _, _, x, z, sign]) = block(tableau, qubit) else { return };
    let own = Row::of([x, z, sign]);
    if own.x == 0 {
        return;
    }
    let bit = own.x.trailing_zeros() & 31;
    let mask = own.x & (own.x - 1);
    let between_y_and_z = (own.z >> bit ^ parity(mask & own.z)) & 1 == 1;
    let column = Column { bit, mask, between_y_and_z };
    // The own row first: its sign says whether the pivot must be flipped.
    let flip = column.applied(own, 0).map_or(0, |row| row.sign) ^ u32::from(value);
    for row in tableau.as_chunks_mut::<3>().0 {
        if let Some(new) = column.applied(Row::of(*row), flip) {
            set(row, 0, false, new);
        }
    }
}

/// The column operations of one collapse, as in the general way.
#[derive(Clone, Copy)]
struct Column {
    bit: u32,
    mask: u32,
    between_y_and_z: bool,
}

impl Column {
    /// The row after them, or `None` if they leave it as it is.
    #[inline(always)]
    const fn applied(self, row: Row, flip: u32) -> Option<Row> {
        let Self { bit, mask, between_y_and_z } = self;
        let targets = row.z & mask;
        let (x, z) = (row.x >> bit & 1, row.z >> bit & 1);
        if targets == 0 && x | z == 0 {
            return None;
        }
        // Controlled X one after the other: each flips the sign if x of the pivot, z of the target
        // and the equality of the target's x and the pivot's z so far all hold.
        let odd = parity(targets);
        let flips = parity(targets & row.x) ^ (odd & !z) ^ parity(pairs(targets));
        let mut turn = x & flips;
        let z = z ^ odd;
        let (new_x, new_z) = if between_y_and_z {
            turn ^= x & !z;
            (x ^ z, z)
        } else {
            turn ^= x & z;
            (z, x)
        };
        let toggled = row.x ^ mask & x.wrapping_neg();
        Some(Row {
            x: toggled & !(1 << bit) | new_x << bit,
            z: row.z & !(1 << bit) | new_z << bit,
            sign: row.sign ^ (turn ^ new_z & flip) & 1,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{cx as general_cx, h as general_h, reset_all, tableau_words};
    use super::*;
    use crate::ids::{Seed, ShotId, StreamId};
    use crate::rng::Stream;
    use std::vec::Vec;

    /// The general way, on whatever target this runs.
    #[test]
    fn the_bits_are_those_of_the_general_way() {
        let mut stream = Stream::of(Seed(3), ShotId(0), StreamId(1));
        for qubit_count in [2_usize, 5, 17, 31, 32] {
            let mut general: Vec<u64> = std::vec![0; tableau_words(qubit_count).unwrap()];
            reset_all(&mut general, 1);
            let mut collapses = 0;
            for _ in 0..4000 {
                let mut short = general.clone();
                let count = u32::try_from(qubit_count).unwrap();
                let (a, b) = (stream.below(count) as usize, stream.below(count) as usize);
                match stream.below(4) {
                    0 => {
                        general_h(&mut general, 1, a);
                        h(&mut short, a);
                    }
                    1 if collapses < 500 => {
                        let value = stream.below(2) == 1;
                        let mut mask = [0; 3];
                        let certain = super::super::deterministic(&general, 1, a);
                        assert_eq!(deterministic(&short, a), certain);
                        super::super::collapse::collapse(&mut general, 1, a, value, &mut mask);
                        collapse(&mut short, a, value);
                        collapses += 1;
                    }
                    _ if a != b => {
                        general_cx(&mut general, 1, a, b);
                        cx(&mut short, a, b);
                    }
                    _ => super::super::s(&mut general, 1, a),
                }
                if short.len() == general.len() && a == b {
                    continue;
                }
                assert_eq!(short, general, "{qubit_count} qubits");
            }
        }
    }

    #[test]
    fn parities_and_pairs_are_counted() {
        let mut word = 1_u32;
        for _ in 0..10_000 {
            word = word.wrapping_mul(0x9e37_79b9) ^ word >> 9;
            let ones = word.count_ones();
            assert_eq!(parity(word), ones % 2);
            assert_eq!(parity(pairs(word)), ones * ones.saturating_sub(1) / 2 % 2, "{word:#x}");
        }
    }
}
