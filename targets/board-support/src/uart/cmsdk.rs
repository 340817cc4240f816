//! CMSDK APB UART: that of Arm's MPS2 boards.

use super::{Bytes, Register, line};

const STATE_TX_FULL: u32 = 1;
const STATE_RX_FULL: u32 = 2;
const CTRL_TX_RX: u32 = 3;

/// A CMSDK UART.
pub struct Cmsdk {
    data: Register<u32>,
    state: Register<u32>,
}

impl Cmsdk {
    /// The UART at `base`, with the clock divided by `divider` (16 and more).
    ///
    /// # Safety
    /// Such a UART is there, and nobody else uses it.
    #[must_use]
    pub unsafe fn new(base: usize, divider: u32) -> Self {
        // SAFETY: the caller's promise; the same for all four.
        let (data, state) = unsafe { (Register::at(base, 0), Register::at(base, 4)) };
        // SAFETY: as above.
        let (ctrl, baud) = unsafe { (Register::at(base, 8), Register::at(base, 16)) };
        baud.set(divider);
        ctrl.set(CTRL_TX_RX);
        Self { data, state }
    }
}

impl Bytes for Cmsdk {
    fn take(&mut self) -> Option<u8> {
        let is_there = self.state.get() & STATE_RX_FULL != 0;
        is_there.then(|| self.data.get().to_le_bytes()[0])
    }

    fn give(&mut self, byte: u8) -> bool {
        let is_free = self.state.get() & STATE_TX_FULL == 0;
        if is_free {
            self.data.set(u32::from(byte));
        }
        is_free
    }
}

line!(Cmsdk);
