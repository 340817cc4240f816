//! A hostile part: tables whose functions answer out of the input. Statuses, outcomes, verdicts,
//! infos, metrics, ids, texts that are too long or no text, numbers of a state. Whatever comes back
//! is refused or sound, and once an instance is lost it is not called again.

use crate::garbage;
use crate::input::Input;
use pandia_core::abi::{TableBackend, TableRuntime, raw};
use pandia_core::backend::{Backend, GateDef, GateSet, StateQuery, Verdict};
use pandia_core::error::{Class, Result};
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpKind, OpSink, Outcome, Outcomes};
use pandia_core::part::Config;
use pandia_core::runtime::{Runtime, Simple};
use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr::null;

/// The instance: the rest of the input, and how often it was called.
struct Hostile<'a> {
    input: RefCell<Input<'a>>,
    calls: Cell<u32>,
    /// It has said something that costs the instance.
    lost: Cell<bool>,
    batch: RefCell<Vec<Outcome>>,
}

/// # Safety
/// `me` is a [`Hostile`] that lives.
unsafe fn called<'a>(me: *mut c_void) -> &'a Hostile<'a> {
    // SAFETY: the caller's promise.
    let hostile = unsafe { &*me.cast::<Hostile<'a>>() };
    assert!(!hostile.lost.get(), "a lost instance was called");
    hostile.calls.set(hostile.calls.get() + 1);
    hostile
}

impl Hostile<'_> {
    fn with<R>(&self, f: impl FnOnce(&mut Input<'_>) -> R) -> R {
        f(&mut self.input.borrow_mut())
    }

    fn status(&self) -> raw::Status {
        let status =
            self.with(|input| if input.one_in(4) { garbage::status(input) } else { raw::OK });
        self.lost.set(garbage::loses_instance(status));
        status
    }

    /// A status, and words for it, or for nothing.
    ///
    /// # Safety
    /// `err` is NULL or the host's buffer.
    unsafe fn fail(&self, err: *mut raw::Err) -> raw::Status {
        // SAFETY: the caller's promise.
        self.with(|input| unsafe { garbage::words(input, err) });
        self.status()
    }
}

unsafe extern "C" fn id(me: *mut c_void, out: *mut raw::Text) -> raw::Status {
    // SAFETY: our own instance.
    let hostile = unsafe { called(me) };
    // SAFETY: the host's place.
    unsafe { out.write(hostile.with(garbage::text)) };
    hostile.with(|input| if input.one_in(16) { -1 } else { 0 })
}

unsafe extern "C" fn query(
    me: *mut c_void,
    out: *mut raw::Info,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: our own instance.
    let hostile = unsafe { called(me) };
    let info = hostile.with(garbage::info);
    // SAFETY: the host's structure is one of this version.
    unsafe { out.write(info) };
    // SAFETY: the host's buffer.
    unsafe { hostile.fail(err) }
}

unsafe extern "C" fn negotiate(
    me: *mut c_void,
    _: *const raw::GateSet,
    verdicts: *mut u8,
    count: u32,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: our own instance.
    let hostile = unsafe { called(me) };
    let mut unknown = false;
    for index in 0..count {
        let verdict = hostile.with(|input| if input.one_in(32) { input.byte() } else { 1 });
        unknown |= verdict > 3;
        // SAFETY: one verdict each.
        unsafe { verdicts.wrapping_add(index as usize).write(verdict) };
    }
    // SAFETY: the host's buffer.
    let status = unsafe { hostile.fail(err) };
    hostile.lost.set(hostile.lost.get() || status == raw::OK && unknown);
    status
}

unsafe extern "C" fn shot_begin(
    me: *mut c_void,
    _: u64,
    _: u64,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: our own instance, the host's buffer.
    unsafe { called(me).fail(err) }
}

