//! Crosstalk as the child sees it, by rate and by place; drawn against exact.

use super::*;
use crate::noise::test_support::{Recorder, run};
use crate::noise::timed_support::{Window, converges, marginals, over, p_one, shot, window};
use crate::op::OpSink;
use crate::op::builder::OpVec;
use crate::op::gates::slot;
use crate::sim::{DensityMatrixPart, StabilizerPart, StateVectorPart};
use std::vec::Vec;

fn crosstalk(settings: &[(&str, f64)], error: &str) -> Crosstalk<Vec<u64>> {
    run::built::<CrosstalkPart>(settings, &[("error", error)]).unwrap()
}

/// How often each of four qubits was disturbed by `count` times `op`.
fn disturbed(settings: &[(&str, f64)], count: u64, op: impl Fn(&mut OpVec, u64)) -> [u64; 4] {
    let mut stack = run::stack(crosstalk(settings, "dephase"));
    let mut ops = OpVec::new();
    for k in 0..count {
        op(&mut ops, k);
    }
    run::shot(&mut stack, &ops, 0);
    let mut found = [0; 4];
    for seen in stack.child().seen.iter().filter(|seen| seen.inserted) {
        assert_eq!(seen.gate, slot::Z);
        found[seen.qubits[0] as usize] += 1;
    }
    found
}

const COUNT: u64 = 50_000;

#[test]
fn a_gate_disturbs_the_neighbours_of_the_map_at_their_rates() {
    let map = [("pair.0-1", 0.02), ("pair.2-1", 0.1), ("meas.1-3", 0.05)];
    let h = |qubit: u32| move |ops: &mut OpVec, _| ops.gate(slot::H, &[qubit], &[]).unwrap();
    let found = disturbed(&map, COUNT, h(1));
    run::within_five_sigma(found[0], COUNT, 0.02);
    run::within_five_sigma(found[2], COUNT, 0.1);
    assert_eq!((found[1], found[3]), (0, 0));
    // The other way round, and only that pair.
    let found = disturbed(&map, COUNT, h(0));
    run::within_five_sigma(found[1], COUNT, 0.02);
    assert_eq!((found[0], found[2], found[3]), (0, 0, 0));
    // Both qubits of a gate disturb, each by itself; they do not disturb each other.
    let cx = |ops: &mut OpVec, _| ops.gate(slot::CX, &[0, 2], &[]).unwrap();
    let found = disturbed(&map, COUNT, cx);
    run::within_five_sigma(found[1], COUNT, 1.0 - 0.98 * 0.9);
    assert_eq!((found[0], found[2], found[3]), (0, 0, 0));
    // Measurements and resets have a map of their own.
    let measure = |ops: &mut OpVec, k| ops.measure(3, k).unwrap();
    run::within_five_sigma(disturbed(&map, COUNT, measure)[1], COUNT, 0.05);
    let reset = |ops: &mut OpVec, _| ops.reset(1).unwrap();
    let found = disturbed(&map, COUNT, reset);
    run::within_five_sigma(found[3], COUNT, 0.05);
    assert_eq!((found[0], found[2]), (0, 0));
}

#[test]
fn one_number_holds_for_all_others_unless_the_map_says_otherwise() {
    let settings = [("p_meas", 0.03), ("meas.0-2", 0.0), ("p_gate", 0.01)];
    let found = disturbed(&settings, COUNT, |ops, k| ops.measure(0, k).unwrap());
    run::within_five_sigma(found[1], COUNT, 0.03);
    run::within_five_sigma(found[3], COUNT, 0.03);
    assert_eq!((found[0], found[2]), (0, 0));
    let ccx = |ops: &mut OpVec, _| ops.gate(slot::CCX, &[0, 1, 3], &[]).unwrap();
    let found = disturbed(&settings, COUNT, ccx);
    run::within_five_sigma(found[2], COUNT, 1.0 - 0.99_f64 * 0.99 * 0.99);
}

fn circuit() -> [Window; 1] {
    [window(0, 10, |ops| {
        ops.gate(slot::H, &[0], &[]).unwrap();
        ops.gate(slot::CX, &[0, 1], &[]).unwrap();
        ops.gate(slot::X, &[2], &[]).unwrap();
        ops.reset(3).unwrap();
        ops.gate(slot::H, &[0], &[]).unwrap();
    })]
}

#[test]
fn what_is_drawn_converges_to_the_channel() {
    let settings = [("p_gate", 0.1), ("pair.0-1", 0.3), ("p_meas", 0.05)];
    for error in ["depolarize", "dephase", "flip"] {
        let mut exact = over::<DensityMatrixPart, _>(crosstalk(&settings, error));
        shot(&mut exact, &circuit(), 0);
        let exact = marginals(&mut exact);
        let mut vector = over::<StateVectorPart<f64>, _>(crosstalk(&settings, error));
        converges(&mut vector, &circuit(), exact);
        let mut tableau = over::<StabilizerPart, _>(crosstalk(&settings, error));
        converges(&mut tableau, &circuit(), exact);
    }
    let mut flips = over::<DensityMatrixPart, _>(crosstalk(&[("pair.2-3", 0.25)], "flip"));
    let x = window(0, 0, |ops| ops.gate(slot::X, &[2], &[]).unwrap());
    shot(&mut flips, &[x], 0);
    assert!((p_one(&mut flips, 3) - 0.25).abs() < 1e-12);
}

#[test]
fn rates_of_zero_change_nothing_and_wrong_places_are_refused() {
    let mut stack = run::stack(crosstalk(&[("pair.0-1", 0.0)], "flip"));
    let all = run::all_kinds();
    run::shot(&mut stack, &all, 0);
    let mut bare = Recorder::new(4);
    run::shot(&mut bare, &all, 0);
    assert_eq!(stack.child().seen, bare.seen);
    for (key, expected) in [
        ("pair.0", "0 is no pair"),
        ("meas.1-1", "two different qubits"),
        ("pair.0-4", "qubit 4 does not exist"),
    ] {
        let words = run::refusal::<CrosstalkPart>(&[(key, 0.1)]);
        assert!(words.contains(expected), "{words}");
    }
}
