//! The console: standard output of the debugger or emulator.

use core::fmt;
use semihosting::io;

pub(crate) struct Console(io::Stdout);

impl Console {
    /// `None` if nobody serves the console.
    pub(crate) fn open() -> Option<Self> {
        io::stdout().ok().map(Self)
    }
}

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        io::Write::write_all(&mut self.0, text.as_bytes()).map_err(|_| fmt::Error)
    }
}