unsafe extern "C" fn apply(
    me: *mut c_void,
    _: *const raw::Batch,
    results: *mut raw::Results,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: our own instance.
    let hostile = unsafe { called(me) };
    // SAFETY: the host's structure.
    let results = unsafe { &mut *results };
    let right = hostile.batch.borrow().clone();
    for index in results.len..results.cap {
        let mut outcome = right.get(index as usize).copied().unwrap_or_default();
        hostile.with(|input| match input.byte() % 24 {
            17 => outcome.id = input.word(),
            18 => outcome.value = input.pick(&[2, 3, 7, u64::MAX]),
            19 => outcome.kind = input.byte(),
            20 => outcome.flags = input.byte(),
            21 => outcome.reserved0 = 1,
            22 => outcome.op_index = input.half(),
            _ => outcome.value = u64::from(input.byte() & 1),
        });
        // SAFETY: below the cap.
        unsafe { results.items.wrapping_add(index as usize).write(outcome) };
    }
    results.len = hostile.with(|input| match input.byte() % 16 {
        13 => input.half(),
        14 => results.cap + 1,
        15 => results.cap.saturating_sub(1),
        _ => results.cap,
    });
    if hostile.with(|input| input.one_in(8)) {
        results.items = std::ptr::null_mut();
        results.size = 0;
    }
    // SAFETY: the host's buffer.
    unsafe { hostile.fail(err) }
}

unsafe extern "C" fn plain(me: *mut c_void, err: *mut raw::Err) -> raw::Status {
    // SAFETY: our own instance, the host's buffer.
    unsafe { called(me).fail(err) }
}

unsafe extern "C" fn destroy(_: *mut c_void) {}

unsafe extern "C" fn metric(me: *mut c_void, _: u32, out: *mut raw::Metric) -> raw::Status {
    // SAFETY: our own instance.
    let hostile = unsafe { called(me) };
    let metric = hostile.with(garbage::metric);
    // SAFETY: the host's structure is one of this version.
    unsafe { out.write(metric) };
    hostile.status()
}

unsafe extern "C" fn state(
    me: *mut c_void,
    _: *const raw::StateQuery,
    out: *mut f64,
    count: u64,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: our own instance.
    let hostile = unsafe { called(me) };
    for index in 0..count {
        let bits = hostile.with(|input| input.word());
        // SAFETY: so many numbers.
        unsafe { out.wrapping_add(index as usize).write(f64::from_bits(bits)) };
    }
    // SAFETY: the host's buffer.
    unsafe { hostile.fail(err) }
}

unsafe extern "C" fn number(me: *mut c_void, out: *mut u64, err: *mut raw::Err) -> raw::Status {
    // SAFETY: our own instance.
    let hostile = unsafe { called(me) };
    // SAFETY: the host's place.
    unsafe { out.write(hostile.with(|input| input.word())) };
    // SAFETY: the host's buffer.
    unsafe { hostile.fail(err) }
}

unsafe extern "C" fn extension(
    me: *mut c_void,
    _: *const raw::Text,
    out: *mut *const c_void,
) -> raw::Status {
    // SAFETY: our own instance.
    let hostile = unsafe { called(me) };
    // SAFETY: the host's place.
    unsafe { out.write(if hostile.with(|input| input.one_in(2)) { me } else { null() }) };
    hostile.status()
}

unsafe extern "C" fn attach(
    me: *mut c_void,
    _: *const raw::Backend,
    _: *const raw::Config,
    _: u32,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: our own instance, the host's buffer.
    unsafe { called(me).fail(err) }
}

unsafe extern "C" fn submit(
    me: *mut c_void,
    _: *const raw::Batch,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: our own instance, the host's buffer.
    unsafe { called(me).fail(err) }
}

unsafe extern "C" fn result(
    me: *mut c_void,
    _: u64,
    _: u32,
    out: *mut u64,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: our own instance.
    let hostile = unsafe { called(me) };
    let value = hostile.with(|input| input.pick(&[0, 1, 2, 3, 7, u64::MAX, u64::MAX - 1]));
    // SAFETY: the host's place.
    unsafe { out.write(value) };
    // SAFETY: the host's buffer.
    unsafe { hostile.fail(err) }
}

