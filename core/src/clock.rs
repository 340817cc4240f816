//! Counters that measure how long something took on the machine, in its own ticks.
//!
//! Not here: any counter itself, which is a board's or the host's, and simulated time
//! ([`crate::units`]).

use core::num::NonZeroU32;

/// What one tick of a counter means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum TickUnit {
    /// Ticks come so many times a second.
    Hz(NonZeroU32),
    /// Each tick is an instruction that was carried out; how long it took is not known.
    Instructions,
}

/// A counter that runs all the time and wraps at the end of its range.
pub trait CycleCounter {
    /// How many bits count, 1 to 64.
    const BITS: u32;

    /// The count; bits above [`Self::BITS`] are of no account.
    fn now(&self) -> u64;

    /// What a tick means.
    fn unit(&self) -> TickUnit;

    /// Ticks from `before`, which [`Self::now`] gave, until now. Right as long as the counter has
    /// not come round to `before` again meanwhile.
    #[inline]
    fn since(&self, before: u64) -> u64 {
        between(before, self.now(), Self::BITS)
    }
}

impl<C: CycleCounter + ?Sized> CycleCounter for &C {
    const BITS: u32 = C::BITS;

    #[inline]
    fn now(&self) -> u64 {
        (**self).now()
    }

    fn unit(&self) -> TickUnit {
        (**self).unit()
    }
}

/// Ticks from one count to a later one of a counter with so many bits.
#[inline]
#[must_use]
pub const fn between(before: u64, after: u64, bits: u32) -> u64 {
    let ticks = after.wrapping_sub(before);
    if bits >= u64::BITS { ticks } else { ticks & ((1 << bits) - 1) }
}

const NS_PER_SECOND: u64 = 1_000_000_000;

/// So many ticks in nanoseconds, rounded down; the largest number instead of wrapping.
#[must_use]
pub const fn ns_of_ticks(ticks: u64, hz: NonZeroU32) -> u64 {
    let hz = hz.get() as u64;
    // Less than a second's ticks: the product stays below 2^62.
    let rest = (ticks % hz) * NS_PER_SECOND / hz;
    (ticks / hz).saturating_mul(NS_PER_SECOND).saturating_add(rest)
}

/// The least number of ticks that takes at least so many nanoseconds; the largest number instead of
/// wrapping.
#[must_use]
pub const fn ticks_of_ns(ns: u64, hz: NonZeroU32) -> u64 {
    let hz = hz.get() as u64;
    // Less than a second: the product stays below 2^62.
    let rest = ((ns % NS_PER_SECOND) * hz).div_ceil(NS_PER_SECOND);
    (ns / NS_PER_SECOND).saturating_mul(hz).saturating_add(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::Cell;

    struct Fixed<const BITS: u32>(Cell<u64>);

    impl<const BITS: u32> CycleCounter for Fixed<BITS> {
        const BITS: u32 = BITS;
        fn now(&self) -> u64 {
            self.0.get()
        }
        fn unit(&self) -> TickUnit {
            TickUnit::Instructions
        }
    }

    #[test]
    fn ticks_are_counted_across_the_end_of_the_range() {
        let counter = Fixed::<32>(Cell::new(0xffff_fff0));
        let before = counter.now();
        counter.0.set(0x10);
        assert_eq!(counter.since(before), 0x20);
        assert_eq!(CycleCounter::since(&&counter, before), 0x20);
        assert_eq!(between(u64::MAX, 4, 64), 5);
        assert_eq!(between(0xff_fffe, 1, 24), 3);
        assert_eq!(between(1, 0, 1), 1);
        // Bits that do not count may be anything.
        assert_eq!(between(0xabcd_0000_0001, 0x1234_0000_0003, 32), 2);
    }

    #[test]
    fn ticks_become_nanoseconds_without_overflow_and_back_without_being_short() {
        let mhz_25 = NonZeroU32::new(25_000_000).unwrap();
        let fast = NonZeroU32::MAX;
        assert_eq!(ns_of_ticks(3, mhz_25), 120);
        assert_eq!(ticks_of_ns(120, mhz_25), 3);
        assert_eq!(ticks_of_ns(121, mhz_25), 4);
        assert_eq!(ticks_of_ns(0, mhz_25), 0);
        assert_eq!(ns_of_ticks(u64::MAX, NonZeroU32::MIN), u64::MAX);
        assert_eq!(ticks_of_ns(u64::MAX, fast), u64::MAX);
        for hz in [NonZeroU32::MIN, NonZeroU32::new(32_768).unwrap(), mhz_25, fast] {
            for ns in [1, 39, 40, 999_999_999, 1_000_000_001, 86_400_000_000_000] {
                let ticks = ticks_of_ns(ns, hz);
                assert!(ns_of_ticks(ticks, hz) + 1 >= ns, "{ns} ns at {hz} Hz");
                assert!(u128::from(ticks) * 1_000_000_000 >= u128::from(ns) * u128::from(hz.get()));
            }
        }
    }
}
