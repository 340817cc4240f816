//! Pairs whose tables were edited: to count crossings, and to have or lack abilities.

use pandia_core::abi::raw;
use std::ffi::c_void;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

type Joint = unsafe extern "C" fn(*mut c_void, u64, u64, *mut raw::Err) -> raw::Status;

static ORIGINALS: [OnceLock<Joint>; 6] = [const { OnceLock::new() }; 6];
static COUNTS: [AtomicU32; 6] = [const { AtomicU32::new(0) }; 6];

/// The pair with a counter in its `shot_begin`.
pub(crate) fn joint<const N: usize>(pair: raw::Backend) -> raw::Backend {
    // SAFETY: a complete table of this version.
    let mut vt = unsafe { *pair.vt };
    ORIGINALS[N].set(vt.shot_begin.unwrap()).unwrap();
    vt.shot_begin = Some(counted::<N>);
    raw::Backend { vt: Box::leak(Box::new(vt)), me: pair.me }
}

unsafe extern "C" fn counted<const N: usize>(
    me: *mut c_void,
    shot: u64,
    seed: u64,
    err: *mut raw::Err,
) -> raw::Status {
    COUNTS[N].fetch_add(1, Ordering::Relaxed);
    // SAFETY: the original with its own arguments.
    unsafe { ORIGINALS[N].get().unwrap()(me, shot, seed, err) }
}

pub(crate) fn counts() -> [u32; 6] {
    COUNTS.each_ref().map(|count| count.load(Ordering::Relaxed))
}

pub(crate) const EXTENSION: &str = "test.extension/1";

static ASKED: AtomicU32 = AtomicU32::new(0);

/// How often the bottom was asked to cancel.
pub(crate) fn asked() -> u32 {
    ASKED.load(Ordering::Relaxed)
}

unsafe extern "C" fn cancel(_: *mut c_void) -> raw::Status {
    ASKED.fetch_add(1, Ordering::Relaxed);
    raw::OK
}

unsafe extern "C" fn metric(_: *mut c_void, index: u32, out: *mut raw::Metric) -> raw::Status {
    // SAFETY: the caller's structure.
    let out = unsafe { &mut *out };
    if index == 0 {
        out.kind = raw::METRIC_COUNTER;
        out.value = 7;
        out.part = raw::Text::of("test.bottom");
        out.name = raw::Text::of("sevens");
    }
    raw::OK
}

unsafe extern "C" fn extension(
    _: *mut c_void,
    _: *const raw::Text,
    out: *mut *const c_void,
) -> raw::Status {
    // SAFETY: the caller's place.
    unsafe { out.write((&raw const ASKED).cast()) };
    raw::OK
}

/// The pair with exactly these optional functions.
pub(crate) fn slots(pair: raw::Backend, has: [bool; 5]) -> raw::Backend {
    // SAFETY: a complete table of this version.
    let old = unsafe { *pair.vt };
    let vt = raw::BackendVt {
        state: old.state.filter(|_| has[0]),
        state_digest: old.state_digest.filter(|_| has[1]),
        metric: has[2].then_some(metric),
        cancel: has[3].then_some(cancel),
        extension: has[4].then_some(extension),
        ..old
    };
    raw::Backend { vt: Box::leak(Box::new(vt)), me: pair.me }
}
