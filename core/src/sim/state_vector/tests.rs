//! The simulator through its contract.

use super::*;
use crate::backend::{GateDef, UserMatrix};
use crate::error::Class;
use crate::op::builder::OpVec;
use crate::op::gates::slot;
use crate::op::{OpSink, Outcome, Params, Parts};
use std::boxed::Box;
use std::string::ToString;
use std::vec::Vec;

const STREAM: StreamId = StreamId::of("pandia.state_vector", 0);

fn simulator(qubit_count: u32) -> StateVector<f64, Box<[Complex<f64>]>> {
    let storage = std::vec![Complex::ZERO; 1 << qubit_count].into_boxed_slice();
    StateVector::new(qubit_count, STREAM, storage).unwrap()
}

fn apply<B: Backend>(backend: &mut B, ops: &OpVec) -> Result<Vec<u64>> {
    let mut memory = [Outcome::default(); 64];
    let mut outcomes = Outcomes::new(&mut memory);
    backend.apply(&ops.batch(), &mut outcomes)?;
    Ok(outcomes.as_slice().iter().map(|o| o.value).collect())
}

/// A circuit that uses most gates and measures in the middle.
fn circuit() -> OpVec {
    let mut ops = OpVec::new();
    for q in 0..4 {
        ops.gate(slot::H, &[q], &[]).unwrap();
        ops.gate(slot::PHASED_X, &[q], &[0.3 + f64::from(q), 0.4]).unwrap();
    }
    for q in 0..3 {
        ops.gate(slot::ZZ_PHASE, &[q, q + 1], &[0.9]).unwrap();
        ops.gate(slot::CX, &[q + 1, q], &[]).unwrap();
    }
    ops.measure(1, 0).unwrap();
    ops.gate(slot::U3, &[1], &[1.0, 2.0, 3.0]).unwrap();
    ops.reset(2).unwrap();
    ops.gate(slot::PHASED_XX, &[2, 0], &[0.8, 0.1]).unwrap();
    ops.gate(slot::CSWAP, &[0, 1, 3], &[]).unwrap();
    for q in 0..4 {
        ops.measure(q, u64::from(q) + 1).unwrap();
    }
    ops
}

#[test]
fn array_static_and_boxed_storage_give_equal_bits() {
    let run = |backend: &mut dyn Backend| {
        let mut seen = Vec::new();
        for shot in 0..20 {
            backend.shot_begin(ShotId(shot), Seed(3)).unwrap();
            let mut memory = [Outcome::default(); 8];
            let mut outcomes = Outcomes::new(&mut memory);
            backend.apply(&circuit().batch(), &mut outcomes).unwrap();
            seen.extend(outcomes.as_slice().iter().map(|o| o.value));
            seen.push(backend.state_digest().unwrap());
            backend.shot_end().unwrap();
        }
        seen
    };
    let array = [Complex::<f64>::ZERO; 16];
    let boxed: Box<[Complex<f64>]> = Box::new(array);
    let leaked: &'static mut [Complex<f64>] = Box::leak(Box::new(array));
    let expected = run(&mut StateVector::new(4, STREAM, array).unwrap());
    assert_eq!(expected, run(&mut StateVector::new(4, STREAM, boxed).unwrap()));
    assert_eq!(expected, run(&mut StateVector::new(4, STREAM, leaked).unwrap()));
    let firsts: Vec<_> = expected.chunks(6).map(|shot| shot[0]).collect();
    assert!(firsts.contains(&0) && firsts.contains(&1));
}

#[test]
fn single_and_double_precision_agree_to_single_precision() {
    let mut double = simulator(4);
    let mut single = StateVector::<f32, _>::new(4, STREAM, [Complex::ZERO; 16]).unwrap();
    let mut outs = [[0.0; 32]; 2];
    let backends: [&mut dyn Backend; 2] = [&mut double, &mut single];
    let mut values = Vec::new();
    for (backend, out) in backends.into_iter().zip(&mut outs) {
        backend.shot_begin(ShotId(1), Seed(1)).unwrap();
        let mut memory = [Outcome::default(); 8];
        let mut outcomes = Outcomes::new(&mut memory);
        backend.apply(&circuit().batch(), &mut outcomes).unwrap();
        values.push(outcomes.as_slice().iter().map(|o| o.value).collect::<Vec<_>>());
        backend.state(StateQuery::Amplitudes(&[0, 1, 2, 3]), out).unwrap();
    }
    assert_eq!(values[0], values[1]);
    for (a, b) in outs[0].iter().zip(&outs[1]) {
        assert!((a - b).abs() < 2e-6, "{a} and {b}");
    }
}

