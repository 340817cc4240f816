//! Sine and cosine in single precision, of an angle in double precision, in integers only.
//!
//! A core whose FPU knows single precision alone computes `libm`'s sine in software doubles, with
//! thirty times as many instructions as this takes. Integers give the same bits on every target, and
//! every angle takes the same path but for those below 2^-16. Both results are at most 0.51 units in
//! the last place and 2^-72 from the exact ones, for every finite angle; the 2^-72 are seen only next
//! to multiples of pi/2. Why not `libm`: `docs/adr/0020-single-precision-in-integers.md`.

use super::log::{high_word, low_word, wide};

/// Bits of 2/pi behind the binary point, most significant first, behind [`TABLE_ZEROS`] zeros.
const TWO_OVER_PI: [u32; 38] = [
    0x0000_0000,
    0x0000_0000,
    0x0000_0000,
    0xa2f9_836e,
    0x4e44_1529,
    0xfc27_57d1,
    0xf534_ddc0,
    0xdb62_9599,
    0x3c43_9041,
    0xfe51_63ab,
    0xdebb_c561,
    0xb724_6e3a,
    0x424d_d2e0,
    0x0649_2eea,
    0x09d1_921c,
    0xfe1d_eb1c,
    0xb129_a73e,
    0xe882_35f5,
    0x2ebb_4484,
    0xe99c_7026,
    0xb45f_7e41,
    0x3991_d639,
    0x8353_39f4,
    0x9c84_5f8b,
    0xbdf9_283b,
    0x1ff8_97ff,
    0xde05_980f,
    0xef2f_118b,
    0x5a0a_6d1f,
    0x6d36_7ecf,
    0x27cb_09b7,
    0x4f46_3f66,
    0x9e5f_ea2d,
    0x7527_bac7,
    0xebe5_f17b,
    0x3d07_39f7,
    0x8a52_92ea,
    0x6bfb_5fb1,
];
/// Zeros before the bits of 2/pi, so that the window of a small angle begins in the table too.
const TABLE_ZEROS: u32 = 96;

const FRACTION_BITS: u32 = 52;
const EXPONENT_MASK: u32 = 0x7ff;
/// Exponent field of 1.0.
const BIAS: u32 = 1023;
/// An angle below two to the power of minus this is its own sine, and its cosine is 1.
const SMALL: u32 = 16;

/// Sine and cosine of `angle`.
#[inline]
pub(super) fn sin_cos(angle: f64) -> (f32, f32) {
    scaled(angle, 0)
}

/// Sine and cosine of half the angle.
#[inline]
pub(super) fn sin_cos_of_half(angle: f64) -> (f32, f32) {
    scaled(angle, 1)
}

/// Sine and cosine of `angle` halved `halvings` times, which is 0 or 1.
#[inline(never)]
fn scaled(angle: f64, halvings: u32) -> (f32, f32) {
    let high = high_word(angle.to_bits());
    let exponent = (high >> (FRACTION_BITS - 32)) & EXPONENT_MASK;
    if exponent < BIAS - SMALL + halvings {
        return (small(angle, halvings), 1.0);
    }
    if exponent == EXPONENT_MASK {
        return (f32::NAN, f32::NAN);
    }
    let window = window(exponent - halvings);
    let turn = reduce(angle.to_bits(), window);
    let (sin, cos) = sin_cos_of_fraction(turn.magnitude, turn.zeros);
    // In quarters 1 and 3 the two change places.
    let sin = sin | turn.negative << 31;
    let (sin, cos) = if turn.quarters & 1 == 0 { (sin, cos) } else { (cos, sin) };
    let sin = sin ^ (turn.quarters & 2) << 30 ^ high & 1 << 31;
    let cos = cos ^ ((turn.quarters + 1) & 2) << 30;
    (f32::from_bits(sin), f32::from_bits(cos))
}

#[expect(clippy::cast_possible_truncation, reason = "an angle this small is rounded once, here")]
fn small(angle: f64, halvings: u32) -> f32 {
    let scale = if halvings == 0 { 1.0 } else { 0.5 };
    (angle * scale) as f32
}

