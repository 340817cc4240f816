//! Idles, scheduled starts and delays, to the nanosecond.

use crate::support::{Child, Events, Listed, Moves, Ticking, gigahertz};
use core::num::NonZeroU32;
use embedded_hal::delay::DelayNs;
use embedded_hal_mock::eh1::delay::{CheckedDelay, Transaction as Wait};
use pandia_core::ErrorKind;
use pandia_core::backend::{Backend, MetricValue, Stack};
use pandia_core::clock::{CycleCounter, TickUnit};
use pandia_core::error::Class;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcomes};
use pandia_core::units::{DurationNs, TimeNs};
use pandia_hardware::{CounterDelay, OnSchedule, RealTimeIdle};

/// A gate, an idle, no idle at all, a gate, two idles, a gate.
fn idling(longest: u64) -> OpBuffer<32> {
    let mut ops = OpBuffer::new();
    ops.gate(slot::H, &[0], &[]).unwrap();
    ops.idle(&[0, 1, 2], DurationNs(40)).unwrap();
    ops.idle(&[1], DurationNs(0)).unwrap();
    ops.gate(slot::X, &[1], &[]).unwrap();
    ops.idle(&[0], DurationNs(longest)).unwrap();
    ops.idle(&[1], DurationNs(7)).unwrap();
    ops.gate(slot::Z, &[2], &[]).unwrap();
    ops
}

#[test]
fn an_idle_waits_after_what_stands_before_it() {
    let events = Events::default();
    let long = u64::from(u32::MAX) + 5;
    let waits = [40, u32::MAX, 5, 7].map(Wait::delay_ns);
    let mut mock = CheckedDelay::new(&waits);
    let delay = Listed { name: "delay", inner: mock.clone(), events: events.clone() };
    let layer = RealTimeIdle::new(delay, DurationNs(long));
    let mut stack = Stack::new(layer, Child::new(&events));
    stack.shot_begin(ShotId(0), Seed(0)).unwrap();
    stack.apply(&idling(long).batch(), &mut Outcomes::new(&mut [])).unwrap();
    assert_eq!(stack.metric(0).unwrap().value, MetricValue::Counter(40 + long + 7));
    stack.shot_end().unwrap();
    let order = [
        "begin 0",
        "apply 2",
        "wait 40",
        "apply 3",
        "wait 4294967295",
        "wait 5",
        "apply 1",
        "wait 7",
        "apply 1",
        "end",
    ];
    assert_eq!(events.take(), order);
    mock.done();
}

#[test]
fn an_idle_beyond_the_bound_is_refused_before_anything_is_done() {
    let events = Events::default();
    let mut mock = CheckedDelay::new(&[]);
    let layer = RealTimeIdle::new(mock.clone(), DurationNs(1000));
    let mut stack = Stack::new(layer, Child::new(&events));
    stack.shot_begin(ShotId(0), Seed(0)).unwrap();
    let error = stack.apply(&idling(1001).batch(), &mut Outcomes::new(&mut [])).unwrap_err();
    assert_eq!((error.class(), error.op_index()), (Class::Refused, Some(4)));
    assert!(error.to_string().contains("an idle of 1001 ns is longer than the 1000 ns"), "{error}");
    assert_eq!(events.take(), ["begin 0"]);
    mock.done();
}

#[test]
fn without_real_time_a_batch_is_forwarded_whole() {
    let events = Events::default();
    let mut stack = Stack::new(RealTimeIdle::<CheckedDelay>::off(), Child::new(&events));
    stack.shot_begin(ShotId(0), Seed(0)).unwrap();
    stack.apply(&idling(u64::MAX).batch(), &mut Outcomes::new(&mut [])).unwrap();
    assert_eq!(events.take(), ["begin 0", "apply 7"]);
    assert_eq!(stack.metric(0).unwrap().value, MetricValue::Counter(0));
}

#[test]
fn an_error_after_an_idle_names_the_callers_operation_and_costs_the_shot() {
    let events = Events::default();
    let mut mock = CheckedDelay::new(&[Wait::delay_ns(40)]);
    let layer = RealTimeIdle::new(mock.clone(), DurationNs(1000));
    // The first piece, which is the idle alone, works.
    let child = Child::doing(&events, |batch| match batch {
        0 => Ok(()),
        _ => Err(ErrorKind::SameQubit { qubit: 1 }),
    });
    let mut stack = Stack::new(layer, child);
    stack.shot_begin(ShotId(0), Seed(0)).unwrap();
    let mut ops = OpBuffer::<16>::new();
    ops.idle(&[0], DurationNs(40)).unwrap();
    ops.gate(slot::H, &[0], &[]).unwrap();
    ops.gate(slot::H, &[1], &[]).unwrap();
    let error = stack.apply(&ops.batch(), &mut Outcomes::new(&mut [])).unwrap_err();
    assert_eq!((error.class(), error.op_index()), (Class::ShotLost, Some(2)));
    mock.done();
}

