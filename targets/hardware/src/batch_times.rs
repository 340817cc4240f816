//! How long batches take.

use crate::schedule::gauge;
use pandia_core::Result;
use pandia_core::backend::{Backend, Layer, Metric, MetricValue};
use pandia_core::clock::{CycleCounter, TickUnit, ns_of_ticks};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Outcomes};

/// Measures every batch that succeeds and tells least, mean and most, in nanoseconds, or in
/// instructions if that is what the counter counts. They are of all shots of the instance.
///
/// What the layers below do is part of it. A batch must not last longer than the counter's range.
#[derive(Clone, Debug)]
pub struct BatchTimes<C> {
    counter: C,
    /// Of this shot.
    batches: u64,
    /// Of all shots, in ticks.
    measured: u64,
    least: u64,
    most: u64,
    sum: u64,
}

const ID: &str = "pandia.batch_times";

impl<C: CycleCounter> BatchTimes<C> {
    /// Measures with `counter`.
    pub const fn new(counter: C) -> Self {
        Self { counter, batches: 0, measured: 0, least: 0, most: 0, sum: 0 }
    }

    /// Forgets what was measured.
    pub const fn clear(&mut self) {
        (self.batches, self.measured, self.least, self.most, self.sum) = (0, 0, 0, 0, 0);
    }

    fn add(&mut self, ticks: u64) {
        self.least = if self.measured == 0 { ticks } else { self.least.min(ticks) };
        self.most = self.most.max(ticks);
        self.sum = self.sum.saturating_add(ticks);
        self.batches += 1;
        self.measured += 1;
    }

    fn in_unit(&self, ticks: u64) -> MetricValue {
        gauge(match self.counter.unit() {
            TickUnit::Hz(hz) => ns_of_ticks(ticks, hz),
            TickUnit::Instructions => ticks,
        })
    }
}

impl<C: CycleCounter> Layer for BatchTimes<C> {
    fn id(&self) -> &str {
        ID
    }

    fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
        self.batches = 0;
        Ok(())
    }

    #[inline]
    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        let before = self.counter.now();
        child.apply(batch, outcomes)?;
        let ticks = self.counter.since(before);
        self.add(ticks);
        Ok(())
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let names = match self.counter.unit() {
            TickUnit::Hz(_) => ["batch_min_ns", "batch_mean_ns", "batch_max_ns"],
            TickUnit::Instructions => {
                ["batch_min_instructions", "batch_mean_instructions", "batch_max_instructions"]
            }
        };
        let (name, value) = match index {
            0 => ("batches", MetricValue::Counter(self.batches)),
            1 => (names[0], self.in_unit(self.least)),
            2 => (names[1], self.in_unit(self.sum.checked_div(self.measured).unwrap_or(0))),
            3 => (names[2], self.in_unit(self.most)),
            _ => return None,
        };
        Some(Metric { part: ID, name, value })
    }
}
