//! Cadence UART: that of Zynq-7000 and Zynq UltraScale+.

use super::{Bytes, line};
use crate::registers::Registers;

const CONTROL: usize = 0;
const MODE: usize = 4;
const STATUS: usize = 0x2c;
const FIFO: usize = 0x30;

/// Both ways off and reset, then on.
const CR_RESET: u32 = 0x2b;
const CR_ON: u32 = 0x14;
/// Eight bits, no parity, one stop bit.
const MR_8N1: u32 = 0x20;
const SR_RX_EMPTY: u32 = 2;
const SR_TX_FULL: u32 = 0x10;

/// A Cadence UART.
#[derive(Debug)]
pub struct Cadence {
    registers: Registers,
}

impl Cadence {
    /// The UART at `base`. Its rate stays what it is.
    ///
    /// # Safety
    /// Such a UART is there, and nobody else uses it.
    #[must_use]
    pub unsafe fn new(base: usize) -> Self {
        // SAFETY: the caller's promise.
        let registers = unsafe { Registers::at(base) };
        registers.set(CONTROL, CR_RESET);
        registers.set(MODE, MR_8N1);
        registers.set(CONTROL, CR_ON);
        Self { registers }
    }
}

impl Bytes for Cadence {
    fn take(&mut self) -> Option<u8> {
        let is_there = self.registers.get::<u32>(STATUS) & SR_RX_EMPTY == 0;
        is_there.then(|| self.registers.get::<u32>(FIFO).to_le_bytes()[0])
    }

    fn give(&mut self, byte: u8) -> bool {
        let is_free = self.registers.get::<u32>(STATUS) & SR_TX_FULL == 0;
        if is_free {
            self.registers.set(FIFO, u32::from(byte));
        }
        is_free
    }
}

line!(Cadence);
