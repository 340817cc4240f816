//! What the Pauli layer inserts, drops and reports, over a child that writes it down.

use super::*;
use crate::backend::Stack;
use crate::noise::test_support::{Recorder, run};
use crate::op::OpSink;
use crate::op::builder::OpVec;
use crate::op::gates::slot;
use crate::units::DurationNs;
use std::collections::BTreeMap;
use std::vec::Vec;

type Noisy = Stack<Pauli<Vec<u64>>, Recorder>;

fn noisy(settings: &[(&str, f64)]) -> Noisy {
    run::stack(run::built::<PauliPart>(settings, &[]).unwrap())
}

/// How often each set of inserted Paulis came before the program's operations.
fn errors(stack: &Noisy) -> BTreeMap<Vec<(u16, u32)>, u64> {
    let mut counts = BTreeMap::new();
    let mut open = Vec::new();
    for op in &stack.child().seen {
        if op.inserted {
            open.push((op.gate, op.qubits[0]));
        } else {
            *counts.entry(core::mem::take(&mut open)).or_default() += 1;
        }
    }
    counts
}

#[test]
fn each_pauli_comes_with_its_own_probability() {
    for scale in [0.01, 1.0] {
        let (px, py, pz) = (0.1 * scale, 0.3 * scale, 0.05 * scale);
        let mut stack = noisy(&[("px", px), ("py", py), ("pz", pz)]);
        let n = 200_000;
        run::shot(&mut stack, &run::repeated(slot::RZ, &[1], &[0.1], n), 0);
        let counts = errors(&stack);
        for (slot, p) in [(slot::X, px), (slot::Y, py), (slot::Z, pz)] {
            run::within_five_sigma(counts[&std::vec![(slot, 1)]], n as u64, p);
        }
    }
}

#[test]
fn the_first_letter_of_a_pair_is_operand_0() {
    let mut stack = noisy(&[("xz", 0.1), ("iy", 0.2), ("zi", 0.03)]);
    let n = 100_000;
    run::shot(&mut stack, &run::repeated(slot::CX, &[3, 1], &[], n), 0);
    let counts = errors(&stack);
    let seen = |ops: &[(u16, u32)]| counts.get(ops).copied().unwrap_or(0);
    run::within_five_sigma(seen(&[(slot::X, 3), (slot::Z, 1)]), n as u64, 0.1);
    run::within_five_sigma(seen(&[(slot::Y, 1)]), n as u64, 0.2);
    run::within_five_sigma(seen(&[(slot::Z, 3)]), n as u64, 0.03);
    assert_eq!(counts.len(), 4);
}

#[test]
fn a_probability_of_one_always_happens_and_a_full_sum_leaves_no_gap() {
    let mut stack = noisy(&[("px", 0.1), ("py", 0.2), ("pz", 0.7)]);
    run::shot(&mut stack, &run::repeated(slot::H, &[0], &[], 10_000), 0);
    assert_eq!(run::counter(&stack, "errors"), 10_000);
    let mut stack = noisy(&[("yy", 1.0)]);
    run::shot(&mut stack, &run::repeated(slot::CZ, &[0, 1], &[], 100), 0);
    assert_eq!(run::counter(&stack, "inserted_y"), 200);
}

#[test]
fn letters_for_a_place_follow_the_qubits_as_named() {
    for (key, operands, expected) in [
        ("pair.1-2.xz", [1, 2], [(slot::X, 1), (slot::Z, 2)]),
        ("pair.1-2.xz", [2, 1], [(slot::X, 1), (slot::Z, 2)]),
        ("pair.2-1.xz", [1, 2], [(slot::Z, 1), (slot::X, 2)]),
        ("gate.cx.2-1.xz", [2, 1], [(slot::Z, 1), (slot::X, 2)]),
        ("gate.cx.xz", [2, 1], [(slot::X, 2), (slot::Z, 1)]),
    ] {
        let mut stack = noisy(&[(key, 1.0)]);
        run::shot(&mut stack, &run::repeated(slot::CX, &operands, &[], 1), 0);
        let seen: Vec<_> = stack.child().inserted().map(|op| (op.gate, op.qubits[0])).collect();
        assert_eq!(seen, expected, "{key} {operands:?}");
    }
}

#[test]
fn a_larger_gate_has_the_pair_errors_of_its_neighbouring_operands() {
    let n = 100_000;
    let mut stack = noisy(&[("zz", 0.1), ("pair.0-1.xx", 0.3)]);
    run::shot(&mut stack, &run::repeated(slot::CCX, &[2, 0, 1], &[], n), 0);
    let counts = errors(&stack);
    let (zz, xx) = (std::vec![(slot::Z, 2), (slot::Z, 0)], std::vec![(slot::X, 0), (slot::X, 1)]);
    run::within_five_sigma(counts[&zz], n as u64, 0.1 * 0.7);
    run::within_five_sigma(counts[&xx], n as u64, 0.9 * 0.3);
    run::within_five_sigma(counts[&[zz, xx].concat()], n as u64, 0.1 * 0.3);
}

#[test]
fn idling_resetting_and_measuring_have_their_own() {
    let mut circuit = OpVec::new();
    circuit.idle(&[0, 3], DurationNs(10)).unwrap();
    circuit.reset(1).unwrap();
    circuit.measure(2, 0).unwrap();
    circuit.measure(3, 1).unwrap();
    let mut stack = noisy(&[("idle.z", 1.0), ("reset.y", 1.0), ("meas.x", 1.0), ("meas.3.x", 0.0)]);
    run::shot(&mut stack, &circuit, 0);
    let seen: Vec<_> =
        stack.child().seen.iter().map(|op| (op.kind, op.gate, op.qubits[0])).collect();
    let gate = OpKind::Gate;
    assert_eq!(
        seen,
        [
            (OpKind::Idle, 0, 0),
            (gate, slot::Z, 0),
            (gate, slot::Z, 3),
            (OpKind::Reset, 0, 1),
            (gate, slot::Y, 1),
            (gate, slot::X, 2),
            (OpKind::Measure, 0, 2),
            (OpKind::Measure, 0, 3),
        ]
    );
}

