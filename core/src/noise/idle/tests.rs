//! Waits as the child sees them; channel, trajectory and twirl against closed forms.

use super::*;
use crate::backend::Stack;
use crate::error::Class;
use crate::noise::test_support::{Recorder, run};
use crate::noise::timed_support::{Window, converges, marginals, over, p_one, shot, window};
use crate::op::builder::OpVec;
use crate::op::gates::slot;
use crate::real::exp;
use crate::sim::{DensityMatrixPart, StabilizerPart, StateVectorPart};
use crate::units::DurationNs;
use std::vec::Vec;

type Layered = Idle<Vec<u64>>;

fn idle(settings: &[(&str, f64)], words: &[(&str, &str)]) -> Layered {
    run::built::<IdlePart>(settings, words).unwrap()
}

fn gate(ops: &mut OpVec, slot: u16, qubits: &[u32]) {
    ops.gate(slot, qubits, &[]).unwrap();
}

/// What a recorder sees inserted: kind, qubit and gate or channel.
fn inserted(settings: &[(&str, f64)], windows: &[Window]) -> Vec<(u16, u32)> {
    let mut layer = idle(settings, &[]);
    layer.way = Some(Way::Exact);
    let mut stack = Stack::new(layer, Recorder::new(4));
    shot(&mut stack, windows, 0);
    let seen = stack.child().seen.iter().filter(|seen| seen.depth > 0);
    seen.map(|seen| (seen.gate, seen.qubits[0])).collect()
}

#[test]
fn a_qubit_waits_from_the_end_of_one_window_to_the_start_of_the_next() {
    let t1 = &[("t1_ns", 1000.0)];
    let damp = |qubit| (AMPLITUDE_DAMPING, qubit);
    let h = |qubit: u32| move |ops: &mut OpVec| gate(ops, slot::H, &[qubit]);
    // No gap, no wait; the second qubit waits through the first one's windows.
    let busy = [window(0, 10, h(0)), window(10, 10, h(0)), window(20, 10, h(1))];
    assert_eq!(inserted(t1, &busy), [damp(1)]);
    let gap = [window(0, 10, h(0)), window(15, 10, |ops| gate(ops, slot::CX, &[0, 1]))];
    assert_eq!(inserted(t1, &gap), [damp(0), damp(1)]);
    // A reset ends a wait without an error, a barrier does not end it.
    let reset = [window(0, 1, h(0)), window(50, 10, |ops| ops.reset(0).unwrap())];
    assert_eq!(inserted(t1, &reset), []);
    let barrier = [window(0, 1, h(0)), window(50, 10, |ops| ops.barrier(&[0]).unwrap())];
    assert_eq!(inserted(t1, &barrier), []);
    let both = &[("t1_ns", 1000.0), ("t2_ns", 500.0), ("t1_ns.0", 0.0), ("t2_ns.0", 0.0)];
    assert_eq!(inserted(both, &gap), [damp(1), (PAULI_1Q, 1)]);
}

#[test]
fn waiting_time_is_counted_once_however_it_is_said() {
    let idles = |lengths: &'static [u64]| {
        move |ops: &mut OpVec| {
            for &length in lengths {
                ops.idle(&[0], DurationNs(length)).unwrap();
            }
        }
    };
    let x = |ops: &mut OpVec| gate(ops, slot::X, &[0]);
    let waited = |windows: &[Window]| {
        let mut stack = over::<DensityMatrixPart, _>(idle(&[("t1_ns", 100.0)], &[]));
        shot(&mut stack, windows, 0);
        (run::counter(&stack, "idle_ns"), p_one(&mut stack, 0))
    };
    let cases: [(u64, Vec<Window>); 5] = [
        // A window as long as its idle, then the gate.
        (40, std::vec![window(0, 0, x), window(0, 40, idles(&[40])), window(40, 0, x)]),
        // A runtime without time: only what the program says.
        (40, std::vec![window(0, 0, x), window(0, 0, idles(&[30, 10])), window(0, 0, x)]),
        // The window is longer than the idle.
        (50, std::vec![window(0, 0, x), window(0, 50, idles(&[20])), window(50, 0, x)]),
        // No idle at all.
        (70, std::vec![window(0, 10, x), window(80, 0, x)]),
        (0, std::vec![window(0, 10, x), window(10, 10, x)]),
    ];
    for (expected, windows) in cases {
        let (ns, p) = waited(&windows);
        assert_eq!(ns, expected);
        #[expect(clippy::cast_precision_loss, reason = "a few ns")]
        let left = exp(-(expected as f64) / 100.0);
        assert!((p - (1.0 - left)).abs() < 1e-12, "{expected}: {p}");
    }
}

