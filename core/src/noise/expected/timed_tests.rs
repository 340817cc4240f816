//! The same for models that know time, other qubits or other outcomes, and for rates that drift: what
//! is expected is summed up over shots in which it differs.

use super::tests::{Sums, add_words, compare};
use super::*;
use crate::backend::Stack;
use crate::ids::ShotId;
use crate::noise::test_support::{Recorder, run};
use crate::noise::timed_support::{self, Window, window};
use crate::noise::{
    CoherentPart, CrosstalkPart, DephasingPart, DepolarizingPart, IdlePart, LeakagePart, PauliPart,
    TopologyPart,
};
use crate::op::builder::OpVec;
use crate::op::gates::slot;
use crate::op::{OpSink, Params, Parts};
use crate::part::LayerPart;
use crate::units::{DurationNs, TimeNs};
use std::collections::BTreeMap;
use std::vec::Vec;

pub(super) const SHOTS: u64 = 30_000;

pub(super) type Numbers<'a> = &'a [(&'a str, f64)];
pub(super) type Words<'a> = &'a [(&'a str, &'a str)];

/// A factor that differs from shot to shot, and is 0 in some.
const BY_SHOT: (Numbers<'static>, Words<'static>) =
    (&[("drift_from", 1.0), ("drift_to", 0.0), ("drift_span", 8.0)], &[("drift", "sine")]);
/// A factor that has gone down to 0.3 after 70 ns.
const BY_TIME: (Numbers<'static>, Words<'static>) = (
    &[("drift_from", 1.0), ("drift_to", 0.0), ("drift_span", 100.0)],
    &[("drift", "linear"), ("drift_by", "time")],
);

/// What the layer was seen to do around the last operation: after the last but one, if there is one.
fn sightings(recorder: &Recorder, is_together: bool) -> Vec<(Place, Deed)> {
    let own: Vec<usize> =
        recorder.seen.iter().enumerate().filter(|(_, op)| !op.inserted).map(|(i, _)| i).collect();
    let (&last, rest) = own.split_last().unwrap();
    let from = rest.last().map_or(0, |&before| before + 1);
    let mut all = Vec::new();
    let mut paulis = BTreeMap::<Place, Vec<(u32, u8)>>::new();
    for (index, op) in recorder.seen.iter().enumerate().skip(from).filter(|(_, op)| op.inserted) {
        let place = if index < last { Place::Before } else { Place::After };
        let qubit = op.qubits[0];
        match (op.kind, op.gate) {
            (OpKind::Gate, slot::X) => paulis.entry(place).or_default().push((qubit, 1)),
            (OpKind::Gate, slot::Y) => paulis.entry(place).or_default().push((qubit, 2)),
            (OpKind::Gate, slot::Z) => paulis.entry(place).or_default().push((qubit, 3)),
            (OpKind::Gate, slot::RZ) => {
                all.push((place, Deed::Rotation { qubits: [qubit, 0], qubit_count: 1 }));
            }
            (OpKind::Reset, _) => all.push((place, Deed::Leaks(qubit))),
            other => panic!("{other:?} was inserted"),
        }
    }
    for (place, factors) in paulis {
        let pieces = factors.chunks(if is_together { 2 } else { 1 });
        let strings = pieces.map(|piece| PauliString::new(piece.iter().copied()).unwrap());
        all.extend(strings.map(|string| (place, Deed::Paulis(string))));
    }
    all
}

/// Runs the windows many times and holds what befell the last operation against the model's words.
fn holds<P: LayerPart>(
    (numbers, words): (Numbers<'_>, Words<'_>),
    drift: (Numbers<'_>, Words<'_>),
    windows: &[Window],
    waited: &dyn Fn(u32) -> u64,
) where
    P::Layer<Vec<P::Cell>>: Expect,
{
    let numbers = [numbers, drift.0].concat();
    let words = [words, drift.1].concat();
    let mut child = Recorder::new(4);
    // Whoever takes channels would get them.
    child.info.op_kinds &= !OpKind::Channel.bit();
    let mut stack = Stack::new(run::built::<P>(&numbers, &words).unwrap(), child);
    let Window(start, length, ops) = windows.last().unwrap();
    let op = ops.batch().ops().iter().last().unwrap();
    let is_together = P::SPEC.id == DepolarizingPart::SPEC.id;
    let (mut counts, mut expected) = (BTreeMap::new(), Sums::new());
    for shot in 0..SHOTS {
        timed_support::shot(&mut stack, windows, shot);
        for seen in sightings(stack.child(), is_together) {
            *counts.entry(seen).or_insert(0) += 1;
        }
        let (start, length) = (TimeNs(*start), DurationNs(*length));
        let known = Known { shot: ShotId(shot), start, length, waited, ..Known::NOTHING };
        add_words(stack.layer(), op, &known, &mut expected);
        crate::backend::Backend::shot_end(&mut stack).unwrap();
    }
    compare(&counts, &expected, SHOTS);
}

const STEADY: (Numbers<'static>, Words<'static>) = (&[], &[]);
pub(super) const DRIFTS: [(Numbers<'static>, Words<'static>); 3] = [STEADY, BY_SHOT, BY_TIME];

fn gate(ops: &mut OpVec, slot: u16, qubits: &[u32]) {
    ops.gate(slot, qubits, &[]).unwrap();
}

fn one_gate(slot: u16, qubits: &'static [u32]) -> Window {
    window(70, 20, move |ops| gate(ops, slot, qubits))
}

#[test]
fn idle_does_what_it_says() {
    let settings =
        [("t1_ns", 300.0), ("t2_ns", 200.0), ("t1_ns.1", 0.0), ("t2_ns.1", 90.0), ("t1_ns.3", 0.0)];
    for drift in DRIFTS {
        let at = |windows: &[Window], waited: &dyn Fn(u32) -> u64| {
            holds::<IdlePart>((&settings, &[]), drift, windows, waited);
        };
        let first = || window(0, 10, |ops| gate(ops, slot::H, &[0]));
        at(&[first(), one_gate(slot::CX, &[1, 0])], &|qubit| if qubit == 0 { 60 } else { 70 });
        at(&[first(), one_gate(slot::H, &[3])], &|_| 70);
        let measured = window(70, 20, |ops| ops.measure(0, 0).unwrap());
        at(&[first(), measured], &|_| 60);
        // An idle is waiting for its own length, too.
        let idles = window(70, 50, |ops| ops.idle(&[0, 2], DurationNs(50)).unwrap());
        at(&[first(), idles], &|qubit| if qubit == 0 { 60 } else { 70 });
    }
}

#[test]
fn dephasing_does_what_it_says() {
    let settings = [
        ("idle_rate", 0.002),
        ("idle_rate.1", 0.004),
        ("gate.cx", 0.01),
        ("gate.cx.2-3", 0.001),
        ("custom.7", 0.005),
        ("custom.8", 0.003),
        ("custom_ns.8", 30.0),
    ];
    let custom = |tag| {
        window(70, 20, move |ops| {
            let (kind, params) = (OpKind::Custom, Params::NONE);
            ops.push(Parts { kind, flags: 0, gate: tag, qubits: &[2, 0], params }).unwrap();
        })
    };
    for drift in DRIFTS {
        let at = |last: Window| holds::<DephasingPart>((&settings, &[]), drift, &[last], &|_| 0);
        at(one_gate(slot::CX, &[1, 0]));
        at(one_gate(slot::CX, &[3, 2]));
        at(window(70, 20, |ops| ops.idle(&[0, 1], DurationNs(80)).unwrap()));
        at(custom(7));
        at(custom(8));
    }
}

#[test]
fn crosstalk_does_what_it_says() {
    let settings = [
        ("p_gate", 0.02),
        ("p_meas", 0.05),
        ("pair.0-1", 0.1),
        ("pair.2-1", 0.2),
        ("meas.3-0", 0.3),
    ];
    for error in ["depolarize", "dephase", "flip"] {
        for drift in DRIFTS {
            let words = [("error", error)];
            let at =
                |last: Window| holds::<CrosstalkPart>((&settings, &words), drift, &[last], &|_| 0);
            at(one_gate(slot::H, &[1]));
            at(one_gate(slot::CX, &[2, 0]));
            at(window(70, 20, |ops| ops.measure(3, 0).unwrap()));
            at(window(70, 20, |ops| ops.reset(0).unwrap()));
        }
    }
}

#[test]
fn rates_that_drift_are_expected_where_they_stand() {
    for drift in DRIFTS {
        let depolarizing = [("p_1q", 0.09), ("p_2q", 0.3), ("p_init", 0.1)];
        for last in [one_gate(slot::H, &[1]), one_gate(slot::CX, &[3, 1]), one_gate(slot::H, &[0])]
        {
            holds::<DepolarizingPart>((&depolarizing, &[]), drift, &[last], &|_| 0);
        }
        let pauli = [("px", 0.1), ("pz", 0.05), ("idle.y", 0.2)];
        holds::<PauliPart>((&pauli, &[]), drift, &[one_gate(slot::H, &[2])], &|_| 0);
        let leakage = [("p_leak_1q", 0.1), ("p_leak_2q", 0.2)];
        for last in [one_gate(slot::H, &[1]), one_gate(slot::CX, &[1, 2])] {
            holds::<LeakagePart>((&leakage, &[]), drift, &[last], &|_| 0);
        }
        // A factor of 0 leaves no rotation; any other leaves a smaller one.
        let coherent = [("offset_1q", 0.1)];
        holds::<CoherentPart>((&coherent, &[]), drift, &[one_gate(slot::Z, &[1])], &|_| 0);
    }
}

/// Over a child that takes channels, what is sent is what is announced, to the last bit.
fn channels_hold<P: LayerPart>(
    settings: Numbers<'_>,
    drift: (Numbers<'_>, Words<'_>),
    windows: &[Window],
    waited: &dyn Fn(u32) -> u64,
) where
    P::Layer<Vec<P::Cell>>: Expect,
{
    let numbers = [settings, drift.0].concat();
    let layer = run::built::<P>(&numbers, drift.1).unwrap();
    let mut stack = Stack::new(layer, Recorder::new(4).with_channels());
    let Window(start, length, ops) = windows.last().unwrap();
    let op = ops.batch().ops().iter().last().unwrap();
    for shot in 0..10 {
        timed_support::shot(&mut stack, windows, shot);
        let mut sent = Vec::new();
        for seen in stack.child().inserted() {
            let reals: Vec<f64> = seen.params.iter().map(|&bits| f64::from_bits(bits)).collect();
            let (kind, params) = (OpKind::Channel, Params::Reals(&reals));
            let mut ops = OpVec::new();
            ops.push(Parts { kind, flags: 0, gate: seen.gate, qubits: &seen.qubits, params })
                .unwrap();
            let channel = ops.batch().ops().iter().next().unwrap();
            let each = &mut |deed, p: f64| {
                if p > 0.0 {
                    sent.push((deed, p.to_bits()));
                }
            };
            assert!(errors_of_channel(channel, each));
        }
        let (start, length) = (TimeNs(*start), DurationNs(*length));
        let known = Known { shot: ShotId(shot), start, length, waited, ..Known::NOTHING };
        let mut said = Vec::new();
        stack
            .layer()
            .expect(op, &known, &mut |one| said.push((one.deed, one.probability.to_bits())));
        sent.sort_unstable();
        said.sort_unstable();
        assert_eq!(sent, said);
        crate::backend::Backend::shot_end(&mut stack).unwrap();
    }
}

#[test]
fn channels_of_models_that_know_time_hold_what_is_announced() {
    for drift in DRIFTS {
        let idle = [("t1_ns", 300.0), ("t2_ns", 200.0), ("t1_ns.1", 0.0)];
        let windows = [one_gate(slot::CX, &[1, 0])];
        channels_hold::<IdlePart>(&idle, drift, &windows, &|_| 70);
        channels_hold::<CrosstalkPart>(&[("p_gate", 0.1)], drift, &windows, &|_| 0);
        channels_hold::<DephasingPart>(&[("gate.cx", 0.01)], drift, &windows, &|_| 0);
        channels_hold::<PauliPart>(&[("xz", 0.01)], drift, &windows, &|_| 0);
    }
}

#[cfg(feature = "alloc")]
#[test]
fn idle_decays_or_twirls_by_what_is_below() {
    use crate::noise::timed_support::over;
    use crate::sim::{DensityMatrixPart, StabilizerPart, StateVectorPart};
    let settings = [("t1_ns", 300.0), ("t2_ns", 200.0)];
    let layer = || run::built::<IdlePart>(&settings, &[]).unwrap();
    let wait = [one_gate(slot::X, &[1])];
    let deeds = |below| {
        let mut asked = layer();
        assert!(asked.stand_over(Some(below)));
        let op = wait[0].2.batch().ops().iter().next().unwrap();
        let mut deeds = Vec::new();
        let known = Known { start: TimeNs(70), waited: &|_| 70, ..Known::NOTHING };
        asked.expect(op, &known, &mut |one| deeds.push(one.deed));
        deeds
    };
    let mut exact = over::<DensityMatrixPart, _>(layer());
    let mut drawn = over::<StateVectorPart<f64>, _>(layer());
    let mut twirled = over::<StabilizerPart, _>(layer());
    timed_support::shot(&mut exact, &wait, 0);
    timed_support::shot(&mut drawn, &wait, 0);
    timed_support::shot(&mut twirled, &wait, 0);
    let z = |code| Deed::Paulis(PauliString::of_code([1, 0], code));
    let decays = [z(3), Deed::Damps(1)];
    assert_eq!(run::counter(&exact, "exact_channels"), 1);
    assert_eq!(deeds(TakesChannels::Exactly), decays);
    assert_eq!(run::counter(&drawn, "trajectories"), 1);
    assert_eq!(deeds(TakesChannels::ByDrawing), decays);
    assert_eq!(run::counter(&twirled, "twirls"), 1);
    assert_eq!(deeds(TakesChannels::No), [z(1), z(2), z(3)]);
}

#[test]
fn topology_says_what_it_refuses_and_does_nothing() {
    let layer = run::built::<TopologyPart>(&[("pair.0-1", 1.0)], &[]).unwrap();
    for (qubits, fate) in [(&[1, 0], Fate::Forwarded), (&[0, 2], Fate::Dropped)] {
        let circuit = run::repeated(slot::CX, qubits, &[], 1);
        let op = circuit.batch().ops().iter().next().unwrap();
        let said = layer.expect(op, &Known::NOTHING, &mut |one| panic!("{one:?}"));
        assert_eq!(said, fate);
        let mut stack = run::stack(layer.clone());
        assert_eq!(run::try_shot(&mut stack, &circuit, 0).is_ok(), fate == Fate::Forwarded);
    }
}
