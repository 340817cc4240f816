//! RV64GC on virt: serves its parts over the UART.
#![no_std]
#![no_main]

use pandia_board::peripherals::uart::Ns16550;

/// Memory for stacks.
const ARENA_BYTES: usize = 64 * 1024;

#[riscv_rt::entry]
fn main() -> ! {
    #[expect(unsafe_code, reason = "the memory map says where the UART is")]
    // SAFETY: the UART of virt, which only this image uses; it starts once.
    let uart = unsafe { Ns16550::new(0x1000_0000) };
    pandia_board::serve::<ARENA_BYTES>("riscv64", uart)
}
