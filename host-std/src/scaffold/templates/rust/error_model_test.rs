//! The tests of {{name}}.

mod support;

use pandia_core::conformance::Profile;
use pandia_core::ids::StreamId;
use pandia_core::op::OpSink as _;
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::part::{Config, PartKind, Setting, Value};
use support::{conforms, memory, plugin, shot, simulator};

#[test]
fn it_says_what_it_is() {
    assert_eq!((plugin().id(), plugin().kind()), ("{{id}}", Some(PartKind::ErrorModel)));
    assert_eq!(plugin().params().next().unwrap().name, "p");
}

/// How many of 2000 shots give 1 where a gate that does nothing is done, with this p.
fn ones_with(p: f64) -> u64 {
    let settings = [Setting { key: "p", value: Value::Real(p) }];
    let config = Config::new(2, StreamId(7)).with(&settings);
    let (mut memory, mut below) = (memory(), simulator(2));
    let mut model = plugin().backend_in(&mut memory, &config, Some(below.pair())).unwrap();
    let mut ops = OpVec::new();
    ops.gate(slot::I, &[1], &[]).unwrap();
    ops.measure(1, 0).unwrap();
    let mut ones = 0;
    for index in 0..2000 {
        let outcomes = shot(&mut model, &ops, index);
        assert_eq!(outcomes, shot(&mut model, &ops, index), "the same shot, the same errors");
        ones += outcomes[0];
    }
    ones
}

#[test]
fn it_errs_as_often_as_p_says() {
    assert_eq!(ones_with(0.0), 0);
    assert_eq!(ones_with(1.0), 2000);
    // Five sigma of 2000 draws: 97.
    assert!(ones_with(0.25).abs_diff(500) < 97);
}

#[test]
fn it_is_a_well_behaved_layer() {
    for (p, profile) in [(0.0, Profile::exact().in_pieces()), (0.3, Profile::noisy())] {
        let settings = [Setting { key: "p", value: Value::Real(p) }];
        let config = Config::new(3, StreamId(7)).with(&settings);
        let (mut memory, mut below) = (memory(), simulator(3));
        let mut model = plugin().backend_in(&mut memory, &config, Some(below.pair())).unwrap();
        conforms(&mut model, &profile.quick());
    }
}

#[test]
fn a_wrong_p_is_refused() {
    let settings = [Setting { key: "p", value: Value::Real(1.5) }];
    assert!(plugin().layout(&Config::new(2, StreamId(7)).with(&settings)).is_err());
}
