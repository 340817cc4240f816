//! The table of the proxy: each function asks the rules, hands the call on, and says how it ended.

use super::super::guard::Catch;
use super::rules::{Function, Rules};
use super::violation::Breach;
use core::ffi::c_void;
use pandia_core::abi::{BackendTable, give_error, raw};
use pandia_core::backend::Backend;
use pandia_core::error::{Error, ErrorKind};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What errors of the proxy are signed with.
pub(super) const ID: &str = "pandia.call_proxy";

/// What the guest has an address of. It outlives everybody, so that a call that comes too late is
/// noted like any other.
#[derive(Debug)]
pub(super) struct Shared {
    inner: Mutex<Inner>,
    /// The child's `cancel`, if it has one.
    cancel: Option<unsafe extern "C" fn(*mut c_void) -> raw::Status>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) rules: Rules,
    /// The child's instance, or NULL once it is gone.
    pub(super) child: *mut c_void,
}

// SAFETY: the address is only used by who was let in by the rules, which is one at a time, and what
// it leads to is a `Box<dyn Backend + Send>`.
unsafe impl Send for Inner {}

impl Shared {
    /// Over a child that outlives it or is taken away from it. `child` is a table of ours, with its
    /// instance.
    pub(super) fn new(rules: Rules, child: raw::Backend) -> Self {
        // SAFETY: tables of ours are constants.
        let cancel = unsafe { &*child.vt }.cancel;
        Self { inner: Mutex::new(Inner { rules, child: child.me }), cancel }
    }

    /// The table for this child: it has `cancel` exactly if the child has.
    pub(super) fn table(&self) -> &'static raw::BackendVt {
        if self.cancel.is_some() { &WITH_CANCEL } else { &WITHOUT_CANCEL }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing that holds the lock leaves it half done.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, function: Function) -> Result<*mut c_void, Error> {
        let mut inner = self.lock();
        if inner.child.is_null() {
            inner.rules.take_back();
        }
        inner.rules.enter(function).map_err(|breach| refusal(function, breach))?;
        Ok(inner.child)
    }

    /// Asks the child, without the lock: a call in progress must be able to end meanwhile.
    fn cancel(&self) -> raw::Status {
        let (goes_on, child) = {
            let mut inner = self.lock();
            if inner.child.is_null() {
                inner.rules.take_back();
            }
            (inner.rules.enter_cancel(), inner.child)
        };
        match (goes_on, self.cancel) {
            (Err(breach), _) => refusal(Function::Cancel, breach).code(),
            // A request, not a promise.
            (Ok(false), _) => raw::OK,
            (Ok(true), Some(cancel)) => {
                // SAFETY: function and instance belong together, the function may be called beside
                // any other, and whoever ends the child waits for `leave_cancel`.
                let status = unsafe { cancel(child) };
                self.lock().rules.leave_cancel();
                status
            }
            (Ok(true), None) => {
                self.lock().rules.leave_cancel();
                ErrorKind::Unsupported("nothing below can be cancelled").code()
            }
        }
    }
}

#[cold]
fn refusal(function: Function, breach: Breach) -> Error {
    let error = Error::from(ErrorKind::State("a call that the interface forbids")).in_layer(ID);
    error.with_text(format_args!("{}: {breach}", function.name()))
}

/// Hands a call on, if the rules let it in.
///
/// # Safety
/// `me` is NULL or a `Shared` that is kept; `err` is NULL or a valid error buffer.
unsafe fn forward(
    me: *mut c_void,
    err: *mut raw::Err,
    function: Function,
    call: impl FnOnce(&raw::BackendVt, *mut c_void) -> Option<raw::Status>,
) -> raw::Status {
    // SAFETY: the caller's promise.
    let Some(shared) = (unsafe { me.cast::<Shared>().as_ref() }) else {
        let error = Error::from(ErrorKind::Argument("the instance is NULL")).in_layer(ID);
        // SAFETY: the caller's promise.
        return unsafe { give_error(err, &error) };
    };
    let child = match shared.enter(function) {
        Ok(child) => child,
        // SAFETY: the caller's promise.
        Err(error) => return unsafe { give_error(err, &error) },
    };
    let table = BackendTable::<Box<dyn Backend + Send>, Catch>::of();
    // A table of ours has all of these functions.
    let status = call(table, child).unwrap_or_else(|| ErrorKind::Unsupported("").code());
    shared.lock().rules.leave(status);
    status
}

macro_rules! functions {
    ($($name:ident, $function:ident, ($($arg:ident: $Arg:ty),*), $err:expr;)*) => {
        $(
            unsafe extern "C" fn $name(me: *mut c_void, $($arg: $Arg),*) -> raw::Status {
                let call = |table: &raw::BackendVt, child| {
                    // SAFETY: the rules let one call in at a time; the guest's arguments go on as
                    // they are, and are checked there.
                    table.$name.map(|function| unsafe { function(child, $($arg),*) })
                };
                // SAFETY: the guest was given the address of a `Shared` that is kept.
                unsafe { forward(me, $err, Function::$function, call) }
            }
        )*
    };
}

functions! {
    id, Id, (out: *mut raw::Text), core::ptr::null_mut();
    query, Query, (out: *mut raw::Info, err: *mut raw::Err), err;
    negotiate, Negotiate,
        (gates: *const raw::GateSet, out: *mut u8, count: u32, err: *mut raw::Err), err;
    shot_begin, ShotBegin, (shot: u64, seed: u64, err: *mut raw::Err), err;
    apply, Apply,
        (batch: *const raw::Batch, results: *mut raw::Results, err: *mut raw::Err), err;
    shot_end, ShotEnd, (err: *mut raw::Err), err;
    metric, Metric, (index: u32, out: *mut raw::Metric), core::ptr::null_mut();
    state, State,
        (query: *const raw::StateQuery, out: *mut f64, count: u64, err: *mut raw::Err), err;
    state_digest, StateDigest, (out: *mut u64, err: *mut raw::Err), err;
}

/// Never ends the child: the guest did not create it.
unsafe extern "C" fn destroy(me: *mut c_void) {
    // SAFETY: the guest was given the address of a `Shared` that is kept.
    if let Some(shared) = unsafe { me.cast::<Shared>().as_ref() } {
        // It is noted; there is no way to say so to the guest.
        let _ = shared.lock().rules.enter(Function::Destroy);
    }
}

/// \[any\] The one function that comes beside others.
unsafe extern "C" fn cancel(me: *mut c_void) -> raw::Status {
    // SAFETY: the guest was given the address of a `Shared` that is kept.
    match unsafe { me.cast::<Shared>().as_ref() } {
        Some(shared) => shared.cancel(),
        None => ErrorKind::Argument("the instance is NULL").code(),
    }
}

const TABLE: raw::BackendVt = raw::BackendVt {
    #[expect(clippy::cast_possible_truncation, reason = "some dozens of bytes")]
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
    state: Some(state),
    state_digest: Some(state_digest),
    cancel: None,
    extension: None,
};
static WITHOUT_CANCEL: raw::BackendVt = TABLE;
static WITH_CANCEL: raw::BackendVt = raw::BackendVt { cancel: Some(cancel), ..TABLE };
