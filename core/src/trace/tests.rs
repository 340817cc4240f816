//! Taps over a small stack: they change nothing and tell all.

use core::cell::{Cell, RefCell};
use core::num::NonZeroU32;
use std::vec;
use std::vec::Vec;

use super::{At, Count, CountPart, Event, Recorder, Ring, Tap, Timed};
use crate::backend::{Backend, Layer, Metric, MetricValue, Stack};
use crate::clock::{CycleCounter, TickUnit};
use crate::ids::{Seed, ShotId, StreamId};
use crate::noise::{DepolarizingPart, IdealPart};
use crate::op::gates::slot;
use crate::op::{Batch, OpBuffer, OpKind, OpSink, Outcome, Outcomes};
use crate::part::{Config, LayerPart, Setting, SimulatorPart, Value};
use crate::sim::StateVectorPart;
use crate::units::{DurationNs, TimeNs};

/// Two batches: a superposition that is measured, and a measurement of a qubit that is not there.
fn batches(mut then: impl FnMut(&Batch<'_>)) {
    let mut ops = OpBuffer::<64>::new();
    for _ in 0..3 {
        ops.gate(slot::H, &[0], &[]).unwrap();
        ops.gate(slot::CX, &[0, 1], &[]).unwrap();
    }
    ops.barrier(&[0]).unwrap();
    ops.measure(0, 4).unwrap();
    ops.measure(1, 5).unwrap();
    then(&Batch::new(ops.words()).unwrap().at(TimeNs(10), DurationNs(20)));
    ops.clear();
    ops.measure(7, 0).unwrap();
    then(&Batch::new(ops.words()).unwrap());
}

fn simulator() -> impl Backend {
    let config = Config::new(2, StreamId(1));
    let cells = StateVectorPart::<f64>::cells(&config).unwrap();
    let storage = vec![StateVectorPart::<f64>::EMPTY; cells].into_boxed_slice();
    StateVectorPart::<f64>::build(&config, storage).unwrap()
}

fn noise() -> impl Layer {
    let settings = [Setting { key: "p_2q", value: Value::Real(0.9) }];
    let config = Config::new(2, StreamId(0xab_0000_0077)).with(&settings);
    let cells = DepolarizingPart::cells(&config).unwrap();
    DepolarizingPart::build(&config, vec![0; cells].into_boxed_slice()).unwrap()
}

/// Outcomes of both batches in some shots, and the code of the second one's error.
fn run(stack: &mut impl Backend) -> Vec<(u64, u64, i32)> {
    let mut all = Vec::new();
    for shot in 0..20 {
        stack.shot_begin(ShotId(shot), Seed(9)).unwrap();
        let mut room = [Outcome::default(); 4];
        let mut outcomes = Outcomes::new(&mut room);
        let mut code = 0;
        batches(|batch| {
            if let Err(error) = stack.apply(batch, &mut outcomes) {
                assert!(error.layer().contains("state_vector"), "{error}");
                code = error.code();
            }
        });
        stack.shot_end().unwrap();
        all.extend(outcomes.as_slice().iter().map(|up| (up.id, up.value, code)));
    }
    all
}

/// Events with the place where they were seen, as far as a test wants them.
#[derive(Default)]
struct Notes(Vec<(At, &'static str, u64)>);

impl Recorder for Notes {
    fn record<'e>(&mut self, at: At, events: impl Iterator<Item = Event<'e>>) {
        for event in events {
            let (name, number) = match event {
                Event::ShotBegin { seed } => ("begin", seed.0),
                Event::Op(down) => {
                    assert_eq!(
                        (down.start.0, down.source.depth),
                        (
                            if down.op.qubit(0) == 7 { 0 } else { 10 },
                            u32::from(down.source.issuer == 0x77),
                        )
                    );
                    (down.op.kind().name(), u64::from(down.source.issuer))
                }
                Event::Outcome(up) => ("outcome", u64::from(up.op_index)),
                Event::BatchEnd(end) => match end.duration {
                    None => ("end", u64::from(end.status.unsigned_abs())),
                    Some(ticks) => ("timed", ticks),
                },
                Event::ShotEnd { begin, end, .. } => {
                    ("shot_end", begin.unwrap_or(0) + end.unwrap_or(0))
                }
                _ => ("other", 0),
            };
            self.0.push((at, name, number));
        }
    }
}

#[test]
fn a_stack_with_taps_gives_the_bits_of_the_stack_without() {
    let bare = run(&mut Stack::new(noise(), simulator()));
    let ring = RefCell::new(Ring::new([0; 64]));
    let below = Tap::new(simulator(), 2, &ring);
    let mut tapped = Tap::new(Stack::new(noise(), below), 1, &ring);
    assert_eq!(run(&mut tapped), bare);
    // Far too small for all of it, which costs records and nothing else.
    assert!(ring.borrow().dropped() > 100);
    assert_eq!(tapped.id(), "pandia.depolarizing");
    assert!(tapped.metric(0).is_some());
}

#[test]
fn what_passes_two_joints_is_told_in_order() {
    let notes = RefCell::new(Notes::default());
    let below = Tap::new(simulator(), 2, &notes);
    let mut stack = Tap::new(Stack::new(noise(), below), 1, &notes);
    run(&mut stack);
    let notes = notes.into_inner().0;
    let shot = |shot: u64| notes.iter().filter(move |(at, ..)| at.shot == ShotId(shot));
    let upper: Vec<_> =
        shot(3).filter(|(at, ..)| at.joint == 1).map(|(_, name, n)| (*name, *n)).collect();
    let gate = ("gate", 0);
    let expected = [
        ("begin", 9),
        gate,
        gate,
        gate,
        gate,
        gate,
        gate,
        ("barrier", 0),
        ("measure", 0),
        ("measure", 0),
        ("outcome", 7),
        ("outcome", 8),
        ("end", 0),
        ("measure", 0),
        ("end", 5),
        ("shot_end", 0),
    ];
    assert_eq!(upper, expected);
    let lower = notes.iter().filter(|(at, ..)| at.joint == 2);
    let inserted = lower.clone().filter(|(_, name, issuer)| *name == "gate" && *issuer == 0x77);
    assert!(inserted.count() > 40);
    let ends = lower.filter(|(_, name, number)| *name == "end" && *number == 5).count();
    assert_eq!(ends, 20, "the error that came back is told at each joint that it passed");
}

/// A clock that goes on by 50 ns whenever somebody looks.
#[derive(Default)]
struct Steps(Cell<u64>);

impl CycleCounter for Steps {
    const BITS: u32 = 64;
    fn now(&self) -> u64 {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }
    fn unit(&self) -> TickUnit {
        TickUnit::Hz(NonZeroU32::new(20_000_000).unwrap())
    }
}

#[test]
fn a_timed_tap_measures_each_call_once() {
    let mut stack = Tap::timed(simulator(), 1, Notes::default(), Timed(Steps::default()));
    run(&mut stack);
    let notes = &stack.recorder().0;
    let of = |wanted: &str| -> Vec<u64> {
        notes.iter().filter(|(_, name, _)| *name == wanted).map(|(.., ns)| *ns).collect()
    };
    assert_eq!(of("timed"), [50; 40]);
    assert_eq!(of("shot_end"), [100; 20]);
}

#[test]
fn the_counting_tap_counts_a_shot_at_a_time_and_changes_nothing() {
    let config = Config::new(2, StreamId(3));
    let count = || CountPart::build(&config, [0; 0]).unwrap();
    let mut stack = Stack::new(count(), Stack::new(noise(), Stack::new(count(), simulator())));
    let bare = run(&mut Stack::new(noise(), simulator()));
    assert_eq!(run(&mut stack), bare);
    let below: &Count = stack.child().child().layer();
    let above: &Count = stack.layer();
    assert_eq!(above.ops(OpKind::Gate), 6);
    assert_eq!(above.inserted_ops(), 0);
    assert!(below.inserted_ops() > 0);
    assert_eq!(below.ops(OpKind::Gate), 6 + below.inserted_ops());
    let metrics: Vec<Metric<'_>> = (0..12).map(|index| stack.metric(index).unwrap()).collect();
    let value = |name| {
        let found = metrics.iter().find(|metric| metric.name == name).unwrap();
        assert_eq!(found.part, "pandia.count");
        match found.value {
            MetricValue::Counter(count) => count,
            MetricValue::Gauge(_) => panic!("{name} is a gauge"),
        }
    };
    let expected = [
        ("gate_ops", 6),
        ("measure_ops", 3),
        ("barrier_ops", 1),
        ("reset_ops", 0),
        ("inserted_ops", 0),
        ("batches", 2),
        ("outcomes", 2),
    ];
    for (name, count) in expected {
        assert_eq!(value(name), count, "{name}");
    }
    // Then those of the layer below.
    assert_eq!(stack.metric(12).unwrap().part, "pandia.depolarizing");
}

#[test]
fn a_name_stands_for_every_kind_of_operation() {
    let count = CountPart::build(&Config::new(1, StreamId(0)), [0; 0]).unwrap();
    for kind in OpKind::ALL {
        let name = std::format!("{}_ops", kind.name());
        assert!((0..9).any(|index| count.metric(index).unwrap().name == name), "{name}");
    }
    assert!(count.metric(12).is_none());
    assert!(IdealPart::SPEC.kind != CountPart::SPEC.kind);
}
