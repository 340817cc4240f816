//! What the depolarizing layer inserts, drops and reports, over a child that writes it down.

use super::*;
use crate::backend::Stack;
use crate::error::Class;
use crate::ids::StreamId;
use crate::noise::drift::Drifting;
use crate::noise::insert::PAULIS;
use crate::noise::test_support::{Recorder, Seen, run};
use crate::op::OpSink;
use crate::op::builder::OpVec;
use crate::op::gates::slot;
use crate::part::{Config, Setting, Value};
use std::vec::Vec;

type Noisy = Stack<Depolarizing<Vec<u64>, Drifting>, Recorder>;

fn noisy(settings: &[(&str, f64)]) -> Noisy {
    run::stack(run::built::<DepolarizingPart>(settings, &[]).unwrap())
}

fn after(settings: &[(&str, f64)]) -> Noisy {
    run::stack(run::built::<DepolarizingPart>(settings, &[("when", "after")]).unwrap())
}

fn kinds(seen: &[Seen]) -> Vec<(OpKind, bool)> {
    seen.iter().map(|op| (op.kind, op.inserted)).collect()
}

#[test]
fn without_rates_the_child_sees_the_very_batch() {
    let circuit = run::all_kinds();
    let mut stack = noisy(&[]);
    run::shot(&mut stack, &circuit, 0);
    let mut bare = Recorder::new(4);
    run::shot(&mut bare, &circuit, 0);
    assert_eq!((stack.child().calls, &stack.child().seen), (1, &bare.seen));
}

#[test]
fn one_qubit_errors_are_x_y_z_alike() {
    for p in [0.01, 0.3] {
        let mut stack = noisy(&[("p_1q", p), ("p_2q", 1.0)]);
        let n = 300_000;
        run::shot(&mut stack, &run::repeated(slot::RZ, &[2], &[0.1], n), 0);
        let n = n as u64;
        run::within_five_sigma(run::counter(&stack, "errors_1q"), n, p);
        for (name, slot) in
            [("inserted_x", slot::X), ("inserted_y", slot::Y), ("inserted_z", slot::Z)]
        {
            let seen = stack.child().inserted().filter(|op| op.gate == slot && op.qubits == [2]);
            let seen = seen.count() as u64;
            assert_eq!(run::counter(&stack, name), seen);
            run::within_five_sigma(seen, n, p / 3.0);
        }
    }
}

/// The Pauli strings inserted before each of `count` gates on `qubits`, as base-4 numbers.
fn strings(stack: &Noisy, qubits: &[u32]) -> Vec<usize> {
    let mut strings = Vec::new();
    let mut open = 0;
    for op in &stack.child().seen {
        if op.inserted {
            let operand = qubits.iter().position(|&q| q == op.qubits[0]).unwrap();
            open += usize::from(op.gate - slot::X + 1) << (2 * operand);
        } else {
            strings.push(core::mem::take(&mut open));
        }
    }
    strings
}

#[test]
fn errors_of_larger_gates_are_all_strings_alike() {
    for (gate, qubits) in [(slot::CX, &[3, 1][..]), (slot::CCX, &[2, 0, 1])] {
        let p = 0.2;
        let mut stack = noisy(&[("p_2q", p)]);
        let n = 300_000;
        run::shot(&mut stack, &run::repeated(gate, qubits, &[], n), 0);
        let strings = strings(&stack, qubits);
        let count = 1_u32 << (2 * qubits.len());
        for string in 1..count {
            let seen = strings.iter().filter(|&&s| s == string as usize).count() as u64;
            run::within_five_sigma(seen, n as u64, p / f64::from(count - 1));
        }
    }
}

#[test]
fn the_error_comes_before_or_after_its_gate() {
    let mut circuit = OpVec::new();
    circuit.gate(slot::H, &[0], &[]).unwrap();
    circuit.gate(slot::CX, &[0, 1], &[]).unwrap();
    let places = |stack: &mut Noisy| {
        run::shot(stack, &circuit, 0);
        kinds(&stack.child().seen).into_iter().map(|(_, inserted)| inserted).collect::<Vec<_>>()
    };
    let before = places(&mut noisy(&[("p_1q", 1.0), ("p_2q", 1.0)]));
    let after = places(&mut after(&[("p_1q", 1.0), ("p_2q", 1.0)]));
    assert!(before.starts_with(&[true, false, true]) && before.ends_with(&[false]));
    assert!(after.starts_with(&[false, true, false, true]) && after.ends_with(&[true]));
}

