//! How many sites in a row stay clean: geometrically distributed, from one draw and in integers.

use crate::real::ln_1p;
use crate::real::log::{LN_BITS, high_product, minus_ln_of_rest};

/// The distribution for one rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Skip {
    /// `-1 / ln(1 - rate)` is `mantissa * 2^(exponent - 63)`, and the highest bit of `mantissa` is 1.
    mantissa: u64,
    exponent: u32,
}

impl Skip {
    /// For a rate above 0 and below 1/16.
    pub(super) fn new(rate: f64) -> Self {
        let bits = (-1.0 / ln_1p(-rate)).to_bits();
        // At least 15 and at most infinity, so the exponent is not negative.
        let mantissa = (bits & 0x000f_ffff_ffff_ffff | 0x0010_0000_0000_0000) << 11;
        let exponent = u32::try_from(bits >> 52).unwrap_or(0).saturating_sub(1023);
        Self { mantissa, exponent }
    }

    /// As two words that [`Self::of_words`] makes it from again.
    pub(super) fn words(self) -> [u64; 2] {
        [self.mantissa, self.exponent.into()]
    }

    /// What has these words.
    pub(super) fn of_words([mantissa, exponent]: [u64; 2]) -> Option<Self> {
        // Beyond, a double has no exponent.
        let exponent = u32::try_from(exponent).ok().filter(|exponent| *exponent <= 2047)?;
        Some(Self { mantissa, exponent })
    }

    /// `floor(ln(u) / ln(1 - rate))` for `u = 1 - draw / 2^53`; `draw` is below 2^53.
    #[inline]
    pub(super) fn clean(self, draw: u64) -> u64 {
        let ln = minus_ln_of_rest(draw);
        let product = high_product(ln, self.mantissa);
        // The whole product is in units of 2^-(LN_BITS + 63 - exponent).
        match (LN_BITS - 1).checked_sub(self.exponent) {
            Some(shift) => product.checked_shr(shift).unwrap_or(0),
            None => self.far(ln, product),
        }
    }

    /// For a rate so small that the distance may not fit 64 bits.
    #[cold]
    fn far(self, ln: u64, high: u64) -> u64 {
        if ln == 0 {
            return 0;
        }
        let shift = self.exponent - (LN_BITS - 1);
        let low = ln.wrapping_mul(self.mantissa);
        if shift >= u64::BITS || high >> (u64::BITS - shift) != 0 {
            return u64::MAX;
        }
        high << shift | low >> (u64::BITS - shift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Seed, ShotId, StreamId};
    use crate::real::ln;
    use crate::rng::Stream;

    /// The same in double precision, where rounding decides next to a whole number only.
    #[test]
    fn it_is_the_quotient_of_two_logarithms() {
        let mut stream = Stream::of(Seed(1), ShotId(1), StreamId(9));
        for rate in [0.0624, 0.03, 0.001, 1e-6, 1e-9, 1e-12, 1e-15, 1e-17, 1e-18] {
            let skip = Skip::new(rate);
            for _ in 0..20_000 {
                let draw = stream.next_u64() >> 11;
                #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
                let u = 1.0 - draw as f64 / 9_007_199_254_740_992.0;
                let exact = ln(u) / ln_1p(-rate);
                // What the last unit of the fixed point is worth, and the oracle's own rounding.
                let tolerance = 1e-9 + exact * 1e-14 + 1.4e-17 / rate;
                #[expect(clippy::cast_precision_loss, reason = "compared within a tolerance")]
                let clean = skip.clean(draw) as f64;
                let off = exact - clean;
                assert!((-tolerance..1.0 + tolerance).contains(&off), "{rate} {draw}: {off}");
            }
        }
    }

    #[test]
    fn distances_beyond_all_counting_saturate() {
        let skip = Skip::new(f64::MIN_POSITIVE);
        assert_eq!(skip.clean(0), 0);
        assert_eq!(skip.clean(1), u64::MAX);
        assert_eq!(Skip::new(5e-324).clean(1 << 52), u64::MAX);
        let most = (1 << 53) - 1;
        for rate in [1e-16, 1e-17, 1e-18, 1.9e-18, 1e-19] {
            let exact = -ln(1.0 / 9_007_199_254_740_992.0) / rate;
            #[expect(clippy::cast_precision_loss, reason = "compared within a tolerance")]
            let clean = Skip::new(rate).clean(most) as f64;
            let near = exact.min(18_446_744_073_709_551_615.0);
            assert!((clean - near).abs() <= near * 1e-14, "{rate}: {clean} {near}");
        }
    }
}
