//! Cadence UART: that of Zynq-7000 and Zynq UltraScale+.

use super::{Bytes, Register, line};

/// Both ways off and reset, then on.
const CR_RESET: u32 = 0x2b;
const CR_ON: u32 = 0x14;
/// Eight bits, no parity, one stop bit.
const MR_8N1: u32 = 0x20;
const SR_RX_EMPTY: u32 = 2;
const SR_TX_FULL: u32 = 0x10;

/// A Cadence UART.
pub struct Cadence {
    fifo: Register<u32>,
    status: Register<u32>,
}

impl Cadence {
    /// The UART at `base`. Its rate stays what it is.
    ///
    /// # Safety
    /// Such a UART is there, and nobody else uses it.
    #[must_use]
    pub unsafe fn new(base: usize) -> Self {
        // SAFETY: the caller's promise; the same for all four.
        let (fifo, status) = unsafe { (Register::at(base, 0x30), Register::at(base, 0x2c)) };
        // SAFETY: as above.
        let (control, mode) = unsafe { (Register::at(base, 0), Register::at(base, 4)) };
        control.set(CR_RESET);
        mode.set(MR_8N1);
        control.set(CR_ON);
        Self { fifo, status }
    }
}

impl Bytes for Cadence {
    fn take(&mut self) -> Option<u8> {
        let is_there = self.status.get() & SR_RX_EMPTY == 0;
        is_there.then(|| self.fifo.get().to_le_bytes()[0])
    }

    fn give(&mut self, byte: u8) -> bool {
        let is_free = self.status.get() & SR_TX_FULL == 0;
        if is_free {
            self.fifo.set(u32::from(byte));
        }
        is_free
    }
}

line!(Cadence);
