//! With which parameters each gate is compared with its matrix.

use core::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

use super::Checked;
use super::reference::params_of;
use crate::op::gates::{GATE_PARAMS_MAX, Gate, Traits, slot};

/// One angle: common ones, Clifford ones, zero, and a large one.
const ONE: &[&[f64]] = &[
    &[0.3],
    &[-FRAC_PI_4],
    &[FRAC_PI_2],
    &[PI],
    &[-FRAC_PI_2],
    &[0.0],
    &[2.5],
    &[7.0 * PI],
    &[100.1],
];

/// An angle and an axis.
const TWO: &[&[f64]] = &[
    &[0.3, 0.7],
    &[FRAC_PI_2, 0.0],
    &[FRAC_PI_2, FRAC_PI_2],
    &[-FRAC_PI_2, FRAC_PI_2],
    &[FRAC_PI_2, PI],
    &[PI, FRAC_PI_4],
    &[PI, -FRAC_PI_2],
    &[0.0, 0.4],
    &[2.5, -1.1],
];

/// Three angles of a U3.
const THREE: &[&[f64]] = &[
    &[0.3, 0.7, -1.1],
    &[FRAC_PI_2, 0.0, PI],
    &[FRAC_PI_2, FRAC_PI_2, -FRAC_PI_2],
    &[-FRAC_PI_2, PI, FRAC_PI_2],
    &[0.0, 0.4, -0.4],
    &[PI, FRAC_PI_2, 0.0],
    &[PI, 0.6, 0.6],
    &[2.5, -2.0, 1.3],
];

/// Matrices of a gate that carries its matrix.
const MATRICES: usize = 2;

/// How many cases there are for `gate`.
pub(super) const fn count(gate: &Gate) -> usize {
    if gate.traits.has(Traits::MATRIX) {
        return MATRICES;
    }
    match gate.params.len() {
        0 => 1,
        1 => ONE.len(),
        2 => TWO.len(),
        _ => THREE.len(),
    }
}

/// The parameters of case `index`, in `out`.
pub(super) fn params<'p>(
    gate: &Gate,
    index: usize,
    out: &'p mut [f64; GATE_PARAMS_MAX],
) -> Checked<&'p [f64]> {
    let table = match gate.params.len() {
        0 => &[&[][..]],
        1 => ONE,
        2 => TWO,
        _ => THREE,
    };
    if gate.traits.has(Traits::MATRIX) {
        matrix(gate, index, out)?;
    } else if let Some(angles) = table.get(index) {
        for (place, &angle) in out.iter_mut().zip(*angles) {
            *place = angle;
        }
    }
    Ok(out.get(..gate.params.len()).unwrap_or(&[]))
}

/// Matrices with no structure: turns of each operand, entangled, turned again.
fn matrix(gate: &Gate, index: usize, out: &mut [f64; GATE_PARAMS_MAX]) -> Checked {
    let angle = if index == 0 { 0.4 } else { -1.7 };
    let count = gate.qubit_count;
    params_of(
        usize::from(count),
        |state| {
            for round in [1.0, 2.0] {
                for operand in 0..count {
                    let own = f64::from(operand + 1);
                    state.gate(slot::U3, &[operand], &[angle * round, own, angle + own])?;
                }
                for operand in 1..count {
                    state.gate(slot::CX, &[operand - 1, operand], &[])?;
                }
            }
            Ok(())
        },
        out,
    )
}
