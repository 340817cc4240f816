//! The simulator through its contract, and against the state vector.

use super::*;
use crate::error::Class;
use crate::op::builder::OpVec;
use crate::op::channel;
use crate::op::gates::{LIST, slot};
use crate::op::{OpSink, Outcome, Params, Parts};
use crate::sim::StateVector;
use std::string::ToString;
use std::vec::Vec;

const STREAM: StreamId = StreamId::of("test", 0);

fn simulator(qubit_count: u32) -> DensityMatrix<f64, Vec<Complex<f64>>> {
    let storage = std::vec![Complex::ZERO; 1 << (2 * qubit_count)];
    DensityMatrix::new(qubit_count, STREAM, storage).unwrap()
}

fn apply<B: Backend>(backend: &mut B, ops: &OpVec) -> Result<Vec<u64>> {
    let mut memory = [Outcome::default(); 64];
    let mut outcomes = Outcomes::new(&mut memory);
    backend.apply(&ops.batch(), &mut outcomes)?;
    Ok(outcomes.as_slice().iter().map(|o| o.value).collect())
}

fn push_channel(ops: &mut OpVec, number: u16, qubits: &[u32], params: &[f64]) {
    let (kind, params) = (OpKind::Channel, Params::Reals(params));
    ops.push(Parts { kind, flags: 0, gate: number, qubits, params }).unwrap();
}

#[test]
fn without_channels_it_is_the_state_vector_squared_on_every_gate() {
    let mut ops = OpVec::new();
    for q in 0..4 {
        ops.gate(slot::U3, &[q], &[0.4 + f64::from(q), 0.3, 1.1]).unwrap();
    }
    for (gate, shift) in LIST.iter().filter(|gate| gate.params.len() < 8).zip(0_u32..) {
        let qubits = [shift % 4, (shift + 1) % 4, (shift + 3) % 4];
        let params = [0.7, -1.9, 2.3];
        let qubits = &qubits[..usize::from(gate.qubit_count)];
        ops.gate(gate.slot, qubits, &params[..gate.params.len()]).unwrap();
        if shift % 9 == 8 {
            ops.measure(shift % 4, 0).unwrap();
        }
    }
    let mut matrix = simulator(4);
    let mut vector = StateVector::new(4, STREAM, std::vec![Complex::<f64>::ZERO; 16]).unwrap();
    for shot in 0..10 {
        matrix.shot_begin(ShotId(shot), Seed(1)).unwrap();
        vector.shot_begin(ShotId(shot), Seed(1)).unwrap();
        assert_eq!(apply(&mut matrix, &ops).unwrap(), apply(&mut vector, &ops).unwrap());
        for (place, element) in matrix.rho().iter().enumerate() {
            let expected = vector.amps()[place % 16] * vector.amps()[place / 16].conj();
            assert!((*element - expected).norm_sqr() < 1e-24, "{place}");
        }
        matrix.shot_end().unwrap();
        vector.shot_end().unwrap();
    }
}

#[test]
fn user_matrices_are_applied_on_both_sides() {
    let root = core::f64::consts::FRAC_1_SQRT_2;
    let mut ops = OpVec::new();
    ops.gate(slot::H, &[1], &[]).unwrap();
    ops.gate(slot::UNITARY_1Q, &[1], &[root, 0.0, 0.0, root, 0.0, root, root, 0.0]).unwrap();
    ops.gate(slot::H, &[1], &[]).unwrap();
    let mut matrix = simulator(2);
    let mut vector = StateVector::new(2, STREAM, [Complex::<f64>::ZERO; 4]).unwrap();
    matrix.shot_begin(ShotId(0), Seed(1)).unwrap();
    vector.shot_begin(ShotId(0), Seed(1)).unwrap();
    apply(&mut matrix, &ops).unwrap();
    apply(&mut vector, &ops).unwrap();
    for (place, element) in matrix.rho().iter().enumerate() {
        let expected = vector.amps()[place % 4] * vector.amps()[place / 4].conj();
        assert!((*element - expected).norm_sqr() < 1e-28, "{place}");
    }
}

#[test]
fn channels_are_exact_and_reset_leaves_the_partner_mixed() {
    let mut matrix = simulator(2);
    matrix.shot_begin(ShotId(0), Seed(0)).unwrap();
    let mut ops = OpVec::new();
    ops.gate(slot::H, &[0], &[]).unwrap();
    ops.gate(slot::CX, &[0, 1], &[]).unwrap();
    ops.reset(0).unwrap();
    push_channel(&mut ops, channel::AMPLITUDE_DAMPING, &[1], &[0.5]);
    push_channel(&mut ops, channel::PAULI_1Q, &[0], &[0.25, 0.125, 0.5]);
    apply(&mut matrix, &ops).unwrap();
    let mut out = [0.0; 4];
    matrix.state(StateQuery::Probabilities(&[0, 1]), &mut out).unwrap();
    // Qubit 0 was reset and flipped with 3/8; qubit 1 was mixed and half of its ones decayed.
    let expected = [0.625 * 0.75, 0.375 * 0.75, 0.625 * 0.25, 0.375 * 0.25];
    for (got, expected) in out.iter().zip(expected) {
        assert!((got - expected).abs() < 1e-15, "{out:?}");
    }
    let mut ops = OpVec::new();
    push_channel(&mut ops, channel::DEPOLARIZING, &[0, 1], &[15.0 / 16.0]);
    apply(&mut matrix, &ops).unwrap();
    matrix.state(StateQuery::Probabilities(&[0, 1]), &mut out).unwrap();
    for got in out {
        assert!((got - 0.25).abs() < 1e-15, "{out:?}");
    }
}

