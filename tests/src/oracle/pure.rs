//! Exact enumeration of trajectories: one normalised state vector per possible course of a shot.
//!
//! Nothing is merged, so a postselection acts on each course by itself, as it does in a shot. The
//! price is a branch for every hidden error; keep the number of noisy steps small.

use super::{
    Classical, Distribution, Matrix, Step,
    density::{projector, with_bit},
    gates::{matrix, pauli},
    matrix::{C64, ONE, ZERO, norm_squared},
    step::steps,
};
use crate::circuit::{Circuit, Op};

/// One possible course of a shot.
#[derive(Clone, Debug)]
pub struct Course {
    /// How probable it is.
    pub probability: f64,
    /// What is known at its end.
    pub known: Classical,
    /// The normalised state at its end.
    pub ket: Vec<C64>,
}

/// Below this share of the norm a branch is impossible, not improbable: it is the square of a
/// rounding error. Relative, so that improbable courses are not lost however many there are.
const IMPOSSIBLE: f64 = 1e-28;

/// All courses of a circuit without noise.
#[must_use]
pub fn run(circuit: &Circuit) -> Vec<Course> {
    run_steps(circuit.qubit_count, circuit.bit_count, &steps(circuit))
}

/// All courses of `steps`.
///
/// # Panics
/// On a gate that [`super::gates`] does not know.
#[must_use]
pub fn run_steps(qubit_count: u32, bit_count: u32, steps: &[Step]) -> Vec<Course> {
    let mut ket = vec![ZERO; 1 << qubit_count];
    ket[0] = ONE;
    let known = Classical::new(qubit_count, bit_count);
    evolve(qubit_count, Course { probability: 1.0, known, ket }, steps)
}

/// The amplitudes of a circuit that has exactly one course.
///
/// # Panics
/// If it has several.
#[must_use]
pub fn ket(circuit: &Circuit) -> Vec<C64> {
    let mut courses = run(circuit);
    assert_eq!(courses.len(), 1, "only a circuit without chance has one state");
    courses.remove(0).ket
}

/// The amplitudes of a circuit of gates only, for registers too wide for full matrices.
///
/// # Panics
/// On anything but a gate that [`super::gates`] knows.
#[must_use]
pub fn wide_ket(circuit: &Circuit) -> Vec<C64> {
    let mut ket = vec![ZERO; 1 << circuit.qubit_count];
    ket[0] = ONE;
    circuit.ops.iter().fold(ket, |ket, op| match op {
        Op::Gate { name, qubits, params } => {
            let unitary = matrix(name, params);
            let unitary = unitary.unwrap_or_else(|| unreachable!("the oracle has no gate {name}"));
            unitary.applied(qubits, &ket)
        }
        other => unreachable!("{other:?} is no gate"),
    })
}

/// The probabilities of the records.
#[must_use]
pub fn distribution(courses: &[Course]) -> Distribution {
    let mut distribution = Distribution::new();
    for course in courses {
        *distribution.entry(course.known.bits.clone()).or_default() += course.probability;
    }
    distribution
}

fn evolve(qubit_count: u32, start: Course, steps: &[Step]) -> Vec<Course> {
    let mut courses = vec![start];
    for step in steps {
        courses = courses.iter().flat_map(|course| one(qubit_count, course, step)).collect();
        courses.retain(|course| course.probability > 0.0);
    }
    courses
}

/// `course` after an operator that keeps part of the norm: that part is its probability.
fn after(course: &Course, operator: &Matrix, known: Classical) -> Course {
    let ket = operator.times_vector(&course.ket);
    let kept = norm_squared(&ket);
    let kept = if kept > IMPOSSIBLE { kept } else { 0.0 };
    let ket = ket.iter().map(|amplitude| amplitude / kept.sqrt()).collect();
    Course { probability: course.probability * kept, known, ket }
}

fn one(qubit_count: u32, course: &Course, step: &Step) -> Vec<Course> {
    let full = |operator: &Matrix, qubits: &[u32]| operator.embedded(qubits, qubit_count);
    let known = &course.known;
    match step {
        Step::Gate { name, qubits, params } => {
            let unitary = matrix(name, params);
            let unitary = unitary.unwrap_or_else(|| unreachable!("the oracle has no gate {name}"));
            let ket = full(&unitary, qubits).times_vector(&course.ket);
            vec![Course { ket, ..course.clone() }]
        }
        Step::Kraus { operators, qubits } => operators
            .iter()
            .map(|operator| after(course, &full(operator, qubits), known.clone()))
            .collect(),
        Step::Measure { qubit, bit } => (0..2)
            .map(|value| {
                after(course, &full(&projector(value), &[*qubit]), with_bit(known, *bit, value))
            })
            .collect(),
        Step::MeasureLeaked { qubit, bit } => {
            if known.is_leaked(*qubit) {
                return vec![Course { known: with_bit(known, *bit, 2), ..course.clone() }];
            }
            one(qubit_count, course, &Step::Measure { qubit: *qubit, bit: *bit })
        }
        Step::Reset { qubit } => {
            let mut known = known.clone();
            known.leaked[*qubit as usize] = false;
            let flip = &pauli('X') * &projector(1);
            [projector(0), flip]
                .iter()
                .map(|operator| after(course, &full(operator, &[*qubit]), known.clone()))
                .collect()
        }
        Step::Idle { .. } => vec![course.clone()],
        Step::Postselect { qubit, value } => {
            let kept = after(course, &full(&projector(*value), &[*qubit]), known.clone());
            if kept.probability <= 0.0 {
                return Vec::new();
            }
            vec![Course { probability: course.probability, ..kept }]
        }
        Step::Mix(futures) => futures
            .iter()
            .flat_map(|(p, steps)| {
                let probability = course.probability * p;
                evolve(qubit_count, Course { probability, ..course.clone() }, steps)
            })
            .collect(),
        Step::Depends(choice) => evolve(qubit_count, course.clone(), &choice(known)),
        Step::SetBit { bit, value } => {
            vec![Course { known: with_bit(known, *bit, *value), ..course.clone() }]
        }
        Step::SetLeaked { qubit, leaked } => {
            let mut course = course.clone();
            course.known.leaked[*qubit as usize] = *leaked;
            vec![course]
        }
    }
}