#[test]
fn the_density_matrix_decays_by_t1_and_t2_exactly() {
    for (t1, t2) in [(200.0, 120.0), (200.0, 400.0), (0.0, 50.0)] {
        let settings = [("t1_ns", t1), ("t2_ns", t2)];
        let mut stack = over::<DensityMatrixPart, _>(idle(&settings, &[]));
        let wait = [
            window(0, 0, |ops| {
                gate(ops, slot::X, &[0]);
                gate(ops, slot::H, &[1]);
            }),
            window(0, 90, |ops| ops.idle(&[0, 1], DurationNs(90)).unwrap()),
            window(90, 0, |ops| gate(ops, slot::H, &[1])),
        ];
        shot(&mut stack, &wait, 0);
        let population = if t1 > 0.0 { exp(-90.0 / t1) } else { 1.0 };
        assert!((p_one(&mut stack, 0) - population).abs() < 1e-12);
        let coherence = exp(-90.0 / t2);
        assert!((p_one(&mut stack, 1) - 0.5 * (1.0 - coherence)).abs() < 1e-12);
        assert_eq!(run::counter(&stack, "exact_channels"), 2);
    }
}

/// Two entangled qubits that wait for different times, read in other bases.
fn entangled() -> Vec<Window> {
    std::vec![
        window(0, 5, |ops| gate(ops, slot::H, &[0])),
        window(5, 20, |ops| gate(ops, slot::CX, &[0, 1])),
        window(60, 5, |ops| gate(ops, slot::SX, &[0])),
        window(90, 5, |ops| gate(ops, slot::H, &[1])),
        window(100, 5, |ops| gate(ops, slot::CX, &[1, 0])),
        window(150, 0, |ops| ops.idle(&[0, 1], DurationNs(15)).unwrap()),
    ]
}

const TIMES: [(&str, f64); 3] = [("t1_ns", 150.0), ("t2_ns", 90.0), ("t2_ns.1", 280.0)];

#[test]
fn trajectories_converge_to_the_density_matrix() {
    let mut exact = over::<DensityMatrixPart, _>(idle(&TIMES, &[]));
    shot(&mut exact, &entangled(), 0);
    let mut drawn = over::<StateVectorPart<f64>, _>(idle(&TIMES, &[]));
    shot(&mut drawn, &entangled(), 0);
    assert_eq!(run::counter(&drawn, "trajectories"), 7);
    drawn.shot_end().unwrap();
    converges(&mut drawn, &entangled(), marginals(&mut exact));
}

#[test]
fn the_drawn_twirl_converges_to_the_pauli_channel_that_it_is() {
    let mut exact = over::<DensityMatrixPart, _>(idle(&TIMES, &[("method", "twirl")]));
    shot(&mut exact, &entangled(), 0);
    let twirled = marginals(&mut exact);
    let mut tableau = over::<StabilizerPart, _>(idle(&TIMES, &[]));
    shot(&mut tableau, &entangled(), 0);
    assert_eq!(run::counter(&tableau, "twirls"), 7);
    tableau.shot_end().unwrap();
    converges(&mut tableau, &entangled(), twirled);
    // It is not the channel: that one makes 0 more likely than 1.
    let mut channel = over::<DensityMatrixPart, _>(idle(&TIMES, &[]));
    shot(&mut channel, &entangled(), 0);
    assert!((marginals(&mut channel)[0] - twirled[0]).abs() > 0.01);
}

#[test]
fn a_twirled_wait_is_its_pauli_channel_in_closed_form() {
    let words = [("method", "twirl")];
    let mut stack =
        over::<DensityMatrixPart, _>(idle(&[("t1_ns", 100.0), ("t2_ns", 80.0)], &words));
    let wait = [
        window(0, 0, |ops| {
            gate(ops, slot::X, &[0]);
            gate(ops, slot::H, &[1]);
        }),
        window(50, 0, |ops| {
            gate(ops, slot::I, &[0]);
            gate(ops, slot::H, &[1]);
        }),
    ];
    shot(&mut stack, &wait, 0);
    assert!((p_one(&mut stack, 0) - (0.5 + 0.5 * exp(-0.5))).abs() < 1e-12);
    assert!((p_one(&mut stack, 1) - (0.5 - 0.5 * exp(-50.0 / 80.0))).abs() < 1e-12);
}

