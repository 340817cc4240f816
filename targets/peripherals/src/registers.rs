//! The registers of one block, reached through its address.

/// A block of registers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Registers {
    base: usize,
}

impl Registers {
    /// The block at `base`.
    ///
    /// # Safety
    /// The block is there; its driver asks for registers of the block only, by their offset and
    /// width, and reading them harms nobody; to those that it writes nobody else does.
    pub(crate) const unsafe fn at(base: usize) -> Self {
        Self { base }
    }

    #[inline]
    pub(crate) fn get<T: Copy>(self, offset: usize) -> T {
        let register = core::ptr::with_exposed_provenance::<T>(self.base + offset);
        // SAFETY: a register of the block, says whoever made this.
        unsafe { register.read_volatile() }
    }

    #[inline]
    pub(crate) fn set<T: Copy>(self, offset: usize, value: T) {
        let register = core::ptr::with_exposed_provenance_mut::<T>(self.base + offset);
        // SAFETY: a register of the block that is the driver's, says whoever made this.
        unsafe { register.write_volatile(value) }
    }
}