#[test]
fn batches_wait_for_their_scheduled_start_and_late_ones_are_counted() {
    let events = Events::default();
    // A tick a nanosecond, 8 bits: it comes round every 256 ns.
    let counter = Ticking::<8>::new(gigahertz(), 250, 0);
    let delay = Moves { counter: &counter, events: events.clone() };
    let layer = OnSchedule::new(&counter, delay, DurationNs(1000)).unwrap();
    let mut stack = Stack::new(layer, Child::new(&events));
    stack.shot_begin(ShotId(0), Seed(0)).unwrap();
    let ops = idling(1);
    let mut outcomes = Outcomes::new(&mut []);
    let mut apply = |stack: &mut Stack<_, _>, start: u64| {
        stack.apply(&ops.batch().at(TimeNs(start), DurationNs(0)), &mut outcomes)
    };
    apply(&mut stack, 0).unwrap();
    apply(&mut stack, 100).unwrap();
    // Longer than the counter's range, so in pieces of half of it.
    apply(&mut stack, 500).unwrap();
    apply(&mut stack, 470).unwrap();
    let error = apply(&mut stack, 1501).unwrap_err();
    assert_eq!(error.class(), Class::Refused);
    assert!(error.to_string().contains("the batch starts 1001 ns from now"), "{error}");
    assert_eq!(
        events.take(),
        [
            "begin 0", "apply 7", "wait 100", "apply 7", "wait 128", "wait 128", "wait 128",
            "wait 16", "apply 7", "apply 7"
        ]
    );
    assert_eq!(stack.metric(0).unwrap().value, MetricValue::Counter(1));
    assert_eq!(stack.metric(1).unwrap().name, "late_ns_max");
    assert_eq!(stack.metric(1).unwrap().value, MetricValue::Gauge(30.0));
}

#[test]
fn a_batch_that_a_layer_inserted_is_not_held_back() {
    let events = Events::default();
    let counter = Ticking::<64>::new(gigahertz(), 0, 0);
    let delay = Moves { counter: &counter, events: events.clone() };
    let layer = OnSchedule::new(&counter, delay, DurationNs(1000)).unwrap();
    let mut stack = Stack::new(layer, Child::new(&events));
    stack.shot_begin(ShotId(0), Seed(0)).unwrap();
    let source = pandia_core::op::Source { issuer: 5, depth: 1 };
    let ops = idling(1);
    let inserted = ops.batch().at(TimeNs(900), DurationNs(0)).from_source(source);
    stack.apply(&inserted, &mut Outcomes::new(&mut [])).unwrap();
    assert_eq!(events.take(), ["begin 0", "apply 7"]);
}

#[test]
fn a_counter_that_stands_still_is_an_error_and_no_endless_wait() {
    let counter = Ticking::<32>::new(gigahertz(), 0, 0);
    let still = CounterDelay::new(&counter).err().unwrap();
    assert!(still.to_string().contains("stands still"), "{still}");
    let events = Events::default();
    let mut delay = CheckedDelay::new(&[Wait::delay_ns(60)]);
    let layer = OnSchedule::new(&counter, delay.clone(), DurationNs(1000)).unwrap();
    let mut stack = Stack::new(layer, Child::new(&events));
    stack.shot_begin(ShotId(0), Seed(0)).unwrap();
    let ops = idling(1);
    let batch = ops.batch().at(TimeNs(60), DurationNs(0));
    let error = stack.apply(&batch, &mut Outcomes::new(&mut [])).unwrap_err();
    assert!(error.to_string().contains("stood still in a delay, 60 ns before"), "{error}");
    assert_eq!(events.take(), ["begin 0"]);
    delay.done();
}

#[test]
fn a_counter_of_instructions_tells_no_time() {
    let counter = Ticking::<32>::new(TickUnit::Instructions, 0, 1);
    assert!(CounterDelay::new(&counter).err().unwrap().to_string().contains("frequency"));
    let delay = CounterDelay::new(Ticking::<32>::new(gigahertz(), 0, 1)).unwrap();
    let schedule = OnSchedule::new(&counter, delay, DurationNs(1));
    assert_eq!(schedule.err().unwrap().class(), Class::Refused);
}

#[test]
fn a_delay_lasts_at_least_as_long_as_asked_across_the_counters_end() {
    let hz = TickUnit::Hz(NonZeroU32::new(25_000_000).unwrap());
    for ns in [0, 1, 39, 40, 41, 1_000, 100_000] {
        let counter = Ticking::<8>::new(hz, 255, 3);
        let mut delay = CounterDelay::new(&counter).unwrap();
        let before = counter.count.get();
        delay.delay_ns(ns);
        let passed_ns = (counter.count.get() - before) * 40;
        assert!(passed_ns >= u64::from(ns), "{ns}: {passed_ns}");
        assert!(passed_ns <= u64::from(ns) + 40 * 8, "{ns}: {passed_ns}");
    }
    assert_eq!(<&Ticking<8> as CycleCounter>::BITS, 8);
}
