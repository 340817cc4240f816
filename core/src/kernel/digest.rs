//! FNV-1a (64 bit) over bytes: the hash of states.

/// The hash so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self::new()
    }
}

impl Fnv {
    /// The hash of no bytes.
    #[must_use]
    pub const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Takes in the `count` low bytes of `word`, lowest first.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    #[must_use]
    pub const fn with_bytes(mut self, word: u64, count: usize) -> Self {
        let mut rest = word;
        let mut i = 0;
        while i < count {
            self.0 = (self.0 ^ (rest & 0xff)).wrapping_mul(0x0000_0100_0000_01b3);
            rest >>= 8;
            i += 1;
        }
        self
    }

    /// Takes in a whole word, lowest byte first.
    #[inline]
    #[must_use]
    pub const fn with_word(self, word: u64) -> Self {
        self.with_bytes(word, 8)
    }

    /// The hash.
    #[must_use]
    pub const fn finish(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_vectors_of_fnv_1a() {
        // From the authors' test suite: "", "a", "foobar".
        assert_eq!(Fnv::new().finish(), 0xcbf2_9ce4_8422_2325);
        assert_eq!(Fnv::new().with_bytes(u64::from(b'a'), 1).finish(), 0xaf63_dc4c_8601_ec8c);
        let foobar = u64::from_le_bytes(*b"foobar\0\0");
        assert_eq!(Fnv::new().with_bytes(foobar, 6).finish(), 0x8594_4171_f739_67e8);
    }
}
