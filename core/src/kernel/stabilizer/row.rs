//! Products of rows, and how rows are borrowed out of a tableau.

use super::row_words;
use crate::kernel::{UNROLL, cut, cut_mut};

/// Words that are worked on side by side.
const LANES: usize = 4;

/// Counts, for each of 64 places, how often a product picked up a factor i, modulo 4.
#[derive(Clone, Copy, Default)]
struct Counter {
    ones: u64,
    twos: u64,
}

impl Counter {
    /// Multiplies one word of `x1, z1` by one of `x2, z2` from the right.
    #[inline(always)]
    fn times(&mut self, x1: &mut u64, z1: &mut u64, x2: u64, z2: u64) {
        let x1z2 = *x1 & z2;
        let anticommuting = (x2 & *z1) ^ x1z2;
        *x1 ^= x2;
        *z1 ^= z2;
        self.twos ^= (self.ones ^ *x1 ^ *z1 ^ x1z2) & anticommuting;
        self.ones ^= anticommuting;
    }

    #[inline(always)]
    fn total(self) -> u32 {
        self.ones.count_ones() + 2 * self.twos.count_ones()
    }
}

/// Replaces row `left` by the product `left * right`, a Hermitian string again, and returns the
/// power of i that is to be multiplied to it, signs included: the product is `i^k left`.
/// The sign of `left` is 0 afterwards. Both rows have `2 * words + 1` words.
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub fn times(left: &mut [u64], right: &[u64], words: usize) -> u32 {
    let (x1, rest) = cut_mut(left, words);
    let (z1, s1) = cut_mut(rest, words);
    let (x2, rest) = cut(right, words);
    let (z2, s2) = cut(rest, words);
    let mut power = 0;
    if words < LANES || !UNROLL {
        let mut counter = Counter::default();
        for ((x1, z1), (x2, z2)) in x1.iter_mut().zip(z1).zip(x2.iter().zip(z2)) {
            counter.times(x1, z1, *x2, *z2);
        }
        power += counter.total();
    } else {
        let mut counters = [Counter::default(); LANES];
        let (x1, z1) = (x1.as_chunks_mut::<LANES>().0, z1.as_chunks_mut::<LANES>().0);
        let (x2, z2) = (x2.as_chunks::<LANES>().0, z2.as_chunks::<LANES>().0);
        for ((x1, z1), (x2, z2)) in x1.iter_mut().zip(z1).zip(x2.iter().zip(z2)) {
            for lane in 0..LANES {
                counters[lane].times(&mut x1[lane], &mut z1[lane], x2[lane], z2[lane]);
            }
        }
        power += counters.iter().map(|counter| counter.total()).sum::<u32>();
    }
    if let ([s1, ..], [s2, ..]) = (s1, s2) {
        power += 2 * u32::from(*s1 ^ *s2 != 0);
        *s1 = 0;
    }
    power
}

/// Gives row `row` the sign `i^power`; the power is even for a Hermitian row.
#[inline(always)]
pub(super) fn set_sign(row: &mut [u64], power: u32) {
    debug_assert!(power.is_multiple_of(2), "a row that is not Hermitian");
    if let Some(sign) = row.last_mut() {
        *sign = u64::from(power >> 1 & 1);
    }
}

/// Turns the sign of a row round.
#[inline(always)]
pub(super) fn negate(row: &mut [u64]) {
    if let Some(sign) = row.last_mut() {
        *sign ^= 1;
    }
}

/// The X and the Z row of a qubit.
#[inline(always)]
pub(super) fn rows(
    tableau: &mut [u64],
    words: usize,
    qubit: usize,
) -> Option<(&mut [u64], &mut [u64])> {
    let row = row_words(words);
    let start = 2 * row * qubit;
    tableau.get_mut(start..start + 2 * row)?.split_at_mut_checked(row)
}

/// The X and Z rows of two qubits: `(xa, za, xb, zb)`.
#[inline(always)]
pub(super) fn rows_of_two(
    tableau: &mut [u64],
    words: usize,
    a: usize,
    b: usize,
) -> Option<[&mut [u64]; 4]> {
    let row = row_words(words);
    let block = |qubit: usize| 2 * row * qubit..2 * row * (qubit + 1);
    let [a, b] = tableau.get_disjoint_mut([block(a), block(b)]).ok()?;
    let ((xa, za), (xb, zb)) = (a.split_at_mut_checked(row)?, b.split_at_mut_checked(row)?);
    Some([xa, za, xb, zb])
}
