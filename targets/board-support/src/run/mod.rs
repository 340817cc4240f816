//! What an image does once the board has booted.

#[cfg(any(not(feature = "controller"), feature = "asked"))]
mod asked;

use crate::console::Console;
#[cfg(feature = "controller")]
use crate::controller::run as all;
#[cfg(all(feature = "tight-loop", not(feature = "controller")))]
use crate::counted::run as all;
use core::fmt;
use defmt::Format;
use pandia_programs::Failure;
use semihosting::process;

/// Runs all programs and logs which are done.
#[cfg(not(feature = "tight-loop"))]
fn all(console: &mut Console) -> Result<(), Failure> {
    defmt::info!("pandia {=str}", env!("CARGO_PKG_VERSION"));
    pandia_programs::run_all(console, &mut |name| defmt::info!("{=str} ran", name))
}

/// Guards the stack and opens the console; without one the image ends.
fn ready() -> Console {
    #[cfg(feature = "cortex-m")]
    crate::cortex_m::guard_stack();
    #[cfg(feature = "riscv")]
    crate::riscv::guard_stack();
    let Some(console) = Console::open() else { process::exit(2) };
    console
}

/// Does what the command line says ([`asked`]), then ends with the exit code that says how it went.
/// `taps` runs what is given, a program through the board's pins and counters ([`crate::taps`]).
#[cfg(any(not(feature = "controller"), feature = "asked"))]
pub fn run(taps: impl FnOnce(&mut dyn fmt::Write) -> Result<(), Failure>) -> ! {
    let mut console = ready();
    asked::run(&mut console, taps)
}

/// Runs the controller, which nobody gives a command line, then ends with the exit code that says how it
/// went.
#[cfg(all(feature = "controller", not(feature = "asked")))]
pub fn run(_taps: impl FnOnce(&mut dyn fmt::Write) -> Result<(), Failure>) -> ! {
    let mut console = ready();
    end(all(&mut console))
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
