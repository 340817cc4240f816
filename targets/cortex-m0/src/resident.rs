//! ARMv6-M on mps2-an385: serves its parts over UART0.
#![no_std]
#![no_main]

use pandia_board::peripherals::uart::Cmsdk;

/// Memory for stacks.
const ARENA_BYTES: usize = 16 * 1024;
/// The least that the UART takes: QEMU has no use for a rate.
const DIVIDER: u32 = 16;

#[cortex_m_rt::entry]
fn main() -> ! {
    #[expect(unsafe_code, reason = "the memory map says where the UART is")]
    // SAFETY: UART0 of the board, which only this image uses; it starts once.
    let uart = unsafe { Cmsdk::new(0x4000_4000, DIVIDER) };
    pandia_board::serve::<ARENA_BYTES>("cortex-m0", uart)
}
