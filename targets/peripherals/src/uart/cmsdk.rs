//! CMSDK APB UART: that of Arm's MPS2 boards.

use super::{Bytes, line};
use crate::registers::Registers;

const DATA: usize = 0;
const STATE: usize = 4;
const CTRL: usize = 8;
const BAUD_DIVIDER: usize = 16;

const STATE_TX_FULL: u32 = 1;
const STATE_RX_FULL: u32 = 2;
const CTRL_TX_RX: u32 = 3;

/// A CMSDK UART.
#[derive(Debug)]
pub struct Cmsdk {
    registers: Registers,
}

impl Cmsdk {
    /// The UART at `base`, with the clock divided by `divider` (16 and more).
    ///
    /// # Safety
    /// Such a UART is there, and nobody else uses it.
    #[must_use]
    pub unsafe fn new(base: usize, divider: u32) -> Self {
        // SAFETY: the caller's promise.
        let registers = unsafe { Registers::at(base) };
        registers.set(BAUD_DIVIDER, divider);
        registers.set(CTRL, CTRL_TX_RX);
        // Nobody's byte. QEMU learns by it that the line is listened to; else it looks once a second.
        let _: u32 = registers.get(DATA);
        Self { registers }
    }
}

impl Bytes for Cmsdk {
    fn take(&mut self) -> Option<u8> {
        let is_there = self.registers.get::<u32>(STATE) & STATE_RX_FULL != 0;
        is_there.then(|| self.registers.get::<u32>(DATA).to_le_bytes()[0])
    }

    fn give(&mut self, byte: u8) -> bool {
        let is_free = self.registers.get::<u32>(STATE) & STATE_TX_FULL == 0;
        if is_free {
            self.registers.set(DATA, u32::from(byte));
        }
        is_free
    }
}

line!(Cmsdk);