#[test]
fn measuring_a_bell_pair_twice_gives_the_same_bit_and_both_values_come() {
    let mut backend = simulator(2);
    let mut ones = 0;
    for shot in 0..2000 {
        backend.shot_begin(ShotId(shot), Seed(5)).unwrap();
        let mut ops = OpVec::new();
        ops.gate(slot::H, &[0], &[]).unwrap();
        ops.gate(slot::CX, &[0, 1], &[]).unwrap();
        ops.measure(0, 0).unwrap();
        ops.measure(1, 1).unwrap();
        ops.measure_leaked(0, 2).unwrap();
        let bits = apply(&mut backend, &ops).unwrap();
        assert!(bits == [0, 0, 0] || bits == [1, 1, 1], "{bits:?}");
        assert!((sv::norm_sqr(backend.amps()) - 1.0).abs() < 1e-14);
        ones += bits[0];
        backend.shot_end().unwrap();
    }
    // Five sigma of a binomial with n = 2000 and p = 1/2: 112.
    assert!(ones.abs_diff(1000) < 112, "{ones}");
}

#[test]
fn reset_gives_zero_and_leaves_the_partner_mixed() {
    let mut backend = simulator(2);
    let mut ones = 0;
    for shot in 0..2000 {
        backend.shot_begin(ShotId(shot), Seed(6)).unwrap();
        let mut ops = OpVec::new();
        ops.gate(slot::H, &[0], &[]).unwrap();
        ops.gate(slot::CX, &[0, 1], &[]).unwrap();
        ops.reset(0).unwrap();
        ops.measure(0, 0).unwrap();
        ops.measure(1, 1).unwrap();
        let bits = apply(&mut backend, &ops).unwrap();
        assert_eq!(bits[0], 0);
        ones += bits[1];
        backend.shot_end().unwrap();
    }
    assert!(ones.abs_diff(1000) < 112, "{ones}");
}

