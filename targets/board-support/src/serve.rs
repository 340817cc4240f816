//! What a resident image does once the board has booted.

use embedded_io::{Read, Write};
use pandia_core::link::Shelf;
use semihosting::process;

/// Serves stacks of `ARENA_BYTES` at most over `line`, until power or debugger ends it. A panic or a
/// fault shows what of their records was not fetched.
pub fn serve<const ARENA_BYTES: usize>(name: &str, line: impl Read + Write) -> ! {
    #[cfg(feature = "cortex-m")]
    crate::cortex_m::guard_stack();
    #[cfg(feature = "riscv")]
    crate::riscv::guard_stack();
    #[cfg(feature = "modules")]
    let mut shelf = crate::modules::shelf();
    #[cfg(feature = "modules")]
    let shelf: Option<&mut dyn Shelf> = Some(&mut shelf);
    #[cfg(not(feature = "modules"))]
    let shelf: Option<&mut dyn Shelf> = None;
    match pandia_resident::run::<_, ARENA_BYTES>(name, line, &pandia_records::RECORDS, shelf) {
        Ok(()) => process::exit(0),
        Err(error) => {
            defmt::error!("failed: {}", error);
            process::exit(1)
        }
    }
}
