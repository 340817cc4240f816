//! Something of ours behind a table: the thing, its id, and whether it has panicked.

use super::guard::{PanicGuard, PanicText};
use super::raw;
use super::report;
use crate::backend::CancelTarget;
use crate::error::{Error, ErrorKind, LAYER_BYTES, Result};
use core::ffi::c_void;
use core::fmt;
use core::marker::PhantomData;
use core::sync::atomic::{AtomicBool, Ordering};
use heapless::String;

/// A part that a table's functions can be called with. After a panic every call is refused.
///
/// Two halves: calls borrow the second only, so that a request to cancel may read the first at the
/// same time, from another thread.
#[derive(Debug)]
pub struct Instance<T, G> {
    /// Set when it is built, and only read from then on.
    cancel: Option<CancelTarget>,
    body: Body<T, G>,
}

/// What calls work on.
#[derive(Debug)]
struct Body<T, G> {
    inner: T,
    id: String<LAYER_BYTES>,
    panic: Option<PanicText>,
    /// Whether a call that only looks has panicked: others may look at the same time.
    look_panic: AtomicBool,
    guard: PhantomData<G>,
}

impl<T, G> Instance<T, G> {
    /// Whom to ask that a call returns early.
    pub(crate) const fn cancel_target(&self) -> Option<CancelTarget> {
        self.cancel
    }
}

impl<T, G: PanicGuard> Instance<T, G> {
    pub(crate) fn with_id(inner: T, id: &str, cancel: Option<CancelTarget>) -> Self {
        let mut own = String::new();
        let len = id.floor_char_boundary(LAYER_BYTES.min(id.len()));
        // It fits: it was cut to the capacity.
        let _ = own.push_str(id.get(..len).unwrap_or(""));
        Self {
            cancel,
            body: Body {
                inner,
                id: own,
                panic: None,
                look_panic: AtomicBool::new(false),
                guard: PhantomData,
            },
        }
    }

    /// The thing itself.
    pub const fn inner(&self) -> &T {
        &self.body.inner
    }

    /// The thing itself, out of its wrapping.
    pub fn into_inner(self) -> T {
        self.body.inner
    }
}

impl CancelTarget {
    /// Asks that a call in progress returns early; the status says nothing but whether the ability
    /// is there.
    ///
    /// # Safety
    /// The part that gave this target lives, with all that lies below it.
    #[must_use]
    pub unsafe fn ask(self) -> raw::Status {
        // SAFETY: table and instance belong together, and the instance lives, says the caller.
        unsafe { (self.call)(self.me) }
    }
}

// SAFETY: what it points to may be asked from any thread at any time, says the interface; whether it
// lives is a promise of who asks.
unsafe impl Send for CancelTarget {}
// SAFETY: as above.
unsafe impl Sync for CancelTarget {}

/// Whom the instance at `me` would ask.
///
/// # Safety
/// `me` is NULL or an `Instance<T, G>` that lives; calls may be in progress.
pub(crate) unsafe fn target_at<T, G>(me: *mut c_void) -> Option<CancelTarget> {
    let instance = me.cast::<Instance<T, G>>();
    if instance.is_null() {
        return None;
    }
    // SAFETY: not NULL, so it lives, says the caller; no reference is made.
    let target = unsafe { &raw const (*instance).cancel };
    // SAFETY: as above, and nobody writes there; calls borrow the other half.
    unsafe { target.read() }
}

/// The half of the instance at `me` that calls work on.
///
/// # Safety
/// `me` is NULL or an `Instance<T, G>` that lives.
#[inline]
unsafe fn body_at<T, G>(me: *mut c_void) -> *mut Body<T, G> {
    let instance = me.cast::<Instance<T, G>>();
    if instance.is_null() {
        return core::ptr::null_mut();
    }
    // SAFETY: not NULL, so it lives, says the caller; no reference is made.
    unsafe { &raw mut (*instance).body }
}

/// What calls that only look may look at.
pub(crate) struct Seen<'a, T> {
    pub(crate) inner: &'a T,
    /// Its id, where it lies in the instance.
    pub(crate) id: &'a str,
}