#[test]
fn kraus_channels_agree_with_their_special_forms() {
    let gamma: f64 = 0.3;
    let (kept, decayed) = ((1.0 - gamma).sqrt(), gamma.sqrt());
    let mut one = std::vec![0.0; 16];
    (one[0], one[6], one[10]) = (1.0, kept, decayed);
    // The same on operand 1 of two, with the identity on operand 0.
    let mut two = std::vec![0.0; 64];
    for low in 0..2 {
        let mut set = |k: usize, row: usize, column: usize, value| {
            two[32 * k + 2 * ((2 * row + low) * 4 + 2 * column + low)] = value;
        };
        set(0, 0, 0, 1.0);
        set(0, 1, 1, kept);
        set(1, 0, 1, decayed);
    }
    let forms: [(u16, &[u32], &[f64]); 3] = [
        (channel::AMPLITUDE_DAMPING, &[1], &[gamma]),
        (channel::KRAUS_1Q, &[1], &one),
        (channel::KRAUS_2Q, &[2, 1], &two),
    ];
    let mut states = Vec::new();
    for (number, qubits, params) in forms {
        let mut matrix = simulator(3);
        matrix.shot_begin(ShotId(0), Seed(0)).unwrap();
        let mut ops = OpVec::new();
        for q in 0..3 {
            ops.gate(slot::U3, &[q], &[1.0 + f64::from(q), 0.5, 0.2]).unwrap();
        }
        ops.gate(slot::CX, &[0, 1], &[]).unwrap();
        push_channel(&mut ops, number, qubits, params);
        apply(&mut matrix, &ops).unwrap();
        states.push(matrix.rho().to_vec());
    }
    for state in &states[1..] {
        for (a, b) in states[0].iter().zip(state) {
            assert!((*a - *b).norm_sqr() < 1e-30);
        }
    }
}

#[test]
fn bad_channels_are_refused_and_change_nothing() {
    let mut matrix = simulator(2);
    matrix.shot_begin(ShotId(0), Seed(0)).unwrap();
    let before = matrix.state_digest().unwrap();
    let bad: [(u16, &[u32], &[f64], &str); 5] = [
        (99, &[0], &[], "no channel 99"),
        (channel::PAULI_1Q, &[2], &[0.1, 0.1, 0.1], "qubit 2 does not exist"),
        (channel::DEPOLARIZING, &[0, 0], &[0.1], "named twice"),
        (channel::PAULI_1Q, &[0], &[0.5, 0.6, 0.1], "more than 1"),
        (channel::KRAUS_1Q, &[0], &[0.5; 8], "not complete"),
    ];
    for (number, qubits, params, text) in bad {
        let mut ops = OpVec::new();
        ops.gate(slot::X, &[0], &[]).unwrap();
        push_channel(&mut ops, number, qubits, params);
        let error = apply(&mut matrix, &ops).unwrap_err();
        assert_eq!((error.class(), error.op_index()), (Class::Refused, Some(1)), "{error}");
        assert!(error.to_string().contains(text), "{error}");
        assert_eq!(matrix.state_digest().unwrap(), before);
    }
}

#[test]
fn an_impossible_postselection_costs_the_shot() {
    let mut matrix = simulator(1);
    matrix.shot_begin(ShotId(0), Seed(0)).unwrap();
    let mut ops = OpVec::new();
    ops.gate(slot::H, &[0], &[]).unwrap();
    ops.gate(slot::H, &[0], &[]).unwrap();
    ops.postselect(0, false).unwrap();
    ops.postselect(0, true).unwrap();
    let error = apply(&mut matrix, &ops).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Impossible { qubit: 0, value: 1 });
    assert_eq!(error.op_index(), Some(3));
    assert!(apply(&mut matrix, &OpVec::new()).is_err());
    matrix.shot_end().unwrap();
}

#[test]
fn too_many_qubits_are_refused_with_the_memory_they_would_need() {
    let cells = |n| DensityMatrixPart::cells(&Config::new(n, STREAM));
    assert_eq!(cells(10).unwrap(), 1 << 20);
    let text = cells(21).unwrap_err().to_string();
    assert!(text.contains("21 qubits needs 65536 GiB; at most 20"), "{text}");
    assert!(cells(u32::MAX).is_err());
    assert!(DensityMatrixPart::build(&Config::new(2, STREAM), [Complex::ZERO; 15]).is_err());
}
