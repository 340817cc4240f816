//! FPGAIO of Arm's MPS2 boards: two LEDs, two buttons and a counter.
//!
//! Registers (Arm DAI 0385 and its kin): LED0 at 0, BUTTON at 8, COUNTER at 0x18.

use crate::registers::Registers;
use core::convert::Infallible;
use core::num::NonZeroU32;
use embedded_hal::digital::{ErrorType, InputPin, OutputPin};
use pandia_core::clock::{CycleCounter, TickUnit};

/// Where the block is in all FPGA images of MPS2.
const BASE: usize = 0x4002_8000;
/// What its counter is clocked with.
const COUNTER_HZ: NonZeroU32 = NonZeroU32::new(25_000_000).unwrap();

const LED0: usize = 0x00;
const BUTTON: usize = 0x08;
const COUNTER: usize = 0x18;

/// The block's parts, each of which has its bits for itself.
#[derive(Debug)]
pub struct Fpgaio {
    /// LEDs 0 and 1, which stand for two pins of the board.
    pub leds: [Led; 2],
    /// Buttons 0 and 1: high while pressed.
    pub buttons: [Button; 2],
    /// The counter.
    pub counter: FpgaCounter,
}

impl Fpgaio {
    /// The block.
    ///
    /// # Safety
    /// This is an MPS2 board, and nobody else writes to the block, also no interrupt handler.
    #[must_use]
    pub const unsafe fn new() -> Self {
        // SAFETY: the caller's promise.
        let block = unsafe { Registers::at(BASE) };
        Self {
            leds: [Led { block, bit: 1 }, Led { block, bit: 2 }],
            buttons: [Button { block, bit: 1 }, Button { block, bit: 2 }],
            counter: FpgaCounter { block },
        }
    }
}

/// One LED.
#[derive(Debug)]
pub struct Led {
    block: Registers,
    bit: u32,
}

impl Led {
    #[inline]
    fn write(&mut self, is_high: bool) {
        // Nobody else writes to the block, says whoever made `Fpgaio`: no other LED's bit is lost.
        let others = self.block.get::<u32>(LED0) & !self.bit;
        self.block.set(LED0, if is_high { others | self.bit } else { others });
    }
}

impl ErrorType for Led {
    type Error = Infallible;
}

impl OutputPin for Led {
    #[inline]
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.write(false);
        Ok(())
    }

    #[inline]
    fn set_high(&mut self) -> Result<(), Infallible> {
        self.write(true);
        Ok(())
    }
}

/// One button.
#[derive(Debug)]
pub struct Button {
    block: Registers,
    bit: u32,
}

impl ErrorType for Button {
    type Error = Infallible;
}

impl InputPin for Button {
    #[inline]
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(self.block.get::<u32>(BUTTON) & self.bit != 0)
    }

    #[inline]
    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(self.block.get::<u32>(BUTTON) & self.bit == 0)
    }
}

/// The counter, which runs since reset.
#[derive(Clone, Copy, Debug)]
pub struct FpgaCounter {
    block: Registers,
}

impl CycleCounter for FpgaCounter {
    const BITS: u32 = 32;

    #[inline]
    fn now(&self) -> u64 {
        u64::from(self.block.get::<u32>(COUNTER))
    }

    fn unit(&self) -> TickUnit {
        TickUnit::Hz(COUNTER_HZ)
    }
}
