//! Virtual Z: turns about Z that are remembered instead of carried out.
//!
//! A turn about Z commutes with what is diagonal, and passes a turn about an axis in the XY plane by
//! turning that axis: `PhasedX(theta, phi) Rz(z) = Rz(z) PhasedX(theta, phi - z)`. Before a
//! measurement or a reset it is a phase that nobody can see. Global phases are not kept.
//! Not here: where the turns are stored, and who sends what comes out ([`super::SoftRz`]).

use crate::op::Op;
use crate::op::gates::slot;
use core::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI, TAU};

/// What becomes of a gate whose qubits may have turns about Z pending.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Rule {
    /// It is a turn about Z itself: remembered, and not sent.
    Absorb(f64),
    /// It commutes with the turns of all its qubits.
    Commute,
    /// It commutes with the turns of so many of its first qubits, which are controls; those of the
    /// others are carried out before it.
    Controls(usize),
    /// The turn becomes its opposite.
    Negate,
    /// Its two qubits exchange their turns.
    Exchange,
    /// It is, after a turn of `before` about Z, a turn by `theta` about the axis at `phi`
    /// in the XY plane. Without a pending turn it is sent as it is.
    Axis {
        /// The angle.
        theta: f64,
        /// Where the axis is.
        phi: f64,
        /// The turn about Z that comes before.
        before: f64,
    },
    /// `U3`: takes the turn into its third angle.
    Third,
    /// Nothing is known: the turns of all its qubits are carried out before it.
    Flush,
}

/// The rule for the gate in `op`, whose counts have been checked.
pub(super) fn rule(op: Op<'_>) -> Rule {
    let axis = |theta, phi| Rule::Axis { theta, phi, before: 0.0 };
    match op.gate() {
        slot::RZ | slot::PHASE => Rule::Absorb(op.param_f64(0)),
        slot::Z => Rule::Absorb(PI),
        slot::S => Rule::Absorb(FRAC_PI_2),
        slot::SDG => Rule::Absorb(-FRAC_PI_2),
        slot::T => Rule::Absorb(FRAC_PI_4),
        slot::TDG => Rule::Absorb(-FRAC_PI_4),
        slot::I | slot::ZZ_PHASE | slot::CZ | slot::CRZ | slot::CPHASE => Rule::Commute,
        slot::X | slot::Y => Rule::Negate,
        slot::SWAP | slot::ISWAP => Rule::Exchange,
        slot::PHASED_X => axis(op.param_f64(0), op.param_f64(1)),
        slot::RX => axis(op.param_f64(0), 0.0),
        slot::RY => axis(op.param_f64(0), FRAC_PI_2),
        slot::SX => axis(FRAC_PI_2, 0.0),
        slot::SXDG => axis(-FRAC_PI_2, 0.0),
        // H = RY(pi/2) Z.
        slot::H => Rule::Axis { theta: FRAC_PI_2, phi: FRAC_PI_2, before: PI },
        slot::U3 => Rule::Third,
        slot::CX | slot::CY | slot::CH | slot::CSWAP => Rule::Controls(1),
        slot::CCX => Rule::Controls(2),
        _ => Rule::Flush,
    }
}

