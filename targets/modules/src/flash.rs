//! NOR flash where a board has none that can be written: memory that behaves like it.

#![expect(unsafe_code, reason = "memory that the memory map keeps for modules")]

use core::ops::Range;
use core::ptr::{with_exposed_provenance, with_exposed_provenance_mut};
use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash, check_erase, check_read,
    check_write,
};

/// Memory as flash: a byte is written once, then erased with its sector. QEMU's boards have their
/// region for modules in memory.
#[derive(Debug)]
pub struct MemoryFlash {
    region: Range<usize>,
}

/// Why nothing was read, written or erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryFlashError {
    /// Not aligned, or out of bounds.
    Arguments(NorFlashErrorKind),
    /// What is written to was not erased.
    NotErased,
}

impl NorFlashError for MemoryFlashError {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::Arguments(kind) => *kind,
            Self::NotErased => NorFlashErrorKind::Other,
        }
    }
}

impl From<NorFlashErrorKind> for MemoryFlashError {
    fn from(kind: NorFlashErrorKind) -> Self {
        Self::Arguments(kind)
    }
}

/// What an erased byte is.
const ERASED: u8 = 0xff;

impl MemoryFlash {
    /// The memory of this region.
    ///
    /// # Safety
    /// The region can be read and written, its provenance is exposed, and while anything is written
    /// nobody reads or calls what is there.
    #[must_use]
    pub const unsafe fn new(region: Range<usize>) -> Self {
        Self { region }
    }

    fn byte(&self, offset: usize) -> u8 {
        // SAFETY: the callers check the bounds, and `new` says that the region can be read.
        unsafe { with_exposed_provenance::<u8>(self.region.start + offset).read_volatile() }
    }

    fn set_byte(&mut self, offset: usize, byte: u8) {
        let at = with_exposed_provenance_mut::<u8>(self.region.start + offset);
        // SAFETY: the callers check the bounds, and `new` says that the region can be written.
        unsafe { at.write_volatile(byte) };
    }
}

/// Where an offset is; one that is no address is out of all bounds, and refused before.
fn place(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

impl ErrorType for MemoryFlash {
    type Error = MemoryFlashError;
}

impl ReadNorFlash for MemoryFlash {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        check_read(self, offset, bytes.len())?;
        for (at, byte) in (place(offset)..).zip(bytes) {
            *byte = self.byte(at);
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.region.len()
    }
}

impl NorFlash for MemoryFlash {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = 4096;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        check_erase(self, from, to)?;
        for at in place(from)..place(to) {
            self.set_byte(at, ERASED);
        }
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        check_write(self, offset, bytes.len())?;
        let there = place(offset)..place(offset) + bytes.len();
        if there.clone().any(|at| self.byte(at) != ERASED) {
            return Err(MemoryFlashError::NotErased);
        }
        for (at, byte) in there.zip(bytes) {
            self.set_byte(at, *byte);
        }
        Ok(())
    }
}
