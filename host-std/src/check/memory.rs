//! Memory with guards before and behind it, so that writing beyond it shows.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};

/// What guards are filled with.
pub(super) const GUARD: u8 = 0xc5;
/// What memory is filled with that nobody has promised to clear.
pub(super) const DIRT: u8 = 0xa5;
/// Bytes of each guard, at least.
const MARGIN: usize = 512;

/// A block of memory between two guards.
#[derive(Debug)]
pub(super) struct Guarded {
    whole: *mut u8,
    layout: Layout,
    before: usize,
    bytes: usize,
}

impl Guarded {
    /// Claims a block for this layout, filled with `fill`.
    pub(super) fn new(inner: Layout, fill: u8) -> Self {
        let before = MARGIN.next_multiple_of(inner.align());
        let bytes = inner.size();
        let size = before + bytes.next_multiple_of(8) + MARGIN;
        let layout = Layout::from_size_align(size, inner.align().max(16)).unwrap_or(inner);
        // SAFETY: the size is not zero: the guards are not.
        let whole = unsafe { alloc(layout) };
        if whole.is_null() {
            handle_alloc_error(layout);
        }
        // SAFETY: just claimed, `size` bytes.
        unsafe { whole.write_bytes(GUARD, layout.size()) };
        let block = Self { whole, layout, before, bytes };
        block.refill(fill);
        block
    }

    /// Fills the block, not the guards. Nobody may live in it.
    pub(super) fn refill(&self, fill: u8) {
        // SAFETY: inside the memory that was claimed; nobody else has it.
        unsafe { self.at().write_bytes(fill, self.bytes) };
    }

    /// Where the block begins.
    pub(super) const fn at(&self) -> *mut u8 {
        self.whole.wrapping_add(self.before)
    }

    /// How large it is.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Says where a guard was written to, if one was.
    pub(super) fn damage(&self) -> Option<String> {
        let touched = |offset: usize| {
            // SAFETY: inside the memory that was claimed and written.
            unsafe { self.whole.wrapping_add(offset).read() != GUARD }
        };
        let end = self.before + self.bytes;
        if let Some(offset) = (end..self.layout.size()).rev().find(|&offset| touched(offset)) {
            return Some(format!("wrote up to {} bytes behind its memory", offset - end + 1));
        }
        let offset = (0..self.before).find(|&offset| touched(offset))?;
        Some(format!("wrote up to {} bytes before its memory", self.before - offset))
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // SAFETY: claimed with this layout.
        unsafe { dealloc(self.whole, self.layout) };
    }
}