/// The sum of two turns, within one whole turn so that it does not lose bits as it grows.
pub(super) fn add(z: f64, more: f64) -> f64 {
    let sum = z + more;
    // The remainder is exact.
    if sum.abs() < TAU { sum } else { sum % TAU }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::gates::{LIST, MATRIX_MAX};
    use crate::op::{Batch, OpBuffer, OpSink};
    use crate::real::{Complex, Real};
    use std::vec::Vec;

    type Matrix = Vec<Complex<f64>>;

    fn product(a: &Matrix, b: &Matrix, size: usize) -> Matrix {
        let entry = |row: usize, column: usize| {
            (0..size).fold(Complex::ZERO, |sum, k| sum + a[row * size + k] * b[k * size + column])
        };
        (0..size * size).map(|at| entry(at / size, at % size)).collect()
    }

    fn matrix(slot: u16, params: &[f64], qubits: usize) -> Matrix {
        let mut out = [Complex::ZERO; MATRIX_MAX];
        crate::op::gates::by_slot(slot).unwrap().unitary(params, &mut out).unwrap();
        out[..1 << (2 * qubits)].to_vec()
    }

    /// Turns about Z on each of the qubits, as a diagonal matrix.
    fn turns(z: &[f64]) -> Matrix {
        let size = 1 << z.len();
        let mut all = std::vec![Complex::ZERO; size * size];
        for index in 0..size {
            let angle: f64 = z.iter().enumerate().fold(0.0, |sum, (qubit, z)| {
                sum + if index >> qubit & 1 == 1 { z / 2.0 } else { -z / 2.0 }
            });
            let (sin, cos) = f64::sin_cos_of(angle);
            all[index * size + index] = Complex::new(cos, sin);
        }
        all
    }

    fn same_but_for_a_phase(a: &Matrix, b: &Matrix) -> bool {
        let overlap =
            a.iter().zip(b).fold(Complex::ZERO, |sum, (a, b)| sum + a.conj() * *b).norm_sqr();
        let norm = a.iter().fold(0.0, |sum, a| sum + a.norm_sqr());
        (overlap - norm * norm).abs() < 1e-9
    }

    /// For every gate of the list: what the rule says is what the matrices say.
    #[test]
    fn every_rule_is_true_of_the_gate_s_matrix() {
        let z = [0.7, -1.9, 2.6];
        let angles = [1.1, -0.4, 2.3];
        for gate in LIST.iter().filter(|gate| gate.params.len() <= 3) {
            let n = usize::from(gate.qubit_count);
            let params = &angles[..gate.params.len()];
            let qubits: Vec<u32> = (0..u32::from(gate.qubit_count)).collect();
            let mut ops = OpBuffer::<16>::new();
            ops.gate(gate.slot, &qubits, params).unwrap();
            let op = Batch::new(ops.words()).unwrap().ops().iter().next().unwrap();
            let size = 1 << n;
            let own = matrix(gate.slot, params, n);
            let before = turns(&z[..n]);
            let asked = product(&own, &before, size);
            let given = match rule(op) {
                Rule::Absorb(more) => turns(&[add(z[0], more)]),
                Rule::Commute => product(&before, &own, size),
                Rule::Negate => product(&turns(&[-z[0]]), &own, size),
                Rule::Exchange => product(&turns(&[z[1], z[0]]), &own, size),
                Rule::Controls(count) => {
                    let split = |kept: bool| -> Vec<f64> {
                        z[..n]
                            .iter()
                            .enumerate()
                            .map(|(q, z)| if (q < count) == kept { *z } else { 0.0 })
                            .collect()
                    };
                    let carried = product(&own, &turns(&split(false)), size);
                    product(&turns(&split(true)), &carried, size)
                }
                Rule::Axis { theta, phi, before } => {
                    let z = add(z[0], before);
                    let turned = matrix(slot::PHASED_X, &[theta, phi - z], 1);
                    product(&turns(&[z]), &turned, 2)
                }
                Rule::Third => matrix(slot::U3, &[params[0], params[1], params[2] + z[0]], 1),
                Rule::Flush => asked.clone(),
            };
            assert!(same_but_for_a_phase(&asked, &given), "{}", gate.name);
        }
    }

    #[test]
    fn whole_turns_are_taken_off_exactly() {
        let mut z = 0.0;
        for _ in 0..10_000 {
            z = add(z, 3.0);
            assert!(z.abs() < TAU);
        }
        assert_eq!(add(PI, PI).to_bits(), 0.0_f64.to_bits());
        assert_eq!(add(1.0, -1.0).to_bits(), 0.0_f64.to_bits());
    }
}
