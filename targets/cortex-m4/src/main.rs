//! Cortex-M4F on mps2-an386: boot, console and exit code. What runs is in `programs`.
//!
//! Exit code 0: all programs ran. 1: one failed, 101: panic or fault; a message says which.
#![no_std]
#![no_main]
#![expect(unsafe_code, reason = "cortex-m-rt takes only an unsafe handler of hard faults")]

use core::fmt::Write;
use cortex_m_rt::{ExceptionFrame, entry, exception};
use semihosting::{eprintln, io, process};

/// The console: standard output of the debugger or emulator.
struct Console(io::Stdout);

impl Write for Console {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        io::Write::write_all(&mut self.0, text.as_bytes()).map_err(|_| core::fmt::Error)
    }
}

#[entry]
fn main() -> ! {
    let Ok(stdout) = io::stdout() else { process::exit(2) };
    match pandia_programs::run_all(&mut Console(stdout)) {
        Ok(()) => process::exit(0),
        Err(error) => {
            eprintln!("failed: {error}");
            process::exit(1)
        }
    }
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    eprintln!("hard fault at {:#010x}", frame.pc());
    process::exit(101)
}
