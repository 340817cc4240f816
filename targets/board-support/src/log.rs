//! The log: defmt frames on the standard error of the debugger or emulator, and the panic that ends
//! an image.
//!
//! Standard output is the programs' own, and defmt-semihosting writes there; hence this.

#![expect(unsafe_code, reason = "defmt's logger is unsafe to implement, and it needs one static")]

use crate::console::write_all;
use core::cell::UnsafeCell;
use critical_section::RestoreState;
use defmt::{Encoder, Logger, global_logger};
use heapless::Vec;
use semihosting::io::{Stderr, stderr};
use semihosting::process;

/// Bytes that go out in one call of the debugger. A longer frame takes more calls.
const CHUNK_BYTES: usize = 128;

/// What a frame needs from its beginning to its end.
struct Frame {
    is_open: bool,
    restore: RestoreState,
    encoder: Encoder,
    chunk: Vec<u8, CHUNK_BYTES>,
    console: Option<Stderr>,
}

struct Shared(UnsafeCell<Frame>);

// SAFETY: whoever touches the inside has interrupts off, and boards have one core.
unsafe impl Sync for Shared {}

static FRAME: Shared = Shared(UnsafeCell::new(Frame {
    is_open: false,
    restore: RestoreState::invalid(),
    encoder: Encoder::new(),
    chunk: Vec::new(),
    console: None,
}));

impl Frame {
    /// The one frame.
    ///
    /// # Safety
    /// Interrupts are off, and no other reference to it is in use.
    unsafe fn get<'a>() -> &'a mut Self {
        // SAFETY: the caller's promise.
        unsafe { &mut *FRAME.0.get() }
    }

    fn put(chunk: &mut Vec<u8, CHUNK_BYTES>, console: &mut Option<Stderr>, bytes: &[u8]) {
        for &byte in bytes {
            if chunk.is_full() {
                Self::send(chunk, console);
            }
            // There is room: a full chunk was sent.
            let _ = chunk.push(byte);
        }
    }

    /// Hands the chunk over. Nobody is left to tell if nobody takes it.
    fn send(chunk: &mut Vec<u8, CHUNK_BYTES>, console: &mut Option<Stderr>) {
        if console.is_none() {
            *console = stderr().ok();
        }
        if let Some(console) = console {
            write_all(console, chunk);
        }
        chunk.clear();
    }
}

#[global_logger]
struct Log;

// SAFETY: from `acquire` to `release` interrupts are off, so no other frame can begin.
unsafe impl Logger for Log {
    fn acquire() {
        // SAFETY: given back by `release`, which defmt calls once for each `acquire`.
        let restore = unsafe { critical_section::acquire() };
        // SAFETY: interrupts are off; no other function of this type is running.
        let frame = unsafe { Frame::get() };
        if frame.is_open {
            // A `Format` has logged or panicked within a frame, whose end will never come.
            process::exit(crate::PANICKED);
        }
        frame.is_open = true;
        frame.restore = restore;
        let Frame { encoder, chunk, console, .. } = frame;
        encoder.start_frame(|bytes| Frame::put(chunk, console, bytes));
    }

    unsafe fn flush() {}

    unsafe fn release() {
        // SAFETY: as in `acquire`.
        let frame = unsafe { Frame::get() };
        let Frame { encoder, chunk, console, .. } = &mut *frame;
        encoder.end_frame(|bytes| Frame::put(chunk, console, bytes));
        Frame::send(chunk, console);
        frame.is_open = false;
        let restore = frame.restore;
        // SAFETY: this is what `acquire` took.
        unsafe { critical_section::release(restore) };
    }

    unsafe fn write(bytes: &[u8]) {
        // SAFETY: as in `acquire`.
        let Frame { encoder, chunk, console, .. } = unsafe { Frame::get() };
        encoder.write(bytes, |bytes| Frame::put(chunk, console, bytes));
    }
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    #[cfg(not(feature = "controller"))]
    defmt::error!("{}", defmt::Display2Format(info));
    #[cfg(feature = "controller")]
    terse(info);
    #[cfg(not(feature = "tight-loop"))]
    crate::last::log();
    process::exit(crate::PANICKED)
}

/// Place and words, but for words that are put together, which is what `core::fmt` is large for. Those
/// of an index out of range are all that such an image has.
#[cfg(feature = "controller")]
fn terse(info: &core::panic::PanicInfo<'_>) {
    let words = info.message().as_str().unwrap_or("an index or a length out of range");
    let (file, line) = info.location().map_or(("?", 0), |place| (place.file(), place.line()));
    defmt::error!("panicked at {=str}:{=u32}: {=str}", file, line, words);
}
