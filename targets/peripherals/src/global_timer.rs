//! The global timer of Cortex-A9.

use core::num::NonZeroU32;
use pandia_core::clock::{CycleCounter, TickUnit};

const LOW: usize = 0x200;
const HIGH: usize = 0x204;
const CONTROL: usize = 0x208;
/// Timer enable; without prescaler, comparator and interrupt.
const ENABLE: u32 = 1;

/// The global timer, turned on.
#[derive(Clone, Copy, Debug)]
pub struct GlobalTimer {
    private: usize,
    hz: NonZeroU32,
}

impl GlobalTimer {
    /// Turns it on. `hz` is what the private peripherals are clocked with.
    ///
    /// # Safety
    /// The private peripherals of the core are at `private`, and nobody else sets the timer up.
    #[must_use]
    pub unsafe fn new(private: usize, hz: NonZeroU32) -> Self {
        let control = core::ptr::with_exposed_provenance_mut::<u32>(private + CONTROL);
        // SAFETY: the register is there and nobody else's, says the caller.
        unsafe { control.write_volatile(ENABLE) };
        Self { private, hz }
    }
}

impl CycleCounter for GlobalTimer {
    const BITS: u32 = 64;

    fn now(&self) -> u64 {
        let word = |register: usize| {
            let address = core::ptr::with_exposed_provenance::<u32>(self.private + register);
            // SAFETY: the timer is there, says whoever made this; reading has no side effects.
            unsafe { address.read_volatile() }
        };
        crate::wide::read(|| word(LOW), || word(HIGH))
    }

    fn unit(&self) -> TickUnit {
        TickUnit::Hz(self.hz)
    }
}
