//! 16550: that of RISC-V's virt machine, and of many PCs.

use super::{Bytes, Register, line};

/// Buffers on and emptied.
const FCR_ON: u8 = 7;
const LSR_DATA: u8 = 1;
const LSR_TX_FREE: u8 = 0x20;

/// A 16550 with registers a byte apart.
pub struct Ns16550 {
    data: Register<u8>,
    status: Register<u8>,
}

impl Ns16550 {
    /// The UART at `base`. Its rate stays what it is.
    ///
    /// # Safety
    /// Such a UART is there, and nobody else uses it.
    #[must_use]
    pub unsafe fn new(base: usize) -> Self {
        // SAFETY: the caller's promise; the same for both.
        let (data, status) = unsafe { (Register::at(base, 0), Register::at(base, 5)) };
        // SAFETY: as above.
        let buffers = unsafe { Register::at(base, 2) };
        buffers.set(FCR_ON);
        Self { data, status }
    }
}

impl Bytes for Ns16550 {
    fn take(&mut self) -> Option<u8> {
        (self.status.get() & LSR_DATA != 0).then(|| self.data.get())
    }

    fn give(&mut self, byte: u8) -> bool {
        let is_free = self.status.get() & LSR_TX_FREE != 0;
        if is_free {
            self.data.set(byte);
        }
        is_free
    }
}

line!(Ns16550);
