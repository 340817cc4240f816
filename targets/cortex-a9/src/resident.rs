//! Cortex-A9 on xilinx-zynq-a9: serves its parts over UART0.
#![no_std]
#![no_main]

mod boot;

use pandia_board::peripherals::uart::Cadence;

/// Memory for stacks.
const ARENA_BYTES: usize = 16 * 1024;

fn main() -> ! {
    #[expect(unsafe_code, reason = "the memory map says where the UART is")]
    // SAFETY: UART0 of the board, which only this image uses; it starts once.
    let uart = unsafe { Cadence::new(0xe000_0000) };
    pandia_board::serve::<ARENA_BYTES>("cortex-a9", uart)
}
