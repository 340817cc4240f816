//! What a command line asks an image for.

use super::{all, end};
use crate::console::Console;
use core::fmt;
use core::hint::black_box;
#[cfg(not(feature = "tight-loop"))]
use defmt::Display2Format;
use pandia_programs::Failure;
use semihosting::experimental::env::args;
use semihosting::process;

/// Room for the command line: the image's path, a word, and what the word is about.
const COMMAND_LINE_BYTES: usize = 512;

/// Does what the command line's second word says, then ends with the exit code that says how it
/// went. Without that word, and where nobody serves a command line, every program runs, or the tight
/// loop in an image for that, which knows none of the next two words. `taps` runs what is given, a
/// program through the board's pins and counters ([`crate::taps`]). `modules` hands the rest of the
/// line to the modules in flash. `panic`, `fault` and `overflow` end the image by a panic, an instruction
/// that no core has, and a stack that is full, so that a test can see that all are reported, and the
/// last records of the stack in whose midst they came.
pub(super) fn run(
    console: &mut Console,
    taps: impl FnOnce(&mut dyn fmt::Write) -> Result<(), Failure>,
) -> ! {
    #[cfg(feature = "tight-loop")]
    drop(taps);
    let line = args::<COMMAND_LINE_BYTES>().ok();
    let word = line.as_ref().and_then(|line| { line }.nth(1)).and_then(Result::ok);
    match word {
        #[cfg(not(feature = "tight-loop"))]
        None => end(all(console).as_ref().map_err(Display2Format)),
        #[cfg(feature = "tight-loop")]
        None => end(all(console)),
        #[cfg(not(feature = "tight-loop"))]
        Some("taps") => end(taps(console).as_ref().map_err(Display2Format)),
        #[cfg(all(feature = "modules", not(feature = "tight-loop")))]
        Some("modules") => {
            let words = line.iter().flatten().map(Result::unwrap_or_default);
            end(crate::modules::run(console, words).as_ref().map_err(Display2Format))
        }
        Some("panic") => stopped_by(|| asked_to_panic()),
        Some("fault") => stopped_by(provoke),
        Some("overflow") => stopped_by(|| _ = overflow(0)),
        Some(other) => {
            defmt::error!(
                "no image does `{=str}`; there are `taps`, `panic`, `fault`, `overflow` and, on boards \
                 that keep flash for them, `modules`",
                other
            );
            process::exit(2)
        }
    }
}

/// Ends the image by `stop`, which must do that, in the midst of a shot that taps record.
#[cfg(not(feature = "tight-loop"))]
fn stopped_by(stop: impl FnMut()) -> ! {
    end(pandia_programs::traced::until(stop).as_ref().map_err(Display2Format))
}

/// Ends the image by `stop`, which must do that.
#[cfg(feature = "tight-loop")]
fn stopped_by(stop: impl FnOnce()) -> ! {
    stop();
    process::exit(0)
}

#[expect(clippy::panic, reason = "a test asks for it")]
fn asked_to_panic() -> ! {
    panic!("asked to panic")
}

/// Calls itself until the stack is full, so that the board's fault handler must end the image.
#[inline(never)]
fn overflow(depth: usize) -> usize {
    let frame = black_box([depth; 16]);
    if depth == usize::MAX {
        return 0;
    }
    overflow(depth + 1).wrapping_add(black_box(frame)[depth % 16])
}

/// Runs an instruction that no core has, so that the board's fault handler must end the image.
#[expect(unsafe_code, reason = "no safe Rust faults")]
fn provoke() {
    // SAFETY: an instruction that is undefined by the architecture reads and writes nothing; the
    // handler that the exception enters does not return.
    unsafe {
        #[cfg(any(target_arch = "arm", target_arch = "aarch64"))]
        core::arch::asm!("udf #0");
        #[cfg(any(target_arch = "riscv32", target_arch = "riscv64"))]
        core::arch::asm!("unimp");
    }
}
