//! A delay made of a counter.

use core::num::NonZeroU32;
use embedded_hal::delay::DelayNs;
use pandia_core::clock::{CycleCounter, TickUnit, ticks_of_ns};
use pandia_core::{Error, ErrorKind, Result};

/// A counter that has not moved after so many looks does not count.
const LOOKS_MAX: u32 = 1_000_000;

/// Waits by looking at a counter until enough ticks have passed.
#[derive(Clone, Debug)]
pub struct CounterDelay<C> {
    counter: C,
    hz: NonZeroU32,
}

impl<C: CycleCounter> CounterDelay<C> {
    /// A delay by `counter`.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the counter counts instructions and so tells no time,
    /// [`ErrorKind::Hardware`] if it stands still, since every delay would last for ever.
    pub fn new(counter: C) -> Result<Self> {
        let hz = hertz(&counter)?;
        let before = counter.now();
        if (0..LOOKS_MAX).all(|_| counter.since(before) == 0) {
            return Err(ErrorKind::Hardware("the counter stands still; turn it on first").into());
        }
        Ok(Self { counter, hz })
    }
}

/// How many ticks a second the counter has.
pub(crate) fn hertz(counter: &impl CycleCounter) -> Result<NonZeroU32> {
    match counter.unit() {
        TickUnit::Hz(hz) => Ok(hz),
        TickUnit::Instructions => {
            let why = "a counter of instructions tells no time; take one that has a frequency";
            Err(Error::from(ErrorKind::Unsupported(why)))
        }
    }
}

impl<C: CycleCounter> DelayNs for CounterDelay<C> {
    fn delay_ns(&mut self, ns: u32) {
        // One more, since the first tick may be almost over.
        let mut left = ticks_of_ns(u64::from(ns), self.hz).saturating_add(1);
        let mut before = self.counter.now();
        // Tick by tick, so that the counter may wrap any number of times.
        while left > 0 {
            let passed = self.counter.since(before);
            before = before.wrapping_add(passed);
            left = left.saturating_sub(passed);
        }
    }
}
