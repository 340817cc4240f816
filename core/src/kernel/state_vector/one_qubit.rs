//! Gates, projection and scaling on one qubit.
//!
//! Every function needs `2^n` amplitudes and `qubit < n`. Below, `a` is an amplitude in which the
//! qubit is 0 and `b` the one that differs from it only by the qubit being 1.

use super::walk::{map_hot_pairs, map_pairs, pairs};
use super::{Factor, times_i, times_minus_i};
use crate::kernel::arch::{HAS_TWINS, by_parity};
use crate::real::{Complex, Real};

/// Any matrix, row-major: `a, b = m0 a + m1 b, m2 a + m3 b`.
pub fn matrix_1q<R: Real>(amps: &mut [Complex<R>], qubit: u32, m: [Complex<R>; 4]) {
    map_pairs(amps, qubit, |a, b| (m[0] * a + m[1] * b, m[2] * a + m[3] * b));
}

/// A rotation about an axis in the X-Y plane (`PhasedX`, Rx): `a, b = c a + upper b, c b + lower a`.
pub fn rotation_xy<R: Real>(
    amps: &mut [Complex<R>],
    qubit: u32,
    c: R,
    upper: Complex<R>,
    lower: Complex<R>,
) {
    let (upper, lower) = (Factor::new(upper), Factor::new(lower));
    map_hot_pairs(amps, qubit, |a, b| (a.scale(c) + upper.times(b), b.scale(c) + lower.times(a)));
}

/// A real rotation (Ry): `a, b = c a - s b, c b + s a`.
pub fn rotation_real<R: Real>(amps: &mut [Complex<R>], qubit: u32, c: R, s: R) {
    map_pairs(amps, qubit, |a, b| (a.scale(c) - b.scale(s), b.scale(c) + a.scale(s)));
}

/// A diagonal matrix (Rz): `a, b = d0 a, d1 b`.
pub fn diagonal<R: Real>(amps: &mut [Complex<R>], qubit: u32, d0: Complex<R>, d1: Complex<R>) {
    if by_parity(amps, qubit, None, d0, d1) {
        return;
    }
    let (d0, d1) = (Factor::new(d0), Factor::new(d1));
    let both = |a, b| (d0.times(a), d1.times(b));
    if HAS_TWINS { map_pairs(amps, qubit, both) } else { map_hot_pairs(amps, qubit, both) }
}

/// A phase on 1 (T, phase): `b = d b`.
pub fn phase<R: Real>(amps: &mut [Complex<R>], qubit: u32, d: Complex<R>) {
    pairs(amps, qubit, |_, ones| {
        for b in ones {
            *b = d * *b;
        }
    });
}

/// The phase i (S), or -i if `inverse` (its inverse). Exact.
pub fn phase_i<R: Real>(amps: &mut [Complex<R>], qubit: u32, inverse: bool) {
    if inverse {
        pairs(amps, qubit, |_, ones| {
            for b in ones {
                *b = times_minus_i(*b);
            }
        });
    } else {
        pairs(amps, qubit, |_, ones| {
            for b in ones {
                *b = times_i(*b);
            }
        });
    }
}

/// Negates every amplitude in which the qubit is 1 (Z). Exact: only signs change.
pub fn z<R: Real>(amps: &mut [Complex<R>], qubit: u32) {
    pairs(amps, qubit, |_, ones| {
        for b in ones {
            *b = -*b;
        }
    });
}

/// Exchanges 0 and 1 (X). Exact.
pub fn x<R: Real>(amps: &mut [Complex<R>], qubit: u32) {
    map_pairs(amps, qubit, |a, b| (b, a));
}

/// `a, b = -i b, i a` (Y), or its complex conjugate `i b, -i a` if `conj`. Exact.
pub fn y<R: Real>(amps: &mut [Complex<R>], qubit: u32, conj: bool) {
    if conj {
        map_pairs(amps, qubit, |a, b| (times_i(b), times_minus_i(a)));
    } else {
        map_pairs(amps, qubit, |a, b| (times_minus_i(b), times_i(a)));
    }
}

/// Hadamard: `a, b = (a + b) / sqrt 2, (a - b) / sqrt 2`.
pub fn hadamard<R: Real>(amps: &mut [Complex<R>], qubit: u32) {
    let half = R::from_f64(core::f64::consts::FRAC_1_SQRT_2);
    map_pairs(amps, qubit, |a, b| ((a + b).scale(half), (a - b).scale(half)));
}

/// Projects the qubit onto `value` and multiplies what is left by `by`.
pub fn collapse<R: Real>(amps: &mut [Complex<R>], qubit: u32, value: bool, by: R) {
    pairs(amps, qubit, |zeros, ones| {
        let (kept, lost) = if value { (ones, zeros) } else { (zeros, ones) };
        for a in kept {
            *a = a.scale(by);
        }
        lost.fill(Complex::ZERO);
    });
}

/// Projects the qubit onto 1, multiplies what is left by `by` and flips the qubit to 0.
pub fn collapse_to_zero<R: Real>(amps: &mut [Complex<R>], qubit: u32, by: R) {
    map_pairs(amps, qubit, |_, b| (b.scale(by), Complex::ZERO));
}

/// Multiplies every amplitude by `by`.
pub fn scale<R: Real>(amps: &mut [Complex<R>], by: R) {
    for a in amps {
        *a = a.scale(by);
    }
}
