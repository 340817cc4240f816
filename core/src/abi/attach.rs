//! What becomes of a stack that is handed to a runtime by `attach`.
//!
//! Every [`RuntimePart`] takes it and calls it where it is called itself. A runtime with a thread of
//! its own, which core has no threads for, takes it by [`AttachPart`].

use super::import::TableBackend;
use crate::backend::{Backend, GateSet, Info, Metric, StateQuery, Verdict};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::op::{Batch, Outcomes};
use crate::part::{Config, PartSpec};
use crate::runtime::{Runtime, RuntimePart};

/// A stack that `attach` hands over, with its permission.
#[derive(Debug)]
pub struct AttachedStack {
    stack: TableBackend<'static>,
    own_thread: bool,
}

impl AttachedStack {
    pub(crate) const fn new(stack: TableBackend<'static>, own_thread: bool) -> Self {
        Self { stack, own_thread }
    }

    /// The stack, for who calls it where it is called itself.
    #[must_use]
    pub fn here(self) -> TableBackend<'static> {
        self.stack
    }

    /// The stack, for who calls it from a thread of its own.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if `attach` does not allow that.
    pub fn on_own_thread(self) -> Result<SendableStack> {
        if self.own_thread {
            return Ok(SendableStack(self.stack));
        }
        let error = Error::from(ErrorKind::State("the stack takes no calls from another thread"));
        Err(error.with_text(format_args!(
            "drives the stack from a thread of its own, which attach does not allow: own_thread is \
             0, because a part of the stack is pinned to its thread or the host wants none; use a \
             runtime without a thread of its own"
        )))
    }
}

/// A stack that may be called from any thread, one call at a time.
#[derive(Debug)]
pub struct SendableStack(TableBackend<'static>);

// SAFETY: made only where `attach` said `own_thread` 1, by which the host promises that every part
// of the stack may be called from another thread, and that nobody else calls it meanwhile. What is
// here beside the table's pointers is plain data.
unsafe impl Send for SendableStack {}

impl Backend for SendableStack {
    fn id(&self) -> &str {
        self.0.id()
    }

    fn info(&self) -> Info {
        self.0.info()
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.0.negotiate(gates, verdicts)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.0.shot_begin(shot, seed)
    }

    #[inline]
    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        self.0.apply(batch, outcomes)
    }

    fn shot_end(&mut self) -> Result<()> {
        self.0.shot_end()
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        self.0.metric(index)
    }

    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        self.0.state(query, out)
    }

    fn state_digest(&mut self) -> Result<u64> {
        self.0.state_digest()
    }

    fn cancel(&self) {
        self.0.cancel();
    }
}

/// How a runtime takes a stack over. Every [`RuntimePart`] does; by hand this is for runtimes with a
/// thread of their own.
///
/// # Safety
/// The stack is good until the runtime that [`Self::attach`] gives is dropped: from then on nobody
/// calls it, and no call on it is in progress.
pub unsafe trait AttachPart {
    /// As [`RuntimePart::SPEC`].
    const SPEC: PartSpec;
    /// As [`RuntimePart::Cell`].
    type Cell: Copy + Send + 'static;
    /// As [`RuntimePart::EMPTY`].
    const EMPTY: Self::Cell;
    /// The runtime while a stack is attached.
    type Attached: Runtime;

    /// As [`RuntimePart::cells`].
    ///
    /// # Errors
    /// As there.
    fn cells(config: &Config<'_>) -> Result<usize>;

    /// Takes the stack over, until the runtime is dropped.
    ///
    /// # Errors
    /// As [`RuntimePart::build`], and [`ErrorKind::State`] if it needs a thread of its own and may
    /// not have one.
    fn attach(
        config: &Config<'_>,
        stack: AttachedStack,
        cells: &'static mut [Self::Cell],
    ) -> Result<Self::Attached>;
}

// SAFETY: a runtime part knows nothing of its stack's type, so it cannot keep it anywhere but in
// the runtime that it builds.
unsafe impl<P: RuntimePart> AttachPart for P {
    const SPEC: PartSpec = P::SPEC;
    type Cell = P::Cell;
    const EMPTY: Self::Cell = P::EMPTY;
    type Attached = P::Runtime<TableBackend<'static>, &'static mut [P::Cell]>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        P::cells(config)
    }

    fn attach(
        config: &Config<'_>,
        stack: AttachedStack,
        cells: &'static mut [P::Cell],
    ) -> Result<Self::Attached> {
        P::build(config, stack.here(), cells)
    }
}
