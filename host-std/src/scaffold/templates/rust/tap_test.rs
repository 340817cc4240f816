//! The tests of {{name}}.

mod support;

use pandia_core::backend::{Backend as _, MetricValue};
use pandia_core::conformance::Profile;
use pandia_core::ids::StreamId;
use pandia_core::op::OpSink as _;
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::part::{Config, PartKind};
use support::{conforms, memory, plugin, shot, simulator};

const CONFIG: Config<'static> = Config::new(3, StreamId(7));

#[test]
fn it_says_what_it_is() {
    assert_eq!((plugin().id(), plugin().kind()), ("{{id}}", Some(PartKind::Tap)));
}

#[test]
fn it_changes_nothing_and_counts() {
    let (mut memory, mut below, mut bare) = (memory(), simulator(3), simulator(3).into_inner());
    let mut tap = plugin().backend_in(&mut memory, &CONFIG, Some(below.pair())).unwrap();
    assert_eq!(tap.info(), bare.info());
    let mut ops = OpVec::new();
    ops.gate(slot::H, &[0], &[]).unwrap();
    ops.gate(slot::X, &[1], &[]).unwrap();
    ops.measure(0, 0).unwrap();
    ops.measure(1, 1).unwrap();
    let mut ones = 0;
    for index in 0..50 {
        let outcomes = shot(&mut tap, &ops, index);
        assert_eq!(outcomes, shot(&mut bare, &ops, index));
        ones += outcomes.iter().sum::<u64>();
    }
    let counts: Vec<_> = (0..3).map(|index| tap.metric(index).unwrap().value).collect();
    assert_eq!(counts, [50 * 4, 50 * 2, ones].map(MetricValue::Counter));
}

#[test]
fn it_is_a_well_behaved_layer() {
    let (mut memory, mut below) = (memory(), simulator(3));
    let mut tap = plugin().backend_in(&mut memory, &CONFIG, Some(below.pair())).unwrap();
    conforms(&mut tap, &Profile::exact().quick());
}
