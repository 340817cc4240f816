//! Real and complex numbers whose operations give the same bits on every target.
//!
//! `sin`, `cos`, `sqrt`, `ln` and `exp` come from one exactly pinned `libm`, built without its
//! per-architecture paths; sums and products are plain IEEE operations in the order written.
//! Not here: kernels. Nothing in the crate may call a platform function or fuse a multiply and an
//! add.

pub(crate) mod log;
mod single;

use core::fmt::Debug;
use core::ops::{Add, AddAssign, Mul, Neg, Sub};

/// `f32` or `f64`, as far as kernels need them.
pub trait Real:
    Copy
    + Debug
    + Default
    + PartialEq
    + PartialOrd
    + Send
    + Sync
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// How far a probability may be from its exact value before it is called wrong.
    const TOLERANCE: f64;
    /// What share of the norm a branch of a measurement must exceed to be possible: far above what
    /// rounding leaves of an amplitude that should be 0, far below any probability that matters.
    const POSSIBLE: f64;
    /// Bytes of one number.
    const BYTES: usize;

    /// The nearest number (round to nearest, ties to even).
    fn from_f64(value: f64) -> Self;
    /// The same number as `f64`, exactly.
    fn to_f64(self) -> f64;
    /// Square root, correctly rounded.
    #[must_use]
    fn sqrt(self) -> Self;
    /// Sine and cosine of an angle in radians, computed in this precision.
    #[must_use]
    fn sin_cos(self) -> (Self, Self);
    /// Sine and cosine of an angle in double precision, rounded to this one, so that single precision
    /// loses no accuracy on large angles.
    #[must_use]
    fn sin_cos_of(angle: f64) -> (Self, Self);
    /// Sine and cosine of half of such an angle.
    #[must_use]
    fn sin_cos_of_half(angle: f64) -> (Self, Self);
    /// The number's bits, zero-extended.
    fn to_bits_u64(self) -> u64;
}

impl Real for f32 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const TOLERANCE: f64 = 1e-5;
    const POSSIBLE: f64 = 1e-9;
    const BYTES: usize = 4;

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "rounding to f32 is what is asked for")]
    fn from_f64(value: f64) -> Self {
        value as Self
    }
    #[inline]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    #[inline]
    fn sqrt(self) -> Self {
        libm::sqrtf(self)
    }
    #[inline]
    fn sin_cos(self) -> (Self, Self) {
        Self::sin_cos_of(f64::from(self))
    }
    #[inline]
    fn sin_cos_of(angle: f64) -> (Self, Self) {
        single::sin_cos(angle)
    }
    #[inline]
    fn sin_cos_of_half(angle: f64) -> (Self, Self) {
        single::sin_cos_of_half(angle)
    }
    #[inline]
    fn to_bits_u64(self) -> u64 {
        u64::from(self.to_bits())
    }
}

impl Real for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const TOLERANCE: f64 = 1e-12;
    const POSSIBLE: f64 = 1e-20;
    const BYTES: usize = 8;

    #[inline]
    fn from_f64(value: f64) -> Self {
        value
    }
    #[inline]
    fn to_f64(self) -> f64 {
        self
    }
    #[inline]
    fn sqrt(self) -> Self {
        libm::sqrt(self)
    }
    #[inline]
    fn sin_cos(self) -> (Self, Self) {
        libm::sincos(self)
    }
    #[inline]
    fn sin_cos_of(angle: f64) -> (Self, Self) {
        libm::sincos(angle)
    }
    #[inline]
    fn sin_cos_of_half(angle: f64) -> (Self, Self) {
        libm::sincos(angle * 0.5)
    }
    #[inline]
    fn to_bits_u64(self) -> u64 {
        self.to_bits()
    }
}

/// Natural logarithm of a positive number, the same bits everywhere.
#[inline]
#[must_use]
pub fn ln(value: f64) -> f64 {
    libm::log(value)
}

/// Natural logarithm of `1 + value`, exact also for a tiny `value`, the same bits everywhere.
#[inline]
#[must_use]
pub fn ln_1p(value: f64) -> f64 {
    libm::log1p(value)
}

