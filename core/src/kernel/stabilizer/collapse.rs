//! Measurement: whether it is certain, and what makes a random one certain.

use super::{row_words, short, z_row};
use crate::kernel::{UNROLL, cut_mut};

/// The value that measuring `qubit` in Z gives for certain, or `None` if both are equally likely.
/// One pass over one row.
#[inline]
#[must_use]
pub fn deterministic(tableau: &[u64], words: usize, qubit: usize) -> Option<bool> {
    if short::is_short(tableau) {
        return short::deterministic(tableau, qubit);
    }
    let row = z_row(tableau, words, qubit);
    let any = row.iter().take(words).fold(0, |any, word| any | word);
    if any == 0 { Some(row.last().is_some_and(|&sign| sign != 0)) } else { None }
}

/// Projects `qubit`, whose value is random, onto `value`. `mask` is memory for one row.
///
/// The Z row is made a string without X parts by Clifford operations on the columns that keep
/// |0...0> or project it: controlled X from a pivot column to the row's other X columns, then a
/// Hadamard (or its twin between Y and Z) on the pivot; then an X on the pivot if the sign is not
/// the one asked for. Does nothing if the value is certain.
pub fn collapse(tableau: &mut [u64], words: usize, qubit: usize, value: bool, mask: &mut [u64]) {
    if short::is_short(tableau) {
        return short::collapse(tableau, qubit, value);
    }
    match words {
        1 if UNROLL => collapse_of(tableau, 1, qubit, value, mask),
        2 if UNROLL => collapse_of(tableau, 2, qubit, value, mask),
        4 if UNROLL => collapse_of(tableau, 4, qubit, value, mask),
        _ => collapse_of(tableau, words, qubit, value, mask),
    }
}

#[inline(always)]
fn collapse_of(tableau: &mut [u64], words: usize, qubit: usize, value: bool, mask: &mut [u64]) {
    let own = z_row(tableau, words, qubit);
    let (Some(own_x), Some(own_z)) = (own.get(..words), own.get(words..2 * words)) else { return };
    let Some(mask) = mask.get_mut(..words) else { return };
    mask.copy_from_slice(own_x);
    let Some(pivot) = mask.iter().position(|&word| word != 0) else { return };
    let (Some(word), Some(own_z_word)) = (mask.get_mut(pivot), own_z.get(pivot)) else { return };
    let bit = word.trailing_zeros() & 63;
    *word &= word.wrapping_sub(1);
    // Whether the row has Y at the pivot, once the controlled X have been through.
    let turns = mask.iter().zip(own_z).fold(0, |turns, (m, z)| turns ^ (m & z));
    let between_y_and_z = (own_z_word >> bit ^ u64::from(turns.count_ones())) & 1 == 1;
    let column = Column { words, pivot, bit, between_y_and_z, mask };
    // The own row first: its sign says whether the pivot must be flipped.
    let row = row_words(words);
    let start = 2 * row * qubit + row;
    let Some((before, rest)) = tableau.split_at_mut_checked(start) else { return };
    let Some((own, after)) = rest.split_at_mut_checked(row) else { return };
    column.apply(own, 0);
    let Some(sign) = own.last_mut() else { return };
    let flip = *sign ^ u64::from(value);
    *sign = u64::from(value);
    let row = row.max(1);
    for row in before.chunks_exact_mut(row).chain(after.chunks_exact_mut(row)) {
        column.apply(row, flip);
    }
}

/// The column operations of one collapse.
#[derive(Clone, Copy)]
struct Column<'a> {
    words: usize,
    /// Word and bit of the pivot column.
    pivot: usize,
    bit: u32,
    between_y_and_z: bool,
    /// The columns that the pivot controls.
    mask: &'a [u64],
}

impl Column<'_> {
    /// Applies them to one row: controlled X to every column of the mask, a Hadamard or its twin on
    /// the pivot, and an X there if `flip` is 1.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn apply(self, row: &mut [u64], flip: u64) {
        let Self { words, pivot, bit, between_y_and_z, mask } = self;
        let (xs, rest) = cut_mut(row, words);
        let (zs, sign) = cut_mut(rest, words);
        let (Some(x), Some(z), [sign, ..]) = (xs.get(pivot), zs.get(pivot), sign) else { return };
        let x = x >> bit & 1;
        let mut z = z >> bit & 1;
        // Most rows of a local code touch neither the pivot nor the columns that it controls.
        let targets = zs.iter().zip(mask).fold(0, |any, (z_word, m)| any | (z_word & m));
        if targets == 0 && x | z == 0 {
            return;
        }
        // Controlled X one after the other: each flips the sign if x of the pivot, z of the target
        // and the equality of the target's x and the pivot's z so far all hold.
        let toggle = x.wrapping_neg();
        let mut both = 0;
        let mut z_count = 0;
        for ((x_word, z_word), m) in xs.iter_mut().zip(&*zs).zip(mask) {
            let z_targets = z_word & m;
            both ^= z_targets & *x_word;
            z_count += z_targets.count_ones();
            *x_word ^= m & toggle;
        }
        let z_count = u64::from(z_count);
        let flips = u64::from(both.count_ones()) ^ (z_count & !z) ^ (z_count >> 1);
        let mut turn = x & flips;
        z ^= z_count & 1;
        let (new_x, new_z) = if between_y_and_z {
            turn ^= x & !z;
            (x ^ z, z)
        } else {
            turn ^= x & z;
            (z, x)
        };
        *sign ^= (turn ^ (new_z & flip)) & 1;
        if let (Some(x_word), Some(z_word)) = (xs.get_mut(pivot), zs.get_mut(pivot)) {
            *x_word = *x_word & !(1 << bit) | new_x << bit;
            *z_word = *z_word & !(1 << bit) | new_z << bit;
        }
    }
}
