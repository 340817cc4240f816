//! Trajectories against the density matrix, and their draws.

use super::*;
use crate::op::builder::OpVec;
use crate::op::channel::{AMPLITUDE_DAMPING, DEPOLARIZING, KRAUS_1Q, KRAUS_2Q, PAULI_1Q, PAULI_2Q};
use crate::op::gates::slot;
use crate::op::{OpSink, Outcome, Params, Parts};
use crate::sim::DensityMatrix;
use std::vec::Vec;

const STREAM: StreamId = StreamId::of("test", 0);

fn vector<R: Real>() -> StateVector<R, Vec<Complex<R>>> {
    StateVector::new(2, STREAM, std::vec![Complex::ZERO; 4]).unwrap()
}

fn push(ops: &mut OpVec, gate: u16, qubits: &[u32], params: &[f64]) {
    let params = Params::Reals(params);
    ops.push(Parts { kind: OpKind::Channel, flags: 0, gate, qubits, params }).unwrap();
}

/// An entangled state without symmetry, the channel, then every basis mixed.
fn circuit(channel: impl Fn(&mut OpVec)) -> OpVec {
    let mut ops = OpVec::new();
    ops.gate(slot::U3, &[0], &[1.1, 0.3, 0.7]).unwrap();
    ops.gate(slot::U3, &[1], &[2.0, -0.4, 0.2]).unwrap();
    ops.gate(slot::CX, &[0, 1], &[]).unwrap();
    ops.gate(slot::RY, &[0], &[0.4]).unwrap();
    channel(&mut ops);
    ops.gate(slot::U3, &[0], &[0.9, 0.1, -0.5]).unwrap();
    ops.gate(slot::U3, &[1], &[0.7, 1.1, 0.6]).unwrap();
    ops
}

fn run<B: Backend>(backend: &mut B, ops: &OpVec, shot: u64) -> [f64; 4] {
    backend.shot_begin(ShotId(shot), Seed(3)).unwrap();
    backend.apply(&ops.batch(), &mut Outcomes::new(&mut [])).unwrap();
    backend.shot_end().unwrap();
    let mut p = [0.0; 4];
    backend.state(StateQuery::Probabilities(&[0, 1]), &mut p).unwrap();
    p
}

/// A sum of four operators that is no mixture of unitary ones, on two qubits.
fn correlated_decay(gamma: f64) -> Vec<f64> {
    let (keep, lose) = (Real::sqrt(1.0 - gamma), Real::sqrt(gamma));
    // |11> decays to |00> and |01> to |10>.
    let mut all = std::vec![0.0; 3 * 32];
    for (k, value) in [(0, 1.0), (1, keep), (2, 1.0), (3, keep)] {
        all[2 * (5 * k)] = value;
    }
    all[32 + 2 * 3] = lose;
    all[64 + 2 * (4 * 2 + 1) + 1] = lose;
    all
}

