//! Whether numbers that somebody claims to be a gate's matrix are a unitary one.

use super::{GATE_QUBITS_MAX, MATRIX_MAX};
use crate::error::{ErrorKind, Result};
use crate::real::{Complex, Real};

/// How far a row product of a unitary matrix may be from 0 or 1.
pub const UNITARY_TOLERANCE: f64 = 1e-9;

/// Checks that the first `4^qubit_count` entries of `matrix` are a unitary matrix.
///
/// # Errors
/// [`ErrorKind::NotUnitary`] with the largest deviation of a row product, NaN if there is one;
/// [`ErrorKind::Argument`] for more than three qubits.
pub fn check_unitary(qubit_count: u8, matrix: &[Complex<f64>; MATRIX_MAX]) -> Result<()> {
    if usize::from(qubit_count) > GATE_QUBITS_MAX {
        return Err(ErrorKind::Argument("a gate's matrix is for at most three qubits").into());
    }
    let size = 1_usize << qubit_count;
    let entry = |row: usize, column: usize| {
        matrix.get(row * size + column).copied().unwrap_or(Complex::ZERO)
    };
    let mut worst = 0.0_f64;
    for a in 0..size {
        for b in 0..size {
            let mut sum = Complex::new(if a == b { -1.0 } else { 0.0 }, 0.0);
            for k in 0..size {
                sum = sum + entry(a, k) * entry(b, k).conj();
            }
            let off = sum.norm_sqr();
            // A NaN must not pass and must stay: it compares false both ways.
            if off > worst || off.is_nan() {
                worst = off;
            }
            if worst.is_nan() {
                break;
            }
        }
    }
    let deviation = Real::sqrt(worst);
    if deviation <= UNITARY_TOLERANCE {
        Ok(())
    } else {
        Err(ErrorKind::NotUnitary { deviation }.into())
    }
}
