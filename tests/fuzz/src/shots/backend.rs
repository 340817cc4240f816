//! A simulator or error model that lies.

use super::liar::{Call, Liar, at};
use crate::garbage;
use pandia_core::abi::raw;
use pandia_core::op::{OpKind, Outcome};
use std::ffi::c_void;

type Backend<'a> = Liar<'a, raw::Backend>;

/// # Safety
/// As [`at`].
unsafe fn liar<'a>(me: *mut c_void) -> (&'a Backend<'a>, &'a raw::BackendVt, *mut c_void) {
    // SAFETY: the caller's promise.
    let liar: &Backend<'a> = unsafe { at(me) };
    // SAFETY: a table of ours.
    (liar, unsafe { &*liar.truth.vt }, liar.truth.me)
}

/// Asks the honest part: `ask!(vt, function(arguments))`. Our own tables have every function.
macro_rules! ask {
    ($vt:ident, $function:ident($($argument:expr),*)) => {{
        let function = $vt.$function.expect("a table of ours");
        // SAFETY: table and instance belong together; the arguments are the host's.
        unsafe { function($($argument),*) }
    }};
}
pub(super) use ask;

unsafe extern "C" fn id(me: *mut c_void, out: *mut raw::Text) -> raw::Status {
    // SAFETY: our own instance.
    let (liar, vt, truth) = unsafe { liar(me) };
    let status = ask!(vt, id(truth, out));
    if liar.shared.lies_once_in(32) {
        // SAFETY: the host's place.
        unsafe { out.write(liar.shared.with(garbage::text)) };
    }
    status
}

unsafe extern "C" fn query(
    me: *mut c_void,
    out: *mut raw::Info,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: our own instance.
    let (liar, vt, truth) = unsafe { liar(me) };
    let call = || ask!(vt, query(truth, out, err));
    // SAFETY: the host's buffer.
    let status = unsafe { liar.tell(Call::Look, err, call) };
    if liar.shared.lies_once_in(32) {
        // SAFETY: the host's structure is one of this version.
        unsafe { out.write(liar.shared.with(garbage::info)) };
    }
    status
}

unsafe extern "C" fn negotiate(
    me: *mut c_void,
    gates: *const raw::GateSet,
    verdicts: *mut u8,
    count: u32,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: our own instance.
    let (liar, vt, truth) = unsafe { liar(me) };
    let call = || ask!(vt, negotiate(truth, gates, verdicts, count, err));
    // SAFETY: the host's buffer.
    let status = unsafe { liar.tell(Call::Setup, err, call) };
    if status == raw::OK && count > 0 && liar.shared.lies_once_in(24) {
        let verdict = liar.shared.with(|input| input.byte());
        // SAFETY: one verdict each.
        unsafe { verdicts.write(verdict) };
        if verdict > 3 {
            liar.lose();
        }
    }
    status
}

unsafe extern "C" fn shot_begin(
    me: *mut c_void,
    shot: u64,
    seed: u64,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: our own instance.
    let (liar, vt, truth) = unsafe { liar(me) };
    let call = || ask!(vt, shot_begin(truth, shot, seed, err));
    // SAFETY: the host's buffer.
    unsafe { liar.tell(Call::Begin, err, call) }
}

unsafe extern "C" fn apply(
    me: *mut c_void,
    batch: *const raw::Batch,
    results: *mut raw::Results,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: our own instance.
    let (liar, vt, truth) = unsafe { liar(me) };
    let call = || ask!(vt, apply(truth, batch, results, err));
    // SAFETY: the host's buffer.
    let status = unsafe { liar.tell(Call::Work, err, call) };
    if status == raw::OK && liar.shared.lies_once_in(12) {
        // SAFETY: the host's structure, that the honest part has filled.
        bend(liar, unsafe { &mut *results });
    }
    status
}

/// Makes outcomes wrong, in one of all the ways that there are.
fn bend(liar: &Backend<'_>, results: &mut raw::Results) {
    let (way, which) = liar.shared.with(|input| (input.byte() % 10, input.byte()));
    let len = results.len;
    let lies = match way {
        0 => {
            results.len = liar.shared.with(|input| input.pick(&[0, 1, len + 1, u32::MAX, 4096]));
            results.len != len
        }
        1 => {
            // Not looked at again: it is the host's own.
            (results.items, results.size, results.cap) = (core::ptr::null_mut(), 0, u32::MAX);
            false
        }
        _ if len == 0 => false,
        _ => {
            let place = results.items.wrapping_add(usize::from(which) % len as usize);
            // SAFETY: below the length.
            let outcome = unsafe { &mut *place };
            let before = *outcome;
            liar.shared.with(|input| match way {
                2 => outcome.id ^= 1 << (input.byte() % 64),
                3 => outcome.value = input.pick(&[3, 7, u64::MAX, 1 << 32]),
                4 => outcome.kind = input.byte(),
                5 => outcome.flags = input.byte(),
                6 => outcome.reserved0 = u16::from(input.byte()) << 8,
                7 => outcome.op_index = input.half() % 8,
                8 => *outcome = Outcome::default(),
                _ => outcome.value = (before.value + 1) % 3,
            });
            let may_leak = before.kind == OpKind::MeasureLeaked as u8;
            let believed = Outcome { value: before.value, ..*outcome } == before
                && outcome.value <= 1 + u64::from(may_leak);
            if believed && *outcome != before {
                liar.shared.bent.set(true);
            }
            !believed
        }
    };
    if lies {
        liar.shared.lied.set(true);
    }
}

unsafe extern "C" fn shot_end(me: *mut c_void, err: *mut raw::Err) -> raw::Status {
    // SAFETY: our own instance.
    let (liar, vt, truth) = unsafe { liar(me) };
    let call = || ask!(vt, shot_end(truth, err));
    // SAFETY: the host's buffer.
    unsafe { liar.tell(Call::End, err, call) }
}

unsafe extern "C" fn destroy(me: *mut c_void) {
    // SAFETY: our own instance. The honest part is not the host's to destroy.
    let (liar, ..) = unsafe { liar(me) };
    liar.end();
}

unsafe extern "C" fn metric(me: *mut c_void, _: u32, out: *mut raw::Metric) -> raw::Status {
    // SAFETY: our own instance.
    let (liar, ..) = unsafe { liar(me) };
    let nowhere = core::ptr::null_mut();
    let call = || {
        // SAFETY: the host's structure is one of this version.
        unsafe { out.write(liar.shared.with(garbage::metric)) };
        raw::OK
    };
    // SAFETY: no buffer.
    unsafe { liar.tell(Call::Look, nowhere, call) }
}

unsafe extern "C" fn state_digest(
    me: *mut c_void,
    out: *mut u64,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: our own instance.
    let (liar, vt, truth) = unsafe { liar(me) };
    let call = || ask!(vt, state_digest(truth, out, err));
    // SAFETY: the host's buffer.
    unsafe { liar.tell(Call::Look, err, call) }
}

pub(super) static TABLE: raw::BackendVt = raw::BackendVt {
    size: size_of::<raw::BackendVt>() as u32,
    reserved0: 0,
    id: Some(id),
    query: Some(query),
    negotiate: Some(negotiate),
    shot_begin: Some(shot_begin),
    apply: Some(apply),
    shot_end: Some(shot_end),
    destroy: Some(destroy),
    metric: Some(metric),
    state: None,
    state_digest: Some(state_digest),
    cancel: None,
    extension: None,
};
