//! A child that does as it is told, a counter that moves at each look, and one list of everything
//! that happened, in order.

use core::cell::{Cell, RefCell};
use core::num::NonZeroU32;
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{ErrorType, InputPin, OutputPin};
use pandia_core::backend::{Backend, Caps, GateSet, Info, Metric, MetricValue, Threading, Verdict};
use pandia_core::clock::{CycleCounter, TickUnit};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Outcomes};
use pandia_core::{Error, ErrorKind, Result};
use std::rc::Rc;

/// Everything that happened, in order.
#[derive(Clone, Default)]
pub(crate) struct Events(Rc<RefCell<Vec<String>>>);

impl Events {
    pub(crate) fn add(&self, what: impl Into<String>) {
        self.0.borrow_mut().push(what.into());
    }

    /// What happened since the last look.
    pub(crate) fn take(&self) -> Vec<String> {
        self.0.take()
    }
}

/// A pin or a delay of the mock crate whose calls are listed.
pub(crate) struct Listed<T> {
    pub(crate) name: &'static str,
    pub(crate) inner: T,
    pub(crate) events: Events,
}

impl<T: ErrorType> ErrorType for Listed<T> {
    type Error = T::Error;
}

impl<T: OutputPin> OutputPin for Listed<T> {
    fn set_low(&mut self) -> core::result::Result<(), T::Error> {
        self.events.add(format!("{} low", self.name));
        self.inner.set_low()
    }
    fn set_high(&mut self) -> core::result::Result<(), T::Error> {
        self.events.add(format!("{} high", self.name));
        self.inner.set_high()
    }
}

impl<T: InputPin> InputPin for Listed<T> {
    fn is_high(&mut self) -> core::result::Result<bool, T::Error> {
        self.events.add(format!("{} read", self.name));
        self.inner.is_high()
    }
    fn is_low(&mut self) -> core::result::Result<bool, T::Error> {
        self.inner.is_low()
    }
}

impl<T: DelayNs> DelayNs for Listed<T> {
    fn delay_ns(&mut self, ns: u32) {
        self.events.add(format!("wait {ns}"));
        self.inner.delay_ns(ns);
    }
}

/// A child that lists its calls, and whose batches do as they are told.
pub(crate) struct Child<'f> {
    events: Events,
    /// Called with the number of the batch; an error is that of operation 1 of the batch.
    batch: Box<dyn FnMut(usize) -> core::result::Result<(), ErrorKind> + 'f>,
    batches: usize,
}

impl<'f> Child<'f> {
    /// Every batch works.
    pub(crate) fn new(events: &Events) -> Self {
        Self::doing(events, |_| Ok(()))
    }

    pub(crate) fn doing(
        events: &Events,
        batch: impl FnMut(usize) -> core::result::Result<(), ErrorKind> + 'f,
    ) -> Self {
        Self { events: events.clone(), batch: Box::new(batch), batches: 0 }
    }
}

impl Backend for Child<'_> {
    fn id(&self) -> &str {
        "child"
    }

    fn info(&self) -> Info {
        let caps = Caps::STATE;
        Info { qubit_count: 3, op_kinds: 0b1_1111_1110, caps, threading: Threading::Pinned }
    }

    fn negotiate(&mut self, _: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        verdicts.fill(Verdict::Native);
        Ok(())
    }

    fn shot_begin(&mut self, shot: ShotId, _: Seed) -> Result<()> {
        self.events.add(format!("begin {}", shot.0));
        Ok(())
    }

    fn apply(&mut self, batch: &Batch<'_>, _: &mut Outcomes<'_>) -> Result<()> {
        self.events.add(format!("apply {}", batch.op_count()));
        self.batches += 1;
        (self.batch)(self.batches - 1).map_err(|kind| Error::from(kind).at_op(1).in_layer("child"))
    }

    fn shot_end(&mut self) -> Result<()> {
        self.events.add("end");
        Ok(())
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let value = MetricValue::Counter(7);
        (index == 0).then_some(Metric { part: "child", name: "sevens", value })
    }

    fn state_digest(&mut self) -> Result<u64> {
        Ok(0x5eed)
    }

    fn cancel(&self) {
        self.events.add("cancel");
    }
}

/// A counter that gives what it is told, and then goes on by `step` at each look.
pub(crate) struct Ticking<const BITS: u32> {
    pub(crate) count: Cell<u64>,
    pub(crate) step: u64,
    pub(crate) unit: TickUnit,
}

impl<const BITS: u32> Ticking<BITS> {
    pub(crate) fn new(unit: TickUnit, count: u64, step: u64) -> Self {
        Self { count: Cell::new(count), step, unit }
    }
}

impl<const BITS: u32> CycleCounter for Ticking<BITS> {
    const BITS: u32 = BITS;

    fn now(&self) -> u64 {
        let now = self.count.get();
        self.count.set(now.wrapping_add(self.step));
        // Bits above the range are none of the reader's business.
        if BITS == 64 { now } else { now & ((1 << BITS) - 1) | 0xf00 << 52 }
    }

    fn unit(&self) -> TickUnit {
        self.unit
    }
}

/// A delay that moves a counter on by as many ticks as nanoseconds.
pub(crate) struct Moves<'c, const BITS: u32> {
    pub(crate) counter: &'c Ticking<BITS>,
    pub(crate) events: Events,
}

impl<const BITS: u32> DelayNs for Moves<'_, BITS> {
    fn delay_ns(&mut self, ns: u32) {
        self.events.add(format!("wait {ns}"));
        let count = &self.counter.count;
        count.set(count.get().wrapping_add(u64::from(ns)));
    }
}

/// A tick a nanosecond.
pub(crate) fn gigahertz() -> TickUnit {
    TickUnit::Hz(NonZeroU32::new(1_000_000_000).unwrap())
}
