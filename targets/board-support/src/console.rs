//! The console: standard output of the debugger or emulator.

use core::fmt;
use semihosting::io;

pub(crate) struct Console(io::Stdout);

impl Console {
    /// `None` if nobody serves the console.
    pub(crate) fn open() -> Option<Self> {
        io::stdout().ok().map(Self)
    }

    /// Writes bytes; `false` if nobody takes them.
    #[cfg(feature = "controller")]
    pub(crate) fn print(&mut self, bytes: &[u8]) -> bool {
        write_all(&mut self.0, bytes)
    }
}

/// Writes all bytes; `false` if nobody takes them. The trait's own way has a panic in it, with words that
/// are put together.
pub(crate) fn write_all(console: &mut impl io::Write, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        match console.write(bytes) {
            Ok(taken) if taken > 0 => bytes = bytes.get(taken..).unwrap_or_default(),
            _ => return false,
        }
    }
    true
}

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if write_all(&mut self.0, text.as_bytes()) { Ok(()) } else { Err(fmt::Error) }
    }
}
