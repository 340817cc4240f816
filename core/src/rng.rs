//! Addressable random streams: every part of every shot draws from a stream of its own.
//!
//! A stream is Xoshiro128++ seeded with SipHash-1-3-128 of (run seed, shot, stream id). So shot 7
//! alone equals shot 7 of a thousand, splitting shots over threads or machines changes nothing, and
//! another layer in the stack leaves everybody else's draws alone.
//! Not here: what is drawn. Choosing errors is [`crate::noise`], outcomes [`crate::sim`].

use crate::ids::{Seed, ShotId, StreamId};
use crate::units::Probability;
use core::hash::Hasher;
use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro128PlusPlus;
use siphasher::sip128::{Hasher128, SipHasher13};

/// One part's random numbers within one shot.
#[derive(Clone, Debug)]
pub struct Stream {
    generator: Xoshiro128PlusPlus,
}

impl Stream {
    /// The stream `stream` of shot `shot` in the run seeded by `seed`.
    #[must_use]
    pub fn of(seed: Seed, shot: ShotId, stream: StreamId) -> Self {
        let mut hasher = SipHasher13::new_with_keys(seed.0, stream.0);
        hasher.write_u64(shot.0.to_le());
        let hash = hasher.finish128();
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&hash.h1.to_le_bytes());
        bytes[8..].copy_from_slice(&hash.h2.to_le_bytes());
        Self { generator: Xoshiro128PlusPlus::from_seed(bytes) }
    }

    /// 32 random bits.
    #[inline]
    pub fn next_u32(&mut self) -> u32 {
        self.generator.next_u32()
    }

    /// 64 random bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// A multiple of 2^-53 in `[0, 1)`, every one equally likely.
    #[inline]
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit an f64 exactly")]
    pub fn unit_f64(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// A whole number in `0..bound`, each equally likely (Lemire's method, with rejection).
    /// `bound` 0 gives 0.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    #[expect(clippy::cast_possible_truncation, reason = "the low and high halves are meant")]
    pub fn below(&mut self, bound: u32) -> u32 {
        if bound == 0 {
            return 0;
        }
        let threshold = bound.wrapping_neg() % bound;
        loop {
            let product = u64::from(self.next_u32()) * u64::from(bound);
            if product as u32 >= threshold {
                return (product >> 32) as u32;
            }
        }
    }

    /// True with the chance's probability. Draws 64 bits unless the chance is 0 or 1.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub fn happens(&mut self, chance: Chance) -> bool {
        match chance {
            Chance::Never => false,
            Chance::Always => true,
            Chance::Below(threshold) => self.next_u64() < threshold,
        }
    }
}

/// A probability prepared for drawing: compared as an integer, so no rounding at draw time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Chance {
    /// Probability 0: nothing is drawn.
    #[default]
    Never,
    /// Probability 1: nothing is drawn.
    Always,
    /// A 64-bit draw below the threshold (resolution 2^-64).
    Below(u64),
}

impl From<Probability> for Chance {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "p is in (0, 1), so p * 2^64 is in range after the match"
    )]
    fn from(p: Probability) -> Self {
        let p = p.get();
        if p <= 0.0 {
            Self::Never
        } else if p >= 1.0 {
            Self::Always
        } else {
            Self::Below((p * 18_446_744_073_709_551_616.0) as u64)
        }
    }
}

impl Chance {
    /// As two words that [`Self::of_words`] makes it from again.
    pub(crate) const fn words(self) -> [u64; 2] {
        match self {
            Self::Never => [0, 0],
            Self::Always => [1, 0],
            Self::Below(threshold) => [2, threshold],
        }
    }

    /// What has these words.
    pub(crate) const fn of_words(words: [u64; 2]) -> Option<Self> {
        Some(match words {
            [0, _] => Self::Never,
            [1, _] => Self::Always,
            [2, threshold] => Self::Below(threshold),
            _ => return None,
        })
    }

    /// The probability with which a draw says yes.
    #[must_use]
    pub fn probability(self) -> f64 {
        match self {
            Self::Never => 0.0,
            Self::Always => 1.0,
            #[expect(clippy::cast_precision_loss, reason = "53 bits of a probability are enough")]
            Self::Below(threshold) => threshold as f64 / 18_446_744_073_709_551_616.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn stream(seed: u64, shot: u64, id: u64) -> Stream {
        Stream::of(Seed(seed), ShotId(shot), StreamId(id))
    }

    #[test]
    fn a_stream_is_a_function_of_seed_shot_and_stream_id_only() {
        let draws = |seed, shot, id| {
            let mut s = stream(seed, shot, id);
            (0..8).map(|_| s.next_u32()).collect::<Vec<_>>()
        };
        assert_eq!(draws(1, 2, 3), draws(1, 2, 3));
        for other in [draws(0, 2, 3), draws(1, 0, 3), draws(1, 2, 0), draws(2, 1, 3)] {
            assert_ne!(draws(1, 2, 3), other);
        }
    }

    #[test]
    fn the_first_draws_are_golden() {
        // A change here changes every digest of every program: never by accident.
        let mut s = stream(7, 0, StreamId::of("pandia.state_vector", 0).0);
        let draws = [s.next_u64(), s.next_u64()];
        assert_eq!(draws, GOLDEN, "{draws:#x?}");
    }
    const GOLDEN: [u64; 2] = [0x7bc0_bec8_38b6_88b6, 0x5952_b1fa_fff6_1d3d];

    #[test]
    fn units_lie_in_the_half_open_interval_and_average_one_half() {
        let mut s = stream(1, 1, 1);
        let mut sum = 0.0;
        for _ in 0..100_000 {
            let u = s.unit_f64();
            assert!((0.0..1.0).contains(&u));
            sum += u;
        }
        // Five sigma of a mean of 100,000 uniform draws: 5 * sqrt(1/12 / 1e5) = 0.0046.
        assert!((sum / 100_000.0 - 0.5).abs() < 0.0046);
    }

    #[test]
    fn below_is_even_over_its_range() {
        let mut s = stream(1, 2, 1);
        let mut counts = [0_i32; 15];
        for _ in 0..150_000 {
            counts[s.below(15) as usize] += 1;
        }
        // Five sigma of a binomial with n = 150,000 and p = 1/15: 483.
        for count in counts {
            assert!((count - 10_000).abs() < 483, "{counts:?}");
        }
        assert_eq!(s.below(0), 0);
        assert_eq!(s.below(1), 0);
    }

    #[test]
    fn chances_of_zero_and_one_are_certain_and_draw_nothing() {
        let mut s = stream(1, 3, 1);
        let before = s.clone().next_u64();
        assert!(!s.happens(Chance::from(Probability::ZERO)));
        assert!(s.happens(Chance::from(Probability::ONE)));
        assert_eq!(s.next_u64(), before);
    }
}
