//! A shot begins when the pin says so, or is refused after so many looks.

use crate::support::{Child, Events, Listed};
use embedded_hal_mock::eh1::MockError;
use embedded_hal_mock::eh1::delay::{CheckedDelay, Transaction as Wait};
use embedded_hal_mock::eh1::digital::{Mock, State, Transaction};
use pandia_core::ErrorKind;
use pandia_core::backend::{Backend, Stack};
use pandia_core::error::Class;
use pandia_core::ids::{Seed, ShotId};
use pandia_hardware::{Patience, Pin, StartTrigger, TriggerOn};
use std::io;

/// Begins one shot on a pin whose levels are `seen` (`h` and `l`, `x` a failure), and gives what
/// came of it and how often was waited. The mocks fail if there is a look or a wait too few or too
/// many.
fn begin(on: TriggerOn, seen: &str, looks: u32) -> (pandia_core::Result<()>, Vec<String>) {
    let events = Events::default();
    let levels: Vec<Transaction> =
        seen.chars()
            .map(|level| match level {
                'h' => Transaction::get(State::High),
                'l' => Transaction::get(State::Low),
                _ => Transaction::get(State::Low)
                    .with_error(MockError::Io(io::ErrorKind::NotConnected)),
            })
            .collect();
    let mut pin = Mock::new(&levels);
    let mut delay = CheckedDelay::new(&vec![Wait::delay_ns(500); seen.len() - 1]);
    let listed = Listed { name: "start", inner: pin.clone(), events: events.clone() };
    let wait = Listed { name: "delay", inner: delay.clone(), events: events.clone() };
    let patience = Patience { looks, apart_ns: 500 };
    let layer = StartTrigger::new(Pin::new("start", listed), on, patience, wait).unwrap();
    let mut stack = Stack::new(layer, Child::new(&events));
    let begun = stack.shot_begin(ShotId(3), Seed(0));
    pin.done();
    delay.done();
    (begun, events.take())
}

#[test]
fn the_child_is_ready_before_the_pin_is_looked_at() {
    let (begun, order) = begin(TriggerOn::High, "llh", 5);
    begun.unwrap();
    assert_eq!(
        order,
        ["begin 3", "start read", "wait 500", "start read", "wait 500", "start read"]
    );
}

#[test]
fn levels_are_seen_at_once_and_edges_only_after_the_other_level() {
    for (on, seen) in [
        (TriggerOn::High, "h"),
        (TriggerOn::Low, "l"),
        (TriggerOn::Low, "hhl"),
        (TriggerOn::Rising, "lh"),
        (TriggerOn::Rising, "hhlllh"),
        (TriggerOn::Falling, "hl"),
        (TriggerOn::Falling, "llhl"),
    ] {
        let (begun, _) = begin(on, seen, 6);
        assert!(begun.is_ok(), "{on:?} {seen}");
    }
}

#[test]
fn a_trigger_that_never_comes_refuses_the_shot_and_ends_the_childs() {
    for (on, seen, says) in [
        (TriggerOn::High, "lll", "pin `start` was not high in 3 looks 500 ns apart"),
        (TriggerOn::Low, "hhh", "pin `start` was not low in 3 looks 500 ns apart"),
        (TriggerOn::Rising, "hhh", "pin `start` did not rise in 3 looks"),
        (TriggerOn::Rising, "hhl", "pin `start` did not rise in 3 looks"),
        (TriggerOn::Falling, "lll", "pin `start` did not fall in 3 looks"),
    ] {
        let (begun, order) = begin(on, seen, 3);
        let error = begun.unwrap_err();
        assert_eq!(error.class(), Class::Refused);
        assert!(matches!(error.kind(), ErrorKind::Hardware(_)));
        let text = error.to_string();
        assert!(text.starts_with("pandia.start_trigger: no start trigger: "), "{text}");
        assert!(text.contains(says) && text.ends_with("or wait longer"), "{text}");
        assert_eq!(order.first().map(String::as_str), Some("begin 3"));
        assert_eq!(order.last().map(String::as_str), Some("end"));
    }
}

#[test]
fn a_pin_that_cannot_be_read_refuses_the_shot() {
    let (begun, order) = begin(TriggerOn::High, "lx", 9);
    let error = begun.unwrap_err();
    assert!(error.to_string().contains("pin `start` could not be read (Other)"), "{error}");
    assert_eq!(order.last().map(String::as_str), Some("end"));
}

#[test]
fn too_few_looks_are_refused() {
    for (on, looks) in [(TriggerOn::High, 0), (TriggerOn::Rising, 1)] {
        let (mut pin, mut delay) = (Mock::new(&[]), CheckedDelay::new(&[]));
        let patience = Patience { looks, apart_ns: 0 };
        let layer = StartTrigger::new(Pin::new("start", pin.clone()), on, patience, delay.clone());
        assert!(layer.err().unwrap().to_string().contains("too few looks"));
        pin.done();
        delay.done();
    }
}
