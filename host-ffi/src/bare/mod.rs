//! Panics stop at the border of a module image, on cores where nothing unwinds.
//!
//! Each guarded call leaves a mark on the stack ([`escape`]); the image's panic handler keeps the
//! words and goes back to the newest mark. What lies between is abandoned and never dropped. One
//! context at a time may be in an image: no interrupt handler and no second core calls it.
#![expect(unsafe_code, reason = "leaving a call without unwinding takes assembly")]

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "arm")]
mod arm;
mod escape;
#[cfg(any(target_arch = "riscv32", target_arch = "riscv64"))]
mod riscv;

use core::ffi::c_void;
use core::fmt::{self, Write};
use core::panic::PanicInfo;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering::Relaxed};
use pandia_core::abi::{PanicGuard, PanicText};

/// Ends a call that panics and keeps the words of the panic.
#[derive(Clone, Copy, Debug)]
pub struct CatchUnwind;

/// A guarded call in progress.
struct Frame {
    mark: escape::Mark,
    is_panicking: bool,
    text: PanicText,
}

/// The newest guarded call in progress; NULL outside of any.
static NEWEST: AtomicPtr<Frame> = AtomicPtr::new(null_mut());

/// What is called, then what came of it.
struct Job<F, R> {
    call: Option<F>,
    result: Option<R>,
}

impl PanicGuard for CatchUnwind {
    fn run<R>(call: impl FnOnce() -> R) -> Result<R, PanicText> {
        let mut job = Job { call: Some(call), result: None };
        let work = work_of(&job);
        let mut frame =
            Frame { mark: escape::Mark::NONE, is_panicking: false, text: PanicText::new() };
        let at = &raw mut frame;
        let earlier = NEWEST.load(Relaxed);
        NEWEST.store(at, Relaxed);
        // SAFETY: the frame lives on this stack until the call is over, one way or the other.
        let mark = unsafe { &raw mut (*at).mark };
        // SAFETY: `work` is of the same types as the job, which nobody else uses until it is over;
        // a panic comes back here by the mark while this function has not returned.
        unsafe { escape::call(mark, work, (&raw mut job).cast()) };
        NEWEST.store(earlier, Relaxed);
        job.result.ok_or(frame.text)
    }
}

/// The function that does a job of this type.
const fn work_of<F: FnOnce() -> R, R>(_: &Job<F, R>) -> unsafe extern "C" fn(*mut c_void) {
    work::<F, R>
}

/// # Safety
/// `job` is a `Job<F, R>` that nobody else uses during the call.
unsafe extern "C" fn work<F: FnOnce() -> R, R>(job: *mut c_void) {
    // SAFETY: the caller's promise.
    let job = unsafe { &mut *job.cast::<Job<F, R>>() };
    job.result = job.call.take().map(|call| call());
}

#[panic_handler]
fn panicked(info: &PanicInfo<'_>) -> ! {
    let at = NEWEST.load(Relaxed);
    if at.is_null() {
        // Outside of every guard (a part exported with `NoGuard`): the firmware's fault handler is
        // the only one left to tell.
        escape::trap();
    }
    // SAFETY: not NULL, so the guarded call that left it is in progress, further up this stack, and
    // waits for the call that has just ended.
    let frame = unsafe { &mut *at };
    // Words that panic while they are written are kept as far as they came.
    if !frame.is_panicking {
        frame.is_panicking = true;
        // A full buffer is no failure: the words are cut.
        let _ = write!(Cut(&mut frame.text), "{}", info.message());
    }
    // SAFETY: as above.
    unsafe { escape::back(frame.mark) }
}

/// Keeps what fits.
struct Cut<'a>(&'a mut PanicText);

impl Write for Cut<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| self.0.push(c).map_err(|_| fmt::Error))
    }
}
