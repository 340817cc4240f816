//! The reference: three qubits, dense matrices straight from the gate list, nothing clever.

use super::harness::failed;
use super::{Checked, Stop};
use crate::op::gates::{GATE_QUBITS_MAX, MATRIX_MAX, by_slot};
use crate::real::Complex;

/// Basis states of three qubits.
pub(super) const STATES: usize = 1 << GATE_QUBITS_MAX;

type C = Complex<f64>;

/// A state of three qubits; bit `k` of an index is qubit `k`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reference {
    amps: [C; STATES],
}

impl Reference {
    /// The basis state with this index.
    pub(super) fn basis(index: usize) -> Self {
        let mut amps = [C::ZERO; STATES];
        if let Some(amp) = amps.get_mut(index) {
            *amp = C::ONE;
        }
        Self { amps }
    }

    /// The amplitudes.
    pub(super) const fn amps(&self) -> &[C; STATES] {
        &self.amps
    }

    /// Applies a built-in gate.
    pub(super) fn gate(&mut self, slot: u16, operands: &[u8], params: &[f64]) -> Checked {
        let Some(gate) = by_slot(slot) else {
            return Err(failed(format_args!("the reference knows no gate with slot {slot}")));
        };
        let mut matrix = [C::ZERO; MATRIX_MAX];
        gate.unitary(params, &mut matrix)
            .map_err(|e| failed(format_args!("the reference refuses {}: {e}", gate.name)))?;
        self.matrix(operands, &matrix);
        Ok(())
    }

    /// Applies a matrix to these operands: every amplitude is a row of it times the amplitudes that
    /// differ in the operands' bits only.
    pub(super) fn matrix(&mut self, operands: &[u8], matrix: &[C; MATRIX_MAX]) {
        let size = 1_usize << operands.len();
        let old = self.amps;
        for (index, amp) in self.amps.iter_mut().enumerate() {
            let row = gather(index, operands);
            *amp = C::ZERO;
            for column in 0..size {
                *amp = *amp + matrix[row * size + column] * old[scatter(index, column, operands)];
            }
        }
    }

    /// The probabilities of all values of the first `qubit_count` qubits.
    pub(super) fn probabilities(&self, qubit_count: usize) -> [f64; STATES] {
        let mut out = [0.0; STATES];
        for (index, amp) in self.amps.iter().enumerate() {
            out[index & ((1 << qubit_count) - 1)] += amp.norm_sqr();
        }
        out
    }
}

/// The operands' bits of `index`, operand 0 lowest.
fn gather(index: usize, operands: &[u8]) -> usize {
    operands.iter().enumerate().fold(0, |bits, (j, &q)| bits | (index >> q & 1) << j)
}

/// `index` with the operands' bits replaced by those of `bits`.
fn scatter(index: usize, bits: usize, operands: &[u8]) -> usize {
    operands
        .iter()
        .enumerate()
        .fold(index, |index, (j, &q)| index & !(1 << q) | (bits >> j & 1) << q)
}

/// The matrix of what `build` does to a state, as parameters of a matrix gate: re and im, row-major.
pub(super) fn params_of(
    qubit_count: usize,
    build: impl Fn(&mut Reference) -> Checked,
    out: &mut [f64; 2 * MATRIX_MAX],
) -> Result<(), Stop> {
    let size = 1 << qubit_count;
    for column in 0..size {
        let mut state = Reference::basis(column);
        build(&mut state)?;
        for (row, amp) in state.amps().iter().enumerate().take(size) {
            out[2 * (row * size + column)] = amp.re;
            out[2 * (row * size + column) + 1] = amp.im;
        }
    }
    Ok(())
}
