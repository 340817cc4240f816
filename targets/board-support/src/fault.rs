//! How an image ends that a core's exception has stopped.

use semihosting::process;

/// Bytes below the stack in which an access is taken for one of a stack that is full. What guards a
/// stack may be smaller.
const BELOW_BYTES: usize = 64 * 1024;
/// Bytes above its end in which a stack pointer is taken for such a one: less than a core stores when a
/// function or an exception begins may be left, and is lost.
const ABOVE_BYTES: usize = 64;

// SAFETY: every board's memory map has it.
#[expect(unsafe_code, reason = "the memory map says where the stack ends")]
unsafe extern "C" {
    /// The lowest address of the stack.
    safe static pandia_stack_end: u8;
}

/// Logs the exception with its number (what it means is the core's affair) and the address at which
/// it came, then the last records, and ends with 101.
///
/// `place` is the stack pointer when it came, or what the access that was refused was to;
/// [`usize::MAX`] if nobody knows. At the end of the stack it says that the stack is full.
pub fn fault(what: &'static str, number: usize, address: usize, place: usize) -> ! {
    let end = (&raw const pandia_stack_end).addr();
    let is_full = (end.saturating_sub(BELOW_BYTES)..end + ABOVE_BYTES).contains(&place);
    let what = if is_full { "stack overflow" } else { what };
    defmt::error!("fault: {=str} {=usize} at {=usize:#010x}", what, number, address);
    #[cfg(not(feature = "tight-loop"))]
    crate::last::log();
    process::exit(crate::PANICKED)
}
