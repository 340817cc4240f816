//! Cortex-R5F on xlnx-zcu102: boot and exception vectors. What an image does is in
//! `board-support`.
//!
//! One core of the RPU runs, with caches off; the MPU guards the end of the stack. In QEMU a core of the APU has to power it on
//! first: `rpu-release`.
#![no_std]
#![no_main]
#![expect(unsafe_code, reason = "the start-up code finds its way here by symbols")]

use core::arch::global_asm;
use core::num::NonZeroU32;
use pandia_board::taps;
use pandia_peripherals::CycleCount;

/// What QEMU clocks the cycle counter with: a tick a nanosecond. On hardware it is the core's clock.
const CORE_HZ: NonZeroU32 = NonZeroU32::new(1_000_000_000).unwrap();

global_asm!(include_str!("start.s"));
global_asm!(include_str!("../../board-support/src/arm_vectors.s"));

// SAFETY: only the start-up code knows this symbol; it calls it once, with a stack and cleared .bss.
#[unsafe(no_mangle)]
extern "C" fn start() -> ! {
    pandia_board::run(|out| {
        // SAFETY: Cortex-R5F has this performance monitor, and nothing else in the image uses it.
        let cycles = unsafe { CycleCount::new(CORE_HZ) };
        taps::without_pins(out, cycles, cycles)
    })
}

// SAFETY: only the exception vectors know this symbol; they jump there with a stack.
#[unsafe(no_mangle)]
extern "C" fn exception(vector: usize, return_address: usize, accessed: usize) -> ! {
    pandia_board::fault("exception", vector, return_address, accessed)
}
