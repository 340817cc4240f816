//! Channels on one qubit.
//!
//! Below, `e00` to `e11` are the four elements that differ only in the qubit; the first digit is its
//! value in the row, the second in the column.

use crate::kernel::state_vector::{matrix_2q, walk::quads};
use crate::real::{Complex, Real};

/// Paulis with the probabilities `x`, `y`, `z`, and nothing with the rest.
pub fn pauli_1q<R: Real>(
    rho: &mut [Complex<R>],
    qubit_count: u32,
    qubit: u32,
    [x, y, z]: [f64; 3],
) {
    let nothing = (1.0 - (x + y + z)).max(0.0);
    let [keep, flip] = [nothing + z, x + y].map(R::from_f64);
    let [keep_off, flip_off] = [nothing - z, x - y].map(R::from_f64);
    quads(rho, qubit, qubit + qubit_count, |s00, s10, s01, s11| {
        for (a, b) in s00.iter_mut().zip(s11) {
            let (a0, b0) = (*a, *b);
            *a = a0.scale(keep) + b0.scale(flip);
            *b = b0.scale(keep) + a0.scale(flip);
        }
        for (a, b) in s10.iter_mut().zip(s01) {
            let (a0, b0) = (*a, *b);
            *a = a0.scale(keep_off) + b0.scale(flip_off);
            *b = b0.scale(keep_off) + a0.scale(flip_off);
        }
    });
}

/// Decay towards 0: `e00 + gamma e11`, `(1 - gamma) e11`, the others by the root of `1 - gamma`.
pub fn amplitude_damping<R: Real>(
    rho: &mut [Complex<R>],
    qubit_count: u32,
    qubit: u32,
    gamma: f64,
) {
    let kept = 1.0 - gamma;
    let root = R::from_f64(Real::sqrt(kept.max(0.0)));
    let (decayed, kept) = (R::from_f64(gamma), R::from_f64(kept));
    quads(rho, qubit, qubit + qubit_count, |s00, s10, s01, s11| {
        for (a, b) in s00.iter_mut().zip(s11) {
            *a = *a + b.scale(decayed);
            *b = b.scale(kept);
        }
        for (a, b) in s10.iter_mut().zip(s01) {
            *a = a.scale(root);
            *b = b.scale(root);
        }
    });
}

/// Puts the qubit into 0, whatever it was: `e00 + e11`, the others 0.
pub fn reset<R: Real>(rho: &mut [Complex<R>], qubit_count: u32, qubit: u32) {
    quads(rho, qubit, qubit + qubit_count, |s00, s10, s01, s11| {
        for (a, b) in s00.iter_mut().zip(&*s11) {
            *a = *a + *b;
        }
        for run in [s10, s01, s11] {
            run.fill(Complex::ZERO);
        }
    });
}

/// Any channel as its superoperator: a row-major matrix on (`e00`, `e10`, `e01`, `e11`).
pub fn superoperator_1q<R: Real>(
    rho: &mut [Complex<R>],
    qubit_count: u32,
    qubit: u32,
    m: &[Complex<R>; 16],
) {
    matrix_2q(rho, qubit, qubit + qubit_count, m);
}
