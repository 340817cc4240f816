//! What the layers do not know they pass on, and they change no outcome.

use crate::support::{Child, Events, Moves, Ticking, gigahertz};
use embedded_hal_mock::eh1::delay::NoopDelay;
use embedded_hal_mock::eh1::digital::{Mock, State, Transaction};
use pandia_core::backend::{Backend, GateDef, GateSet, Stack, StateQuery, Verdict};
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcome, Outcomes};
use pandia_core::real::Complex;
use pandia_core::sim::StateVector;
use pandia_core::units::DurationNs;
use pandia_hardware::{
    BatchTimes, BusyDone, NoPin, OnSchedule, Patience, Pin, RealTimeIdle, StartTrigger, TriggerOn,
};

/// All layers over `child`; the start pin is looked at once a shot.
fn all<'c, B: Backend>(
    child: B,
    counter: &'c Ticking<32>,
    shots: usize,
) -> (impl Backend + use<'c, B>, Mock) {
    let start = Mock::new(&vec![Transaction::get(State::High); shots]);
    let pins = (Pin::new("busy", NoPin), Pin::new("done", NoPin));
    let busy = BusyDone::new(pins.0, pins.1, NoopDelay::new(), 10).unwrap();
    let patience = Patience { looks: 1, apart_ns: 0 };
    let pin = Pin::new("start", start.clone());
    let trigger = StartTrigger::new(pin, TriggerOn::High, patience, NoopDelay::new()).unwrap();
    let longest = DurationNs(1_000_000);
    let delay = Moves { counter, events: Events::default() };
    let schedule = OnSchedule::new(counter, delay, longest).unwrap();
    let stack = Stack::new(BatchTimes::new(counter), child);
    let stack = Stack::new(RealTimeIdle::new(NoopDelay::new(), longest), stack);
    let stack = Stack::new(busy, stack);
    (Stack::new(schedule, Stack::new(trigger, stack)), start)
}

/// Outcomes, amplitudes and digests of some shots.
fn run(stack: &mut impl Backend) -> (Vec<Outcome>, Vec<f64>, Vec<u64>) {
    let mut verdicts = [Verdict::Reject; 2];
    let gates = [GateDef::built_in(slot::H).unwrap(), GateDef::built_in(slot::CX).unwrap()];
    stack.negotiate(&GateSet { gates: &gates }, &mut verdicts).unwrap();
    assert_eq!(verdicts, [Verdict::Native; 2]);
    let (mut seen, mut amplitudes, mut digests) = (Vec::new(), Vec::new(), Vec::new());
    for shot in 0..20 {
        let mut ops = OpBuffer::<64>::new();
        ops.gate(slot::H, &[0], &[]).unwrap();
        ops.idle(&[0], DurationNs(80)).unwrap();
        ops.measure(0, 4).unwrap();
        ops.gate(slot::H, &[0], &[]).unwrap();
        ops.gate(slot::CX, &[0, 1], &[]).unwrap();
        ops.idle(&[1], DurationNs(20)).unwrap();
        ops.measure(1, 9).unwrap();
        stack.shot_begin(ShotId(shot), Seed(11)).unwrap();
        let mut room = [Outcome::default(); 2];
        let mut outcomes = Outcomes::new(&mut room);
        stack.apply(&ops.batch(), &mut outcomes).unwrap();
        let mut re_im = [0.0; 8];
        stack.state(StateQuery::Amplitudes(&[0, 1]), &mut re_im).unwrap();
        digests.push(stack.state_digest().unwrap());
        stack.shot_end().unwrap();
        seen.extend_from_slice(&room);
        amplitudes.extend_from_slice(&re_im);
    }
    (seen, amplitudes, digests)
}

#[test]
fn the_same_comes_out_with_and_without_the_layers() {
    let vector =
        || StateVector::<f64, _>::new(2, StreamId::of("vector", 0), [Complex::ZERO; 4]).unwrap();
    let counter = Ticking::new(gigahertz(), 0, 1);
    let (mut layered, mut start) = all(vector(), &counter, 20);
    let plain = run(&mut vector());
    assert_eq!(run(&mut layered), plain);
    assert!(plain.0.iter().any(|outcome| outcome.value == 1));
    assert!(plain.0.iter().any(|outcome| outcome.value == 0));
    assert_eq!(layered.info(), vector().info());
    start.done();
}

#[test]
fn metrics_state_and_cancel_reach_the_child() {
    let events = Events::default();
    let counter = Ticking::new(gigahertz(), 0, 1);
    let (mut stack, mut start) = all(Child::new(&events), &counter, 0);
    let names: Vec<String> = (0..)
        .map_while(|index| stack.metric(index))
        .map(|metric| format!("{}.{}", metric.part, metric.name))
        .collect();
    assert_eq!(
        names,
        [
            "pandia.on_schedule.late_batches",
            "pandia.on_schedule.late_ns_max",
            "pandia.busy_done.pin_errors",
            "pandia.real_time_idle.idle_ns",
            "pandia.batch_times.batches",
            "pandia.batch_times.batch_min_ns",
            "pandia.batch_times.batch_mean_ns",
            "pandia.batch_times.batch_max_ns",
            "child.sevens",
        ]
    );
    assert_eq!(stack.state_digest().unwrap(), 0x5eed);
    stack.cancel();
    assert_eq!(events.take(), ["cancel"]);
    start.done();
}
