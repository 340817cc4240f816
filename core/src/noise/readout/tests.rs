//! What the readout layer inserts, drops and reports, over a child that writes it down.

use super::*;
use crate::backend::Stack;
use crate::noise::test_support::{Recorder, run};
use crate::op::OpSink;
use crate::op::builder::OpVec;
use std::vec::Vec;

const N: u64 = 200_000;

fn circuit(kind: OpKind, qubit: u32) -> OpVec {
    let mut ops = OpVec::new();
    for id in 0..N {
        if kind == OpKind::Measure {
            ops.measure(qubit, id)
        } else {
            ops.measure_leaked(qubit, id)
        }
        .unwrap();
    }
    ops
}

/// How often 0, 1 and 2 are reported where `measured` was measured `N` times.
fn reports(settings: &[(&str, f64)], kind: OpKind, qubit: u32, measured: u64) -> [u64; 3] {
    let mut stack = run::stack(run::built::<ReadoutPart>(settings, &[]).unwrap());
    stack.child_mut().outcome = measured;
    let mut counts = [0; 3];
    for outcome in run::shot(&mut stack, &circuit(kind, qubit), 0) {
        counts[usize::try_from(outcome.value).unwrap()] += 1;
    }
    assert_eq!(stack.child().calls, 1);
    let misread: u64 = ["misread_0", "misread_1", "misread_2"]
        .into_iter()
        .map(|name| run::counter(&stack, name))
        .sum();
    assert_eq!(N - misread, counts[usize::try_from(measured).unwrap()]);
    counts
}

#[test]
fn each_value_is_misread_at_its_own_rate() {
    let settings = [("p_1_given_0", 0.02), ("p_0_given_1", 0.2)];
    run::within_five_sigma(reports(&settings, OpKind::Measure, 0, 0)[1], N, 0.02);
    run::within_five_sigma(reports(&settings, OpKind::Measure, 0, 1)[0], N, 0.2);
    assert_eq!(reports(&settings, OpKind::MeasureLeaked, 0, 2), [0, 0, N]);
}

#[test]
fn certain_misreading_is_certain() {
    let settings = [("p_1_given_0", 1.0)];
    assert_eq!(reports(&settings, OpKind::Measure, 0, 0), [0, N, 0]);
    assert_eq!(reports(&settings, OpKind::Measure, 0, 1), [0, N, 0]);
    assert_eq!(reports(&[], OpKind::Measure, 0, 0), [N, 0, 0]);
}

#[test]
fn three_values_are_confused_only_where_three_are_asked_for() {
    let settings = [
        ("p_1_given_0", 0.1),
        ("p_2_given_0", 0.05),
        ("p_0_given_2", 0.3),
        ("p_1_given_2", 0.4),
        ("p_2_given_1", 0.01),
    ];
    let of_zero = reports(&settings, OpKind::MeasureLeaked, 0, 0);
    run::within_five_sigma(of_zero[1], N, 0.1);
    run::within_five_sigma(of_zero[2], N, 0.05);
    let of_leaked = reports(&settings, OpKind::MeasureLeaked, 0, 2);
    run::within_five_sigma(of_leaked[0], N, 0.3);
    run::within_five_sigma(of_leaked[1], N, 0.4);
    run::within_five_sigma(reports(&settings, OpKind::MeasureLeaked, 0, 1)[2], N, 0.01);
    assert_eq!(reports(&settings, OpKind::Measure, 0, 0)[2], 0);
    assert_eq!(reports(&settings, OpKind::Measure, 0, 1), [0, N, 0]);
}

#[test]
fn a_qubit_has_its_own_rates_beside_those_of_all() {
    let settings = [("p_1_given_0", 0.01), ("p_1_given_0.2", 0.3), ("p_0_given_1", 0.1)];
    run::within_five_sigma(reports(&settings, OpKind::Measure, 1, 0)[1], N, 0.01);
    run::within_five_sigma(reports(&settings, OpKind::Measure, 2, 0)[1], N, 0.3);
    run::within_five_sigma(reports(&settings, OpKind::Measure, 2, 1)[0], N, 0.1);
}

#[test]
fn the_child_sees_the_very_batch() {
    let circuit = run::all_kinds();
    let mut stack = run::stack(run::built::<ReadoutPart>(&[("p_1_given_0", 0.5)], &[]).unwrap());
    run::shot(&mut stack, &circuit, 0);
    let mut bare = Recorder::new(4);
    run::shot(&mut bare, &circuit, 0);
    assert_eq!((stack.child().calls, &stack.child().seen), (1, &bare.seen));
}

#[test]
fn splitting_a_batch_changes_no_report() {
    let settings = [("p_1_given_0", 0.03)];
    let mut whole = run::stack(run::built::<ReadoutPart>(&settings, &[]).unwrap());
    let mut circuit = OpVec::new();
    for id in 0..500 {
        circuit.measure(0, id).unwrap();
    }
    let whole: Vec<_> = run::shot(&mut whole, &circuit, 3).iter().map(|o| o.value).collect();
    let mut split: Stack<_, Recorder> =
        run::stack(run::built::<ReadoutPart>(&settings, &[]).unwrap());
    split.shot_begin(ShotId(3), Seed(99)).unwrap();
    let mut memory = std::vec![crate::op::Outcome::default(); 500];
    let mut outcomes = Outcomes::new(&mut memory);
    let mut one = OpVec::new();
    one.measure(0, 0).unwrap();
    for call in 0..500 {
        // A refusal now and then must not move the draws.
        split.child_mut().refuse_call = (call % 7 == 0).then_some(split.child().calls);
        if split.apply(&one.batch(), &mut outcomes).is_err() {
            split.apply(&one.batch(), &mut outcomes).unwrap();
        }
    }
    assert_eq!(whole, outcomes.as_slice().iter().map(|o| o.value).collect::<Vec<_>>());
}

#[test]
fn wrong_settings_are_refused_in_words() {
    for (settings, words) in [
        (&[("p_1_given_0", 0.7), ("p_2_given_0", 0.6)][..], "wrong reports of 0"),
        (&[("p_1_given_2", 0.7), ("p_0_given_2.1", 0.6)], "wrong reports of 2"),
        (&[("p_1_given_0.4", 0.1)], "qubit 4 does not exist: there are 4"),
        (&[("p_1_given_1", 0.1)], "no parameter p_1_given_1"),
        (&[("p_0_given_1", 2.0)], "a probability"),
    ] {
        let refusal = run::refusal::<ReadoutPart>(settings);
        assert!(refusal.contains(words), "{refusal}");
    }
}