#[test]
fn a_reset_fails_by_an_x_behind_it() {
    let mut circuit = OpVec::new();
    circuit.reset(3).unwrap();
    let mut stack = noisy(&[("p_init", 1.0)]);
    run::shot(&mut stack, &circuit, 0);
    assert_eq!(kinds(&stack.child().seen), [(OpKind::Reset, false), (OpKind::Gate, true)]);
    let inserted = &stack.child().seen[1];
    assert_eq!((inserted.gate, inserted.depth, &inserted.qubits[..]), (slot::X, 1, &[3][..]));
    assert_ne!(inserted.issuer, 0);
}

#[test]
fn reports_are_flipped_and_nothing_is_inserted() {
    let n = 100_000;
    let mut circuit = OpVec::new();
    for id in 0..n {
        circuit.measure(1, id).unwrap();
    }
    for p in [0.01, 0.4] {
        let mut stack = noisy(&[("p_meas", p)]);
        let outcomes = run::shot(&mut stack, &circuit, 0);
        let ones = outcomes.iter().filter(|o| o.value == 1).count() as u64;
        run::within_five_sigma(ones, n, p);
        assert_eq!(run::counter(&stack, "flips"), ones);
        assert!(outcomes.iter().zip(0..).all(|(o, i)| o.id == u64::from(i) && o.op_index == i));
        assert_eq!(stack.child().inserted().count(), 0);
    }
    let mut stack = noisy(&[("p_meas", 1.0)]);
    stack.child_mut().outcome = 2;
    assert!(run::shot(&mut stack, &circuit, 0).iter().all(|o| o.value == 2));
}

#[test]
fn rates_by_gate_and_place_in_the_documented_order() {
    let settings = [
        ("p_1q", 1.0),
        ("p_2q", 1.0),
        ("gate.rz", 0.0),
        ("gate.rz.1", 1.0),
        ("qubit.2", 0.0),
        ("pair.1-0", 0.0),
        ("gate.cz.0-1", 1.0),
        ("p_meas.3", 1.0),
        ("p_init.2", 1.0),
    ];
    let fails = |slot, qubits: &[u32]| {
        let mut stack = noisy(&settings);
        let arity_params: &[f64] = if slot == slot::RZ { &[0.1] } else { &[] };
        run::shot(&mut stack, &run::repeated(slot, qubits, arity_params, 1), 0);
        stack.child().inserted().count() > 0
    };
    assert!(fails(slot::H, &[0]));
    assert!(!fails(slot::H, &[2]));
    assert!(!fails(slot::RZ, &[0]));
    assert!(fails(slot::RZ, &[1]));
    assert!(!fails(slot::CX, &[0, 1]));
    assert!(!fails(slot::CX, &[1, 0]));
    assert!(fails(slot::CX, &[1, 2]));
    assert!(fails(slot::CZ, &[1, 0]));
    let mut circuit = OpVec::new();
    for qubit in 0..4 {
        circuit.reset(qubit).unwrap();
        circuit.measure(qubit, u64::from(qubit)).unwrap();
    }
    let mut stack = noisy(&settings);
    let values: Vec<_> = run::shot(&mut stack, &circuit, 0).iter().map(|o| o.value).collect();
    assert_eq!(values, [0, 0, 0, 1]);
    assert_eq!(stack.child().inserted().map(|op| op.qubits[0]).collect::<Vec<_>>(), [2]);
}