#[test]
fn nothing_configured_changes_nothing_and_shots_stand_alone() {
    let measured = || {
        let mut windows = entangled();
        windows.push(window(200, 10, |ops| {
            ops.measure(0, 0).unwrap();
            ops.measure(1, 1).unwrap();
        }));
        windows
    };
    let mut neutral = over::<StateVectorPart<f64>, _>(idle(&[], &[]));
    let mut noisy = over::<StateVectorPart<f64>, _>(idle(&[("t1_ns", 50.0)], &[]));
    let (_, mut bare) = over::<StateVectorPart<f64>, _>(idle(&[], &[])).into_parts();
    let mut differ = false;
    let mut seventh = Vec::new();
    for number in 0..50 {
        let plain = shot(&mut bare, &measured(), number);
        assert_eq!(shot(&mut neutral, &measured(), number), plain);
        let of_noisy = shot(&mut noisy, &measured(), number);
        differ |= of_noisy != plain;
        if number == 7 {
            seventh = std::vec![marginals(&mut noisy)];
        }
        bare.shot_end().unwrap();
        neutral.shot_end().unwrap();
        noisy.shot_end().unwrap();
    }
    assert!(differ);
    let mut alone = over::<StateVectorPart<f64>, _>(idle(&[("t1_ns", 50.0)], &[]));
    shot(&mut alone, &measured(), 7);
    assert_eq!(std::vec![marginals(&mut alone)], seventh);
}

#[test]
fn a_refused_batch_takes_no_time() {
    let mut stack = over::<DensityMatrixPart, _>(idle(&[("t1_ns", 100.0)], &[]));
    stack.shot_begin(ShotId(0), Seed(1)).unwrap();
    let apply = |stack: &mut Stack<_, _>, Window(start, length, ops): Window| {
        let batch = ops.batch().at(TimeNs(start), DurationNs(length));
        stack.apply(&batch, &mut Outcomes::new(&mut []))
    };
    apply(&mut stack, window(0, 0, |ops| gate(ops, slot::X, &[0]))).unwrap();
    // Its own operation is refused before anything was inserted.
    let bad = window(0, 70, |ops| {
        gate(ops, slot::I, &[0]);
        gate(ops, slot::X, &[9]);
    });
    assert_eq!(apply(&mut stack, bad).unwrap_err().class(), Class::Refused);
    apply(&mut stack, window(70, 0, |ops| gate(ops, slot::I, &[0]))).unwrap();
    assert!((p_one(&mut stack, 0) - exp(-0.7)).abs() < 1e-12);
}

#[test]
fn a_drift_scales_the_time() {
    let settings = [("t1_ns", 100.0), ("drift_from", 0.5), ("drift_span", 10.0)];
    let mut stack = over::<DensityMatrixPart, _>(idle(&settings, &[("drift", "linear")]));
    for (number, factor) in [(0, 0.5), (5, 0.75), (10, 1.0), (1000, 1.0)] {
        let wait = [
            window(0, 0, |ops| gate(ops, slot::X, &[0])),
            window(40, 0, |ops| gate(ops, slot::I, &[0])),
        ];
        shot(&mut stack, &wait, number);
        assert!((p_one(&mut stack, 0) - exp(-0.4 * factor)).abs() < 1e-12);
        stack.shot_end().unwrap();
    }
}

#[test]
fn impossible_times_and_children_are_refused_with_a_way_out() {
    for (settings, expected) in [
        (&[("t1_ns", 10.0), ("t2_ns", 20.5)][..], "T2 = 20.5 ns is more than 2 T1"),
        (&[("t1_ns", 10.0), ("t1_ns.2", 1.0), ("t2_ns", 5.0)], "t1_ns.2: T2 = 5 ns"),
        (&[("t1_ns.4", 10.0)], "qubit 4 does not exist"),
        (&[("t1_ns", -1.0)], "must be a number from 0"),
    ] {
        let words = run::refusal::<IdlePart>(settings);
        assert!(words.contains(expected), "{words}");
    }
    let layer = idle(&[("t1_ns", 10.0)], &[("method", "channel")]);
    let mut stack = over::<StabilizerPart, _>(layer);
    let error = stack.negotiate(&GateSet { gates: &[] }, &mut []).unwrap_err();
    assert!(std::format!("{error}").contains("use method=twirl"), "{error}");
}