/// 128 bits of 2/pi, most significant word first: all that matters of the product with a number
/// whose exponent field is `exponent`, since what stands before adds multiples of four quarters.
#[inline(always)]
fn window(exponent: u32) -> [u32; 4] {
    // The number is its 53 bits times 2^(exponent - 1075); bit j of 2/pi has the weight 2^-j.
    let offset = exponent + TABLE_ZEROS - (BIAS + FRACTION_BITS) - 2;
    let (word, bit) = (offset as usize / 32, offset % 32);
    let words = TWO_OVER_PI.get(word..).and_then(|words| words.first_chunk::<5>());
    let Some(&[a, b, c, d, e]) = words else { return [0; 4] };
    let join = |high: u32, low: u32| high << bit | low >> 1 >> (31 - bit);
    [join(a, b), join(b, c), join(c, d), join(d, e)]
}

/// An angle as quarter turns and a fraction of one between -1/2 and 1/2.
struct Turn {
    /// Whole quarters, of which two bits count.
    quarters: u32,
    /// 1 if the fraction is negative.
    negative: u32,
    /// The fraction's size is `magnitude / 2^(32 + zeros)`; the highest bit of `magnitude` is 1.
    magnitude: u32,
    zeros: u32,
}

/// Multiplies the 53 bits of a number by the window of 2/pi that belongs to it.
#[inline(always)]
fn reduce(bits: u64, [w0, w1, w2, w3]: [u32; 4]) -> Turn {
    let m0 = low_word(bits);
    let m1 = high_word(bits) & 0x000f_ffff | 0x0010_0000;
    // Two rows of a product by hand; what is above 128 bits falls away.
    let (p1, carry) = row(m0, w2, high_word(wide(m0, w3)), 0);
    let (p2, carry) = row(m0, w1, carry, 0);
    let p3 = m0.wrapping_mul(w0).wrapping_add(carry);
    let (p1, carry) = row(m1, w3, p1, 0);
    let (p2, carry) = row(m1, w2, p2, carry);
    let p3 = p3.wrapping_add(m1.wrapping_mul(w1)).wrapping_add(carry);
    // Two bits of quarters, then the fraction; from half a quarter on it counts from the next one.
    let (a, b, c) = (p3 << 2 | p2 >> 30, p2 << 2 | p1 >> 30, p1 << 2);
    let negative = a >> 31;
    let flip = negative.wrapping_neg();
    let (mut a, mut b, c) = (a ^ flip, b ^ flip, c ^ flip);
    let mut zeros = 0;
    if a == 0 {
        (a, b, zeros) = (b, c, 32);
    }
    let shift = a.leading_zeros() & 31;
    Turn {
        quarters: (p3 >> 30) + negative,
        negative,
        magnitude: a << shift | b >> 1 >> (31 - shift),
        zeros: zeros + shift,
    }
}

/// Sine and cosine of `magnitude / 2^(32 + zeros)` quarter turns, as the bits of positive numbers.
/// The fraction is at most 1/2, so `zeros` is at least 1.
#[inline(always)]
fn sin_cos_of_fraction(magnitude: u32, zeros: u32) -> (u32, u32) {
    // Four times the fraction's square, in units of 2^-32.
    let square = high_word(wide(magnitude, magnitude));
    let square = square.checked_shr(2 * zeros - 2).unwrap_or(0);
    let times_square = |k: u32| high_word(wide(k, square));
    // sin(pi f / 2) / f in units of 2^-31; each coefficient has two bits less than the one before.
    let sin = 0xc90f_daa2
        - times_square(
            0x14ab_bce5 - times_square(0xa3_35dd - times_square(0x2_6595 - times_square(0x52f))),
        );
    // (1 - cos(pi f / 2)) / (4 f^2) in units of 2^-33.
    let cos = times_square(
        0x9de9_e64c - times_square(0x81e_0f50 - times_square(0x2a_b973 - times_square(0x76d9))),
    );
    (normalised(wide(magnitude, sin), zeros), ONE_BITS - ((cos + 0x100) >> 9))
}

/// The bits of 1 as half of 2^24 units in the last place of what is below 1.
const ONE_BITS: u32 = 127 << 23;

