//! The cycle counter in the performance monitor of ARMv7-A and ARMv7-R.

use core::arch::asm;
use core::num::NonZeroU32;
use pandia_core::clock::{CycleCounter, TickUnit};

/// Enable, and set events and cycles to 0.
const CONTROL: u32 = 0b111;
/// The cycle counter's bit in the enable set.
const CYCLES: u32 = 1 << 31;

/// The cycle counter, turned on.
#[derive(Clone, Copy, Debug)]
pub struct CycleCount {
    hz: NonZeroU32,
}

impl CycleCount {
    /// Sets it to 0 and turns it on. `hz` is the core's clock.
    ///
    /// # Safety
    /// The core has the performance monitor of ARMv7, and nobody else sets it up.
    #[must_use]
    pub unsafe fn new(hz: NonZeroU32) -> Self {
        // SAFETY: PMCR is there, says the caller; it changes counters only.
        unsafe { asm!("mcr p15, 0, {}, c9, c12, 0", in(reg) CONTROL, options(nostack)) };
        // SAFETY: as above, PMCNTENSET.
        unsafe { asm!("mcr p15, 0, {}, c9, c12, 1", in(reg) CYCLES, options(nostack)) };
        Self { hz }
    }
}

impl CycleCounter for CycleCount {
    const BITS: u32 = 32;

    #[inline]
    fn now(&self) -> u64 {
        let count: u32;
        // SAFETY: reads PMCCNTR; the barrier keeps it where it stands among instructions.
        unsafe { asm!("isb", "mrc p15, 0, {}, c9, c13, 0", out(reg) count, options(nostack)) };
        u64::from(count)
    }

    fn unit(&self) -> TickUnit {
        TickUnit::Hz(self.hz)
    }
}
