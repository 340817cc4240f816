//! A hand on a stack that is in use: asks that a call in progress returns early.
#![expect(unsafe_code, reason = "asks a part of which it knows that it lives")]

use core::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pandia_core::backend::{Backend, CancelTarget, GateSet, Info, Metric, StateQuery, Verdict};
use pandia_core::error::Result;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Outcomes};

use super::part::BoxedBackend;

/// Asks the parts of one stack that a call in progress returns early. May be kept and used from any
/// thread; once the stack is gone it does nothing.
#[derive(Clone, Debug)]
pub struct CancelHandle {
    /// `None` once the stack is gone. Locked while somebody asks, so that the stack waits.
    gate: Arc<Mutex<Option<CancelTarget>>>,
}

impl CancelHandle {
    /// Asks. A request, not a promise: a part that cannot stop goes on, and without a call in
    /// progress nothing happens.
    pub fn cancel(&self) {
        if let Some(target) = *self.lock() {
            // SAFETY: the stack takes the target away, under this lock, before it ends.
            let _ = unsafe { target.ask() };
        }
    }

    /// Whether the stack is still there.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.lock().is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Option<CancelTarget>> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stack with a hand on it, if a part of it can be cancelled; otherwise the stack as it is.
#[must_use]
pub fn cancellable(stack: BoxedBackend) -> (BoxedBackend, Option<CancelHandle>) {
    let Some(target) = stack.cancel_target() else { return (stack, None) };
    let handle = CancelHandle { gate: Arc::new(Mutex::new(Some(target))) };
    (Box::new(Gated { stack, handle: handle.clone() }), Some(handle))
}

/// The stack, and the gate that closes before it ends.
struct Gated {
    stack: BoxedBackend,
    handle: CancelHandle,
}

impl Drop for Gated {
    fn drop(&mut self) {
        *self.handle.lock() = None;
    }
}

impl fmt::Debug for Gated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gated({})", self.stack.id())
    }
}

impl Backend for Gated {
    fn id(&self) -> &str {
        self.stack.id()
    }
    fn info(&self) -> Info {
        self.stack.info()
    }
    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.stack.negotiate(gates, verdicts)
    }
    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.stack.shot_begin(shot, seed)
    }
    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        self.stack.apply(batch, outcomes)
    }
    fn shot_end(&mut self) -> Result<()> {
        self.stack.shot_end()
    }
    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        self.stack.metric(index)
    }
    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        self.stack.state(query, out)
    }
    fn state_digest(&mut self) -> Result<u64> {
        self.stack.state_digest()
    }
    fn cancel(&self) {
        self.stack.cancel();
    }
    fn cancel_target(&self) -> Option<CancelTarget> {
        self.stack.cancel_target()
    }
}
