//! Dephasing against its closed form, drawn against exact, and its settings.

use super::*;
use crate::noise::test_support::run;
use crate::noise::timed_support::{Window, converges, marginals, over, p_one, shot, window};
use crate::op::builder::OpVec;
use crate::op::record::FLAG_HINT;
use crate::op::{OpSink, Params, Parts};
use crate::real::exp;
use crate::sim::{DensityMatrixPart, StabilizerPart, StateVectorPart};
use crate::units::DurationNs;
use std::vec::Vec;

fn dephasing(settings: &[(&str, f64)]) -> Dephasing<Vec<u64>> {
    run::built::<DephasingPart>(settings, &[]).unwrap()
}

fn transport(ops: &mut OpVec, tag: u16, qubit: u32) {
    let (kind, flags, params) = (OpKind::Custom, FLAG_HINT, Params::NONE);
    ops.push(Parts { kind, flags, gate: tag, qubits: &[qubit], params }).unwrap();
}

/// All four qubits in |+>, what `fill` does in a window of 40 ns, and back.
fn ramsey(fill: impl FnOnce(&mut OpVec)) -> [Window; 3] {
    let turn = |ops: &mut OpVec| {
        for qubit in 0..4 {
            ops.gate(slot::H, &[qubit], &[]).unwrap();
        }
    };
    [window(0, 10, turn), window(10, 40, fill), window(50, 10, turn)]
}

#[test]
fn coherences_decay_at_the_rate_of_what_happens() {
    let settings = [
        ("idle_rate", 0.01),
        ("idle_rate.1", 0.03),
        ("gate.cz.2-3", 0.02),
        ("custom.7", 0.005),
        ("custom.8", 0.005),
        ("custom_ns.8", 100.0),
    ];
    let fringe = |fill: &dyn Fn(&mut OpVec), qubit: u32| {
        let mut stack = over::<DensityMatrixPart, _>(dephasing(&settings));
        shot(&mut stack, &ramsey(fill), 0);
        1.0 - 2.0 * p_one(&mut stack, qubit)
    };
    let idle = |ops: &mut OpVec| ops.idle(&[0, 1], DurationNs(60)).unwrap();
    // The length of an idle is its own, not that of its window.
    assert!((fringe(&idle, 0) - exp(-0.6)).abs() < 1e-12);
    assert!((fringe(&idle, 1) - exp(-1.8)).abs() < 1e-12);
    assert!((fringe(&idle, 2) - 1.0).abs() < 1e-12);
    for (tag, expected) in [(7, exp(-0.2)), (8, exp(-0.5)), (9, 1.0)] {
        let moved = |ops: &mut OpVec| transport(ops, tag, 3);
        assert!((fringe(&moved, 3) - expected).abs() < 1e-12, "{tag}");
    }
    let cz = |a: u32| {
        move |ops: &mut OpVec| {
            // Twice, so that the gate by itself is nothing.
            ops.gate(slot::CZ, &[a, 3], &[]).unwrap();
            ops.gate(slot::CZ, &[a, 3], &[]).unwrap();
        }
    };
    assert!((fringe(&cz(2), 3) - exp(-1.6)).abs() < 1e-12);
    assert!((fringe(&cz(1), 3) - 1.0).abs() < 1e-12);
}

#[test]
fn what_is_drawn_converges_to_the_channel() {
    let settings = [("idle_rate", 0.01), ("idle_rate.1", 0.03)];
    let circuit = ramsey(|ops| ops.idle(&[1, 0], DurationNs(30)).unwrap());
    let mut exact = over::<DensityMatrixPart, _>(dephasing(&settings));
    shot(&mut exact, &circuit, 0);
    assert_eq!(run::counter(&exact, "channels"), 2);
    let exact = marginals(&mut exact);
    converges(&mut over::<StateVectorPart<f64>, _>(dephasing(&settings)), &circuit, exact);
    converges(&mut over::<StabilizerPart, _>(dephasing(&settings)), &circuit, exact);
}

#[test]
fn a_rate_of_zero_is_no_layer_and_a_drift_scales_the_time() {
    let circuit = ramsey(|ops| ops.idle(&[0], DurationNs(1000)).unwrap());
    let mut none = over::<StabilizerPart, _>(dephasing(&[("custom.1", 0.5)]));
    for number in 0..20 {
        shot(&mut none, &circuit, number);
        assert!(p_one(&mut none, 0).abs() < 1e-12);
        none.shot_end().unwrap();
    }
    let settings = [("idle_rate", 1e-3), ("drift_to", 0.5), ("drift_span", 2.0)];
    let layer = run::built::<DephasingPart>(&settings, &[("drift", "linear")]).unwrap();
    let mut drifting = over::<DensityMatrixPart, _>(layer);
    for (number, factor) in [(0, 1.0), (1, 0.75), (2, 0.5)] {
        shot(&mut drifting, &circuit, number);
        let fringe = 1.0 - 2.0 * p_one(&mut drifting, 0);
        assert!((fringe - exp(-factor)).abs() < 1e-12);
        drifting.shot_end().unwrap();
    }
}

#[test]
fn keys_that_name_nothing_are_refused() {
    for (settings, expected) in [
        (&[("idle_rate.4", 1.0)][..], "qubit 4 does not exist"),
        (&[("custom.x", 1.0)], "x is no tag"),
        (&[("custom_ns.65536", 1.0)], "0 to 65535"),
        (&[("gate.move", 1.0)], "there is no gate move"),
        (&[("idle_rate", -1.0)], "must be a number"),
    ] {
        let words = run::refusal::<DephasingPart>(settings);
        assert!(words.contains(expected), "{words}");
    }
}
