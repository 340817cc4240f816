//! Something of ours behind a table: the thing, its id, and whether it has panicked.

use super::guard::{PanicGuard, PanicText};
use super::raw;
use super::report;
use crate::error::{Error, ErrorKind, LAYER_BYTES, Result};
use core::ffi::c_void;
use core::fmt;
use core::marker::PhantomData;
use heapless::String;

/// A part that a table's functions can be called with. After a panic every call is refused.
#[derive(Debug)]
pub struct Instance<T, G> {
    inner: T,
    id: String<LAYER_BYTES>,
    panic: Option<PanicText>,
    guard: PhantomData<G>,
}

impl<T, G: PanicGuard> Instance<T, G> {
    pub(crate) fn with_id(inner: T, id: &str) -> Self {
        let mut own = String::new();
        let len = id.floor_char_boundary(LAYER_BYTES.min(id.len()));
        // It fits: it was cut to the capacity.
        let _ = own.push_str(id.get(..len).unwrap_or(""));
        Self { inner, id: own, panic: None, guard: PhantomData }
    }

    /// The thing itself.
    pub const fn inner(&self) -> &T {
        &self.inner
    }

    /// The thing itself, out of its wrapping.
    pub fn into_inner(self) -> T {
        self.inner
    }

    /// Where in the instance its id lies.
    pub(crate) fn id_text(&self) -> raw::Text {
        raw::Text::of(&self.id)
    }

    #[inline]
    fn check(&self) -> Result<()> {
        match &self.panic {
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
            Err(text) => Err(panicked(&self.id, format_args!("panicked: {text}"))),
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
    let instance = unsafe { me.cast::<Instance<T, G>>().as_mut() };
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
    call: impl FnOnce(&'a Instance<T, G>) -> Result<()>,
) -> raw::Status {
    // SAFETY: the caller's promise.
    let instance = unsafe { me.cast::<Instance<T, G>>().as_ref() };
    let done = instance
        .ok_or_else(no_instance)
        .and_then(|instance| instance.guarded_ref(|_| call(instance)));
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
