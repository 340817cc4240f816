//! Cortex-A9 on xilinx-zynq-a9: boot and exception vectors. What an image does is in
//! `board-support`.
//!
//! One core runs, with MMU, caches and FPU off: the stable target computes floats in software.
#![no_std]
#![no_main]
#![expect(unsafe_code, reason = "the start-up code finds its way here by symbols")]

use core::arch::global_asm;
use core::num::NonZeroU32;
use pandia_board::peripherals::GlobalTimer;
use pandia_board::taps;

/// Zynq-7000's private peripherals, and what QEMU clocks them with; on hardware it is half of the
/// core's clock.
const PRIVATE_PERIPHERALS: usize = 0xf8f0_0000;
const TIMER_HZ: NonZeroU32 = NonZeroU32::new(100_000_000).unwrap();

global_asm!(include_str!("start.s"));
global_asm!(include_str!("../../board-support/src/arm_vectors.s"));

// SAFETY: only the start-up code knows this symbol; it calls it once, with a stack and cleared .bss.
#[unsafe(no_mangle)]
extern "C" fn start() -> ! {
    pandia_board::run(|out| {
        // SAFETY: Zynq-7000 has them there, and nothing else in the image uses the timer.
        let timer = unsafe { GlobalTimer::new(PRIVATE_PERIPHERALS, TIMER_HZ) };
        taps::without_pins(out, timer, timer)
    })
}

// SAFETY: only the exception vectors know this symbol; they jump there with a stack.
#[unsafe(no_mangle)]
extern "C" fn exception(vector: u32, return_address: u32) -> ! {
    pandia_board::fault("exception", vector as usize, return_address as usize)
}
