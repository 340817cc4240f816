//! FPGAIO of Arm's MPS2 boards: two LEDs, two buttons and a counter.
//!
//! Registers (Arm DAI 0385 and its kin): LED0 at 0, BUTTON at 8, COUNTER at 0x18.

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
        Self {
            leds: [Led { bit: 1 }, Led { bit: 2 }],
            buttons: [Button { bit: 1 }, Button { bit: 2 }],
            counter: FpgaCounter,
        }
    }
}

#[inline]
fn read(register: usize) -> u32 {
    // SAFETY: the block is there, says whoever made `Fpgaio`, of which only its parts come here;
    // reading has no side effects.
    unsafe { core::ptr::with_exposed_provenance::<u32>(BASE + register).read_volatile() }
}

/// One LED.
#[derive(Debug)]
pub struct Led {
    bit: u32,
}

impl Led {
    #[inline]
    fn write(&mut self, is_high: bool) {
        let others = read(LED0) & !self.bit;
        let value = if is_high { others | self.bit } else { others };
        // SAFETY: the block is there and nobody else writes to it, says whoever made `Fpgaio`, so
        // no change of another LED's bit is lost.
        unsafe { core::ptr::with_exposed_provenance_mut::<u32>(BASE + LED0).write_volatile(value) };
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
    bit: u32,
}

impl ErrorType for Button {
    type Error = Infallible;
}

impl InputPin for Button {
    #[inline]
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(read(BUTTON) & self.bit != 0)
    }

    #[inline]
    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(read(BUTTON) & self.bit == 0)
    }
}

/// The counter, which runs since reset.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FpgaCounter;

impl CycleCounter for FpgaCounter {
    const BITS: u32 = 32;

    #[inline]
    fn now(&self) -> u64 {
        u64::from(read(COUNTER))
    }

    fn unit(&self) -> TickUnit {
        TickUnit::Hz(COUNTER_HZ)
    }
}
