//! What an image does once the board has booted.

use crate::console::Console;
#[cfg(feature = "tight-loop")]
use crate::counted::run as all;
use crate::fault::provoke;
use core::fmt;
use pandia_programs::Failure;
use semihosting::experimental::env::args;
use semihosting::process;

/// Room for the command line: the image's path and a word.
const COMMAND_LINE_BYTES: usize = 256;

/// Runs all programs and logs which are done.
#[cfg(not(feature = "tight-loop"))]
fn all(console: &mut Console) -> Result<(), Failure> {
    defmt::info!("pandia {=str}", env!("CARGO_PKG_VERSION"));
    pandia_programs::run_all(console, &mut |name| defmt::info!("{=str} ran", name))
}

/// Does what the command line's second word says, then ends with the exit code that says how it
/// went. Without that word, and where nobody serves a command line, every program
/// runs, or the tight loop in an image for that. `taps` runs what is given, a program through
/// the board's pins and counters ([`crate::taps`]). `panic` and
/// `fault` end the image by one, so that a test can see that both are reported.
pub fn run(taps: impl FnOnce(&mut dyn fmt::Write) -> Result<(), Failure>) -> ! {
    let Some(mut console) = Console::open() else { process::exit(2) };
    let line = args::<COMMAND_LINE_BYTES>().ok();
    let word = line.as_ref().and_then(|line| { line }.nth(1)).and_then(Result::ok);
    let done = match word {
        None => all(&mut console),
        // An image for the tight loop has none of it.
        Some("taps") if !cfg!(feature = "tight-loop") => taps(&mut console),
        Some("panic") => asked_to_panic(),
        Some("fault") => {
            provoke();
            Ok(())
        }
        Some(other) => {
            defmt::error!("no image does `{=str}`; there are `taps`, `panic` and `fault`", other);
            process::exit(2)
        }
    };
    match done {
        Ok(()) => process::exit(0),
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
