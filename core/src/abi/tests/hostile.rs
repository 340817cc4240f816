//! What a table that breaks its promises gets: an error, not belief.
use crate::abi::{Instance, NoGuard, TableBackend, raw};
use crate::backend::{Backend, Caps, GateDef, GateSet, StateQuery, Verdict};
use crate::error::Class;
use crate::ids::{Seed, ShotId, StreamId};
use crate::op::builder::OpVec;
use crate::op::{OpSink, Outcome, Outcomes};
use crate::part::{Config, SimulatorPart};
use crate::sim::StateVectorPart;
use core::ffi::c_void;
use std::string::{String, ToString};

/// Breaks a promise of a table.
type Change = fn(&mut raw::BackendVt);
type ApplyFn = unsafe extern "C" fn(
    *mut c_void,
    *const raw::Batch,
    *mut raw::Results,
    *mut raw::Err,
) -> raw::Status;

/// Fills the list by `write`, which gets the outcomes and the length to change.
///
/// # Safety
/// As the interface says.
unsafe fn give(results: *mut raw::Results, write: fn(&mut [Outcome], &mut u32)) -> raw::Status {
    // SAFETY: the caller's promise.
    let results = unsafe { &mut *results };
    // SAFETY: the caller's promise.
    let items = unsafe { core::slice::from_raw_parts_mut(results.items, results.cap as usize) };
    items[0] = Outcome { id: 5, value: 1, kind: 2, flags: 0, reserved0: 0, op_index: 1 };
    results.len = 1;
    write(items, &mut results.len);
    raw::OK
}

macro_rules! applies {
    ($($name:ident: $write:expr;)*) => {
        $(unsafe extern "C" fn $name(
            _: *mut c_void,
            _: *const raw::Batch,
            results: *mut raw::Results,
            _: *mut raw::Err,
        ) -> raw::Status {
            // SAFETY: called with what the interface promises.
            unsafe { give(results, $write) }
        })*
    };
}
applies! {
    honest: |_, _| ();
    none: |_, len| *len = 0;
    too_many: |_, len| *len = u32::MAX;
    wrong_id: |items, _| items[0].id = 6;
    wrong_value: |items, _| items[0].value = 7;
    leaked: |items, _| items[0].value = 2;
    wrong_kind: |items, _| items[0].kind = 1;
    wrong_flags: |items, _| items[0].flags = 1;
    wrong_op: |items, _| items[0].op_index = 0;
}
unsafe extern "C" fn positive(
    _: *mut c_void,
    _: *const raw::Batch,
    _: *mut raw::Results,
    _: *mut raw::Err,
) -> raw::Status {
    3
}
unsafe extern "C" fn babbles(
    _: *mut c_void,
    _: *const raw::Batch,
    _: *mut raw::Results,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: called with what the interface promises.
    let err = unsafe { &mut *err };
    // SAFETY: as above.
    unsafe { err.text.write(0xff) };
    err.text_len = u32::MAX;
    err.layer_len = u32::MAX;
    err.op_index = 99;
    -7
}
unsafe extern "C" fn odd_verdict(
    _: *mut c_void,
    _: *const raw::GateSet,
    verdicts: *mut u8,
    _: u32,
    _: *mut raw::Err,
) -> raw::Status {
    // SAFETY: called with what the interface promises.
    unsafe { verdicts.write(9) };
    raw::OK
}

