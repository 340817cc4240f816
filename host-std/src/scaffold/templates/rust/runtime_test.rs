//! The tests of {{name}}.

mod support;

use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::OpSink as _;
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::part::{Config, PartKind};
use pandia_core::runtime::Runtime as _;
use support::{memory, plugin, simulator};

#[test]
fn it_says_what_it_is() {
    assert_eq!((plugin().id(), plugin().kind()), ("{{id}}", Some(PartKind::Runtime)));
}

#[test]
fn results_come_back_by_their_ids() {
    let mut config = Config::new(2, StreamId(7));
    config.result_count = 2;
    let (mut memory, mut stack) = (memory(), simulator(2));
    let mut runtime = plugin().runtime_in(&mut memory, &config).unwrap();
    assert!(runtime.shot_begin(ShotId(0), Seed(0)).is_err(), "no stack is attached");
    runtime.attach(stack.pair(), &config, false).unwrap();
    let mut ops = OpVec::new();
    ops.gate(slot::X, &[1], &[]).unwrap();
    for id in [1, 0, 1, 0, 1] {
        ops.measure(u32::from(id == 1), id).unwrap(); // More outcomes than there is room for.
    }
    for index in 0..3 {
        runtime.shot_begin(ShotId(index), Seed(0)).unwrap();
        assert!(runtime.result(0, true).is_err(), "nothing was measured in this shot");
        runtime.submit(&ops.batch()).unwrap();
        assert_eq!(runtime.result(0, true).unwrap(), Some(0));
        assert_eq!(runtime.result(1, false).unwrap(), Some(1));
        runtime.shot_end().unwrap();
    }
    let mut wrong = OpVec::new();
    wrong.measure(0, 2).unwrap();
    runtime.shot_begin(ShotId(3), Seed(0)).unwrap();
    let error = runtime.submit(&wrong.batch()).unwrap_err();
    assert_eq!((error.layer(), error.op_index()), ("{{id}}", Some(0)), "{error}");
}
