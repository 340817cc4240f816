//! The simulator through its contract, and against the state vector.

use super::*;
use crate::error::Class;
use crate::op::builder::OpVec;
use crate::op::gates::LIST;
use crate::op::{OpSink, Outcome};
use crate::real::Complex;
use crate::sim::StateVector;
use core::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};
use std::string::ToString;
use std::vec::Vec;

const STREAM: StreamId = StreamId::of("test", 0);

fn simulator(qubit_count: u32) -> Stabilizer<Vec<u64>> {
    let storage = std::vec![0; cells(qubit_count).unwrap()];
    Stabilizer::new(qubit_count, THRESHOLD, STREAM, storage).unwrap()
}

fn apply<B: Backend>(backend: &mut B, ops: &OpVec) -> Result<Vec<u64>> {
    let mut memory = [Outcome::default(); 256];
    let mut outcomes = Outcomes::new(&mut memory);
    backend.apply(&ops.batch(), &mut outcomes)?;
    Ok(outcomes.as_slice().iter().map(|o| o.value).collect())
}

/// A random circuit of every gate that is Clifford somewhere, with measurements and resets.
fn random_circuit(stream: &mut Stream, qubit_count: u32, length: u32) -> OpVec {
    let gates: Vec<_> = LIST.iter().filter(|gate| gate.may_be_clifford()).collect();
    let mut ops = OpVec::new();
    let mut id = 0;
    for _ in 0..length {
        let a = stream.below(qubit_count);
        let b = (a + 1 + stream.below(qubit_count - 1)) % qubit_count;
        match stream.below(12) {
            0 => {
                ops.measure(a, id).unwrap();
                id += 1;
            }
            1 => ops.reset(a).unwrap(),
            _ => {
                let gate = gates[stream.below(u32::try_from(gates.len()).unwrap()) as usize];
                let unit = match gate.slot {
                    slot::CRZ | slot::CPHASE => PI,
                    _ => FRAC_PI_2,
                };
                let params: Vec<f64> =
                    gate.params.iter().map(|_| unit * f64::from(stream.below(9)) - PI).collect();
                let qubits = [a, b];
                let qubits = &qubits[..usize::from(gate.qubit_count)];
                ops.gate(gate.slot, qubits, &params).unwrap();
            }
        }
    }
    ops
}

#[test]
fn outcomes_and_probabilities_are_those_of_the_state_vector_on_random_circuits() {
    let mut stream = Stream::of(Seed(11), ShotId(0), StreamId(4));
    for round in 0..300 {
        let qubit_count = 2 + stream.below(4);
        let ops = random_circuit(&mut stream, qubit_count, 60);
        let mut tableau = simulator(qubit_count);
        let amps = std::vec![Complex::<f64>::ZERO; 1 << qubit_count];
        let mut vector = StateVector::new(qubit_count, STREAM, amps).unwrap();
        tableau.shot_begin(ShotId(round), Seed(1)).unwrap();
        vector.shot_begin(ShotId(round), Seed(1)).unwrap();
        // The same stream and the same rule: the very same outcomes.
        assert_eq!(apply(&mut tableau, &ops).unwrap(), apply(&mut vector, &ops).unwrap());
        let qubits: Vec<u32> = (0..qubit_count).rev().collect();
        let mut from_tableau = std::vec![0.0; 1 << qubit_count];
        let mut from_vector = from_tableau.clone();
        tableau.state(StateQuery::Probabilities(&qubits), &mut from_tableau).unwrap();
        vector.state(StateQuery::Probabilities(&qubits), &mut from_vector).unwrap();
        for (a, b) in from_tableau.iter().zip(&from_vector) {
            assert!((a - b).abs() < 1e-12, "{from_tableau:?} {from_vector:?}");
        }
    }
}

#[test]
fn half_turns_between_the_axes_are_clifford_too() {
    for eighths in 0..8 {
        let mut tableau = simulator(2);
        let amps = std::vec![Complex::<f64>::ZERO; 4];
        let mut vector = StateVector::new(2, STREAM, amps).unwrap();
        let mut ops = OpVec::new();
        ops.gate(slot::H, &[0], &[]).unwrap();
        ops.gate(slot::CX, &[0, 1], &[]).unwrap();
        ops.gate(slot::PHASED_X, &[0], &[PI, FRAC_PI_4 * f64::from(eighths)]).unwrap();
        ops.gate(slot::H, &[0], &[]).unwrap();
        ops.gate(slot::H, &[1], &[]).unwrap();
        let mut seen = Vec::new();
        for backend in [&mut tableau as &mut dyn Backend, &mut vector] {
            backend.shot_begin(ShotId(0), Seed(1)).unwrap();
            let mut none = Outcomes::new(&mut []);
            backend.apply(&ops.batch(), &mut none).unwrap();
            let mut out = [0.0; 4];
            backend.state(StateQuery::Probabilities(&[0, 1]), &mut out).unwrap();
            seen.push(out);
        }
        for (a, b) in seen[0].iter().zip(&seen[1]) {
            assert!((a - b).abs() < 1e-12, "{eighths}: {seen:?}");
        }
    }
}

