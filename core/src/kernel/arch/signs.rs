//! Which fours of amplitudes are on the odd side of a parity, 32 of them as one word.

/// Bit `f` of word `q` is bit `q` of the index with which four number `f` begins.
const WORDS: [u32; 7] = [0, 0, 0xaaaa_aaaa, 0xcccc_cccc, 0xf0f0_f0f0, 0xff00_ff00, 0xffff_0000];

/// The fours of the 128 amplitudes number `part` in which `qubit` is 1, as bits.
#[inline(always)]
pub(super) fn ones(qubit: u32, part: usize) -> u32 {
    match WORDS.get(qubit as usize) {
        Some(&word) => word,
        None if part >> (qubit - 7) & 1 == 1 => u32::MAX,
        None => 0,
    }
}

/// The fours whose bit in `odd` differs from the one before. The first counts from an even one.
#[inline(always)]
pub(super) const fn flips(odd: u32) -> u32 {
    odd ^ odd << 1
}
