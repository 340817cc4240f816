//! Batches that begin when they are scheduled to.

use crate::counter_delay::hertz;
use core::num::NonZeroU32;
use embedded_hal::delay::DelayNs;
use pandia_core::backend::{Backend, Layer, Metric, MetricValue};
use pandia_core::clock::{CycleCounter, ns_of_ticks};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Outcomes};
use pandia_core::units::DurationNs;
use pandia_core::{Error, ErrorKind, Result};

/// Holds each batch of the program back until its scheduled start, counted from the moment when the
/// shot began. A batch that comes late is carried out at once, and counted.
///
/// Put it above error models: batches that they insert are not held back, but the pieces of a batch
/// that they cut would be counted as late.
#[derive(Clone, Debug)]
pub struct OnSchedule<C, W> {
    counter: C,
    hz: NonZeroU32,
    delay: W,
    longest: DurationNs,
    /// The count when the counter was read last, and the ticks from the shot's begin until then.
    before: u64,
    ticks: u64,
    late_batches: u64,
    late_ns_max: u64,
}

const ID: &str = "pandia.on_schedule";

impl<C: CycleCounter, W: DelayNs> OnSchedule<C, W> {
    /// A batch for which more than `longest` would have to be waited is refused. The counter must
    /// not come round between two batches.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the counter counts instructions and so tells no time.
    pub fn new(counter: C, delay: W, longest: DurationNs) -> Result<Self> {
        let hz = hertz(&counter)?;
        let before = counter.now();
        let zero = 0;
        Ok(Self {
            counter,
            hz,
            delay,
            longest,
            before,
            ticks: zero,
            late_batches: zero,
            late_ns_max: zero,
        })
    }

    /// Nanoseconds from the shot's begin until now.
    fn elapsed_ns(&mut self) -> u64 {
        let passed = self.counter.since(self.before);
        self.before = self.before.wrapping_add(passed);
        self.ticks = self.ticks.saturating_add(passed);
        ns_of_ticks(self.ticks, self.hz)
    }

    fn wait_until(&mut self, start_ns: u64) -> Result<()> {
        let mut now = self.elapsed_ns();
        if now > start_ns {
            self.late_batches += 1;
            self.late_ns_max = self.late_ns_max.max(now - start_ns);
            return Ok(());
        }
        if start_ns - now > self.longest.0 {
            return Err(too_far(start_ns - now, self.longest));
        }
        // In pieces of at most half the counter's range, so that it does not come round unseen.
        let half = ns_of_ticks(1 << (C::BITS - 1), self.hz).max(1);
        // A delay lasts at least as long as asked; the count says by how much longer.
        while now < start_ns {
            let piece = (start_ns - now).min(half).min(u64::from(u32::MAX));
            self.delay.delay_ns(u32::try_from(piece).unwrap_or(u32::MAX));
            let after = self.elapsed_ns();
            if after == now {
                return Err(stands_still(start_ns - now));
            }
            now = after;
        }
        Ok(())
    }
}

#[cold]
fn too_far(needed: u64, longest: DurationNs) -> Error {
    let what = "nanoseconds to wait for a batch's start";
    Error::from(ErrorKind::Capacity { what, needed, available: longest.0 }).with_text(format_args!(
        "the batch starts {needed} ns from now, later than the {} ns that may be waited; raise that \
         bound or take the batch off the schedule",
        longest.0
    ))
}

#[cold]
fn stands_still(left: u64) -> Error {
    Error::from(ErrorKind::Hardware("the counter stands still")).with_text(format_args!(
        "the counter stood still in a delay, {left} ns before the batch's start; turn it on, or its \
         frequency is not what it says"
    ))
}

impl<C: CycleCounter, W: DelayNs> Layer for OnSchedule<C, W> {
    fn id(&self) -> &str {
        ID
    }

    fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
        self.before = self.counter.now();
        self.ticks = 0;
        self.late_batches = 0;
        Ok(())
    }

    #[inline]
    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        if batch.source().depth == 0 {
            self.wait_until(batch.start().0)?;
        }
        child.apply(batch, outcomes)
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let (name, value) = match index {
            0 => ("late_batches", MetricValue::Counter(self.late_batches)),
            1 => ("late_ns_max", gauge(self.late_ns_max)),
            _ => return None,
        };
        Some(Metric { part: ID, name, value })
    }
}

/// Nanoseconds or ticks as a gauge: exact below 2^53.
#[expect(clippy::cast_precision_loss, reason = "a length beyond 2^53 need not be exact")]
pub(crate) const fn gauge(value: u64) -> MetricValue {
    MetricValue::Gauge(value as f64)
}
