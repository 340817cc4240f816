//! The one gate list: what a gate is called, what it means, and what is known about it.
//!
//! Identity is the string id with its revision; the wire form is the slot, which never changes;
//! the meaning is the matrix. Everything else (Pauli action, inverse, decomposition, aliases) is
//! stated beside it and tested against it.
//! Not here: how a simulator carries a gate out ([`crate::kernel`]).
//!
//! Convention: a matrix is row-major, `2^n` by `2^n`; bit `j` of a row or column index is operand
//! `j` of the gate. Angles are radians.

mod clifford;
mod decompose;
mod facts;
mod inverse;
mod list;
mod many_qubit;
mod matrix;
mod one_qubit;
mod pauli;
pub mod slot;
#[cfg(test)]
mod tests;
mod unitary;

pub use clifford::{Clifford, CliffordRule, NotAt, resolve};
pub use decompose::{Decomposition, Emit, NATIVE, StepsFn, can_expand, expand, expand_to_native};
pub(crate) use facts::{clifford_counts, counts, facts, name_of};
pub use inverse::{Inverse, InverseFn};
pub use list::{LIST, by_name, by_slot};
pub use pauli::{CLIFFORD_PRIMITIVES_MAX, CliffordSequence, PauliAction, PauliString, Primitive};
pub use unitary::{UNITARY_TOLERANCE, check_unitary};

use crate::error::{ErrorKind, Result};
use crate::real::Complex;

/// First slot of gates that are not built in: a program's own gates start here.
pub const FIRST_USER_SLOT: u16 = 1024;
/// Most qubits of a gate in the list.
pub const GATE_QUBITS_MAX: usize = 3;
/// Entries of the largest matrix.
pub const MATRIX_MAX: usize = 64;
/// Most parameters of a gate in the list: a three-qubit matrix, re and im.
pub const GATE_PARAMS_MAX: usize = 2 * MATRIX_MAX;

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
    /// Other names that mean the same gate (up to a global phase).
    pub aliases: &'static [&'static str],
    /// How many qubits it acts on.
    pub qubit_count: u8,
    /// Names of its parameters, in order; angles are radians.
    pub params: &'static [&'static str],
    /// What is known of the matrix for all parameters.
    pub traits: Traits,
    /// The meaning.
    pub matrix: MatrixFn,
    /// How it acts on Paulis, where it is Clifford.
    pub clifford: Clifford,
    /// What undoes it.
    pub inverse: Inverse,
    /// What it is made of.
    pub decomposition: Decomposition,
    /// One line of help.
    pub help: &'static str,
}

/// Facts about a gate's matrix that hold for all parameters, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits(u32);

impl Traits {
    /// Nothing special.
    pub const NONE: Self = Self(0);
    /// Only the diagonal is not zero.
    pub const DIAGONAL: Self = Self(1);
    /// The operands may be exchanged.
    pub const SYMMETRIC: Self = Self(2);
    /// Operand 0 is a control: where it is 0, nothing happens.
    pub const CONTROLLED: Self = Self(4);
    /// The parameters are the matrix itself, re and im in turn.
    pub const MATRIX: Self = Self(8);

    /// These and those.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of those are here.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl Gate {
    /// Whether the gate is Clifford at every angle it takes.
    #[must_use]
    pub const fn is_clifford(&self) -> bool {
        matches!(self.clifford, Clifford::Always(_))
    }

    /// Whether the gate is Clifford at some angles at least.
    #[must_use]
    pub const fn may_be_clifford(&self) -> bool {
        !matches!(self.clifford, Clifford::Never)
    }

    /// Checks number and finiteness of parameters.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for a wrong number, [`ErrorKind::NotFinite`] naming the parameter.
    #[inline]
    pub fn check_params(&self, params: &[f64]) -> core::result::Result<(), ErrorKind> {
        check_params(self.params.len(), params)
    }

    /// The gate's matrix in the first `4^n` entries of `out`, after checking the parameters.
    ///
    /// # Errors
    /// As [`Self::check_params`]; [`ErrorKind::NotUnitary`] if parameters that are a matrix are no
    /// unitary one.
    pub fn unitary(&self, params: &[f64], out: &mut [Complex<f64>; MATRIX_MAX]) -> Result<()> {
        self.check_params(params)?;
        (self.matrix)(params, out);
        if self.traits.has(Traits::MATRIX) {
            check_unitary(self.qubit_count, out)?;
        }
        Ok(())
    }
}

#[inline]
fn check_params(count: usize, params: &[f64]) -> core::result::Result<(), ErrorKind> {
    if params.len() != count {
        return Err(ErrorKind::Argument("the gate takes another number of parameters"));
    }
    match params.iter().position(|param| !param.is_finite()) {
        None => Ok(()),
        Some(index) => {
            Err(ErrorKind::NotFinite { param: u32::try_from(index).unwrap_or(u32::MAX) })
        }
    }
}

/// Names of the parameters of a gate that carries its matrix.
const fn matrix_params(count: usize) -> &'static [&'static str] {
    static NAMES: [&str; GATE_PARAMS_MAX] = {
        let mut names = ["re"; GATE_PARAMS_MAX];
        let mut index = 1;
        while index < names.len() {
            names[index] = "im";
            index += 2;
        }
        names
    };
    NAMES.split_at(count).0
}

const fn into(targets: &'static [u16], steps: StepsFn) -> Decomposition {
    Decomposition::Into { targets, steps }
}
