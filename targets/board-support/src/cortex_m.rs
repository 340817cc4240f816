//! The fault handler of Cortex-M: every fault ends there, since no other handler is installed.
//!
//! The stack lies at the beginning of RAM, below which there is nothing, so one that is full faults: by
//! itself on most chips, and where there is an MPU by its guard.

#![expect(
    unsafe_code,
    reason = "the handler begins without a stack, and the guard is in registers"
)]

use crate::fault;
use core::arch::naked_asm;
use cortex_m_rt as _;

// SAFETY: `cortex-m-rt` has it, by this name.
unsafe extern "C" {
    /// Where an exception goes that has no handler of its own.
    fn DefaultHandler();
}

/// Interrupts beside the core's own: none is enabled, so one vector stands for that of the first, and
/// the 239 others, which `cortex-m-rt` would list, take no room.
// SAFETY: no other symbol has this name, and the section is where the core looks for vectors.
#[unsafe(no_mangle)]
#[unsafe(link_section = ".vector_table.interrupts")]
static __INTERRUPTS: [unsafe extern "C" fn(); 1] = [DefaultHandler];

/// The registers of the MPU of ARMv6-M and ARMv7-M.
const MPU: usize = 0xe000_ed90;
const TYPE: usize = 0;
const CONTROL: usize = 1;
const NUMBER: usize = 2;
const BASE: usize = 3;
const SIZE_AND_RIGHTS: usize = 4;
/// The regions that there are, in `TYPE`.
const REGIONS: usize = 0xff << 8;
/// On, with everything that is in no region as without it, and off while a hard fault is handled.
const ON: usize = 1 | 1 << 2;
/// How much below the stack nobody may touch, and the same as rights: none, and no code.
const GUARD_BYTES: usize = 1 << 16;
const GUARD: usize = 1 << 28 | (16 - 1) << 1 | 1;

// SAFETY: every board's memory map has it, a multiple of the guard's size.
unsafe extern "C" {
    safe static pandia_stack_end: u8;
}

/// Turns the guard on, until the next reset, on cores that have an MPU.
pub(crate) fn guard_stack() {
    let mpu = core::ptr::without_provenance_mut::<usize>(MPU);
    let base = (&raw const pandia_stack_end).addr() - GUARD_BYTES;
    // SAFETY: the architecture has the register there, on cores without an MPU, too, where it is 0.
    if unsafe { mpu.add(TYPE).read_volatile() } & REGIONS == 0 {
        return;
    }
    for (register, value) in [(NUMBER, 0), (BASE, base), (SIZE_AND_RIGHTS, GUARD), (CONTROL, ON)] {
        // SAFETY: there is an MPU, which nobody else uses; nobody but a stack that is full goes there.
        unsafe { mpu.add(register).write_volatile(value) };
    }
    cortex_m::asm::dsb();
    cortex_m::asm::isb();
}

/// Hands on where the core wanted to put the exception's frame, and what is in it, if it could. The
/// stack begins anew: there may be none left, and nothing on it is looked at again.
// SAFETY: no other symbol has this name, and only the core jumps here.
#[unsafe(naked)]
#[unsafe(export_name = "HardFault")]
unsafe extern "C" fn hard_fault() -> ! {
    naked_asm!(
        "mrs r0, msp",
        "movs r1, #0",
        "ldr r2, =pandia_stack_end",
        "cmp r0, r2",
        "blo 1f",
        "ldr r1, [r0, #0x18]",
        "1:",
        "ldr r2, =_stack_start",
        "mov sp, r2",
        "ldr r2, ={stopped}",
        "bx r2",
        ".ltorg",
        stopped = sym stopped,
    )
}

extern "C" fn stopped(frame: usize, address: usize) -> ! {
    fault("hard fault", 0, address, frame)
}
