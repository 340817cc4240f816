//! What an image does once the board has booted.

use crate::console::Console;
#[cfg(feature = "controller")]
use crate::controller::run as all;
#[cfg(all(feature = "tight-loop", not(feature = "controller")))]
use crate::counted::run as all;
use crate::fault::{overflow, provoke};
use core::fmt;
#[cfg(not(feature = "tight-loop"))]
use defmt::Display2Format;
use defmt::Format;
use pandia_programs::Failure;
use semihosting::experimental::env::args;
use semihosting::process;

/// Room for the command line: the image's path, a word, and what the word is about.
const COMMAND_LINE_BYTES: usize = 512;

/// Runs all programs and logs which are done.
#[cfg(not(feature = "tight-loop"))]
fn all(console: &mut Console) -> Result<(), Failure> {
    defmt::info!("pandia {=str}", env!("CARGO_PKG_VERSION"));
    pandia_programs::run_all(console, &mut |name| defmt::info!("{=str} ran", name))
}

/// Does what the command line's second word says, then ends with the exit code that says how it
/// went. Without that word, and where nobody serves a command line, every program runs, or the tight
/// loop in an image for that, which knows none of the next two words. `taps` runs what is given, a
/// program through the board's pins and counters ([`crate::taps`]). `modules` hands the rest of the
/// line to the modules in flash. `panic`, `fault` and `overflow` end the image by a panic, an instruction
/// that no core has, and a stack that is full, so that a test can see that all are reported, and the
/// last records of the stack in whose midst they came.
pub fn run(taps: impl FnOnce(&mut dyn fmt::Write) -> Result<(), Failure>) -> ! {
    #[cfg(feature = "cortex-m")]
    crate::cortex_m::guard_stack();
    #[cfg(feature = "riscv")]
    crate::riscv::guard_stack();
    #[cfg(feature = "tight-loop")]
    drop(taps);
    let Some(mut console) = Console::open() else { process::exit(2) };
    let line = args::<COMMAND_LINE_BYTES>().ok();
    let word = line.as_ref().and_then(|line| { line }.nth(1)).and_then(Result::ok);
    match word {
        #[cfg(not(feature = "tight-loop"))]
        None => end(all(&mut console).as_ref().map_err(Display2Format)),
        #[cfg(feature = "tight-loop")]
        None => end(all(&mut console)),
        #[cfg(not(feature = "tight-loop"))]
        Some("taps") => end(taps(&mut console).as_ref().map_err(Display2Format)),
        #[cfg(all(feature = "modules", not(feature = "tight-loop")))]
        Some("modules") => {
            let words = line.iter().flatten().map(Result::unwrap_or_default);
            end(crate::modules::run(&mut console, words).as_ref().map_err(Display2Format))
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

/// Ends the image with the exit code that says how it went.
fn end<T, E: Format>(done: Result<T, E>) -> ! {
    match done {
        Ok(_) => process::exit(0),
        Err(error) => {
            defmt::error!("failed: {}", error);
            process::exit(1)
        }
    }
}

#[expect(clippy::panic, reason = "a test asks for it")]
fn asked_to_panic() -> ! {
    panic!("asked to panic")
}
