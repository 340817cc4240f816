//! The one gate list: what a gate is called, what it means, and what is known about it.
//!
//! Identity is the string id with its revision; the wire form is the slot, which never changes;
//! the meaning is the matrix. Everything else (Pauli action, inverse, decomposition, aliases) is
//! stated beside it and tested against it.
//! Not here: how a simulator carries a gate out ([`crate::kernel`]).
//!
//! Convention: a matrix is row-major, `2^n` by `2^n`; bit `j` of a row or column index is operand
//! `j` of the gate. Angles are radians.

pub mod slot;

use crate::real::Complex;

/// First slot of gates that are not built in: a program's own gates start here.
pub const FIRST_USER_SLOT: u16 = 1024;
/// Most qubits of a gate in the list.
pub const GATE_QUBITS_MAX: usize = 3;
/// Entries of the largest matrix.
pub const MATRIX_MAX: usize = 64;

/// The matrix of a gate for given parameters: writes the first `4^n` entries of `out`, row-major.
pub type MatrixFn = fn(params: &[f64], out: &mut [Complex<f64>; MATRIX_MAX]);

/// What a gate is, in one entry of the list.
#[derive(Clone, Copy, Debug)]
pub struct Gate {
    /// The wire form.
    pub slot: u16,
    /// The identity, with its revision: `pandia.rz/1`.
    pub id: &'static str,
    /// The name used in texts and by front ends: `rz`.
    pub name: &'static str,
    /// Other names that mean the same gate.
    pub aliases: &'static [&'static str],
    /// How many qubits it acts on.
    pub qubit_count: u8,
    /// Names of its parameters, in order; angles are radians.
    pub params: &'static [&'static str],
    /// The meaning.
    pub matrix: MatrixFn,
    /// One line of help.
    pub help: &'static str,
}

/// The gate with this slot.
#[must_use]
pub fn by_slot(slot: u16) -> Option<&'static Gate> {
    LIST.iter().find(|gate| gate.slot == slot)
}

/// The gate with this name or alias.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Gate> {
    LIST.iter().find(|gate| gate.name == name || gate.aliases.contains(&name))
}

/// Checks that the first `4^qubit_count` entries of `matrix` are a unitary matrix.
///
/// # Errors
/// [`crate::ErrorKind::NotUnitary`] with the largest deviation of a row product.
pub fn check_unitary(
    qubit_count: u8,
    matrix: &[Complex<f64>; MATRIX_MAX],
) -> crate::error::Result<()> {
    let size = 1_usize << qubit_count;
    let mut worst = 0.0_f64;
    for a in 0..size {
        for b in 0..size {
            let mut sum = Complex::new(if a == b { -1.0 } else { 0.0 }, 0.0);
            for k in 0..size {
                sum = sum + matrix[a * size + k] * matrix[b * size + k].conj();
            }
            let off = sum.norm_sqr();
            // A NaN must not pass: it compares false.
            if !(off <= worst) {
                worst = off;
            }
        }
    }
    let deviation = libm::sqrt(worst);
    if deviation <= UNITARY_TOLERANCE {
        Ok(())
    } else {
        Err(crate::error::ErrorKind::NotUnitary { deviation }.into())
    }
}

/// How far a row product of a unitary matrix may be from 0 or 1.
pub const UNITARY_TOLERANCE: f64 = 1e-9;

/// Every built-in gate.
pub static LIST: &[Gate] = &[];