#[test]
fn the_mean_over_trajectories_is_the_channel() {
    let pairs: [f64; 15] =
        core::array::from_fn(|k| 0.005 * f64::from(u8::try_from(k + 1).unwrap()));
    let (keep, lose) = (Real::sqrt(0.65), Real::sqrt(0.35));
    let damping =
        [[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, keep, 0.0], [0.0, 0.0, lose, 0.0, 0.0, 0.0, 0.0, 0.0]];
    let cases: [(&str, u16, &[u32], &[f64]); 7] = [
        ("pauli_1q", PAULI_1Q, &[1], &[0.1, 0.05, 0.3]),
        ("pauli_2q", PAULI_2Q, &[1, 0], &pairs),
        ("amplitude_damping", AMPLITUDE_DAMPING, &[0], &[0.35]),
        ("all of it", AMPLITUDE_DAMPING, &[1], &[1.0]),
        ("depolarizing", DEPOLARIZING, &[0, 1], &[0.4]),
        ("kraus_1q", KRAUS_1Q, &[0], damping.as_flattened()),
        ("kraus_2q", KRAUS_2Q, &[0, 1], &correlated_decay(0.45)),
    ];
    for (name, gate, qubits, params) in cases {
        let ops = circuit(|ops| push(ops, gate, qubits, params));
        let mut exact = DensityMatrix::<f64, _>::new(2, STREAM, [Complex::ZERO; 16]).unwrap();
        let exact = run(&mut exact, &ops, 0);
        let (mut double, mut single) = (vector::<f64>(), vector::<f32>());
        let shots = 20_000_u32;
        let mut sums = [[0.0; 4]; 2];
        for shot in 0..u64::from(shots) {
            let (a, b) = (run(&mut double, &ops, shot), run(&mut single, &ops, shot));
            for k in 0..4 {
                sums[0][k] += a[k];
                sums[1][k] += b[k];
            }
        }
        for sums in sums {
            for (sum, p) in sums.into_iter().zip(exact) {
                // A number in [0, 1] with mean p varies by at most p (1 - p); five sigma of its mean.
                let mean = sum / f64::from(shots);
                let bound = 5.0 * Real::sqrt(p * (1.0 - p) / f64::from(shots)) + 1e-5;
                assert!((mean - p).abs() < bound, "{name}: {mean} {p}");
            }
        }
    }
}

#[test]
#[expect(clippy::float_cmp, reason = "the bits must be equal")]
fn a_trajectory_stays_normalised_and_is_a_function_of_its_shot() {
    let ops = circuit(|ops| {
        for _ in 0..50 {
            push(ops, AMPLITUDE_DAMPING, &[0], &[0.05]);
            push(ops, KRAUS_2Q, &[1, 0], &correlated_decay(0.1));
            ops.gate(slot::RX, &[0], &[0.3]).unwrap();
        }
    });
    let mut many = vector::<f64>();
    let all: Vec<_> = (0..9).map(|shot| run(&mut many, &ops, shot)).collect();
    for p in &all {
        assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{p:?}");
    }
    assert_eq!(run(&mut vector::<f64>(), &ops, 7), all[7]);
    assert_ne!(all[6], all[7]);
}

#[test]
fn channels_leave_the_draws_of_measurements_alone() {
    let outcomes = |noise: bool| {
        let mut ops = OpVec::new();
        for k in 0..40 {
            if noise {
                push(&mut ops, PAULI_1Q, &[1], &[0.3, 0.3, 0.3]);
            }
            ops.gate(slot::H, &[0], &[]).unwrap();
            ops.measure(0, k).unwrap();
        }
        let mut simulator = vector::<f64>();
        let mut memory = [Outcome::default(); 40];
        simulator.shot_begin(ShotId(4), Seed(1)).unwrap();
        simulator.apply(&ops.batch(), &mut Outcomes::new(&mut memory)).unwrap();
        memory.map(|outcome| outcome.value)
    };
    assert_eq!(outcomes(true), outcomes(false));
}

#[test]
#[expect(clippy::float_cmp, reason = "the bits must be equal")]
fn certain_branches_are_taken_without_fail() {
    // Nothing to decay, everything to decay, and an operator whose weight is 0.
    let flip = [0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0];
    let with_empty: Vec<f64> = flip.into_iter().chain([0.0; 8]).collect();
    for shot in 0..200 {
        let mut ops = OpVec::new();
        push(&mut ops, AMPLITUDE_DAMPING, &[0], &[1.0]);
        push(&mut ops, KRAUS_1Q, &[1], &with_empty);
        push(&mut ops, AMPLITUDE_DAMPING, &[1], &[0.0]);
        assert_eq!(run(&mut vector::<f64>(), &ops, shot), [0.0, 0.0, 1.0, 0.0]);
        push(&mut ops, AMPLITUDE_DAMPING, &[1], &[1.0]);
        assert_eq!(run(&mut vector::<f64>(), &ops, shot), [1.0, 0.0, 0.0, 0.0]);
    }
}
