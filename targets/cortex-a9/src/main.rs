//! Cortex-A9 on xilinx-zynq-a9: boot and exception vectors. What an image does is in
//! `board-support`.
//!
//! One core runs, with caches and FPU off: the stable target computes floats in software. The MMU guards
//! the end of the stack.
#![no_std]
#![no_main]

mod boot;

use core::num::NonZeroU32;
use pandia_board::peripherals::GlobalTimer;
use pandia_board::taps;

/// Zynq-7000's private peripherals, and what QEMU clocks them with; on hardware it is half of the
/// core's clock.
const PRIVATE_PERIPHERALS: usize = 0xf8f0_0000;
const TIMER_HZ: NonZeroU32 = NonZeroU32::new(100_000_000).unwrap();

fn main() -> ! {
    pandia_board::run(|out| {
        #[expect(unsafe_code, reason = "the memory map says where the timer is")]
        // SAFETY: Zynq-7000 has them there, and nothing else in the image uses the timer.
        let timer = unsafe { GlobalTimer::new(PRIVATE_PERIPHERALS, TIMER_HZ) };
        taps::without_pins(out, timer, timer)
    })
}
