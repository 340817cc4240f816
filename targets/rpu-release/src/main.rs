//! Powers on the first core of the RPU at 1 MiB and sleeps: what a boot loader does on hardware.
//!
//! QEMU leaves the RPU off whenever the machine starts with an image. Its cores have the numbers
//! that follow those of the APU's four.
#![no_std]
#![no_main]
#![expect(unsafe_code, reason = "it is all assembly")]

use core::arch::global_asm;

global_asm!(
    ".section .init, \"ax\"",
    ".global _start",
    "_start:",
    "ldr x0, =0xc4000003", // CPU_ON of PSCI
    "mov x1, #4",          // which core
    "ldr x2, =0x00100000", // where it begins
    "mov x3, xzr",
    "smc #0",
    "0: wfi",
    "b 0b",
);

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
