//! Memory for one instance.

use pandia_core::error::{ErrorKind, Result};
use std::alloc::{Layout, alloc, dealloc};

/// A block of memory, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Memory {
    at: *mut u8,
    layout: Layout,
}

impl Memory {
    /// Claims a block, with any bytes in it.
    pub(super) fn claim(layout: Layout) -> Result<Self> {
        // Zero bytes cannot be asked for.
        let layout = if layout.size() == 0 { Layout::new::<u8>() } else { layout };
        // SAFETY: the size is not zero.
        let at = unsafe { alloc(layout) };
        if at.is_null() {
            let needed = layout.size() as u64;
            return Err(
                ErrorKind::Capacity { what: "bytes of memory", needed, available: 0 }.into()
            );
        }
        Ok(Self { at, layout })
    }

    pub(super) const fn at(&self) -> *mut u8 {
        self.at
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: claimed with this layout.
        unsafe { dealloc(self.at, self.layout) };
    }
}