#[test]
fn different_rates_in_one_circuit_are_each_kept() {
    let n = 200_000;
    let mut circuit = OpVec::new();
    for _ in 0..n {
        circuit.gate(slot::H, &[0], &[]).unwrap();
        circuit.gate(slot::CX, &[0, 1], &[]).unwrap();
        circuit.gate(slot::H, &[3], &[]).unwrap();
    }
    let mut stack = noisy(&[("p_1q", 0.002), ("p_2q", 0.03), ("qubit.3", 0.01)]);
    run::shot(&mut stack, &circuit, 0);
    run::within_five_sigma(run::counter(&stack, "errors_2q"), n, 0.03);
    let on_three = stack.child().inserted().filter(|op| op.qubits == [3]).count() as u64;
    run::within_five_sigma(on_three, n, 0.01);
    run::within_five_sigma(run::counter(&stack, "errors_1q") - on_three, n, 0.002);
}

#[test]
fn the_same_shot_gives_the_same_errors_however_it_is_split() {
    let circuit = run::repeated(slot::H, &[0], &[], 1000);
    let mut stack = noisy(&[("p_1q", 0.02)]);
    run::shot(&mut stack, &circuit, 7);
    let whole = stack.child().seen.clone();
    run::shot(&mut stack, &circuit, 8);
    assert_ne!(whole, stack.child().seen);
    // The same operations in batches of ten, in an instance that has run no other shot.
    let mut stack = noisy(&[("p_1q", 0.02)]);
    stack.shot_begin(ShotId(7), Seed(99)).unwrap();
    let piece = run::repeated(slot::H, &[0], &[], 10);
    for _ in 0..100 {
        stack.apply(&piece.batch(), &mut Outcomes::new(&mut [])).unwrap();
    }
    assert_eq!(whole, stack.child().seen);
}

#[test]
fn a_layer_on_top_does_not_move_the_errors_of_the_one_below() {
    let circuit = run::all_kinds();
    let lower = [("p_1q", 0.5), ("p_2q", 0.5), ("p_meas", 0.5), ("p_init", 0.5)];
    let lower_issuer = |seen: &[Seen], issuer| {
        let mut program_ops = 0;
        let mut found = Vec::new();
        for op in seen {
            if op.issuer == issuer {
                found.push((program_ops, op.gate, op.qubits.clone()));
            }
            program_ops += usize::from(!op.inserted);
        }
        found
    };
    for shot in 0..50 {
        let mut one = noisy(&lower);
        run::shot(&mut one, &circuit, shot);
        let config = Config::new(4, StreamId::of("pandia.depolarizing", 1));
        let settings = [Setting { key: "p_1q", value: Value::Real(1.0) }];
        let upper = DepolarizingPart::build(&config.with(&settings), []).unwrap();
        let mut two = Stack::new(upper, noisy(&lower));
        run::shot(&mut two, &circuit, shot);
        let issuer = (one.layer().sites.stream_id().0 & 0xffff_ffff) as u32;
        let below = lower_issuer(&two.child().child().seen, issuer);
        assert_eq!(lower_issuer(&one.child().seen, issuer), below);
        assert!(two.child().child().inserted().count() > below.len());
    }
}

#[test]
fn a_child_that_takes_channels_gets_them_and_no_gates() {
    let layer = run::built::<DepolarizingPart>(
        &[("p_1q", 0.3), ("p_2q", 0.15), ("p_init", 0.25), ("p_meas", 1.0)],
        &[("when", "after")],
    );
    let mut stack = Stack::new(layer.unwrap(), Recorder::new(4).with_channels());
    let outcomes = run::shot(&mut stack, &run::all_kinds(), 0);
    assert!(outcomes.iter().all(|o| o.value == 1));
    let channels: Vec<_> = stack
        .child()
        .inserted()
        .map(|op| {
            assert_eq!(op.kind, OpKind::Channel);
            let params: Vec<_> = op.params.iter().map(|&bits| f64::from_bits(bits)).collect();
            (op.gate, op.qubits.clone(), params)
        })
        .collect();
    let expected: [(u16, &[u32], &[f64]); 5] = [
        (PAULI_1Q, &[0], &[0.25, 0.0, 0.0]),
        (PAULI_1Q, &[0], &[0.3 / 3.0; 3]),
        (PAULI_1Q, &[1], &[0.3 / 3.0; 3]),
        (PAULI_2Q, &[0, 1], &[0.15 / 15.0; 15]),
        (DEPOLARIZING, &[2, 0, 1], &[0.15]),
    ];
    let expected = expected.map(|(gate, qubits, params)| (gate, qubits.to_vec(), params.to_vec()));
    assert_eq!(channels, expected);
}

