//! Exact evolution of density matrices, one per classical history.
//!
//! Branches that agree in everything classical are added up, so that noise costs nothing but
//! matrix products. Postselection renormalises each history by itself: that is what a single shot
//! does as long as the history says all about the state (no hidden error before it); otherwise use
//! [`super::pure`], which keeps every hidden error apart.

use std::collections::BTreeMap;

use super::{
    Classical, Distribution, Matrix, Step,
    gates::{matrix, pauli},
    matrix::{C64, ONE, ZERO},
    step::steps,
};
use crate::circuit::Circuit;

/// An unnormalised density matrix per classical history; the trace is the history's probability.
pub type Histories = BTreeMap<Classical, Matrix>;

/// Below this probability a history is impossible, not improbable: nothing here rounds worse.
const IMPOSSIBLE: f64 = 1e-14;

/// All histories of a circuit without noise.
#[must_use]
pub fn run(circuit: &Circuit) -> Histories {
    run_steps(circuit.qubit_count, circuit.bit_count, &steps(circuit))
}

/// All histories of `steps`.
///
/// # Panics
/// On a gate that [`super::gates`] does not know.
#[must_use]
pub fn run_steps(qubit_count: u32, bit_count: u32, steps: &[Step]) -> Histories {
    let mut ket = vec![ZERO; 1 << qubit_count];
    ket[0] = ONE;
    let start = (Classical::new(qubit_count, bit_count), Matrix::projector(&ket));
    evolve(qubit_count, Histories::from([start]), steps)
}

/// The probabilities of the records.
#[must_use]
pub fn distribution(histories: &Histories) -> Distribution {
    let mut distribution = Distribution::new();
    for (known, rho) in histories {
        *distribution.entry(known.bits.clone()).or_default() += rho.trace().re;
    }
    distribution
}

/// The state after forgetting everything classical.
///
/// # Panics
/// If there is no history.
#[must_use]
pub fn average(histories: &Histories) -> Matrix {
    let mut states = histories.values();
    let first = states.next().expect("a run has at least one history").clone();
    states.fold(first, |sum, rho| &sum + rho)
}

fn evolve(qubit_count: u32, mut histories: Histories, steps: &[Step]) -> Histories {
    for step in steps {
        let mut next = Histories::new();
        for (known, rho) in histories {
            for (known, rho) in one(qubit_count, &known, &rho, step) {
                if rho.trace().re > IMPOSSIBLE {
                    let merged = next.remove(&known).map_or_else(|| rho.clone(), |sum| &sum + &rho);
                    next.insert(known, merged);
                }
            }
        }
        histories = next;
    }
    histories
}

/// What becomes of one history in one step.
fn one(qubit_count: u32, known: &Classical, rho: &Matrix, step: &Step) -> Vec<(Classical, Matrix)> {
    let full = |operator: &Matrix, qubits: &[u32]| operator.embedded(qubits, qubit_count);
    let project = |qubit: u32, value: u8| full(&projector(value), &[qubit]).sandwich(rho);
    match step {
        Step::Gate { name, qubits, params } => {
            let unitary = matrix(name, params);
            let unitary = unitary.unwrap_or_else(|| unreachable!("the oracle has no gate {name}"));
            vec![(known.clone(), full(&unitary, qubits).sandwich(rho))]
        }
        Step::Kraus { operators, qubits } => {
            let terms = operators.iter().map(|operator| full(operator, qubits).sandwich(rho));
            let sum = terms.fold(Matrix::zero(rho.dim()), |sum, term| &sum + &term);
            vec![(known.clone(), sum)]
        }
        Step::Measure { qubit, bit } => {
            (0..2).map(|value| (with_bit(known, *bit, value), project(*qubit, value))).collect()
        }
        Step::MeasureLeaked { qubit, bit } => {
            if known.is_leaked(*qubit) {
                return vec![(with_bit(known, *bit, 2), rho.clone())];
            }
            one(qubit_count, known, rho, &Step::Measure { qubit: *qubit, bit: *bit })
        }
        Step::Reset { qubit } => {
            let flipped = full(&pauli('X'), &[*qubit]).sandwich(&project(*qubit, 1));
            let mut known = known.clone();
            known.leaked[*qubit as usize] = false;
            vec![(known, &project(*qubit, 0) + &flipped)]
        }
        Step::Idle { .. } => vec![(known.clone(), rho.clone())],
        Step::Postselect { qubit, value } => {
            let kept = project(*qubit, *value);
            let factor = rho.trace().re / kept.trace().re;
            if kept.trace().re <= IMPOSSIBLE {
                return Vec::new();
            }
            vec![(known.clone(), kept.scaled(C64::new(factor, 0.0)))]
        }
        Step::Mix(futures) => futures
            .iter()
            .flat_map(|(p, steps)| {
                let start = (known.clone(), rho.scaled(C64::new(*p, 0.0)));
                evolve(qubit_count, Histories::from([start]), steps)
            })
            .collect(),
        Step::Depends(choice) => {
            let start = (known.clone(), rho.clone());
            evolve(qubit_count, Histories::from([start]), &choice(known)).into_iter().collect()
        }
        Step::SetBit { bit, value } => vec![(with_bit(known, *bit, *value), rho.clone())],
        Step::SetLeaked { qubit, leaked } => {
            let mut known = known.clone();
            known.leaked[*qubit as usize] = *leaked;
            vec![(known, rho.clone())]
        }
    }
}

/// `|value><value|`.
#[must_use]
pub fn projector(value: u8) -> Matrix {
    Matrix::diagonal(if value == 0 { &[ONE, ZERO] } else { &[ZERO, ONE] })
}

/// `known` with one bit written.
#[must_use]
pub fn with_bit(known: &Classical, bit: u32, value: u8) -> Classical {
    let mut known = known.clone();
    known.bits[bit as usize] = value;
    known
}
