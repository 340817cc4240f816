//! Two edges of each pin a batch, whatever happens.

use crate::support::{Child, Events, Listed};
use embedded_hal_mock::eh1::MockError;
use embedded_hal_mock::eh1::delay::{CheckedDelay, Transaction as Wait};
use embedded_hal_mock::eh1::digital::{Mock, State::High, State::Low, Transaction};
use pandia_core::ErrorKind;
use pandia_core::backend::{Backend, MetricValue, Stack};
use pandia_core::error::Class;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcomes};
use pandia_hardware::{BusyDone, NoPin, Pin};
use std::io;

type Layer = BusyDone<Listed<Mock>, Listed<Mock>, Listed<CheckedDelay>>;

/// A stack, its mocks (which must be told that they are done), and what happens.
struct Bench {
    busy: Mock,
    done: Mock,
    delay: CheckedDelay,
    events: Events,
    stack: Stack<Layer, Child<'static>>,
}

fn set(state: embedded_hal_mock::eh1::digital::State) -> Transaction {
    Transaction::set(state)
}

fn broken(state: embedded_hal_mock::eh1::digital::State) -> Transaction {
    Transaction::set(state).with_error(MockError::Io(io::ErrorKind::NotConnected))
}

impl Bench {
    fn new(busy: &[Transaction], done: &[Transaction], pulse_ns: u32, waits: usize) -> Self {
        Self::failing(busy, done, pulse_ns, waits, None)
    }

    /// The batches fail, if there is an error for them.
    fn failing(
        busy: &[Transaction],
        done: &[Transaction],
        pulse_ns: u32,
        waits: usize,
        error: Option<ErrorKind>,
    ) -> Self {
        let events = Events::default();
        let busy = Mock::new([&[set(Low)], busy].concat().as_slice());
        let done = Mock::new([&[set(Low)], done].concat().as_slice());
        let delay = CheckedDelay::new(&vec![Wait::delay_ns(pulse_ns); waits]);
        let listed = |name, pin: &Mock| {
            let inner = pin.clone();
            Pin::new(name, Listed { name, inner, events: events.clone() })
        };
        let wait = Listed { name: "delay", inner: delay.clone(), events: events.clone() };
        let layer = BusyDone::new(listed("busy", &busy), listed("done", &done), wait, pulse_ns);
        let child = Child::doing(&events, move |_| error.map_or(Ok(()), Err));
        let stack = Stack::new(layer.unwrap(), child);
        assert_eq!(events.take(), ["busy low", "done low"]);
        Self { busy, done, delay, events, stack }
    }

    fn begin(&mut self) {
        self.stack.shot_begin(ShotId(0), Seed(0)).unwrap();
        self.events.take();
    }

    fn apply(&mut self) -> pandia_core::Result<()> {
        let mut ops = OpBuffer::<8>::new();
        ops.gate(slot::H, &[0], &[]).unwrap();
        ops.gate(slot::X, &[1], &[]).unwrap();
        self.stack.apply(&ops.batch(), &mut Outcomes::new(&mut []))
    }

    fn pin_errors(&self) -> MetricValue {
        self.stack.metric(0).unwrap().value
    }

    fn finish(mut self) {
        self.busy.done();
        self.done.done();
        self.delay.done();
    }
}

#[test]
fn a_batch_is_two_edges_of_each_pin_around_it() {
    let mut bench = Bench::new(
        &[set(High), set(Low), set(High), set(Low)],
        &[set(High), set(Low), set(High), set(Low)],
        250,
        2,
    );
    bench.begin();
    for _ in 0..2 {
        bench.apply().unwrap();
        let order = ["busy high", "apply 2", "busy low", "done high", "wait 250", "done low"];
        assert_eq!(bench.events.take(), order);
    }
    assert_eq!(bench.pin_errors(), MetricValue::Counter(0));
    bench.finish();
}

#[test]
fn a_failed_batch_has_the_same_edges_and_its_own_error() {
    let same_qubit = Some(ErrorKind::SameQubit { qubit: 1 });
    let edges = [set(High), set(Low)];
    let mut bench = Bench::failing(&edges, &edges, 0, 0, same_qubit);
    bench.begin();
    let error = bench.apply().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SameQubit { qubit: 1 });
    assert_eq!((error.layer(), error.op_index()), ("child", Some(1)));
    let order = ["busy high", "apply 2", "busy low", "done high", "done low"];
    assert_eq!(bench.events.take(), order);
    bench.finish();
}

#[test]
fn a_pin_that_fails_before_the_batch_refuses_it() {
    let mut bench = Bench::new(&[broken(High), set(High), set(Low)], &[set(High), set(Low)], 0, 0);
    bench.begin();
    let error = bench.apply().unwrap_err();
    assert_eq!(error.class(), Class::Refused);
    assert!(matches!(error.kind(), ErrorKind::Hardware(_)));
    assert_eq!(
        error.to_string(),
        "pandia.busy_done: pin `busy` could not be driven high (Other); check its driver and wiring"
    );
    assert_eq!(bench.events.take(), ["busy high"], "the child was not called");
    bench.apply().unwrap();
    assert_eq!(bench.pin_errors(), MetricValue::Counter(1));
    bench.finish();
}

#[test]
fn a_pin_that_fails_after_the_batch_costs_the_shot_and_the_others_are_still_driven() {
    let mut bench = Bench::new(&[set(High), broken(Low)], &[broken(High), set(Low)], 9, 1);
    bench.begin();
    let error = bench.apply().unwrap_err();
    assert_eq!(error.class(), Class::ShotLost);
    assert!(error.to_string().contains("pin `busy` could not be driven low"), "{error}");
    let order = ["busy high", "apply 2", "busy low", "done high", "wait 9", "done low"];
    assert_eq!(bench.events.take(), order);
    assert_eq!(bench.pin_errors(), MetricValue::Counter(2));
    bench.stack.shot_end().unwrap();
    bench.begin();
    assert_eq!(bench.pin_errors(), MetricValue::Counter(0), "counted by shot");
    bench.finish();
}

#[test]
fn an_error_of_the_batch_is_not_hidden_by_one_of_a_pin() {
    let impossible = Some(ErrorKind::Impossible { qubit: 2, value: 1 });
    let edges = [set(High), set(Low)];
    let mut bench = Bench::failing(&[set(High), broken(Low)], &edges, 0, 0, impossible);
    bench.begin();
    let error = bench.apply().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Impossible { qubit: 2, value: 1 });
    assert_eq!(bench.pin_errors(), MetricValue::Counter(1));
    bench.finish();
}

#[test]
fn a_pin_that_cannot_be_driven_low_at_first_is_no_layer() {
    let mut broken_pin = Mock::new(&[broken(Low)]);
    let pins = (Pin::new("busy", NoPin), Pin::new("ready", broken_pin.clone()));
    let mut delay = CheckedDelay::new(&[]);
    let error = BusyDone::new(pins.0, pins.1, delay.clone(), 1).err().unwrap();
    assert!(error.to_string().contains("pin `ready` could not be driven low"), "{error}");
    broken_pin.done();
    delay.done();
}
