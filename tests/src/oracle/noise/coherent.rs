//! Over-rotation: after each gate, the gate's own rotation by a further angle.

use core::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};
use std::rc::Rc;

use super::{Model, Step};
use crate::oracle::{
    Matrix,
    gates::{equator, exp_half, matrix, on_operands, pauli, pauli_string},
    matrix::C64,
};

/// How much too far a gate turns.
#[derive(Clone, Copy, Debug, Default)]
pub struct Excess {
    /// In radians.
    pub offset: f64,
    /// In parts of the gate's own angle.
    pub fraction: f64,
}

/// Over-rotation about each gate's own axis, by what `excess` says for a gate and its operands.
pub fn coherent_model(excess: impl Fn(&str, &[u32]) -> Excess + 'static) -> Model {
    Rc::new(move |step| {
        let Step::Gate { name, qubits, params } = step else { return vec![step.clone()] };
        let Excess { offset, fraction } = excess(name, qubits);
        let delta = offset + fraction * nominal(name, params);
        let mut steps = vec![step.clone()];
        if qubits.len() > 2 {
            for pair in qubits.windows(2) {
                let operators = vec![exp_half(delta, &pauli_string("ZZ"))];
                steps.push(Step::Kraus { operators, qubits: pair.to_vec() });
            }
            return steps;
        }
        for turn in turns(name, qubits.len(), params, delta) {
            steps.push(Step::Kraus { operators: vec![turn], qubits: qubits.clone() });
        }
        steps
    })
}

/// The angle by which a gate turns.
fn nominal(name: &str, params: &[f64]) -> f64 {
    match name {
        "x" | "y" | "z" | "h" => PI,
        "s" | "sx" | "cx" | "cy" | "cz" | "ch" | "swap" => FRAC_PI_2,
        "sdg" | "sxdg" | "iswap" => -FRAC_PI_2,
        "t" => FRAC_PI_4,
        "tdg" => -FRAC_PI_4,
        "unitary_1q" | "unitary_2q" | "unitary_3q" => 0.0,
        _ => params.first().copied().unwrap_or(0.0),
    }
}

/// The rotations by `delta` that belong to a gate on one or two qubits.
fn turns(name: &str, width: usize, params: &[f64], delta: f64) -> Vec<Matrix> {
    let about = |axis: &Matrix| vec![exp_half(delta, axis)];
    let halfway = (&pauli('X') + &pauli('Z')).scaled(C64::new(0.5_f64.sqrt(), 0.0));
    let behind_control = |target: &Matrix| about(&on_operands(&[pauli('Z'), target.clone()]));
    match name {
        "phased_x" => about(&equator(params[1])),
        "u3" => about(&equator(params[1] + FRAC_PI_2)),
        "rx" | "x" | "sx" | "sxdg" => about(&pauli('X')),
        "ry" | "y" => about(&pauli('Y')),
        "h" => about(&halfway),
        "xx_phase" => about(&pauli_string("XX")),
        "yy_phase" => about(&pauli_string("YY")),
        "phased_xx" => about(&on_operands(&[equator(params[1]), equator(params[1])])),
        "cx" => behind_control(&pauli('X')),
        "cy" => behind_control(&pauli('Y')),
        "ch" => behind_control(&halfway),
        "swap" => ["XX", "YY", "ZZ"].map(|axis| exp_half(delta, &pauli_string(axis))).to_vec(),
        "iswap" => ["XX", "YY"].map(|axis| exp_half(delta, &pauli_string(axis))).to_vec(),
        "crz" | "cphase" => matrix(name, &[delta]).into_iter().collect(),
        _ if width == 1 => about(&pauli('Z')),
        _ => about(&pauli_string("ZZ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::gates::GATES;

    /// Turning by minus the whole angle undoes a gate but for a phase, if axis and angle are its own
    /// (not where the gate is more than one rotation about its axis).
    #[test]
    fn a_gate_turned_back_by_its_whole_angle_is_undone() {
        let angles = [0.7, -0.4, 1.2];
        for &(name, qubits, params) in GATES {
            if ["u3", "i", "cx", "cy", "cz", "ch", "ccx", "cswap"].contains(&name) {
                continue;
            }
            let params = &angles[..params];
            let mut product = matrix(name, params).unwrap();
            for turn in turns(name, qubits as usize, params, -nominal(name, params)) {
                product = &turn * &product;
            }
            let corner = product.at(0, 0);
            let phase = Matrix::identity(product.dim()).scaled(corner);
            assert!((corner.norm() - 1.0).abs() < 1e-12, "{name}");
            assert!(product.distance(&phase) < 1e-12, "{name}");
        }
    }
}
