//! Page table, entry and exceptions, for every image of this board.

use aarch64_rt::{
    ExceptionHandlers, InitialPagetable, RegisterStateRef, entry, exception_handlers,
    initial_pagetable,
};
use core::arch::asm;

/// A valid block that has been accessed.
const BLOCK: usize = 1 | 1 << 10;
/// Device memory (attribute 0) that must not be executed.
const DEVICE: usize = BLOCK | 1 << 54;
/// Normal, cached memory (attribute 1), inner shareable.
const NORMAL: usize = BLOCK | 1 << 2 | 3 << 8;

// Blocks of 1 GiB: only the one with the image is normal memory; the fourth has the UARTs.
initial_pagetable!({
    let mut blocks = [0; 512];
    blocks[0] = DEVICE;
    blocks[1] = NORMAL | 0x4000_0000;
    blocks[3] = DEVICE | 0xc000_0000;
    InitialPagetable(blocks)
});

struct Handlers;

impl ExceptionHandlers for Handlers {
    extern "C" fn sync_current(state: RegisterStateRef) {
        let syndrome: u64;
        #[expect(unsafe_code, reason = "no safe Rust reads a system register")]
        // SAFETY: reading the syndrome of the exception being handled changes nothing.
        unsafe {
            asm!("mrs {}, esr_el1", out(reg) syndrome, options(nomem, nostack, preserves_flags));
        }
        pandia_board::fault("exception", usize::try_from(syndrome).unwrap_or(usize::MAX), state.elr)
    }
}
exception_handlers!(Handlers);

entry!(start);
fn start(_: u64, _: u64, _: u64, _: u64) -> ! {
    crate::main()
}
