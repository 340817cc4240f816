//! Joint confusion by its matrix, over batches, and its settings.

use super::*;
use crate::noise::test_support::run;
use crate::noise::timed_support::{over, shot, window};
use crate::op::OpSink;
use crate::op::builder::OpVec;
use crate::op::gates::slot;
use crate::sim::StabilizerPart;
use std::vec::Vec;

fn joint(settings: &[(&str, f64)]) -> JointReadout<Vec<u64>> {
    run::built::<JointReadoutPart>(settings, &[]).unwrap()
}

/// The second key names its qubits the other way round: 01 there is 10 in the order of the qubits.
const CONFUSION: [(&str, f64); 4] = [
    ("pair.0-1.11_given_00", 0.1),
    ("pair.1-0.01_given_00", 0.05),
    ("pair.0-1.00_given_11", 0.2),
    ("pair.0-1.01_given_11", 0.02),
];
const SHOTS: u64 = 20_000;

/// Reports of qubits 0 and 1, which are prepared in `value`, each in `windows` of its own or not.
fn reports(value: u64, together: bool) -> [u64; 4] {
    let prepare = |ops: &mut OpVec| {
        for qubit in (0..2).filter(|qubit| value >> qubit & 1 == 1) {
            ops.gate(slot::X, &[qubit], &[]).unwrap();
        }
    };
    let mut windows = std::vec![window(0, 1, |ops| {
        prepare(ops);
        ops.measure(2, 0).unwrap();
    })];
    if together {
        windows.push(window(1, 1, |ops| {
            ops.measure(1, 1).unwrap();
            ops.measure(3, 2).unwrap();
            ops.measure(0, 3).unwrap();
        }));
    } else {
        windows.push(window(1, 1, |ops| ops.measure(1, 1).unwrap()));
        windows.push(window(2, 1, |ops| ops.measure(3, 2).unwrap()));
        windows.push(window(3, 1, |ops| ops.measure(0, 3).unwrap()));
    }
    let mut stack = over::<StabilizerPart, _>(joint(&CONFUSION));
    let mut counts = [0; 4];
    for number in 0..SHOTS {
        let values = shot(&mut stack, &windows, number);
        stack.shot_end().unwrap();
        assert_eq!((values[0], values[2]), (0, 0));
        counts[usize::try_from(values[3] | values[1] << 1).unwrap()] += 1;
    }
    counts
}

#[test]
fn a_pair_is_misread_by_its_matrix_whatever_the_order_of_its_measurements() {
    let found = reports(0, true);
    run::within_five_sigma(found[3], SHOTS, 0.1);
    run::within_five_sigma(found[1], SHOTS, 0.05);
    assert_eq!(found[2], 0);
    let found = reports(3, true);
    run::within_five_sigma(found[0], SHOTS, 0.2);
    run::within_five_sigma(found[2], SHOTS, 0.02);
    assert_eq!(found[1], 0);
    // Nothing is given for the others.
    assert_eq!(reports(1, true)[1], SHOTS);
}

#[test]
fn a_qubit_measured_without_its_partner_is_read_as_it_is() {
    assert_eq!(reports(0, false)[0], SHOTS);
    assert_eq!(reports(3, false)[3], SHOTS);
}

#[test]
fn outcomes_pair_up_in_order_and_leaked_ones_stay() {
    let mut stack = run::stack(joint(&[("pair.0-1.11_given_00", 1.0)]));
    let mut ops = OpVec::new();
    for (k, qubit) in (0..).zip([0, 0, 1, 1, 2]) {
        ops.measure(qubit, k).unwrap();
    }
    let values: Vec<u64> = run::shot(&mut stack, &ops, 0).iter().map(|o| o.value).collect();
    // The second of qubit 0 and the first of qubit 1; no partner is left for the others.
    assert_eq!(values, [0, 1, 1, 0, 0]);
    assert_eq!(run::counter(&stack, "misread_both"), 1);
    stack.child_mut().outcome = 2;
    let values = run::shot(&mut stack, &ops, 0);
    assert!(values.iter().all(|outcome| outcome.value == 2));
}

#[test]
fn a_matrix_that_is_none_is_refused() {
    for (settings, expected) in [
        (&[("pair.0-1", 0.1)][..], "like 11_given_00"),
        (&[("pair.0-1.2_given_00", 0.1)], "like 11_given_00"),
        (&[("pair.0-1.00_given_00", 0.1)], "what is right is the rest"),
        (&[("pair.0-9.01_given_00", 0.1)], "qubit 9 does not exist"),
        (&[("pair.0-1.01_given_00", 0.6), ("pair.1-0.01_given_00", 0.6)], "add up to 1.2"),
    ] {
        let words = run::refusal::<JointReadoutPart>(settings);
        assert!(words.contains(expected), "{words}");
    }
}
