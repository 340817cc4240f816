//! Which of up to 32 blocks of amplitudes are on the odd side of a parity, as one word.

/// Bit `b` of word `j` is bit `j` of `b`.
const ALTERNATING: [u32; 5] = [0xaaaa_aaaa, 0xcccc_cccc, 0xf0f0_f0f0, 0xff00_ff00, 0xffff_0000];

/// Bit `b` says whether the parity of block `32 part + b` differs from the block before it, where the
/// parity of a block is that of the bits of `mask` in its number. The first counts from an even one.
#[inline(always)]
pub(super) fn flips(mask: usize, part: usize) -> u32 {
    let beyond = (mask >> 5 & part).count_ones() & 1;
    let mut odd = beyond.wrapping_neg();
    for (bit, word) in ALTERNATING.into_iter().enumerate() {
        if mask >> bit & 1 == 1 {
            odd ^= word;
        }
    }
    odd ^ odd << 1
}