#[test]
fn a_refusal_changes_nothing_and_names_the_operation() {
    let mut backend = simulator(3);
    backend.shot_begin(ShotId(0), Seed(0)).unwrap();
    apply(&mut backend, &circuit_of(&[(slot::H, &[0], &[])])).unwrap();
    let before = backend.state_digest().unwrap();
    let not_unitary = [2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    let bad: [(&[u32], u16, &[f64], &str); 8] = [
        (&[3], slot::X, &[], "qubit 3 does not exist"),
        (&[1, 1], slot::CX, &[], "named twice"),
        (&[1], slot::RZ, &[f64::NAN], "not a finite number"),
        (&[1], slot::RZ, &[0.5, 0.5], "takes 1 qubits and 1 parameters"),
        (&[0, 1], slot::RZ, &[0.5], "takes 1 qubits and 1 parameters"),
        (&[1], slot::UNITARY_1Q, &not_unitary, "not unitary"),
        (&[1], 700, &[], "slot 700"),
        (&[1], 1024, &[], "announce"),
    ];
    for (qubits, gate, params, text) in bad {
        let mut ops = OpVec::new();
        ops.gate(slot::X, &[1], &[]).unwrap();
        ops.measure(0, 0).unwrap();
        ops.gate(gate, qubits, params).unwrap();
        let error = apply(&mut backend, &ops).unwrap_err();
        assert_eq!((error.class(), error.op_index()), (Class::Refused, Some(2)), "{error}");
        assert!(error.to_string().starts_with("pandia.state_vector: operation 2: "), "{error}");
        assert!(error.to_string().contains(text), "{error}");
        assert_eq!(backend.state_digest().unwrap(), before);
    }
    let mut ops = OpVec::new();
    ops.gate(slot::X, &[1], &[]).unwrap();
    for id in 0..65 {
        ops.measure(0, id).unwrap();
    }
    assert!(apply(&mut backend, &ops).unwrap_err().to_string().contains("65 needed"));
    assert_eq!(backend.state_digest().unwrap(), before);
}

fn circuit_of(gates: &[(u16, &[u32], &[f64])]) -> OpVec {
    let mut ops = OpVec::new();
    for (gate, qubits, params) in gates {
        ops.gate(*gate, qubits, params).unwrap();
    }
    ops
}

#[test]
fn kinds_it_does_not_take_are_refused_unless_they_are_hints() {
    let mut backend = simulator(1);
    backend.shot_begin(ShotId(0), Seed(0)).unwrap();
    for kind in [OpKind::Custom, OpKind::Channel] {
        for (flags, fine) in [(0, false), (crate::op::record::FLAG_HINT, true)] {
            let mut ops = OpVec::new();
            let (qubits, params) = (&[0][..], Params::NONE);
            ops.push(Parts { kind, flags, gate: 77, qubits, params }).unwrap();
            assert_eq!(apply(&mut backend, &ops).is_ok(), fine, "{kind:?}");
        }
    }
    let mut ops = OpVec::new();
    ops.gate_flagged(900, crate::op::record::FLAG_HINT, &[0], &[]).unwrap();
    ops.barrier(&[]).unwrap();
    ops.idle(&[0], crate::units::DurationNs(5)).unwrap();
    apply(&mut backend, &ops).unwrap();
}

#[test]
fn an_impossible_postselection_costs_the_shot_and_the_next_is_good() {
    let mut backend = simulator(1);
    backend.shot_begin(ShotId(0), Seed(0)).unwrap();
    // After two Hadamards, rounding leaves a little of |1>: still impossible.
    let mut ops = circuit_of(&[(slot::H, &[0], &[]), (slot::H, &[0], &[])]);
    ops.postselect(0, true).unwrap();
    let error = apply(&mut backend, &ops).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Impossible { qubit: 0, value: 1 });
    assert_eq!((error.class(), error.op_index()), (Class::ShotLost, Some(2)));
    let again = apply(&mut backend, &OpVec::new()).unwrap_err();
    assert!(again.to_string().contains("lost"), "{again}");
    assert!(backend.shot_begin(ShotId(1), Seed(0)).is_err());
    backend.shot_end().unwrap();
    assert!(backend.shot_end().is_err());
    backend.shot_begin(ShotId(1), Seed(0)).unwrap();
    let mut ops = circuit_of(&[(slot::RX, &[0], &[0.01])]);
    ops.postselect(0, true).unwrap();
    ops.measure(0, 0).unwrap();
    assert_eq!(apply(&mut backend, &ops).unwrap(), [1]);
}

#[test]
fn a_user_gate_goes_through_its_matrix() {
    fn root_of_swap(params: &[f64], re_im: &mut [f64]) -> Result<()> {
        let (a, b) = (0.5, 0.5 * params[0]);
        re_im.fill(0.0);
        (re_im[0], re_im[30]) = (1.0, 1.0);
        (re_im[10], re_im[11], re_im[20], re_im[21]) = (a, b, a, b);
        (re_im[12], re_im[13], re_im[18], re_im[19]) = (a, -b, a, -b);
        Ok(())
    }
    let def = |slot, id| GateDef {
        slot,
        id,
        qubit_count: 2,
        param_count: 1,
        matrix: Some(UserMatrix::new(root_of_swap)),
    };
    let mut backend = simulator(2);
    let gates = [def(1024, "test.root_of_swap/1"), GateDef { matrix: None, ..def(1025, "o/1") }];
    let mut verdicts = [Verdict::Reject; 2];
    backend.negotiate(&GateSet { gates: &gates }, &mut verdicts).unwrap();
    assert_eq!(verdicts, [Verdict::Matrix, Verdict::Reject]);
    backend.shot_begin(ShotId(0), Seed(0)).unwrap();
    let twice = [(1024, &[0_u32, 1][..], &[1.0][..]); 2];
    let mut ops = circuit_of(&[(slot::X, &[0], &[])]);
    for (gate, qubits, params) in twice {
        ops.gate(gate, qubits, params).unwrap();
    }
    ops.measure(0, 0).unwrap();
    ops.measure(1, 1).unwrap();
    assert_eq!(apply(&mut backend, &ops).unwrap(), [0, 1]);
    let bad = circuit_of(&[(1024, &[0, 1], &[3.0])]);
    assert!(apply(&mut backend, &bad).unwrap_err().to_string().contains("not unitary"));
    assert!(backend.negotiate(&GateSet { gates: &gates }, &mut verdicts).is_err());
    backend.shot_end().unwrap();
    let other = [def(1024, "test.other/1")];
    let error = backend.negotiate(&GateSet { gates: &other }, &mut [Verdict::Reject]).unwrap_err();
    assert!(error.to_string().contains("another gate"), "{error}");
}

