//! The generic timer of ARMv8-A, which knows its frequency.

use core::arch::asm;
use core::num::NonZeroU32;
use pandia_core::clock::{CycleCounter, TickUnit};

/// The virtual count.
#[derive(Clone, Copy, Debug)]
pub struct GenericTimer {
    hz: NonZeroU32,
}

impl GenericTimer {
    /// `None` if the firmware before this one has not told the timer its frequency.
    #[must_use]
    pub fn new() -> Option<Self> {
        let hz: u64;
        // SAFETY: reads a register that every exception level from 1 up may read.
        unsafe { asm!("mrs {}, cntfrq_el0", out(reg) hz, options(nomem, nostack)) };
        let hz = u32::try_from(hz).ok().and_then(NonZeroU32::new)?;
        Some(Self { hz })
    }
}

impl CycleCounter for GenericTimer {
    const BITS: u32 = 64;

    #[inline]
    fn now(&self) -> u64 {
        let count: u64;
        // SAFETY: reads a register; the barrier keeps it where it stands among instructions.
        unsafe { asm!("isb", "mrs {}, cntvct_el0", out(reg) count, options(nostack)) };
        count
    }

    fn unit(&self) -> TickUnit {
        TickUnit::Hz(self.hz)
    }
}
