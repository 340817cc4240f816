//! 16550: that of RISC-V's virt machine, and of many PCs.

use super::{Bytes, line};
use crate::registers::Registers;

const DATA: usize = 0;
const BUFFERS: usize = 2;
const STATUS: usize = 5;

/// Buffers on and emptied.
const FCR_ON: u8 = 7;
const LSR_DATA: u8 = 1;
const LSR_TX_FREE: u8 = 0x20;

/// A 16550 with registers a byte apart.
#[derive(Debug)]
pub struct Ns16550 {
    registers: Registers,
}

impl Ns16550 {
    /// The UART at `base`. Its rate stays what it is.
    ///
    /// # Safety
    /// Such a UART is there, and nobody else uses it.
    #[must_use]
    pub unsafe fn new(base: usize) -> Self {
        // SAFETY: the caller's promise.
        let registers = unsafe { Registers::at(base) };
        registers.set(BUFFERS, FCR_ON);
        // Nobody's byte. QEMU learns by it that the buffers are empty; else it looks once a second.
        let _: u8 = registers.get(DATA);
        Self { registers }
    }
}

impl Bytes for Ns16550 {
    fn take(&mut self) -> Option<u8> {
        (self.registers.get::<u8>(STATUS) & LSR_DATA != 0).then(|| self.registers.get(DATA))
    }

    fn give(&mut self, byte: u8) -> bool {
        let is_free = self.registers.get::<u8>(STATUS) & LSR_TX_FREE != 0;
        if is_free {
            self.registers.set(DATA, byte);
        }
        is_free
    }
}

line!(Ns16550);
