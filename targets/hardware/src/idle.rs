//! Idle operations that take the time that they name.

use embedded_hal::delay::DelayNs;
use pandia_core::backend::{Backend, Forwarder, Layer, Metric, MetricValue};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, OpKind, Outcomes};
use pandia_core::units::DurationNs;
use pandia_core::{Error, ErrorKind, Result};

/// Waits at each idle operation for as long as it says, one after the other as the simple runtime
/// counts them. What stands before it has been carried out by then.
///
/// Without real time it forwards batches whole and never waits.
#[derive(Clone, Debug)]
pub struct RealTimeIdle<W> {
    real_time: Option<(W, DurationNs)>,
    waited_ns: u64,
}

const ID: &str = "pandia.real_time_idle";

impl<W: DelayNs> RealTimeIdle<W> {
    /// In real time. A batch with an operation that idles for longer than `longest` is refused.
    pub const fn new(delay: W, longest: DurationNs) -> Self {
        Self { real_time: Some((delay, longest)), waited_ns: 0 }
    }

    /// Not in real time.
    pub const fn off() -> Self {
        Self { real_time: None, waited_ns: 0 }
    }
}

impl<W: DelayNs> Layer for RealTimeIdle<W> {
    fn id(&self) -> &str {
        ID
    }

    fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
        self.waited_ns = 0;
        Ok(())
    }

    #[inline]
    fn apply<C: Backend>(
        &mut self,
        child: &mut C,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        let Some((delay, longest)) = &mut self.real_time else {
            return child.apply(batch, outcomes);
        };
        refuse_longer(batch, *longest)?;
        let mut forwarder = Forwarder::new(child, batch, outcomes)?;
        while let Some(op) = forwarder.next_op() {
            if op.kind() == OpKind::Idle && op.param_u64(0) > 0 {
                forwarder.flush(outcomes)?;
                wait(delay, op.param_u64(0));
                self.waited_ns = self.waited_ns.saturating_add(op.param_u64(0));
            }
        }
        forwarder.finish(outcomes)
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let value = MetricValue::Counter(self.waited_ns);
        (index == 0).then_some(Metric { part: ID, name: "idle_ns", value })
    }
}

/// Before anything is done.
fn refuse_longer(batch: &Batch<'_>, longest: DurationNs) -> Result<()> {
    for (index, op) in (0..).zip(batch.ops()) {
        if op.kind() == OpKind::Idle && op.param_u64(0) > longest.0 {
            return Err(too_long(op.param_u64(0), longest).at_op(index));
        }
    }
    Ok(())
}

#[cold]
fn too_long(needed: u64, longest: DurationNs) -> Error {
    let what = "nanoseconds to idle in real time";
    Error::from(ErrorKind::Capacity { what, needed, available: longest.0 }).with_text(format_args!(
        "an idle of {needed} ns is longer than the {} ns that real time allows; raise that bound or \
         turn real time off",
        longest.0
    ))
}

/// Waits for a time that may be longer than a delay can be told.
pub(crate) fn wait(delay: &mut impl DelayNs, mut ns: u64) {
    while ns > 0 {
        let piece = u32::try_from(ns).unwrap_or(u32::MAX);
        delay.delay_ns(piece);
        ns -= u64::from(piece);
    }
}
