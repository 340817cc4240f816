//! The functions of a runtime's table, over a stack of ours.

use super::backend::{BATCH_WRONG, Part, batch};
use super::drawn::{Must, Way, draw, pointer};
use super::made::{self, Made};
use super::words::Words;
use crate::input::Input;
use pandia_core::abi::raw;
use pandia_core::op::OpSink;
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use std::ptr::{null, null_mut};

pub(super) type Driver = Made<raw::Runtime>;

/// Whether a stack is attached, a shot running, and something measured in it.
#[derive(Debug, Default)]
pub(super) struct Stage {
    attached: bool,
    running: bool,
    measured: bool,
}

pub(super) fn call(input: &mut Input<'_>, driver: &Driver, stage: &mut Stage, stack: &Part) {
    match input.byte() % 8 {
        0 | 1 if !stage.attached => attach(input, driver, stage, stack),
        0 => detach(input, driver, stage),
        1 | 2 => begin_or_end(input, driver, stage),
        3 | 4 => submit(input, driver, stage),
        5 => result(input, driver, stage),
        6 => attach(input, driver, stage, stack),
        _ => query(input, driver, stage),
    }
}

fn attach(input: &mut Input<'_>, driver: &Driver, stage: &mut Stage, stack: &Part) {
    let mut pair = stack.pair;
    // SAFETY: a table of ours.
    let mut vt = unsafe { *pair.vt };
    let mut must = Must::refuse_if(stage.attached);
    match input.byte() % 16 {
        12 => (pair.vt, must) = (null(), Must::Refuse),
        13 => (pair.vt, must) = (pair.vt.wrapping_byte_add(4), Must::Refuse),
        14 => {
            vt.size = input.half() % 64;
            (pair.vt, must) = (&raw const vt, Must::Refuse);
        }
        15 => {
            vt.reserved0 = input.half() | 1;
            (pair.vt, must) = (&raw const vt, Must::Refuse);
        }
        _ => {}
    }
    let (at, wrong) = pointer(input, &raw mut pair);
    let config = draw(input, Way::In, made::config(), super::build::CONFIG_WRONG);
    let must = must.and(wrong).and(config.must);
    let err = Words::draw(input);
    let attach = driver.vt().attach.expect("a table of ours");
    let own_thread = u32::from(input.one_in(4));
    // SAFETY: what is not to be refused is as the interface says; the stack is sendable.
    let status = unsafe { attach(driver.pair.me, at, config.at(), own_thread, err.at()) };
    err.check(must, status, 0, "attach");
    stage.attached |= status == raw::OK;
}

fn detach(input: &mut Input<'_>, driver: &Driver, stage: &mut Stage) {
    if stage.running && !input.one_in(4) {
        return;
    }
    let err = Words::draw(input);
    let detach = driver.vt().detach.expect("a table of ours");
    // SAFETY: as the interface says.
    let status = unsafe { detach(driver.pair.me, err.at()) };
    err.check(Must::Work, status, 0, "detach");
    *stage = Stage::default();
}

fn begin_or_end(input: &mut Input<'_>, driver: &Driver, stage: &mut Stage) {
    let err = Words::draw(input);
    let (vt, me) = (driver.vt(), driver.pair.me);
    if input.one_in(2) {
        let must = Must::refuse_if(!stage.attached || !stage.running);
        // SAFETY: as the interface says.
        let status = unsafe { vt.shot_end.expect("a table of ours")(me, err.at()) };
        err.check(must, status, 0, "shot_end");
        stage.running &= status != raw::OK;
    } else {
        // A detached stack may be in a shot still, which it says.
        let must = if stage.running || !stage.attached { Must::Refuse } else { Must::ComeBack };
        // SAFETY: as the interface says.
        let status = unsafe { vt.shot_begin.expect("a table of ours")(me, 3, 4, err.at()) };
        err.check(must, status, 0, "shot_begin");
        if status == raw::OK {
            (stage.running, stage.measured) = (true, false);
        }
    }
}

fn submit(input: &mut Input<'_>, driver: &Driver, stage: &mut Stage) {
    let mut ops = OpVec::new();
    assert!(ops.gate(slot::X, &[0], &[]).is_ok() && ops.measure(0, 3).is_ok());
    let batch = draw(input, Way::In, batch(&ops), BATCH_WRONG);
    let must = batch.must.and(Must::refuse_if(!stage.running));
    let err = Words::draw(input);
    let submit = driver.vt().submit.expect("a table of ours");
    // SAFETY: what is not to be refused is as the interface says.
    let status = unsafe { submit(driver.pair.me, batch.at(), err.at()) };
    err.check(must, status, 2, "submit");
    stage.measured |= status == raw::OK;
}

fn result(input: &mut Input<'_>, driver: &Driver, stage: &Stage) {
    let mut value = 77_u64;
    let (out, wrong) = pointer(input, &raw mut value);
    let id = input.pick(&[3, 3, 0, 4, u64::MAX]);
    let must = wrong.and(Must::refuse_if(!stage.attached || id > 3));
    let there =
        if stage.running && stage.measured && id == 3 { Must::Work } else { Must::ComeBack };
    let err = Words::draw(input);
    let result = driver.vt().result.expect("a table of ours");
    let wait = input.pick(&[0, 1, 2, u32::MAX]);
    // SAFETY: what is not to be refused is as the interface says.
    let status = unsafe { result(driver.pair.me, id, wait, out, err.at()) };
    err.check(must.and(there), status, 0, "result");
    assert_eq!(value <= 2, status == raw::OK, "{value}");
}

fn query(input: &mut Input<'_>, driver: &Driver, stage: &Stage) {
    let right = raw::Info {
        size: size_of::<raw::Info>() as u32,
        qubit_count: 0,
        op_kinds: 0,
        caps: 0,
        threading: 0,
        reserved0: 0,
    };
    let info = draw(input, Way::Out, right, &[]);
    let err = Words::draw(input);
    let must = info.must.and(Must::refuse_if(!stage.attached));
    let query = driver.vt().query.expect("a table of ours");
    let me = if input.one_in(16) { null_mut() } else { driver.pair.me };
    let must = must.and(Must::refuse_if(me.is_null()));
    // SAFETY: what is not to be refused is as the interface says.
    let status = unsafe { query(me, info.at(), err.at()) };
    err.check(must, status, 0, "query");
}