#[test]
fn too_many_qubits_are_refused_with_the_memory_they_would_need() {
    let cells = |n| StateVectorPart::<f64>::cells(&Config::new(n, STREAM));
    assert_eq!(cells(10).unwrap(), 1024);
    assert_eq!(cells(0).unwrap(), 1);
    let text = cells(50).unwrap_err().to_string();
    assert!(text.contains("50 qubits needs 16777216 GiB") && text.contains("at most 40"), "{text}");
    for n in [41, 64, 85, 86, 1000, u32::MAX] {
        assert!(cells(n).unwrap_err().to_string().contains("pandia.stabilizer"), "{n}");
    }
    let small = [Complex::<f64>::ZERO; 7];
    let error = StateVectorPart::<f64>::build(&Config::new(3, STREAM), small).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Capacity { needed: 8, available: 7, .. }));
    let setting = [crate::part::Setting { key: "x", value: crate::part::Value::Whole(1) }];
    assert!(StateVectorPart::<f32>::cells(&Config::new(1, STREAM).with(&setting)).is_err());
}

#[test]
fn state_queries_are_checked() {
    let mut backend = simulator(2);
    let mut out = [0.0; 4];
    backend.state(StateQuery::Probabilities(&[1, 0]), &mut out).unwrap();
    assert_eq!(out.map(f64::to_bits), [1.0, 0.0, 0.0, 0.0].map(f64::to_bits));
    for bad in [&[0_u32][..], &[0, 0], &[0, 2], &[0, 1, 2]] {
        assert!(backend.state(StateQuery::Probabilities(bad), &mut out).is_err(), "{bad:?}");
    }
}

#[test]
fn the_constant_part_of_the_memory_is_small() {
    assert!(size_of::<StateVector<f64, &'static mut [Complex<f64>]>>() < 8 * 1024);
}

#[test]
fn without_matrices_a_gate_that_carries_one_is_rejected_and_refused_by_name() {
    let identity = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    let mut ops = OpVec::new();
    ops.gate(slot::H, &[0], &[]).unwrap();
    ops.gate(slot::UNITARY_1Q, &[0], &identity).unwrap();
    let gates = [GateDef::built_in(slot::H).unwrap(), GateDef::built_in(slot::UNITARY_1Q).unwrap()];

    let storage = [Complex::<f64>::ZERO; 2];
    let mut brief = StateVector::of_built_in_gates(1, STREAM, storage).unwrap();
    let mut verdicts = [Verdict::Reject; 2];
    brief.negotiate(&GateSet { gates: &gates }, &mut verdicts).unwrap();
    assert_eq!(verdicts, [Verdict::Native, Verdict::Reject]);
    brief.shot_begin(ShotId(0), Seed(0)).unwrap();
    let before = brief.state_digest().unwrap();
    let error = apply(&mut brief, &ops).unwrap_err();
    assert_eq!((error.class(), error.op_index()), (Class::Refused, Some(1)));
    assert!(error.to_string().contains("unitary_1q"), "{error}");
    assert!(error.to_string().contains("without matrices"), "{error}");
    assert_eq!(brief.state_digest().unwrap(), before, "nothing of the batch was done");

    let mut whole = simulator(1);
    whole.negotiate(&GateSet { gates: &gates }, &mut verdicts).unwrap();
    assert_eq!(verdicts, [Verdict::Native; 2]);
    whole.shot_begin(ShotId(0), Seed(0)).unwrap();
    assert!(apply(&mut whole, &ops).is_ok());
}
