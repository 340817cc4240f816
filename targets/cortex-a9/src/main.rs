//! Cortex-A9 on xilinx-zynq-a9: boot and exception vectors. What an image does is in
//! `board-support`.
//!
//! One core runs, with MMU, caches and FPU off: the stable target computes floats in software.
#![no_std]
#![no_main]
#![expect(unsafe_code, reason = "the start-up code finds its way here by symbols")]

use core::arch::global_asm;

global_asm!(include_str!("start.s"));

// SAFETY: only the start-up code knows this symbol; it calls it once, with a stack and cleared .bss.
#[unsafe(no_mangle)]
extern "C" fn start() -> ! {
    pandia_board::run()
}

// SAFETY: only the exception vectors know this symbol; they jump there with a stack.
#[unsafe(no_mangle)]
extern "C" fn exception(vector: u32, return_address: u32) -> ! {
    pandia_board::fault("exception", vector as usize, return_address as usize)
}
