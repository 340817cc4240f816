//! How an image ends that a core's exception has stopped, and how to provoke one.

use semihosting::process;

/// Logs the exception with its number (what it means is the core's affair) and the address at which
/// it came, then the last records, and ends with 101.
pub fn fault(what: &'static str, number: usize, address: usize) -> ! {
    defmt::error!("fault: {=str} {=usize} at {=usize:#010x}", what, number, address);
    #[cfg(not(feature = "tight-loop"))]
    crate::last::log();
    process::exit(crate::PANICKED)
}

/// Runs an instruction that no core has, so that the board's fault handler must end the image.
#[expect(unsafe_code, reason = "no safe Rust faults")]
pub(crate) fn provoke() {
    // SAFETY: an instruction that is undefined by the architecture reads and writes nothing; the
    // handler that the exception enters does not return.
    unsafe {
        #[cfg(any(target_arch = "arm", target_arch = "aarch64"))]
        core::arch::asm!("udf #0");
        #[cfg(any(target_arch = "riscv32", target_arch = "riscv64"))]
        core::arch::asm!("unimp");
    }
}