/// `e` to the `value`, the same bits everywhere.
#[inline]
#[must_use]
pub fn exp(value: f64) -> f64 {
    libm::exp(value)
}

/// `e` to the `value`, minus 1, exact also for a tiny `value`, the same bits everywhere.
#[inline]
#[must_use]
pub fn exp_m1(value: f64) -> f64 {
    libm::expm1(value)
}

/// `base` to the `exponent`, the same bits everywhere.
#[inline]
#[must_use]
pub fn pow(base: f64, exponent: f64) -> f64 {
    libm::pow(base, exponent)
}

/// The angle in `-pi..=pi` of the point (`x`, `y`), the same bits everywhere.
#[inline]
#[must_use]
pub fn atan2(y: f64, x: f64) -> f64 {
    libm::atan2(y, x)
}

/// A complex number. Products and sums round after every operation, in the order written here.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub struct Complex<R> {
    /// Real part.
    pub re: R,
    /// Imaginary part.
    pub im: R,
}

impl<R: Real> Complex<R> {
    /// 0.
    pub const ZERO: Self = Self { re: R::ZERO, im: R::ZERO };
    /// 1.
    pub const ONE: Self = Self { re: R::ONE, im: R::ZERO };
    /// The imaginary unit.
    pub const I: Self = Self { re: R::ZERO, im: R::ONE };

    /// `re + i im`.
    #[inline]
    #[must_use]
    pub const fn new(re: R, im: R) -> Self {
        Self { re, im }
    }

    /// `exp(i angle)`, `angle` in radians.
    #[inline]
    #[must_use]
    pub fn cis(angle: R) -> Self {
        let (sin, cos) = angle.sin_cos();
        Self { re: cos, im: sin }
    }

    /// Complex conjugate.
    #[inline]
    #[must_use]
    pub fn conj(self) -> Self {
        Self { re: self.re, im: -self.im }
    }

    /// `|self|^2`.
    #[inline]
    #[must_use]
    pub fn norm_sqr(self) -> R {
        self.re * self.re + self.im * self.im
    }

    /// This number times a real one.
    #[inline]
    #[must_use]
    pub fn scale(self, by: R) -> Self {
        Self { re: self.re * by, im: self.im * by }
    }

    /// The same number in another precision.
    #[inline]
    #[must_use]
    pub fn cast<T: Real>(self) -> Complex<T> {
        Complex { re: T::from_f64(self.re.to_f64()), im: T::from_f64(self.im.to_f64()) }
    }
}

impl<R: Real> Add for Complex<R> {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }
}

impl<R: Real> Sub for Complex<R> {
    type Output = Self;
    #[inline]
    fn sub(self, other: Self) -> Self {
        Self { re: self.re - other.re, im: self.im - other.im }
    }
}

impl<R: Real> Mul for Complex<R> {
    type Output = Self;
    #[inline]
    fn mul(self, other: Self) -> Self {
        Self {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }
}

impl<R: Real> Neg for Complex<R> {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        Self { re: -self.re, im: -self.im }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_bits_of_sine_cosine_and_square_root() {
        // Golden bits of libm 0.2.16; a change here is a change of every digest.
        let (sin, cos) = 0.3_f64.sin_cos_bits();
        assert_eq!((sin, cos), (0x3fd2_e9cd_95ba_ba33, 0x3fee_921d_d42f_09ba));
        assert_eq!(Real::sqrt(2.0_f64).to_bits(), 0x3ff6_a09e_667f_3bcd);
    }

    trait Bits {
        fn sin_cos_bits(self) -> (u64, u64);
    }
    impl Bits for f64 {
        fn sin_cos_bits(self) -> (u64, u64) {
            let (sin, cos) = Real::sin_cos(self);
            (sin.to_bits(), cos.to_bits())
        }
    }

    #[test]
    fn a_complex_product_is_what_school_says() {
        let a = Complex::new(1.0_f64, 2.0);
        let b = Complex::new(3.0, -1.0);
        assert_eq!(a * b, Complex::new(5.0, 5.0));
        assert_eq!((a * a.conj()).re.to_bits(), a.norm_sqr().to_bits());
    }
}
