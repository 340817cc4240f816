//! The tests of {{name}}.

mod support;

use pandia_core::backend::Backend as _;
use pandia_core::conformance::Profile;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpSink as _, Outcomes};
use pandia_core::part::{Config, PartKind};
use support::{conforms, memory, plugin, shot};

const CONFIG: Config<'static> = Config::new(4, StreamId(7));

#[test]
fn it_says_what_it_is() {
    assert_eq!((plugin().id(), plugin().kind()), ("{{id}}", Some(PartKind::Simulator)));
}

#[test]
fn it_does_what_every_gate_means() {
    let mut memory = memory();
    let mut simulator = plugin().backend_in(&mut memory, &CONFIG, None).unwrap();
    conforms(&mut simulator, &Profile::exact().quick());
}

#[test]
fn bell_pairs_agree_and_repeat() {
    let mut memory = memory();
    let mut simulator = plugin().backend_in(&mut memory, &CONFIG, None).unwrap();
    let mut ops = OpVec::new();
    ops.gate(slot::H, &[0], &[]).unwrap();
    ops.gate(slot::CX, &[0, 1], &[]).unwrap();
    ops.measure(0, 0).unwrap();
    ops.measure(1, 1).unwrap();
    let mut ones = 0;
    for index in 0..400 {
        let outcomes = shot(&mut simulator, &ops, index);
        assert_eq!(outcomes[0], outcomes[1]);
        assert_eq!(outcomes, shot(&mut simulator, &ops, index), "the same shot, the same bits");
        ones += outcomes[0];
    }
    // Five sigma of 400 coins: 50.
    assert!((150..=250).contains(&ones), "{ones} of 400");
}

#[test]
fn a_qubit_that_does_not_exist_is_refused() {
    let mut memory = memory();
    let mut simulator = plugin().backend_in(&mut memory, &CONFIG, None).unwrap();
    let mut ops = OpVec::new();
    ops.gate(slot::X, &[0], &[]).unwrap();
    ops.gate(slot::X, &[9], &[]).unwrap();
    simulator.shot_begin(ShotId(0), Seed(0)).unwrap();
    let error = simulator.apply(&ops.batch(), &mut Outcomes::new(&mut [])).unwrap_err();
    assert_eq!((error.layer(), error.op_index()), ("{{id}}", Some(1)));
    assert!(error.to_string().contains("qubit 9 does not exist"), "{error}");
}
