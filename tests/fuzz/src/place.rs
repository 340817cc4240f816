//! Memory for structures that claim more than they have.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};

/// As much as a structure may claim to have, and some.
const PLACE_BYTES: usize = (1 << 16) + 4096;

/// Memory for one structure or array, with what the structure claims behind it.
#[derive(Debug)]
pub(crate) struct Place(*mut u8);

impl Place {
    const LAYOUT: Layout = match Layout::from_size_align(PLACE_BYTES, 16) {
        Ok(layout) => layout,
        Err(_) => panic!("a layout"),
    };

    pub(crate) fn new() -> Self {
        // SAFETY: not empty.
        let at = unsafe { alloc_zeroed(Self::LAYOUT) };
        if at.is_null() {
            handle_alloc_error(Self::LAYOUT);
        }
        Self(at)
    }

    /// Copies the things to the start, as far as there is room.
    pub(crate) fn fill<T: Copy>(&self, things: &[T]) {
        let bytes = size_of_val(things).min(PLACE_BYTES);
        // SAFETY: that many bytes are in both.
        unsafe { things.as_ptr().cast::<u8>().copy_to_nonoverlapping(self.0, bytes) };
    }

    /// Writes one thing at this byte.
    pub(crate) fn set<T: Copy>(&self, offset: usize, thing: T) {
        assert!(offset + size_of::<T>() <= PLACE_BYTES);
        // SAFETY: inside.
        unsafe { self.0.add(offset).cast::<T>().write_unaligned(thing) };
    }

    /// The thing at this byte.
    ///
    /// # Safety
    /// There is a `T`, or any bytes are one.
    pub(crate) unsafe fn get<T: Copy>(&self, offset: usize) -> T {
        assert!(offset + size_of::<T>() <= PLACE_BYTES);
        // SAFETY: inside; the rest is the caller's promise.
        unsafe { self.0.add(offset).cast::<T>().read_unaligned() }
    }

    pub(crate) const fn at<T>(&self) -> *mut T {
        self.0.cast()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // SAFETY: claimed with this layout.
        unsafe { dealloc(self.0, Self::LAYOUT) };
    }
}
