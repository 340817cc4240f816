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
        io::Write::write_all(&mut self.0, bytes).is_ok()
    }
}

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        io::Write::write_all(&mut self.0, text.as_bytes()).map_err(|_| fmt::Error)
    }
}
