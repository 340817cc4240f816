//! The same for leakage, where what may happen depends on who has leaked.

use super::tests::{Counts, SHOTS, Sums, add_words, as_real, compare, gate, hold, one, strings};
use super::*;
use crate::noise::LeakagePart;
use crate::noise::test_support::{Seen, run};
use crate::op::builder::OpVec;
use crate::op::gates::slot;
use crate::op::{OpKind, OpSink};
use std::collections::BTreeMap;
use std::vec::Vec;

/// Leaks the qubits of `leaked` for certain, then does `circuit`'s last operation; what happens at
/// that one is held against the words.
fn leakage_holds(settings: &[(&str, f64)], words: &[(&str, &str)], leaked: &[u32], op: &OpVec) {
    let mut all = settings.to_vec();
    all.push(("gate.t", 1.0));
    let mut stack = run::stack(run::built::<LeakagePart>(&all, words).unwrap());
    let mut circuit = OpVec::new();
    for &qubit in leaked {
        circuit.gate(slot::T, &[qubit], &[]).unwrap();
    }
    let before = 2 * leaked.len();
    let last = op.batch().ops().iter().next().unwrap();
    circuit.gate(last.gate(), &last.qubits().collect::<Vec<_>>(), &[]).unwrap();
    let is_leaked = |qubit| leaked.contains(&qubit);
    let known = Known { leaked: &is_leaked, ..Known::NOTHING };
    let mut counts = BTreeMap::new();
    for shot in 0..SHOTS {
        run::shot(&mut stack, &circuit, shot);
        let seen: Vec<&Seen> = stack.child().seen[before..].iter().collect();
        let mut clears = Vec::new();
        let fate = stack.layer().expect(last, &known, &mut |one| {
            if let Deed::Clears(qubit) = one.deed {
                clears.push(qubit);
            }
        });
        let at = seen.iter().position(|op| !op.inserted);
        assert_eq!(at.is_some(), fate == Fate::Forwarded);
        for (index, op) in seen.into_iter().enumerate().filter(|(_, op)| op.inserted) {
            let place = if at.is_some_and(|at| index < at) { Place::Before } else { Place::After };
            let qubit = op.qubits[0];
            let deed = match op.kind {
                OpKind::Reset if clears.first() == Some(&qubit) => Deed::Clears(clears.remove(0)),
                OpKind::Reset if is_leaked(qubit) => Deed::Returns(qubit),
                OpKind::Reset => Deed::Leaks(qubit),
                _ => strings(&[op], false)[0],
            };
            *counts.entry((place, deed)).or_default() += 1;
        }
    }
    let mut expected = Sums::new();
    add_words(stack.layer(), last, &known, &mut expected);
    expected.values_mut().for_each(|sum| *sum *= as_real(SHOTS));
    compare(&counts, &expected, SHOTS);
}

#[test]
fn leakage_does_what_it_says() {
    let settings = [("p_leak_1q", 0.02), ("p_leak_2q", 0.1), ("p_spread", 0.2), ("p_seep", 0.15)];
    for words in ["skip", "depolarize", "random"] {
        let at = |leaked: &[u32], circuit| {
            leakage_holds(&settings, &[("leaked_gate", words)], leaked, &circuit);
        };
        at(&[], gate(slot::H, &[1]));
        at(&[], gate(slot::CX, &[1, 2]));
        at(&[2], gate(slot::CX, &[1, 2]));
        at(&[2], gate(slot::H, &[2]));
        at(&[1, 2], gate(slot::CX, &[1, 2]));
        at(&[3], gate(slot::CCX, &[1, 3, 2]));
        at(&[3, 1], gate(slot::CCX, &[1, 3, 2]));
    }
}

#[test]
fn leaked_qubits_come_back_by_gate_and_place() {
    let settings = [
        ("p_leak_2q", 0.1),
        ("p_seep", 0.5),
        ("gate.cx.seep", 0.2),
        ("gate.cx.1-2", 0.3),
        ("gate.cx.3-2.seep", 0.05),
        ("qubit.1.seep", 0.9),
        ("pair.2-0.seep", 0.04),
    ];
    let at = |leaked: &[u32], circuit| leakage_holds(&settings, &[], leaked, &circuit);
    at(&[2], gate(slot::CX, &[1, 2]));
    at(&[2], gate(slot::CX, &[2, 3]));
    at(&[1], gate(slot::H, &[1]));
    at(&[2], gate(slot::H, &[2]));
    at(&[0, 2], gate(slot::CZ, &[0, 2]));
    at(&[3], gate(slot::CZ, &[1, 3]));
    // What is given of coming back is no leak rate, and the other way round.
    let mut chances = Vec::new();
    let layer = run::built::<LeakagePart>(&settings, &[]).unwrap();
    for qubits in [&[1, 2], &[3, 2]] {
        let circuit = gate(slot::CX, qubits);
        let op = circuit.batch().ops().iter().next().unwrap();
        let known = Known { leaked: &|qubit| qubit == 2, ..Known::NOTHING };
        layer.expect(op, &known, &mut |one| match one.deed {
            Deed::Leaks(_) | Deed::Returns(_) => chances.push((one.deed, one.probability)),
            _ => {}
        });
    }
    let near = |(deed, p): &(Deed, f64)| (*deed, (p * 1e6 + 0.5).floor());
    let expected = [(Deed::Leaks(1), 0.3), (Deed::Returns(2), 0.2)];
    let other = [(Deed::Leaks(3), 0.1), (Deed::Returns(2), 0.05)];
    let expected: Vec<_> = expected.iter().chain(&other).map(near).collect();
    assert_eq!(chances.iter().map(near).collect::<Vec<_>>(), expected);
    let refused = run::refusal::<LeakagePart>(&[("gate.cx.sep", 0.1)]);
    assert!(refused.contains("sep is no place, and not seep"), "{refused}");
}

#[test]
fn leaked_qubits_answer_as_announced() {
    let leaky = [("p_leak_1q", 1.0), ("leak_measurement_bias", 0.3)];
    let mut stack = run::stack(run::built::<LeakagePart>(&leaky, &[]).unwrap());
    let circuit = one(|ops| {
        ops.gate(slot::H, &[0], &[]).unwrap();
        ops.measure(0, 0).unwrap();
    });
    let mut counts = Counts::new();
    for shot in 0..SHOTS {
        let value = run::shot(&mut stack, &circuit, shot)[0].value;
        *counts.entry(Deed::Answers(u8::try_from(value).unwrap())).or_default() += 1;
    }
    let known = Known { leaked: &|qubit| qubit == 0, ..Known::NOTHING };
    hold(stack.layer(), &circuit, &known, Place::Outcome, &counts);
}
