//! `minstret` of RISC-V: the instructions that were carried out.

use pandia_core::clock::{CycleCounter, TickUnit};
use riscv::register::minstret;

/// Instructions carried out since reset, in machine mode.
#[derive(Clone, Copy, Debug, Default)]
pub struct RetiredInstructions;

impl CycleCounter for RetiredInstructions {
    const BITS: u32 = 64;

    #[inline]
    fn now(&self) -> u64 {
        minstret::read64()
    }

    fn unit(&self) -> TickUnit {
        TickUnit::Instructions
    }
}
