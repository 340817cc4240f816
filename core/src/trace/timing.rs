//! How long calls take: measured only by who asks for it.

use super::header::Unit;
use crate::clock::{CycleCounter, TickUnit, ns_of_ticks};

/// Measures calls, or does not.
pub trait Timing {
    /// Just before a call.
    fn before(&self) -> u64;

    /// How long the call took that began at `before`, in [`Self::unit`]; `None` if nothing measures.
    fn since(&self, before: u64) -> Option<u64>;

    /// What is counted.
    fn unit(&self) -> Unit;
}

/// Measures nothing and costs nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Untimed;

impl Timing for Untimed {
    #[inline]
    fn before(&self) -> u64 {
        0
    }

    #[inline]
    fn since(&self, _before: u64) -> Option<u64> {
        None
    }

    fn unit(&self) -> Unit {
        Unit::None
    }
}

/// Measures with a counter.
#[derive(Clone, Copy, Debug)]
pub struct Timed<C>(pub C);

impl<C: CycleCounter> Timing for Timed<C> {
    #[inline]
    fn before(&self) -> u64 {
        self.0.now()
    }

    #[inline]
    fn since(&self, before: u64) -> Option<u64> {
        let ticks = self.0.since(before);
        Some(match self.0.unit() {
            TickUnit::Hz(hz) => ns_of_ticks(ticks, hz),
            TickUnit::Instructions => ticks,
        })
    }

    fn unit(&self) -> Unit {
        match self.0.unit() {
            TickUnit::Hz(_) => Unit::Ns,
            TickUnit::Instructions => Unit::Instructions,
        }
    }
}
