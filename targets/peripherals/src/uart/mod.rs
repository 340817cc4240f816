//! Drivers of the boards' UARTs: polled, eight bits, no parity, one stop bit.
//!
//! QEMU holds bytes back until the core takes them. Hardware does not: what comes while the core
//! computes and does not fit the UART's own buffer is lost, and comes again (docs/link.md).

mod cadence;
mod cmsdk;
mod ns16550;

pub use cadence::Cadence;
pub use cmsdk::Cmsdk;
pub use ns16550::Ns16550;

/// What a driver does: one byte at a time, never waiting.
trait Bytes {
    /// The byte that has come, if one has.
    fn take(&mut self) -> Option<u8>;
    /// Sends the byte, if there is room; false if there is none.
    fn give(&mut self, byte: u8) -> bool;
}

/// The traits of `embedded-io` for a driver: waits by asking again.
macro_rules! line {
    ($Uart:ty) => {
        impl embedded_io::ErrorType for $Uart {
            type Error = core::convert::Infallible;
        }

        impl embedded_io::Read for $Uart {
            fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Self::Error> {
                let Some(first) = bytes.first_mut() else { return Ok(0) };
                loop {
                    if let Some(byte) = $crate::uart::Bytes::take(self) {
                        *first = byte;
                        return Ok(1);
                    }
                }
            }
        }

        impl embedded_io::Write for $Uart {
            fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
                let Some(first) = bytes.first() else { return Ok(0) };
                while !$crate::uart::Bytes::give(self, *first) {}
                Ok(1)
            }

            fn flush(&mut self) -> Result<(), Self::Error> {
                Ok(())
            }
        }
    };
}
use line;
