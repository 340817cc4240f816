//! RV32IMAC on virt: boot. What an image does is in `board-support`.
#![no_std]
#![no_main]

use core::num::NonZeroU32;
use pandia_board::peripherals::{MachineTime, RetiredInstructions};
use pandia_board::taps;

/// QEMU's virt: the CLINT's address, and what clocks its timer.
const CLINT: usize = 0x0200_0000;
const TIMER_HZ: NonZeroU32 = NonZeroU32::new(10_000_000).unwrap();

#[riscv_rt::entry]
fn main() -> ! {
    pandia_board::run(|out| {
        #[expect(unsafe_code, reason = "registers are somebody's to hand out")]
        // SAFETY: this is where virt has its CLINT.
        let clock = unsafe { MachineTime::new(CLINT, TIMER_HZ) };
        taps::without_pins(out, RetiredInstructions, clock)
    })
}
