//! The runtimes that can be on the thread, as one type: known, so that calls of it need no table.

use pandia_core::backend::{Backend, GateSet, Info, Metric, Verdict};
use pandia_core::error::Result;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::Batch;
use pandia_core::runtime::{QueuedPart, Runtime, RuntimePart, SimplePart, SoftRzPart};

/// A part's runtime over a stack, with its memory on the heap.
pub(crate) type Of<P, B> = <P as RuntimePart>::Runtime<B, Box<[<P as RuntimePart>::Cell]>>;

/// One of the built-in runtimes.
#[derive(Debug)]
pub enum Inner<B: Backend> {
    /// Every operation at once.
    Simple(Of<SimplePart, B>),
    /// Turns about Z are folded away.
    SoftRz(Of<SoftRzPart, B>),
    /// Lazy, in batches.
    Queued(Of<QueuedPart, B>),
}

macro_rules! each {
    ($self:ident, $runtime:ident => $call:expr) => {
        match $self {
            Inner::Simple($runtime) => $call,
            Inner::SoftRz($runtime) => $call,
            Inner::Queued($runtime) => $call,
        }
    };
}

impl<B: Backend> Runtime for Inner<B> {
    fn id(&self) -> &str {
        each!(self, runtime => runtime.id())
    }
    fn info(&self) -> Info {
        each!(self, runtime => runtime.info())
    }
    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        each!(self, runtime => runtime.negotiate(gates, verdicts))
    }
    #[inline]
    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        each!(self, runtime => runtime.shot_begin(shot, seed))
    }
    #[inline]
    fn submit(&mut self, batch: &Batch<'_>) -> Result<()> {
        each!(self, runtime => runtime.submit(batch))
    }
    // Called for every bit: it shall be no call more.
    #[inline(always)]
    fn result(&mut self, id: u64, wait: bool) -> Result<Option<u64>> {
        each!(self, runtime => runtime.result(id, wait))
    }
    #[inline]
    fn shot_end(&mut self) -> Result<()> {
        each!(self, runtime => runtime.shot_end())
    }
    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        each!(self, runtime => runtime.metric(index))
    }
}
