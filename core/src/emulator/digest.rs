//! The digest of a run's outcomes: equal on every target for the same program, stack and seed.

use core::hash::Hasher;
use siphasher::sip128::{Hasher128, SipHasher13};

/// SipHash-1-3-128 with a zero key over, for each shot in order, its number of bits as a
/// little-endian u32 and then one byte per classical bit (0, 1, or 2 for leaked), bit 0 first.
#[derive(Clone, Copy, Debug)]
pub struct OutcomeDigest {
    hasher: SipHasher13,
}

impl Default for OutcomeDigest {
    fn default() -> Self {
        Self::new()
    }
}

impl OutcomeDigest {
    /// The digest of no shot.
    #[must_use]
    pub fn new() -> Self {
        Self { hasher: SipHasher13::new() }
    }

    /// Takes in the next shot's bits.
    pub fn add_shot(&mut self, bits: &[u8]) {
        let count = u32::try_from(bits.len()).unwrap_or(u32::MAX);
        self.hasher.write(&count.to_le_bytes());
        self.hasher.write(bits);
    }

    /// The digest of the shots so far; shown as 32 hexadecimal digits.
    #[must_use]
    pub fn value(&self) -> u128 {
        self.hasher.finish128().as_u128()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_depends_on_every_bit_and_on_the_order_of_shots() {
        let digest = |shots: &[&[u8]]| {
            let mut digest = OutcomeDigest::new();
            shots.iter().for_each(|bits| digest.add_shot(bits));
            digest.value()
        };
        let all = [
            digest(&[]),
            digest(&[&[]]),
            digest(&[&[0], &[1]]),
            digest(&[&[1], &[0]]),
            digest(&[&[0, 1]]),
            digest(&[&[0, 1, 0]]),
        ];
        for (i, a) in all.iter().enumerate() {
            for b in &all[..i] {
                assert_ne!(a, b);
            }
        }
        // Golden: a change here changes every published digest.
        assert_eq!(digest(&[&[0, 1]]), GOLDEN, "{:#034x}", digest(&[&[0, 1]]));
    }
    const GOLDEN: u128 = 0x9aa0_7dd6_921b_0da7_b803_b71f_c153_25fc;
}
