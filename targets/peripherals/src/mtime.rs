//! The machine timer of RISC-V (`mtime` of the CLINT).

use crate::registers::Registers;
use core::num::NonZeroU32;
use pandia_core::clock::{CycleCounter, TickUnit};

/// Where the halves of `mtime` stand in the CLINT.
const MTIME: usize = 0xbff8;
const MTIME_HIGH: usize = MTIME + 4;

/// The machine timer, which runs since reset.
#[derive(Clone, Copy, Debug)]
pub struct MachineTime {
    clint: Registers,
    hz: NonZeroU32,
}

impl MachineTime {
    /// # Safety
    /// A CLINT is at `clint`.
    #[must_use]
    pub const unsafe fn new(clint: usize, hz: NonZeroU32) -> Self {
        // SAFETY: the caller's promise; the timer is only read.
        Self { clint: unsafe { Registers::at(clint) }, hz }
    }
}

impl CycleCounter for MachineTime {
    const BITS: u32 = 64;

    fn now(&self) -> u64 {
        crate::wide::read(|| self.clint.get(MTIME), || self.clint.get(MTIME_HIGH))
    }

    fn unit(&self) -> TickUnit {
        TickUnit::Hz(self.hz)
    }
}
