//! 64-bit counters that are read as two words of 32 bits.

/// Reads the upper word until it is the same before and after the lower.
#[inline]
pub(crate) fn read(low: impl Fn() -> u32, high: impl Fn() -> u32) -> u64 {
    loop {
        let before = high();
        let low = low();
        // The upper word moves once in 2^32 ticks, so this ends.
        if high() == before {
            return u64::from(before) << 32 | u64::from(low);
        }
    }
}
