//! The trap handler of RISC-V: any exception, since this firmware expects none. And what makes a stack
//! that is full one.

#![expect(
    unsafe_code,
    reason = "the handler begins without a stack, and the guard is in registers"
)]

use crate::fault;
use core::arch::{asm, naked_asm};
// It brings the critical sections.
use riscv as _;
use riscv_rt as _;

/// What lies so far below the stack must not be written: code, or nothing.
const GUARD_BYTES: usize = 64 * 1024;
/// For the second of the registers of addresses: up to it from the first, to be read and executed, by
/// this mode, too.
const GUARD: usize = (0x80 | 0x08 | 0x04 | 0x01) << 8;

// SAFETY: every board's memory map has it.
unsafe extern "C" {
    safe static pandia_stack_end: u8;
}

/// Turns the guard on, until the next reset.
pub(crate) fn guard_stack() {
    let end = (&raw const pandia_stack_end).addr();
    // SAFETY: nothing writes below the stack; whoever does is stopped by an exception from here on.
    unsafe {
        asm!(
            "csrw pmpaddr0, {from}",
            "csrw pmpaddr1, {to}",
            "csrw pmpcfg0, {guard}",
            from = in(reg) (end - GUARD_BYTES) >> 2,
            to = in(reg) end >> 2,
            guard = in(reg) GUARD,
        );
    };
}

/// What `riscv-rt` lets the core jump to. The stack begins anew: there may be none left, and nothing on it
/// is looked at again.
// SAFETY: no other symbol has this name, which replaces that of riscv-rt; only the core jumps here.
#[unsafe(naked)]
#[unsafe(export_name = "_start_trap")]
#[unsafe(link_section = ".trap.start")]
unsafe extern "C" fn trap() -> ! {
    naked_asm!(
        ".balign 4",
        "csrr a0, mcause",
        "csrr a1, mepc",
        "mv a2, sp",
        "la sp, _stack_start",
        "andi sp, sp, -16",
        "j {stopped}",
        stopped = sym stopped,
    )
}

extern "C" fn stopped(cause: usize, address: usize, stack: usize) -> ! {
    fault("exception", cause, address, stack)
}
