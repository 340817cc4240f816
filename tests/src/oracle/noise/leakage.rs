//! Leakage as a Markov chain of flags beside the quantum state, enumerated exactly.
//!
//! A leaked qubit's place in the state is simply never looked at again until it comes back, and
//! then it is prepared anew: nothing is reset as it leaks, unlike in the model under test.

use std::rc::Rc;

use super::{Model, Step};
use crate::oracle::{
    channel::depolarizing,
    gates::pauli,
    matrix::{C64, Matrix},
};

/// The parameters.
#[derive(Clone, Copy, Debug)]
pub struct Leakage {
    /// The operand of a one-qubit gate leaks.
    pub p_leak_1q: f64,
    /// Each operand of a wider gate leaks.
    pub p_leak_2q: f64,
    /// At a gate with a leaked qubit, each other one leaks, besides.
    pub p_spread: f64,
    /// At a gate on it, a leaked qubit comes back fully mixed.
    pub p_seep: f64,
    /// A measurement of a leaked qubit reads 1.
    pub reads_one: f64,
    /// Whether a gate with a leaked qubit mixes the others fully.
    pub depolarizes_partners: bool,
}

/// The leakage model.
#[must_use]
pub fn leakage_model(leakage: Leakage) -> Model {
    Rc::new(move |step| {
        let step = step.clone();
        match step.clone() {
            Step::Gate { qubits, .. } => vec![Step::depends(move |known| {
                let leaked: Vec<u32> =
                    qubits.iter().copied().filter(|&qubit| known.is_leaked(qubit)).collect();
                if leaked.is_empty() {
                    let p = leakage.p_leak(qubits.len());
                    let leaks = qubits.iter().map(|&qubit| Step::maybe(p, vec![leak(qubit)]));
                    return core::iter::once(step.clone()).chain(leaks).collect();
                }
                qubits
                    .iter()
                    .flat_map(|&q| leakage.idle_operand(q, &leaked, qubits.len()))
                    .collect()
            })],
            Step::Measure { qubit, bit } => vec![Step::depends(move |known| {
                if !known.is_leaked(qubit) {
                    return vec![step.clone()];
                }
                let read = |value| vec![Step::SetBit { bit, value }];
                let p = leakage.reads_one;
                vec![Step::Mix(vec![(1.0 - p, read(0)), (p, read(1))])]
            })],
            Step::MeasureLeaked { qubit, bit } => vec![Step::depends(move |known| {
                let leaked = vec![Step::SetBit { bit, value: 2 }];
                if known.is_leaked(qubit) { leaked } else { vec![step.clone()] }
            })],
            Step::Postselect { qubit, .. } => vec![Step::depends(move |known| {
                if known.is_leaked(qubit) { Vec::new() } else { vec![step.clone()] }
            })],
            // A rotation that a layer above added does not happen if one of its qubits has leaked.
            Step::Kraus { operators, qubits } if operators.len() == 1 && qubits.len() > 1 => {
                vec![Step::depends(move |known| {
                    let touches = qubits.iter().any(|&qubit| known.is_leaked(qubit));
                    if touches { Vec::new() } else { vec![step.clone()] }
                })]
            }
            _ => vec![step],
        }
    })
}

impl Leakage {
    fn p_leak(&self, width: usize) -> f64 {
        if width == 1 { self.p_leak_1q } else { self.p_leak_2q }
    }

    /// What happens to one operand of a gate that is not done.
    fn idle_operand(&self, qubit: u32, leaked: &[u32], width: usize) -> Vec<Step> {
        if leaked.contains(&qubit) {
            let back = Step::SetLeaked { qubit, leaked: false };
            return vec![Step::maybe(self.p_seep, vec![fully_mixed(qubit), back])];
        }
        let mut steps = Vec::new();
        if self.depolarizes_partners {
            steps.push(Step::Kraus { operators: depolarizing(1, 0.75), qubits: vec![qubit] });
        }
        let stays = (1.0 - self.p_leak(width)) * (1.0 - self.p_spread);
        steps.push(Step::maybe(1.0 - stays, vec![leak(qubit)]));
        steps
    }
}

const fn leak(qubit: u32) -> Step {
    Step::SetLeaked { qubit, leaked: true }
}

/// Whatever the state was, it is the fully mixed one now.
fn fully_mixed(qubit: u32) -> Step {
    let half = C64::new(0.5, 0.0);
    let operators: Vec<Matrix> = "IXYZ".chars().map(|letter| pauli(letter).scaled(half)).collect();
    Step::Kraus { operators, qubits: vec![qubit] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        circuit::Circuit,
        oracle::{Distribution, density, noise::rewritten, step::steps},
    };

    const NONE: Leakage = Leakage {
        p_leak_1q: 0.0,
        p_leak_2q: 0.0,
        p_spread: 0.0,
        p_seep: 0.0,
        reads_one: 0.5,
        depolarizes_partners: false,
    };

    fn exact(circuit: &Circuit, leakage: Leakage) -> Distribution {
        let noisy = rewritten(&steps(circuit), &[leakage_model(leakage)]);
        let (qubits, bits) = (circuit.qubit_count, circuit.bit_count);
        density::distribution(&density::run_steps(qubits, bits, &noisy))
    }

    #[test]
    fn a_leaked_qubit_reads_two_or_is_biased() {
        let circuit = Circuit::new(1, 2).gate("x", &[0]).measure(0, 0).measure_leaked(0, 1);
        let exact = exact(&circuit, Leakage { p_leak_1q: 0.2, reads_one: 0.25, ..NONE });
        for (record, expected) in [([1, 1], 0.8), ([1, 2], 0.05), ([0, 2], 0.15)] {
            assert!((exact[&record.to_vec()] - expected).abs() < 1e-12, "{record:?}");
        }
    }

    #[test]
    fn half_a_bell_pair_stays_mixed_when_the_other_half_leaks() {
        let half_turn = core::f64::consts::PI;
        let circuit =
            Circuit::new(2, 1).rotation("xx_phase", &[0, 1], &[half_turn / 2.0]).gate("x", &[0]);
        let exact = exact(&circuit.measure(1, 0), Leakage { p_leak_1q: 1.0, ..NONE });
        assert!((exact[&vec![0]] - 0.5).abs() < 1e-12);
    }

    #[test]
    fn leakage_spreads_and_ends_with_a_reset() {
        let circuit = Circuit::new(2, 2)
            .gate("x", &[0])
            .gate("cx", &[0, 1])
            .reset(0)
            .measure_leaked(0, 0)
            .measure_leaked(1, 1);
        let exact = exact(&circuit, Leakage { p_leak_1q: 1.0, p_spread: 0.3, ..NONE });
        assert!((exact[&vec![0, 2]] - 0.3).abs() < 1e-12);
        assert!((exact[&vec![0, 0]] - 0.7).abs() < 1e-12);
    }
}
