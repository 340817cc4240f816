//! One line for both ends of a board: who serves, and who asks for what lies below.

use core::cell::RefCell;
use embedded_io::{ErrorType, Read, Write};

/// A line that several read and write, one at a time.
#[derive(Debug)]
pub(super) struct Shared<'a, IO>(pub(super) &'a RefCell<&'a mut IO>);

impl<IO> Clone for Shared<'_, IO> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<IO> Copy for Shared<'_, IO> {}

impl<IO: ErrorType> ErrorType for Shared<'_, IO> {
    type Error = IO::Error;
}

impl<IO: Read> Read for Shared<'_, IO> {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, IO::Error> {
        self.0.borrow_mut().read(bytes)
    }
}

impl<IO: Write> Write for Shared<'_, IO> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, IO::Error> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> Result<(), IO::Error> {
        self.0.borrow_mut().flush()
    }
}
