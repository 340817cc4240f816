//! What undoes each gate.

use super::decompose::{Emit, OPERANDS};
use super::{GATE_QUBITS_MAX, Gate, slot};
use crate::error::Result;

/// Parameters of the largest gate that carries its matrix.
const MATRIX_PARAMS_MAX: usize = 2 * super::MATRIX_MAX;

/// What undoes a gate.
#[derive(Clone, Copy, Debug)]
pub enum Inverse {
    /// The gate itself.
    Itself,
    /// The gate with this slot, which has no parameters either.
    Other(u16),
    /// The gate itself with its first parameter negated; further ones are an axis and stay.
    NegatedAngle,
    /// Something longer to say.
    Steps(InverseFn),
}

/// Emits the gates that undo `gate` with these parameters, first to last.
pub type InverseFn = fn(gate: &Gate, params: &[f64], emit: &mut Emit<'_>) -> Result<()>;

impl Gate {
    /// Emits the gates that undo this one with these parameters, first to last: for most it is one.
    /// Exact, the global phase included.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Argument`] for a wrong number of parameters,
    /// [`crate::ErrorKind::NotFinite`], and whatever `emit` gives.
    pub fn invert(&self, params: &[f64], emit: &mut Emit<'_>) -> Result<()> {
        self.check_params(params)?;
        let operands = OPERANDS.get(..usize::from(self.qubit_count)).unwrap_or(&OPERANDS);
        match self.inverse {
            Inverse::Itself => emit(self.slot, operands, params),
            Inverse::Other(slot) => emit(slot, operands, &[]),
            Inverse::NegatedAngle => {
                let mut negated = [0.0; GATE_QUBITS_MAX];
                for (index, (place, value)) in negated.iter_mut().zip(params).enumerate() {
                    *place = if index == 0 { -*value } else { *value };
                }
                emit(self.slot, operands, negated.get(..params.len()).unwrap_or(&[]))
            }
            Inverse::Steps(steps) => steps(self, params, emit),
        }
    }
}

/// U3(theta, phi, lambda) is Rz(phi) Ry(theta) Rz(lambda) with a phase.
pub(super) fn u3(gate: &Gate, params: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    let angle = |index: usize| params.get(index).copied().unwrap_or(0.0);
    emit(gate.slot, &[0], &[-angle(0), -angle(2), -angle(1)])
}

/// The square of iSWAP is Z on both.
pub(super) fn iswap(gate: &Gate, _: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    emit(gate.slot, &[0, 1], &[])?;
    emit(slot::Z, &[0], &[])?;
    emit(slot::Z, &[1], &[])
}

/// The conjugate transpose of the matrix that the parameters are.
pub(super) fn adjoint(gate: &Gate, params: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    let size = 1_usize << gate.qubit_count;
    let mut out = [0.0; MATRIX_PARAMS_MAX];
    for row in 0..size {
        for column in 0..size {
            let (from, to) = (2 * (column * size + row), 2 * (row * size + column));
            if let (Some(&re), Some(&im)) = (params.get(from), params.get(from + 1)) {
                out[to] = re;
                out[to + 1] = -im;
            }
        }
    }
    let operands = OPERANDS.get(..usize::from(gate.qubit_count)).unwrap_or(&OPERANDS);
    emit(gate.slot, operands, out.get(..params.len()).unwrap_or(&[]))
}