#[test]
fn a_refused_batch_leaves_the_draws_where_they_were() {
    let circuit = run::repeated(slot::H, &[0], &[], 100);
    for p in [0.001, 0.2] {
        let fresh = || {
            let mut stack = after(&[("p_1q", p)]);
            stack.shot_begin(ShotId(3), Seed(99)).unwrap();
            stack
        };
        let none = &mut Outcomes::new(&mut []);
        let mut plain = fresh();
        plain.apply(&circuit.batch(), none).unwrap();
        let mut refused = fresh();
        refused.child_mut().refuse_call = Some(0);
        assert_eq!(refused.apply(&circuit.batch(), none).unwrap_err().class(), Class::Refused);
        refused.apply(&circuit.batch(), none).unwrap();
        assert_eq!(plain.child().seen, refused.child().seen);
    }
}

#[test]
fn an_error_of_the_child_names_the_callers_operation() {
    let circuit = run::repeated(slot::H, &[0], &[], 5);
    let mut stack = noisy(&[("p_1q", 1.0)]);
    stack.child_mut().refuse_call = Some(4);
    stack.shot_begin(ShotId(0), Seed(0)).unwrap();
    stack.child_mut().refuse_call = Some(4);
    let error = stack.apply(&circuit.batch(), &mut Outcomes::new(&mut [])).unwrap_err();
    // Calls: X0 g0 X1 g1 X2, and the third error's call is refused after others were done.
    assert_eq!((error.op_index(), error.class()), (Some(2), Class::ShotLost), "{error}");
}

#[test]
fn wrong_settings_are_refused_in_words() {
    let refusal = run::refusal::<DepolarizingPart>;
    for (settings, words) in [
        (&[("p_1q", 1.5)][..], "a probability"),
        (&[("gate.nope", 0.1)], "there is no gate nope"),
        (&[("gate.cx.0", 0.1)], "0 is not a place of such a gate"),
        (&[("gate.cx.0-9", 0.1)], "qubit 9 does not exist: there are 4"),
        (&[("gate.cx.xx", 0.1)], "xx is no place"),
        (&[("qubit.4", 0.1)], "qubit 4 does not exist"),
        (&[("qubit.a", 0.1)], "a is not a qubit number"),
        (&[("pair.1", 0.1)], "1 is not a place"),
        (&[("pair.1-1", 0.1)], "two different qubits"),
        (&[("p_meas.7", 0.1)], "qubit 7 does not exist"),
        (&[("gate.h", -0.1)], "a probability"),
        (&[("p_3q", 0.1)], "no parameter p_3q"),
    ] {
        let refusal = refusal(settings);
        assert!(refusal.contains(words), "{refusal}");
        assert!(refusal.starts_with("pandia.depolarizing: "), "{refusal}");
    }
}

#[test]
fn too_little_storage_is_refused_with_the_numbers() {
    let settings = [Setting { key: "gate.h", value: Value::Real(0.1) }];
    let config = Config::new(4, StreamId(0)).with(&settings);
    assert_eq!(DepolarizingPart::cells(&config).unwrap(), 3);
    let error = DepolarizingPart::build(&config, [0; 2]).unwrap_err();
    assert_eq!(error.code(), -3, "{error}");
}

#[test]
fn the_layer_announces_its_paulis_and_names_one_that_is_refused() {
    let negotiate = |stack: &mut Noisy| stack.negotiate(&GateSet { gates: &[] }, &mut []);
    let mut stack = noisy(&[("p_1q", 0.1)]);
    negotiate(&mut stack).unwrap();
    assert_eq!(stack.child().announced, PAULIS);
    stack.child_mut().rejected.push(slot::Y);
    let error = negotiate(&mut stack).unwrap_err();
    assert!(std::format!("{error}").contains("inserts the gate y"), "{error}");
}