impl<T, G: PanicGuard> Body<T, G> {
    #[inline]
    fn seen(&self) -> Seen<'_, T> {
        Seen { inner: &self.inner, id: &self.id }
    }

    #[inline]
    fn check(&self) -> Result<()> {
        match &self.panic {
            None if self.look_panic.load(Ordering::Relaxed) => Err(panicked(
                &self.id,
                format_args!(
                    "an earlier call that only looks (id, query, metric) panicked; build the stack \
                     anew"
                ),
            )),
            None => Ok(()),
            Some(text) => Err(panicked(
                &self.id,
                format_args!("an earlier call panicked: {text}; build the stack anew"),
            )),
        }
    }

    /// Makes a call of which nothing unwinds.
    #[inline]
    fn guarded(&mut self, call: impl FnOnce(&mut T) -> Result<()>) -> Result<()> {
        self.check()?;
        let inner = &mut self.inner;
        match G::run(|| call(inner)) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(error.in_layer(&self.id)),
            Err(text) => {
                let error = panicked(&self.id, format_args!("panicked: {text}"));
                self.panic = Some(text);
                Err(error)
            }
        }
    }

    /// As [`Self::guarded`], for calls that only look.
    #[inline]
    fn guarded_ref(&self, call: impl FnOnce(&T) -> Result<()>) -> Result<()> {
        self.check()?;
        match G::run(|| call(&self.inner)) {
            Ok(done) => done.map_err(|e| e.in_layer(&self.id)),
            Err(text) => {
                self.look_panic.store(true, Ordering::Relaxed);
                Err(panicked(&self.id, format_args!("panicked: {text}")))
            }
        }
    }
}

#[cold]
fn panicked(id: &str, text: fmt::Arguments<'_>) -> Error {
    Error::from(ErrorKind::Broken("panicked")).in_layer(id).with_text(text)
}

#[cold]
fn no_instance() -> Error {
    ErrorKind::Argument("the instance is NULL").into()
}

/// A table's function: calls the instance and gives a status back.
///
/// # Safety
/// `me` is NULL or an `Instance<T, G>` that nobody else uses during the call; `err` is NULL or a
/// valid error buffer.
#[inline]
pub(crate) unsafe fn enter<T, G: PanicGuard>(
    me: *mut c_void,
    err: *mut raw::Err,
    call: impl FnOnce(&mut T) -> Result<()>,
) -> raw::Status {
    // SAFETY: the caller's promise.
    let body = unsafe { body_at::<T, G>(me) };
    // SAFETY: the caller's promise: nobody else uses this half during the call.
    let instance = unsafe { body.as_mut() };
    let done = instance.ok_or_else(no_instance).and_then(|instance| instance.guarded(call));
    match done {
        Ok(()) => raw::OK,
        // SAFETY: the caller's promise.
        Err(error) => unsafe { report::give(err, &error) },
    }
}

/// As [`enter`], for calls that only look.
///
/// # Safety
/// As [`enter`], but others may look, too.
#[inline]
pub(crate) unsafe fn look<'a, T: 'a, G: PanicGuard + 'a>(
    me: *mut c_void,
    err: *mut raw::Err,
    call: impl FnOnce(Seen<'a, T>) -> Result<()>,
) -> raw::Status {
    // SAFETY: the caller's promise.
    let body = unsafe { body_at::<T, G>(me) };
    // SAFETY: the caller's promise.
    let instance = unsafe { body.as_ref() };
    let done = instance
        .ok_or_else(no_instance)
        .and_then(|instance| instance.guarded_ref(|_| call(instance.seen())));
    match done {
        Ok(()) => raw::OK,
        // SAFETY: the caller's promise.
        Err(error) => unsafe { report::give(err, &error) },
    }
}

/// A table's `destroy`: drops the instance where it lies. A panic on the way is swallowed: there is
/// nobody left to tell.
///
/// # Safety
/// `me` is NULL or an `Instance<T, G>` that nobody uses now or later.
pub(crate) unsafe extern "C" fn destroy<T, G: PanicGuard>(me: *mut c_void) {
    let instance = me.cast::<Instance<T, G>>();
    if instance.is_null() {
        return;
    }
    // SAFETY: the caller's promise.
    let _ = G::run(|| unsafe { instance.drop_in_place() });
}
