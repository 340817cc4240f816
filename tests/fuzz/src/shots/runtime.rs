//! A runtime that lies.

use super::backend::ask;
use super::liar::{Call, Liar, at};
use crate::garbage;
use pandia_core::abi::raw;
use std::ffi::c_void;

type Runtime<'a> = Liar<'a, raw::Runtime>;

/// # Safety
/// As [`at`].
unsafe fn liar<'a>(me: *mut c_void) -> (&'a Runtime<'a>, &'a raw::RuntimeVt, *mut c_void) {
    // SAFETY: the caller's promise.
    let liar: &Runtime<'a> = unsafe { at(me) };
    // SAFETY: a table of ours.
    (liar, unsafe { &*liar.truth.vt }, liar.truth.me)
}

unsafe extern "C" fn id(me: *mut c_void, out: *mut raw::Text) -> raw::Status {
    // SAFETY: our own instance.
    let (_, vt, truth) = unsafe { liar(me) };
    ask!(vt, id(truth, out))
}

unsafe extern "C" fn attach(
    me: *mut c_void,
    stack: *const raw::Backend,
    config: *const raw::Config,
    own_thread: u32,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: our own instance.
    let (liar, vt, truth) = unsafe { liar(me) };
    let call = || ask!(vt, attach(truth, stack, config, own_thread, err));
    // SAFETY: the host's buffer.
    unsafe { liar.tell(Call::Setup, err, call) }
}

unsafe extern "C" fn detach(me: *mut c_void, err: *mut raw::Err) -> raw::Status {
    // SAFETY: our own instance.
    let (liar, vt, truth) = unsafe { liar(me) };
    let call = || ask!(vt, detach(truth, err));
    // SAFETY: the host's buffer.
    unsafe { liar.tell(Call::Look, err, call) }
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
    unsafe { liar.tell(Call::Setup, err, call) }
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

unsafe extern "C" fn submit(
    me: *mut c_void,
    batch: *const raw::Batch,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: our own instance.
    let (liar, vt, truth) = unsafe { liar(me) };
    let call = || ask!(vt, submit(truth, batch, err));
    // SAFETY: the host's buffer.
    unsafe { liar.tell(Call::Work, err, call) }
}

unsafe extern "C" fn result(
    me: *mut c_void,
    id: u64,
    wait: u32,
    out: *mut u64,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: our own instance.
    let (liar, vt, truth) = unsafe { liar(me) };
    let call = || ask!(vt, result(truth, id, wait, out, err));
    // SAFETY: the host's buffer.
    let status = unsafe { liar.tell(Call::Work, err, call) };
    if status != raw::OK || !liar.shared.lies_once_in(12) {
        return status;
    }
    // SAFETY: the honest part has written it.
    let right = unsafe { out.read() };
    let value =
        liar.shared.with(|input| input.pick(&[0, 1, 2, 3, 7, u64::MAX, u64::MAX - 1, 1 << 32]));
    // SAFETY: the host's place.
    unsafe { out.write(value) };
    if value > 2 {
        liar.shared.lied.set(true);
    } else if value != right {
        liar.shared.bent.set(true);
    }
    status
}

unsafe extern "C" fn shot_end(me: *mut c_void, err: *mut raw::Err) -> raw::Status {
    // SAFETY: our own instance.
    let (liar, vt, truth) = unsafe { liar(me) };
    let call = || ask!(vt, shot_end(truth, err));
    // SAFETY: the host's buffer.
    unsafe { liar.tell(Call::End, err, call) }
}

unsafe extern "C" fn destroy(me: *mut c_void) {
    // SAFETY: our own instance.
    let (liar, vt, truth) = unsafe { liar(me) };
    liar.end();
    ask!(vt, destroy(truth));
}

unsafe extern "C" fn metric(me: *mut c_void, _: u32, out: *mut raw::Metric) -> raw::Status {
    // SAFETY: our own instance.
    let (liar, ..) = unsafe { liar(me) };
    let call = || {
        // SAFETY: the host's structure is one of this version.
        unsafe { out.write(liar.shared.with(garbage::metric)) };
        raw::OK
    };
    // SAFETY: no buffer.
    unsafe { liar.tell(Call::Look, core::ptr::null_mut(), call) }
}

pub(super) static TABLE: raw::RuntimeVt = raw::RuntimeVt {
    size: size_of::<raw::RuntimeVt>() as u32,
    reserved0: 0,
    id: Some(id),
    attach: Some(attach),
    detach: Some(detach),
    query: Some(query),
    negotiate: Some(negotiate),
    shot_begin: Some(shot_begin),
    submit: Some(submit),
    result: Some(result),
    shot_end: Some(shot_end),
    destroy: Some(destroy),
    metric: Some(metric),
    extension: None,
};