/// A simulator's table with something changed, handed to `call`.
fn with<R>(change: Change, call: impl FnOnce(&mut TableBackend<'_>) -> R) -> R {
    let config = Config::new(2, StreamId(0));
    let part = StateVectorPart::<f64>::build(&config, [StateVectorPart::<f64>::EMPTY; 4]).unwrap();
    let mut instance = Instance::<_, NoGuard>::new(part);
    let pair = instance.pair().raw();
    // SAFETY: a table of ours.
    let mut vt = unsafe { *pair.vt };
    change(&mut vt);
    let pair = raw::Backend { vt: &raw const vt, me: pair.me };
    // SAFETY: table and instance live until the end; what was changed only breaks promises that
    // the host has to check.
    let mut backend = unsafe { TableBackend::from_raw(pair, false) }.unwrap();
    call(&mut backend)
}

fn apply(change: Change) -> Result<(), (Class, String)> {
    with(change, |backend| {
        let mut ops = OpVec::new();
        ops.reset(0).unwrap();
        ops.measure(0, 5).unwrap();
        backend.shot_begin(ShotId(0), Seed(0)).unwrap();
        let mut memory = [Outcome::default(); 3];
        let mut outcomes = Outcomes::new(&mut memory);
        let done = backend.apply(&ops.batch(), &mut outcomes);
        assert_eq!(outcomes.len(), usize::from(done.is_ok()));
        done.map_err(|e| (e.class(), e.to_string()))
    })
}

#[test]
fn outcomes_that_were_not_asked_for_cost_the_shot() {
    fn set(vt: &mut raw::BackendVt, apply: ApplyFn) {
        vt.apply = Some(apply);
    }
    assert_eq!(apply(|vt| set(vt, honest)), Ok(()));
    let cases: [(Change, &str); 8] = [
        (|vt| set(vt, none), "gave 0 outcomes for a batch that asks for 1"),
        (|vt| set(vt, too_many), "gave 4294967295 outcomes"),
        (|vt| set(vt, wrong_id), "operation 1: gave an outcome that was not asked for: id 6"),
        (|vt| set(vt, wrong_value), "value 7"),
        (|vt| set(vt, leaked), "value at most 1"),
        (|vt| set(vt, wrong_kind), "kind 1"),
        (|vt| set(vt, wrong_flags), "not asked for"),
        (|vt| set(vt, wrong_op), "operation 0; asked for id 5"),
    ];
    for (change, part) in cases {
        let (class, text) = apply(change).unwrap_err();
        assert_eq!(class, Class::ShotLost, "{text}");
        assert!(text.contains(part) && text.starts_with("pandia.state_vector: "), "{text}");
    }
}

#[test]
fn statuses_and_words_that_make_no_sense_are_not_passed_on() {
    let (class, text) = apply(|vt| vt.apply = Some(positive)).unwrap_err();
    assert_eq!(class, Class::InstanceLost);
    assert!(text.contains("gave back the status 3"), "{text}");
    let (class, text) = apply(|vt| vt.apply = Some(babbles)).unwrap_err();
    assert_eq!(class, Class::Refused);
    assert!(text.ends_with("error -7, without a text"), "{text}");
    let gates = GateSet { gates: &[GateDef::built_in(1).unwrap()] };
    let error = with(
        |vt| vt.negotiate = Some(odd_verdict),
        |backend| backend.negotiate(&gates, &mut [Verdict::Reject]).unwrap_err(),
    );
    assert!(error.to_string().contains("gave the verdict 9"), "{error}");
}

#[test]
fn an_ability_without_its_function_is_not_claimed() {
    let claims = |backend: &mut TableBackend<'_>| backend.info().caps.has(Caps::STATE);
    assert!(with(|_| (), claims));
    assert!(!with(|vt| vt.state = None, claims));
    assert!(!with(|vt| vt.size = 80, claims));
    with(
        |vt| vt.size = 64,
        |backend| {
            assert!(backend.metric(0).is_none());
            assert!(backend.state_digest().unwrap_err().to_string().contains("no state to show"));
            assert!(backend.state(StateQuery::Probabilities(&[0]), &mut [0.0; 2]).is_err());
            assert!(backend.extension("pandia.lanes/1").is_none());
            backend.cancel();
        },
    );
}

#[test]
fn a_batch_that_lies_is_refused_before_it_is_carried_out() {
    let config = Config::new(2, StreamId(0));
    let part = StateVectorPart::<f64>::build(&config, [StateVectorPart::<f64>::EMPTY; 4]).unwrap();
    let mut instance = Instance::<_, NoGuard>::new(part);
    let pair = instance.pair().raw();
    // SAFETY: a table of ours.
    let vt = unsafe { *pair.vt };
    let mut ops = OpVec::new();
    ops.measure(0, 5).unwrap();
    let whole = raw::Batch {
        size: crate::abi::record::bytes_of::<raw::Batch>(),
        op_count: 1,
        result_count: 1,
        word_count: u32::try_from(ops.words().len()).unwrap(),
        start_ns: 0,
        length_ns: 0,
        issuer: 0,
        depth: 0,
        words: ops.words().as_ptr(),
    };
    let mut items = [Outcome::default(); 1];
    let mut results = raw::Results {
        size: crate::abi::record::bytes_of::<raw::Results>(),
        cap: 1,
        len: 0,
        reserved0: 0,
        items: items.as_mut_ptr(),
    };
    let null = core::ptr::null_mut::<raw::Err>();
    let mut call = |batch: *const raw::Batch, cap: u32, len: u32| {
        (results.cap, results.len) = (cap, len);
        // SAFETY: a table of ours over its own instance; the pointers are to locals.
        unsafe { vt.apply.unwrap()(pair.me, batch, &raw mut results, null) }
    };
    let lies = [
        raw::Batch { size: 8, ..whole },
        raw::Batch { op_count: 2, ..whole },
        raw::Batch { result_count: 0, ..whole },
        raw::Batch { word_count: 2, ..whole },
        raw::Batch { words: core::ptr::null(), ..whole },
        raw::Batch { words: whole.words.wrapping_byte_add(1), ..whole },
    ];
    for lie in lies {
        assert_eq!(Class::of(call(&raw const lie, 1, 0)), Class::Refused, "{lie:?}");
    }
    assert_eq!(Class::of(call(core::ptr::null(), 1, 0)), Class::Refused);
    assert_eq!(Class::of(call(&raw const whole, 0, 0)), Class::Refused);
    assert_eq!(Class::of(call(&raw const whole, 1, 2)), Class::Refused);
    // SAFETY: a table of ours over its own instance.
    let begun = unsafe { vt.shot_begin.unwrap()(pair.me, 0, 0, null) };
    assert_eq!(begun, raw::OK);
    assert_eq!(call(&raw const whole, 1, 0), raw::OK);
    assert_eq!((results.len, items[0].id), (1, 5));
    // NULL with places taken is no place, and a reserved field asks for what is not known.
    let lies = [
        raw::Results { items: null.cast(), cap: 5, len: 2, ..results },
        raw::Results { reserved0: 1, ..results },
    ];
    for mut lie in lies {
        // SAFETY: a table of ours over its own instance; the pointers are to locals or NULL.
        let status = unsafe { vt.apply.unwrap()(pair.me, &raw const whole, &raw mut lie, null) };
        assert_eq!(Class::of(status), Class::Refused, "{lie:?}");
    }
    // SAFETY: as above, without an instance.
    let nobody = unsafe { vt.shot_end.unwrap()(core::ptr::null_mut(), null) };
    assert_eq!(Class::of(nobody), Class::Refused);
}