unsafe extern "C" fn cancel(me: *mut c_void) -> raw::Status {
    // SAFETY: our own instance.
    let hostile = unsafe { called(me) };
    // A request: its status says nothing.
    hostile.with(|input| input.half() as i32)
}

/// A slot that is mostly filled.
fn some<F>(input: &mut Input<'_>, f: F) -> Option<F> {
    (!input.one_in(64)).then_some(f)
}

fn table(input: &mut Input<'_>) -> raw::BackendVt {
    let whole = size_of::<raw::BackendVt>() as u32;
    raw::BackendVt {
        size: if input.one_in(16) { input.half() % (whole + 1) } else { whole },
        reserved0: u32::from(input.one_in(64)),
        id: some(input, id),
        query: some(input, query),
        negotiate: some(input, negotiate),
        shot_begin: some(input, shot_begin),
        apply: some(input, apply),
        shot_end: some(input, plain),
        destroy: some(input, destroy),
        metric: some(input, metric),
        state: some(input, state),
        state_digest: some(input, number),
        cancel: some(input, cancel),
        extension: some(input, extension),
    }
}

fn runtime_table(input: &mut Input<'_>) -> raw::RuntimeVt {
    let whole = size_of::<raw::RuntimeVt>() as u32;
    raw::RuntimeVt {
        size: if input.one_in(16) { input.half() % (whole + 1) } else { whole },
        reserved0: u32::from(input.one_in(64)),
        id: some(input, id),
        attach: some(input, attach),
        detach: some(input, plain),
        query: some(input, query),
        negotiate: some(input, negotiate),
        shot_begin: some(input, shot_begin),
        submit: some(input, submit),
        result: some(input, result),
        shot_end: some(input, plain),
        destroy: some(input, destroy),
        metric: some(input, metric),
        extension: some(input, extension),
    }
}

/// Refused words are whole words, and a lost instance does nothing.
fn looked_at<T>(hostile: &Hostile<'_>, call: impl FnOnce() -> Result<T>) -> Option<T> {
    let before = hostile.calls.get();
    let was_lost = hostile.lost.get();
    let done = call();
    let called = hostile.calls.get() != before;
    assert!(!was_lost || done.is_err(), "a lost instance did something");
    match done {
        Ok(value) => Some(value),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            let costs = error.class() == Class::InstanceLost;
            assert!(!called || costs == hostile.lost.get(), "{error}");
            None
        }
    }
}

fn operations(input: &mut Input<'_>) -> OpVec {
    let mut ops = OpVec::new();
    for _ in 0..input.byte() % 6 {
        let done = match input.byte() % 3 {
            0 => ops.gate(slot::H, &[0], &[]),
            1 => ops.measure(u32::from(input.byte() % 3), u64::from(input.byte() % 4)),
            _ => ops.measure_leaked(0, 1),
        };
        assert!(done.is_ok());
    }
    ops
}

/// The outcomes that the batch asks for, all of them 0.
fn asked(ops: &OpVec) -> Vec<Outcome> {
    let batch = ops.batch();
    let asked = (0..).zip(batch.ops()).filter(|(_, op)| op.kind().bears_result());
    asked
        .map(|(op_index, op)| Outcome {
            id: op.result_id(),
            kind: op.kind() as u8,
            op_index,
            ..Outcome::default()
        })
        .collect()
}

