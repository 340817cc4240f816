//! State-vector arithmetic: functions on `2^n` amplitudes, `f32` or `f64`.
//!
//! Gates work in place and element by element, so their bits do not depend on how a loop is
//! vectorised. Sums (probabilities, norm) have the fixed order that [`reduce`] states.
//! Not here: which gate a record means ([`crate::sim`]), trigonometry of angles.

pub mod many;
pub mod one_qubit;
pub mod reduce;
pub mod two_qubit;
pub(super) mod walk;

pub use many::{ccx, cswap, matrix_2q, matrix_3q};
pub use one_qubit::{
    collapse, collapse_to_zero, diagonal, hadamard, matrix_1q, phase, phase_i, rotation_real,
    rotation_xy, scale, x, y, z,
};
pub use reduce::{amplitudes, digest, marginals, norm_sqr, reduced, weights};
pub use two_qubit::{
    controlled_diagonal, controlled_matrix, controlled_y, cphase, cx, cz, exchange, iswap, parity,
    swap,
};

use crate::kernel::UNROLL;
use crate::real::{Complex, Real};

/// `i a`, exactly.
#[inline(always)]
fn times_i<R: Real>(a: Complex<R>) -> Complex<R> {
    Complex::new(-a.im, a.re)
}

/// `-i a`, exactly.
#[inline(always)]
fn times_minus_i<R: Real>(a: Complex<R>) -> Complex<R> {
    Complex::new(a.im, -a.re)
}

/// A complex number prepared for being multiplied to many others.
#[derive(Clone, Copy)]
struct Factor<R> {
    re: R,
    im: R,
    minus_im: R,
}

impl<R: Real> Factor<R> {
    /// `minus_im` is hidden from the compiler, which would turn the sum below back into a difference
    /// and could then no longer work on real and imaginary part alike.
    #[inline(always)]
    fn new(c: Complex<R>) -> Self {
        let minus_im = if UNROLL { core::hint::black_box(-c.im) } else { -c.im };
        Self { re: c.re, im: c.im, minus_im }
    }

    /// The product: the same bits as `c * a`, since adding a negated number is subtracting it.
    #[inline(always)]
    fn times(self, a: Complex<R>) -> Complex<R> {
        Complex::new(self.re * a.re + self.minus_im * a.im, self.re * a.im + self.im * a.re)
    }
}

/// Puts the state into |0...0>.
pub fn reset_all<R: Real>(amps: &mut [Complex<R>]) {
    amps.fill(Complex::ZERO);
    if let Some(first) = amps.first_mut() {
        *first = Complex::ONE;
    }
}

#[cfg(test)]
mod tests;
