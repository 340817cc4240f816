//! The machine timer of RISC-V (`mtime` of the CLINT).

use core::num::NonZeroU32;
use pandia_core::clock::{CycleCounter, TickUnit};

/// Where `mtime` stands in the CLINT.
const MTIME: usize = 0xbff8;

/// The machine timer, which runs since reset.
#[derive(Clone, Copy, Debug)]
pub struct MachineTime {
    address: usize,
    hz: NonZeroU32,
}

impl MachineTime {
    /// # Safety
    /// A CLINT is at `clint`.
    #[must_use]
    pub const unsafe fn new(clint: usize, hz: NonZeroU32) -> Self {
        Self { address: clint + MTIME, hz }
    }
}

impl CycleCounter for MachineTime {
    const BITS: u32 = 64;

    fn now(&self) -> u64 {
        let word = |address: usize| {
            // SAFETY: the timer is there, says whoever made this; reading has no side effects.
            unsafe { core::ptr::with_exposed_provenance::<u32>(address).read_volatile() }
        };
        crate::wide::read(|| word(self.address), || word(self.address + 4))
    }

    fn unit(&self) -> TickUnit {
        TickUnit::Hz(self.hz)
    }
}