/// The bits of `product / 2^(63 + zeros)`, rounded; `product` is at least 2^62.
#[inline(always)]
fn normalised(product: u64, zeros: u32) -> u32 {
    let below_half = 1 ^ high_word(product) >> 31;
    let high = high_word(product << below_half);
    let exponent = 126 - zeros - below_half;
    // A carry out of the 24 bits is the next exponent.
    (exponent << 23) + (high >> 8) + (high >> 7 & 1)
}

/// `a b + c + d`, low and high word: never too large.
#[inline(always)]
fn row(a: u32, b: u32, c: u32, d: u32) -> (u32, u32) {
    let sum = wide(a, b) + u64::from(c) + u64::from(d);
    (low_word(sum), high_word(sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How far a result may be from the exact one, in units in its last place.
    const UNITS: f64 = 0.51;
    /// Besides in absolute terms: what the window leaves out, seen only next to multiples of pi/2.
    const SLACK: f64 = 2.0e-22;

    /// How far `single` is from `exact`, in units of the binade that `exact` is in.
    #[expect(clippy::cast_possible_truncation, reason = "the binade is meant")]
    fn units(single: f32, exact: f64) -> f64 {
        let size = exact.abs();
        let mut below = (size as f32).to_bits();
        if f64::from(f32::from_bits(below)) > size {
            below -= 1;
        }
        let unit = f64::from(f32::from_bits(below + 1)) - f64::from(f32::from_bits(below));
        let off = (f64::from(single) - exact).abs();
        (off - SLACK).max(0.0) / unit
    }

    /// The largest error of the sines and cosines of an angle and of half of it.
    fn worst(angle: f64) -> f64 {
        [(sin_cos(angle), angle), (sin_cos_of_half(angle), angle * 0.5)]
            .into_iter()
            .map(|((sin, cos), angle)| {
                let (exact_sin, exact_cos) = libm::sincos(angle);
                units(sin, exact_sin).max(units(cos, exact_cos))
            })
            .fold(0.0, f64::max)
    }

    #[test]
    fn angles_of_a_turn() {
        // Every one of them was tried once (docs/adr/0020); here one of 101.
        for bits in (0x2000_0000..7.0_f32.to_bits()).step_by(101) {
            let angle = f64::from(f32::from_bits(bits));
            assert!(worst(angle) <= UNITS, "{angle:e}: {}", worst(angle));
        }
    }

    #[test]
    fn angles_next_to_multiples_of_a_quarter_turn() {
        for quarters in 1..200_000 {
            let near = (f64::from(quarters) * core::f64::consts::FRAC_PI_2).to_bits();
            for bits in near - 2..near + 3 {
                let angle = f64::from_bits(bits);
                assert!(worst(angle) <= UNITS, "{angle:e}: {}", worst(angle));
            }
        }
    }

    #[test]
    fn angles_of_every_size() {
        let mut bits = 1_u64;
        for _ in 0..1_000_000 {
            bits = bits.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ bits >> 29;
            let angle = f64::from_bits(bits);
            if angle.is_finite() {
                assert!(worst(angle) <= UNITS, "{angle:e}: {}", worst(angle));
            }
        }
        for angle in [f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 1e-42] {
            assert!(worst(angle) <= UNITS, "{angle:e}: {}", worst(angle));
        }
    }

    #[test]
    fn sine_is_odd_and_cosine_even_to_the_last_bit() {
        for bits in (0..0x4900_0000_u32).step_by(9973) {
            let angle = f64::from(f32::from_bits(bits));
            let ((sin, cos), (minus_sin, same_cos)) = (sin_cos(angle), sin_cos(-angle));
            assert_eq!(sin.to_bits() ^ 1 << 31, minus_sin.to_bits(), "{angle:e}");
            assert_eq!(cos.to_bits(), same_cos.to_bits(), "{angle:e}");
            let doubled = sin_cos_of_half(angle * 2.0);
            assert_eq!((sin.to_bits(), cos.to_bits()), (doubled.0.to_bits(), doubled.1.to_bits()));
        }
        assert_eq!(sin_cos(0.0), (0.0, 1.0));
        assert_eq!(sin_cos(-0.0).0.to_bits(), 1 << 31);
    }

    #[test]
    fn what_is_no_finite_angle_has_no_sine() {
        for angle in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            let (sin, cos) = sin_cos(angle);
            assert!(sin.is_nan() && cos.is_nan());
        }
    }
}
