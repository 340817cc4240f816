//! Critical sections for the cores whose crates bring none: one core, interrupts off meanwhile.

#![expect(
    unsafe_code,
    reason = "the trait is unsafe, and interrupts are turned off by instructions"
)]

use core::arch::asm;
use critical_section::{Impl, RawRestoreState, set_impl};

struct InterruptsOff;
set_impl!(InterruptsOff);

/// The bits of the status register that keep interrupts out.
#[cfg(target_arch = "aarch64")]
const MASKS: u64 = 0b1111 << 6;
#[cfg(target_arch = "arm")]
const MASKS: u32 = 0b11 << 6;

// SAFETY: with interrupts off nothing else runs on the one core that these boards use.
#[cfg(target_arch = "aarch64")]
unsafe impl Impl for InterruptsOff {
    unsafe fn acquire() -> RawRestoreState {
        let before: u64;
        // SAFETY: reads a register and writes nothing.
        unsafe { asm!("mrs {}, daif", out(reg) before) };
        // SAFETY: only turns interrupts off; memory accesses stay behind it.
        unsafe { asm!("msr daifset, #0b1111") };
        before & MASKS == MASKS
    }

    unsafe fn release(was_off: RawRestoreState) {
        if !was_off {
            // SAFETY: they were on before `acquire`, says the caller.
            unsafe { asm!("msr daifclr, #0b1111") };
        }
    }
}

// SAFETY: as above.
#[cfg(target_arch = "arm")]
unsafe impl Impl for InterruptsOff {
    unsafe fn acquire() -> RawRestoreState {
        let before: u32;
        // SAFETY: reads a register and writes nothing.
        unsafe { asm!("mrs {}, cpsr", out(reg) before) };
        // SAFETY: only turns interrupts off; memory accesses stay behind it.
        unsafe { asm!("cpsid if") };
        before & MASKS == MASKS
    }

    unsafe fn release(was_off: RawRestoreState) {
        if !was_off {
            // SAFETY: they were on before `acquire`, says the caller.
            unsafe { asm!("cpsie if") };
        }
    }
}
