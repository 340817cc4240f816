//! What a resident image does once the board has booted.

use embedded_io::{Read, Write};
use semihosting::process;

/// Serves stacks of `ARENA_BYTES` at most over `line`, until power or debugger ends it.
pub fn serve<const ARENA_BYTES: usize>(name: &str, line: impl Read + Write) -> ! {
    match pandia_resident::run::<_, ARENA_BYTES>(name, line) {
        Ok(()) => process::exit(0),
        Err(error) => {
            defmt::error!("failed: {}", error);
            process::exit(1)
        }
    }
}
