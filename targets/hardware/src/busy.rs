//! Pins that show when a batch is being carried out.

use crate::Pin;
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::OutputPin;
use pandia_core::Result;
use pandia_core::backend::{Backend, Layer, Metric, MetricValue};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Outcomes};

/// Holds one pin high while a batch is carried out, and pulses another after it, also if the batch
/// failed: two edges of each pin a batch.
///
/// A pin that fails before the batch refuses it; one that fails after it costs the shot, since the
/// batch has been done. If the batch failed as well, its own error is the one given, and the pins'
/// are counted.
#[derive(Clone, Debug)]
pub struct BusyDone<B, D, W> {
    busy: Pin<B>,
    done: Pin<D>,
    delay: W,
    pulse_ns: u32,
    pin_errors: u64,
}

const ID: &str = "pandia.busy_done";

impl<B: OutputPin, D: OutputPin, W: DelayNs> BusyDone<B, D, W> {
    /// Drives both pins low. The pulse of `done` lasts for `pulse_ns`, or, if that is 0, as long as
    /// driving the pin twice takes; the stack waits for it.
    ///
    /// # Errors
    /// [`pandia_core::ErrorKind::Hardware`] if a pin cannot be driven.
    pub fn new(mut busy: Pin<B>, mut done: Pin<D>, delay: W, pulse_ns: u32) -> Result<Self> {
        busy.set(false)?;
        done.set(false)?;
        Ok(Self { busy, done, delay, pulse_ns, pin_errors: 0 })
    }

    /// Every pin is driven, whichever fails; the first error is given.
    fn show_end(&mut self) -> Result<()> {
        let lowered = self.busy.set(false);
        let raised = self.done.set(true);
        if self.pulse_ns > 0 {
            self.delay.delay_ns(self.pulse_ns);
        }
        let ended = self.done.set(false);
        for result in [&lowered, &raised, &ended] {
            self.pin_errors += u64::from(result.is_err());
        }
        lowered.and(raised).and(ended)
    }
}

impl<B: OutputPin, D: OutputPin, W: DelayNs> Layer for BusyDone<B, D, W> {
    fn id(&self) -> &str {
        ID
    }

    fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
        self.pin_errors = 0;
        Ok(())
    }

    #[inline]
    fn apply<C: Backend>(
        &mut self,
        child: &mut C,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        if let Err(refused) = self.busy.set(true) {
            self.pin_errors += 1;
            return Err(refused);
        }
        let applied = child.apply(batch, outcomes);
        let shown = self.show_end();
        applied.and_then(|()| shown.map_err(pandia_core::Error::after_partial_work))
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let value = MetricValue::Counter(self.pin_errors);
        (index == 0).then_some(Metric { part: ID, name: "pin_errors", value })
    }
}