#[test]
fn a_ghz_state_of_a_thousand_qubits_agrees_with_itself() {
    let mut tableau = simulator(1000);
    let mut firsts = [0; 2];
    for shot in 0..20 {
        tableau.shot_begin(ShotId(shot), Seed(1)).unwrap();
        let mut ops = OpVec::new();
        ops.gate(slot::H, &[0], &[]).unwrap();
        for q in 1..1000 {
            ops.gate(slot::CX, &[q - 1, q], &[]).unwrap();
        }
        for q in 0..250 {
            ops.measure(4 * q, u64::from(q)).unwrap();
        }
        let bits = apply(&mut tableau, &ops).unwrap();
        assert!(bits.iter().all(|&bit| bit == bits[0]));
        firsts[usize::from(bits[0] == 1)] += 1;
        tableau.shot_end().unwrap();
    }
    assert!(firsts[0] > 0 && firsts[1] > 0, "{firsts:?}");
}

#[test]
fn what_is_not_clifford_is_refused_by_name_and_angle_and_changes_nothing() {
    let mut tableau = simulator(3);
    tableau.shot_begin(ShotId(0), Seed(0)).unwrap();
    let before = tableau.state_digest().unwrap();
    let bad: [(u16, &[u32], &[f64], &str); 7] = [
        (slot::RZ, &[0], &[0.3], "rz with parameter 0 = 0.3 rad is not Clifford"),
        (slot::ZZ_PHASE, &[0, 1], &[FRAC_PI_4], "not Clifford"),
        (slot::T, &[0], &[], "gate t (slot 16) is not Clifford at any angle"),
        (slot::CCX, &[0, 1, 2], &[], "gate ccx"),
        (1024, &[0], &[], "cannot use a matrix"),
        (slot::CX, &[0, 3], &[], "qubit 3 does not exist"),
        (slot::RZ, &[0], &[f64::INFINITY], "not a finite number"),
    ];
    for (gate, qubits, params, text) in bad {
        let mut ops = OpVec::new();
        ops.gate(slot::H, &[1], &[]).unwrap();
        ops.gate(gate, qubits, params).unwrap();
        let error = apply(&mut tableau, &ops).unwrap_err();
        assert_eq!((error.class(), error.op_index()), (Class::Refused, Some(1)), "{error}");
        assert!(error.to_string().starts_with("pandia.stabilizer: operation 1: "), "{error}");
        assert!(error.to_string().contains(text), "{error}");
        assert_eq!(tableau.state_digest().unwrap(), before);
    }
}

#[test]
fn the_threshold_says_which_angles_count() {
    let storage = std::vec![0; cells(1).unwrap()];
    let setting = crate::part::Setting { key: "threshold", value: Value::Real(1e-3) };
    let settings = [setting];
    let config = Config::new(1, STREAM).with(&settings);
    let mut loose = StabilizerPart::build(&config, storage).unwrap();
    let mut strict = simulator(1);
    let mut ops = OpVec::new();
    ops.gate(slot::RX, &[0], &[PI + 5e-4]).unwrap();
    ops.measure(0, 0).unwrap();
    loose.shot_begin(ShotId(0), Seed(0)).unwrap();
    strict.shot_begin(ShotId(0), Seed(0)).unwrap();
    assert_eq!(apply(&mut loose, &ops).unwrap(), [1]);
    assert!(apply(&mut strict, &ops).is_err());
}

#[test]
fn an_impossible_postselection_costs_the_shot() {
    let mut tableau = simulator(2);
    tableau.shot_begin(ShotId(0), Seed(0)).unwrap();
    let mut ops = OpVec::new();
    ops.gate(slot::H, &[0], &[]).unwrap();
    ops.gate(slot::CX, &[0, 1], &[]).unwrap();
    ops.postselect(0, true).unwrap();
    ops.measure(1, 0).unwrap();
    ops.postselect(1, false).unwrap();
    let error = apply(&mut tableau, &ops).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Impossible { qubit: 1, value: 0 });
    assert_eq!(error.op_index(), Some(4));
    assert!(apply(&mut tableau, &OpVec::new()).is_err());
    tableau.shot_end().unwrap();
}

#[test]
fn every_gate_gets_the_verdict_that_its_angles_allow() {
    use crate::backend::GateDef;
    let mut tableau = simulator(3);
    let defs: Vec<_> = LIST.iter().map(|gate| GateDef::built_in(gate.slot).unwrap()).collect();
    let mut verdicts = std::vec![Verdict::Lowered; defs.len()];
    tableau.negotiate(&GateSet { gates: &defs }, &mut verdicts).unwrap();
    for (gate, verdict) in LIST.iter().zip(verdicts) {
        assert_eq!(verdict == Verdict::Native, gate.may_be_clifford(), "{}", gate.name);
    }
}

#[test]
fn too_many_qubits_are_refused_with_the_memory_they_would_need() {
    let cells = |n| StabilizerPart::cells(&Config::new(n, STREAM));
    assert_eq!(cells(1).unwrap(), 9);
    assert_eq!(cells(64).unwrap(), 129 * 3);
    for n in [65_537, u32::MAX] {
        assert!(cells(n).unwrap_err().to_string().contains("at most 65536"), "{n}");
    }
    assert!(StabilizerPart::build(&Config::new(3, STREAM), [0; 20]).is_err());
    assert!(StabilizerPart::build(&Config::new(3, STREAM), [0; 21]).is_ok());
}
