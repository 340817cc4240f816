//! RV32IMAC on virt: boot, console and exit code. What runs is in `programs`.
//!
//! Exit code 0: all programs ran. 1: one failed, 101: panic or fault; a message says which.
#![no_std]
#![no_main]

use core::fmt::Write;
use riscv_rt::entry;
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

/// Any exception: this firmware expects none.
#[expect(unsafe_code, reason = "the runtime finds this handler by its symbol")]
// SAFETY: the name and the signature are those of riscv-rt's default handler, which this replaces.
#[unsafe(no_mangle)]
extern "C" fn ExceptionHandler(_: &riscv_rt::TrapFrame) -> ! {
    let (cause, at) = (riscv::register::mcause::read().bits(), riscv::register::mepc::read());
    eprintln!("exception {cause} at {at:#010x}");
    process::exit(101)
}