fn backend(hostile: &Hostile<'_>, me: *mut c_void) {
    let vt = hostile.with(table);
    // SAFETY: table and instance live until the end of this function.
    let made = unsafe { TableBackend::from_raw(raw::Backend { vt: &raw const vt, me }, true) };
    let Ok(mut part) = made else { return };
    assert!(core::str::from_utf8(part.id().as_bytes()).is_ok() && part.id().len() <= 48);
    while !hostile.with(|input| input.is_empty()) {
        match hostile.with(|input| input.byte()) % 9 {
            0 => {
                let gate = GateDef::built_in(slot::H).expect("a gate of the list");
                let gates = [gate; 11];
                let mut verdicts = [Verdict::Reject; 11];
                looked_at(hostile, || part.negotiate(&GateSet { gates: &gates }, &mut verdicts));
            }
            1 => {
                looked_at(hostile, || part.shot_begin(ShotId(0), Seed(0)));
            }
            2 => {
                looked_at(hostile, || part.shot_end());
            }
            3 => {
                for index in 0..3 {
                    if let Some(metric) = part.metric(index) {
                        assert!(metric.part.len() <= 256 && metric.name.len() <= 256);
                    }
                }
            }
            4 => {
                let query = StateQuery::Probabilities(&[0, 1]);
                looked_at(hostile, || part.state(query, &mut [0.0; 4]));
            }
            5 => {
                looked_at(hostile, || part.state_digest());
            }
            6 => {
                let _ = (part.info(), part.extension("some.extension/1"));
                part.cancel();
            }
            _ => apply_one(hostile, &mut part),
        }
    }
    // A runtime of ours over it believes no more than we do.
    let mut runtime = Simple::new(part, Default::default(), [Outcome::default(); 8]);
    let _ = runtime.shot_begin(ShotId(0), Seed(0));
    let mut ops = OpVec::new();
    assert!(ops.measure(0, 1).is_ok());
    *hostile.batch.borrow_mut() = asked(&ops);
    if runtime.submit(&ops.batch()).is_ok() {
        let value = runtime.result(1, true);
        assert!(value.is_err() || value.is_ok_and(|value| value.is_some_and(|v| v <= 1)));
    }
    let _ = runtime.shot_end();
}

fn apply_one(hostile: &Hostile<'_>, part: &mut TableBackend<'_>) {
    let ops = hostile.with(operations);
    let right = asked(&ops);
    hostile.batch.borrow_mut().clone_from(&right);
    let mut room = [Outcome::default(); 8];
    let mut outcomes = Outcomes::new(&mut room);
    let done = looked_at(hostile, || part.apply(&ops.batch(), &mut outcomes));
    if done.is_some() {
        assert_eq!(outcomes.len(), right.len());
        for (got, right) in outcomes.as_slice().iter().zip(&right) {
            let largest = if right.kind == OpKind::MeasureLeaked as u8 { 2 } else { 1 };
            assert!(got.value <= largest, "{got:?}");
            assert_eq!(Outcome { value: 0, ..*got }, *right);
        }
    } else {
        assert_eq!(outcomes.len(), 0, "outcomes of a call that failed");
    }
}

fn runtime(hostile: &Hostile<'_>, me: *mut c_void) {
    let vt = hostile.with(runtime_table);
    // SAFETY: table and instance live until the end of this function.
    let made = unsafe { TableRuntime::from_raw(raw::Runtime { vt: &raw const vt, me }, true) };
    let Ok(mut part) = made else { return };
    let stack = raw::Backend { vt: null(), me };
    let config = Config::new(2, StreamId(0));
    // SAFETY: the hostile runtime does not look at the stack.
    looked_at(hostile, || unsafe { part.attach_raw(stack, &config, false) });
    while !hostile.with(|input| input.is_empty()) {
        match hostile.with(|input| input.byte()) % 5 {
            0 => {
                looked_at(hostile, || part.shot_begin(ShotId(0), Seed(0)));
            }
            1 => {
                let ops = hostile.with(operations);
                looked_at(hostile, || part.submit(&ops.batch()));
            }
            2 => {
                let wait = hostile.with(|input| input.one_in(2));
                let got = looked_at(hostile, || part.result(0, wait));
                if let Some(value) = got {
                    assert!(value.map_or(!wait, |value| value <= 2), "{value:?}");
                }
            }
            3 => {
                looked_at(hostile, || part.shot_end());
            }
            _ => {
                let _ = (part.info(), part.metric(0).map(|metric| metric.value));
            }
        }
    }
}

/// One input.
pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let of_runtime = input.one_in(4);
    let hostile = Hostile {
        input: RefCell::new(input),
        calls: Cell::new(0),
        lost: Cell::new(false),
        batch: RefCell::default(),
    };
    let me = (&raw const hostile).cast_mut().cast();
    if of_runtime { runtime(&hostile, me) } else { backend(&hostile, me) }
}
