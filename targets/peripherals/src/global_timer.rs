//! The global timer of Cortex-A9.

use crate::registers::Registers;
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
    registers: Registers,
    hz: NonZeroU32,
}

impl GlobalTimer {
    /// Turns it on. `hz` is what the private peripherals are clocked with.
    ///
    /// # Safety
    /// The private peripherals of the core are at `private`, and nobody else sets the timer up.
    #[must_use]
    pub unsafe fn new(private: usize, hz: NonZeroU32) -> Self {
        // SAFETY: the caller's promise.
        let registers = unsafe { Registers::at(private) };
        registers.set(CONTROL, ENABLE);
        Self { registers, hz }
    }
}

impl CycleCounter for GlobalTimer {
    const BITS: u32 = 64;

    fn now(&self) -> u64 {
        crate::wide::read(|| self.registers.get(LOW), || self.registers.get(HIGH))
    }

    fn unit(&self) -> TickUnit {
        TickUnit::Hz(self.hz)
    }
}
