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
    /// Whether a call has panicked, also one that only looked: several may look at once.
    broken: AtomicBool,
    /// The words of a panic, unless it was in a call that only looked.
    panic: Option<PanicText>,
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
        let body = Body {
            inner,
            id: own,
            broken: AtomicBool::new(false),
            panic: None,
            guard: PhantomData,
        };
        Self { cancel, body }
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

    /// Whether a call has panicked, after which every other is refused.
    #[inline]
    fn is_broken(&self) -> bool {
        // Calls come one after the other, says the interface, so the order of memory does not matter.
        self.broken.load(Ordering::Relaxed)
    }

    #[cold]
    fn has_panicked(&self) -> Error {
        let text = self.panic.as_deref().unwrap_or("a call that only looked");
        let words = format_args!("an earlier call panicked: {text}; build the stack anew");
        panicked(&self.id, words)
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
    let Some(body) = (unsafe { body.as_mut() }) else {
        // SAFETY: the caller's promise.
        return unsafe { report::give(err, &no_instance()) };
    };
    if body.is_broken() {
        // SAFETY: the caller's promise.
        return unsafe { report::give(err, &body.has_panicked()) };
    }
    let (inner, id) = (&mut body.inner, &body.id);
    // It is written down where it arises, and only its status moves on.
    match G::run(|| match call(inner) {
        Ok(()) => raw::OK,
        // SAFETY: the caller's promise.
        Err(error) => unsafe { report::give(err, &error.in_layer(id)) },
    }) {
        Ok(status) => status,
        Err(text) => {
            let error = panicked(id, format_args!("panicked: {text}"));
            body.panic = Some(text);
            body.broken.store(true, Ordering::Relaxed);
            // SAFETY: the caller's promise.
            unsafe { report::give(err, &error) }
        }
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
    let Some(body) = (unsafe { body.as_ref() }) else {
        // SAFETY: the caller's promise.
        return unsafe { report::give(err, &no_instance()) };
    };
    if body.is_broken() {
        // SAFETY: the caller's promise.
        return unsafe { report::give(err, &body.has_panicked()) };
    }
    match G::run(|| match call(body.seen()) {
        Ok(()) => raw::OK,
        // SAFETY: the caller's promise.
        Err(error) => unsafe { report::give(err, &error.in_layer(&body.id)) },
    }) {
        Ok(status) => status,
        Err(text) => {
            let error = panicked(&body.id, format_args!("panicked: {text}"));
            body.broken.store(true, Ordering::Relaxed);
            // SAFETY: the caller's promise.
            unsafe { report::give(err, &error) }
        }
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