#[test]
fn a_gate_s_own_numbers_replace_all_of_the_default() {
    let settings = [("px", 1.0), ("gate.rz.z", 0.0), ("qubit.2.y", 1.0), ("gate.rz.1.z", 1.0)];
    let inserted = |slot, qubit, params: &[f64]| {
        let mut stack = noisy(&settings);
        run::shot(&mut stack, &run::repeated(slot, &[qubit], params, 1), 0);
        stack.child().inserted().map(|op| op.gate).collect::<Vec<_>>()
    };
    assert_eq!(inserted(slot::H, 0, &[]), [slot::X]);
    assert_eq!(inserted(slot::H, 2, &[]), [slot::Y]);
    assert_eq!(inserted(slot::RZ, 2, &[0.1]), []);
    assert_eq!(inserted(slot::RZ, 1, &[0.1]), [slot::Z]);
}

#[test]
fn a_child_that_takes_channels_gets_them() {
    let settings = [("px", 0.1), ("xz", 0.2), ("idle.z", 0.3), ("pair.2-0.xz", 0.4)];
    let layer = run::built::<PauliPart>(&settings, &[]).unwrap();
    let mut stack = Stack::new(layer, Recorder::new(4).with_channels());
    run::shot(&mut stack, &run::all_kinds(), 0);
    let seen: Vec<_> = stack
        .child()
        .inserted()
        .map(|op| {
            let at = op.params.iter().position(|&bits| bits != 0).unwrap();
            (op.gate, op.qubits.clone(), at + 1, f64::from_bits(op.params[at]))
        })
        .collect();
    let (one, two) = (PAULI_1Q, PAULI_2Q);
    // Pair codes: X on operand 0 and Z on operand 1 is 1 + 4 * 3; Z on 0, X on 2 is 3 + 4 * 1.
    let expected: [(u16, &[u32], usize, f64); 7] = [
        (one, &[0], 1, 0.1),
        (one, &[1], 1, 0.1),
        (two, &[0, 1], 13, 0.2),
        (two, &[0, 2], 7, 0.4),
        (two, &[0, 1], 13, 0.2),
        (one, &[0], 3, 0.3),
        (one, &[1], 3, 0.3),
    ];
    assert_eq!(seen, expected.map(|(gate, qubits, at, p)| (gate, qubits.to_vec(), at, p)));
}

#[test]
fn splitting_a_batch_and_refusals_move_no_error() {
    let settings = [("px", 0.02), ("xz", 0.05), ("idle.z", 0.1), ("meas.x", 0.1)];
    let mut whole = noisy(&settings);
    let mut circuit = OpVec::new();
    let mut pieces = Vec::new();
    for round in 0..200 {
        let mut piece = OpVec::new();
        for ops in [&mut circuit, &mut piece] {
            ops.gate(slot::H, &[0], &[]).unwrap();
            ops.gate(slot::CCX, &[0, 1, 2], &[]).unwrap();
            ops.idle(&[0, 1, 2, 3], DurationNs(1)).unwrap();
            ops.measure(1, round).unwrap();
        }
        pieces.push(piece);
    }
    run::shot(&mut whole, &circuit, 5);
    let mut split = noisy(&settings);
    split.shot_begin(ShotId(5), Seed(99)).unwrap();
    for piece in &pieces {
        let mut memory = [crate::op::Outcome::default(); 1];
        split.child_mut().refuse_call = Some(split.child().calls);
        let outcomes = &mut Outcomes::new(&mut memory);
        assert!(split.apply(&piece.batch(), outcomes).is_err());
        split.child_mut().refuse_call = None;
        split.apply(&piece.batch(), outcomes).unwrap();
    }
    assert_eq!(whole.child().seen, split.child().seen);
    assert!(run::counter(&whole, "errors") > 10);
}

#[test]
fn wrong_settings_are_refused_in_words() {
    for (settings, words) in [
        (&[("px", 0.5), ("pz", 0.6)][..], "px, py, pz: the probabilities add up to 1.1"),
        (&[("xi", 0.9), ("zz", 0.2)], "add up to 1.1"),
        (&[("gate.cx.xx", 0.9), ("gate.cx.zz", 0.2)], "add up to 1.1"),
        (&[("gate.cx.x", 0.1)], "two of i, x, y, z"),
        (&[("gate.cx.ii", 0.1)], "not ii"),
        (&[("gate.h.xx", 0.1)], "x, y or z"),
        (&[("gate.h", 0.1)], "x, y or z"),
        (&[("gate.ccx.xyz", 0.1)], "two of i, x, y, z"),
        (&[("idle.q", 0.1)], "x, y or z"),
        (&[("meas.5.x", 0.1)], "qubit 5 does not exist"),
        (&[("pair.0-4.xx", 0.1)], "qubit 4 does not exist"),
        (&[("ii", 0.1)], "no parameter ii"),
        (&[("py", f64::NAN)], "a probability"),
    ] {
        let refusal = run::refusal::<PauliPart>(settings);
        assert!(refusal.contains(words), "{refusal}");
    }
}
