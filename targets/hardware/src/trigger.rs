//! A pin that says when a shot may begin.

use crate::Pin;
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::InputPin;
use pandia_core::backend::{Backend, Layer};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Outcomes};
use pandia_core::{Error, ErrorKind, Result};

/// What of the pin starts a shot. An edge counts only if the pin was seen on its other side since
/// the wait began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TriggerOn {
    /// The pin is high.
    High,
    /// The pin is low.
    Low,
    /// The pin goes from low to high.
    Rising,
    /// The pin goes from high to low.
    Falling,
}

impl TriggerOn {
    const fn wants_high(self) -> bool {
        matches!(self, Self::High | Self::Rising)
    }

    const fn is_edge(self) -> bool {
        matches!(self, Self::Rising | Self::Falling)
    }

    const fn words(self) -> &'static str {
        match self {
            Self::High => "was not high",
            Self::Low => "was not low",
            Self::Rising => "did not rise",
            Self::Falling => "did not fall",
        }
    }
}

/// How long to wait: so many looks at the pin, so far apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How often the pin is looked at, at most.
    pub looks: u32,
    /// How long to wait between two looks; 0 does not wait.
    pub apart_ns: u32,
}

/// Begins each shot when a pin says so: the stack below is ready by then, and the first batch
/// comes next.
///
/// A trigger that does not come in time refuses the shot; the next one may begin.
#[derive(Clone, Debug)]
pub struct StartTrigger<P, W> {
    pin: Pin<P>,
    on: TriggerOn,
    patience: Patience,
    delay: W,
}

impl<P: InputPin, W: DelayNs> StartTrigger<P, W> {
    /// A trigger on `pin`.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if there are too few looks to see what is waited for: one for a
    /// level, two for an edge.
    pub fn new(pin: Pin<P>, on: TriggerOn, patience: Patience, delay: W) -> Result<Self> {
        if patience.looks < 1 + u32::from(on.is_edge()) {
            let too_few = "too few looks at the trigger: a level needs 1, an edge needs 2";
            return Err(ErrorKind::Argument(too_few).into());
        }
        Ok(Self { pin, on, patience, delay })
    }

    fn wait(&mut self) -> Result<()> {
        let mut armed = !self.on.is_edge();
        for look in 0..self.patience.looks {
            if look > 0 && self.patience.apart_ns > 0 {
                self.delay.delay_ns(self.patience.apart_ns);
            }
            let is_there = self.pin.is_high()? == self.on.wants_high();
            if armed && is_there {
                return Ok(());
            }
            armed |= !is_there;
        }
        Err(self.missing())
    }

    #[cold]
    fn missing(&self) -> Error {
        let Patience { looks, apart_ns } = self.patience;
        Error::from(ErrorKind::Hardware("no start trigger")).with_text(format_args!(
            "no start trigger: pin `{}` {} in {looks} looks {apart_ns} ns apart; check what drives \
             it, or wait longer",
            self.pin.name(),
            self.on.words()
        ))
    }
}

impl<P: InputPin, W: DelayNs> Layer for StartTrigger<P, W> {
    fn id(&self) -> &str {
        "pandia.start_trigger"
    }

    fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
        self.wait()
    }

    #[inline]
    fn apply<C: Backend>(
        &mut self,
        child: &mut C,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        child.apply(batch, outcomes)
    }
}
