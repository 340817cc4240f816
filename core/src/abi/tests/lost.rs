//! What costs an instance or a shot where nobody looks for it: calls that only look, and the begin of
//! a shot.
use super::answers::{Change, with};
use crate::abi::raw;
use crate::backend::{Backend, Stack};
use crate::emulator::Emulator;
use crate::error::{Class, Error, ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::op::{Batch, OpSink, Outcome, Outcomes};
use crate::program::{Memory, OwnedProgram, ProgramBuilder};
use crate::runtime::{Runtime, Simple};
use core::cell::Cell;
use core::ffi::c_void;
use std::string::ToString;

std::thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

fn counted() -> raw::Status {
    CALLS.set(CALLS.get() + 1);
    // The first call is the host's own, while it builds.
    [-200, 3][CALLS.get() as usize % 2]
}

unsafe extern "C" fn lost_query(
    _: *mut c_void,
    _: *mut raw::Info,
    _: *mut raw::Err,
) -> raw::Status {
    if CALLS.get() == 0 {
        CALLS.set(1);
        return raw::OK;
    }
    counted()
}
unsafe extern "C" fn lost_metric(_: *mut c_void, _: u32, _: *mut raw::Metric) -> raw::Status {
    counted()
}
unsafe extern "C" fn lost_extension(
    _: *mut c_void,
    _: *const raw::Text,
    _: *mut *const c_void,
) -> raw::Status {
    counted()
}

#[test]
fn a_call_that_only_looks_and_loses_the_instance_was_its_last() {
    let cases: [(Change, u32); 3] = [
        (|vt| vt.query = Some(lost_query), 1),
        (|vt| vt.metric = Some(lost_metric), 0),
        (|vt| vt.extension = Some(lost_extension), 0),
    ];
    for (change, built) in cases {
        CALLS.set(0);
        with(change, |backend| {
            let mut backend = backend.unwrap();
            assert_eq!(CALLS.get(), built);
            for _ in 0..2 {
                let _ = (backend.info(), backend.metric(0).is_some());
                let _ = backend.extension("some.extension/1");
                assert_eq!(CALLS.get(), built + 1);
            }
            let error = backend.shot_begin(ShotId(0), Seed(0)).unwrap_err();
            assert_eq!(error.class(), Class::InstanceLost);
            assert!(error.to_string().contains("has lost this instance"), "{error}");
        });
    }
}

/// Loses shot 1 at its begin, and refuses shot 2; notes whether a shot is running.
#[derive(Debug)]
struct Stumbles<B> {
    child: B,
    running: bool,
}

impl<B: Backend> Backend for Stumbles<B> {
    fn id(&self) -> &str {
        "test.stumbles"
    }
    fn info(&self) -> crate::backend::Info {
        self.child.info()
    }
    fn negotiate(
        &mut self,
        gates: &crate::backend::GateSet<'_>,
        verdicts: &mut [crate::backend::Verdict],
    ) -> Result<()> {
        self.child.negotiate(gates, verdicts)
    }
    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        assert!(!self.running, "a shot was left open");
        if shot.0 == 2 {
            return Err(ErrorKind::Argument("not this one").into());
        }
        self.running = true;
        self.child.shot_begin(shot, seed)?;
        if shot.0 == 1 { Err(ErrorKind::Diverged("at the begin").into()) } else { Ok(()) }
    }
    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        self.child.apply(batch, outcomes)
    }
    fn shot_end(&mut self) -> Result<()> {
        assert!(self.running, "no shot is running");
        self.running = false;
        self.child.shot_end()
    }
}

#[test]
fn a_shot_that_is_lost_at_its_begin_is_ended_and_the_next_one_is_good() {
    with(
        |_| (),
        |backend| {
            let stack = Stumbles { child: backend.unwrap(), running: false };
            let runtime = Simple::new(stack, <_>::default(), [Outcome::default(); 2]);
            let mut b = ProgramBuilder::new(1);
            b.set_step_limit(10);
            b.register("c", 1);
            b.measure(0, 0).unwrap();
            let program = OwnedProgram::new(b.finish().unwrap()).unwrap();
            let program = program.view().unwrap();
            let memory = Memory { bits: &mut [9], ints: &mut [], reals: &mut [] };
            let mut emulator = Emulator::new(&program, memory, runtime, Seed(1)).unwrap();
            let mut good = |shot| emulator.run_shot(ShotId(shot)).map(<[u8]>::to_vec);
            assert_eq!(good(0).unwrap(), [0]);
            assert_eq!(good(1).unwrap_err().error.class(), Class::ShotLost);
            assert_eq!(good(2).unwrap_err().error.class(), Class::Refused);
            assert_eq!(good(3).unwrap(), [0]);
        },
    );
}

/// A layer that refuses shot 5.
struct Refuses;
impl crate::backend::Layer for Refuses {
    fn id(&self) -> &str {
        "test.refuses"
    }
    fn shot_begin(&mut self, shot: ShotId, _: Seed) -> Result<()> {
        if shot.0 == 5 { Err(ErrorKind::Argument("not this one").into()) } else { Ok(()) }
    }
    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        child.apply(batch, outcomes)
    }
}

#[test]
fn a_layer_that_refuses_a_shot_leaves_its_child_between_shots() {
    with(
        |_| (),
        |backend| {
            let child = Stumbles { child: backend.unwrap(), running: false };
            let mut stack = Stack::new(Refuses, child);
            let error: Error = stack.shot_begin(ShotId(5), Seed(0)).unwrap_err();
            assert_eq!((error.class(), error.layer()), (Class::Refused, "test.refuses"));
            stack.shot_begin(ShotId(0), Seed(0)).unwrap();
            stack.shot_end().unwrap();
        },
    );
}

#[test]
fn a_runtime_whose_stack_lost_the_shot_at_its_begin_can_end_it() {
    with(
        |_| (),
        |backend| {
            let stack = Stumbles { child: backend.unwrap(), running: false };
            let mut runtime = Simple::new(stack, <_>::default(), [Outcome::default(); 2]);
            assert!(runtime.shot_begin(ShotId(1), Seed(0)).is_err());
            runtime.shot_end().unwrap();
            assert!(runtime.shot_begin(ShotId(2), Seed(0)).is_err());
            assert!(runtime.shot_end().is_err(), "a shot that was refused has not begun");
        },
    );
}
