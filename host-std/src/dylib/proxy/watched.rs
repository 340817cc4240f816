//! The proxy as its owner sees it.

use super::super::instance::Lent;
use super::rules::Rules;
use super::table::{ID, Shared};
use super::violation::Violation;
use core::fmt;
use core::mem::ManuallyDrop;
use pandia_core::abi::{TableBackend, raw};
use pandia_core::backend::{
    Backend, CancelTarget, Caps, GateSet, Info, Metric, StateQuery, Threading, Verdict,
};
use pandia_core::error::Result;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Outcomes};
use std::sync::{Arc, Mutex, PoisonError};

/// Everything that a guest was ever given an address of: a call that comes after the proxy is gone
/// finds it still there. Some hundred bytes each.
static KEPT: Mutex<Vec<Arc<Shared>>> = Mutex::new(Vec::new());

/// A stack under watch. Give a guest [`Self::raw`], or the proxy itself where a [`Backend`] is
/// wanted, and ask [`Self::watch`] afterwards what it did wrong.
///
/// A new proxy is lent to anybody, with threads of their own; [`Watch::take_back`] and
/// [`Watch::lend`] tell it when a runtime is attached and detached. A guest that may call from
/// several threads at once must be given [`Self::raw`]: that table bears it.
///
/// The order of checks, of which the first that fails is noted: is the stack lent, is a call in
/// progress, is the thread allowed, does the call fit the life of the shot.
pub struct CallProxy {
    /// The child through the very table, or why it cannot even be asked what it is.
    table: Result<TableBackend<'static>>,
    shared: Arc<Shared>,
    child: ManuallyDrop<Lent>,
}

// SAFETY: the table leads to `Shared`, which may be called from any thread; the child is `Send`.
unsafe impl Send for CallProxy {}

/// What a [`CallProxy`] has seen; it stays with whoever owns the stack.
#[derive(Clone, Debug)]
pub struct Watch(Arc<Shared>);

impl fmt::Debug for CallProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallProxy({})", self.id())
    }
}

impl CallProxy {
    /// Puts `child` under watch. If it is pinned, then to this thread.
    #[must_use]
    pub fn new(child: Box<dyn Backend + Send>) -> Self {
        let child = Lent::new(child);
        let shared = Arc::new(Shared::new(Rules::new(), child.pair()));
        KEPT.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&shared));
        // SAFETY: `Shared` is kept until the program ends, and bears calls from anybody.
        let table = unsafe { TableBackend::from_raw(pair(&shared), false) };
        if !table.as_ref().is_ok_and(|table| table.info().threading == Threading::Sendable) {
            shared.lock().rules.pin();
        }
        Self { table, shared, child: ManuallyDrop::new(child) }
    }

    /// The child, to be called by whoever has the proxy.
    fn table(&mut self) -> Result<&mut TableBackend<'static>> {
        self.table.as_mut().map_err(|error| error.clone())
    }

    /// The pair to give to a guest. It may be called for as long as the program runs; calls that
    /// come after the proxy is dropped are noted and refused.
    #[must_use]
    pub fn raw(&self) -> raw::Backend {
        pair(&self.shared)
    }

    /// The handle that tells what was seen.
    #[must_use]
    pub fn watch(&self) -> Watch {
        Watch(Arc::clone(&self.shared))
    }

    /// As [`Watch::violations`].
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        self.shared.lock().rules.violations()
    }
}

fn pair(shared: &Arc<Shared>) -> raw::Backend {
    raw::Backend { vt: shared.table(), me: Arc::as_ptr(shared).cast_mut().cast() }
}

impl Watch {
    /// From here on somebody may call the stack: call it before `attach`. This thread is the host's;
    /// `own_thread` is what `attach` says.
    pub fn lend(&self, own_thread: bool) {
        self.0.lock().rules.lend(own_thread);
    }

    /// From here on nobody may: call it after `detach`. A call that is not over is noted.
    pub fn take_back(&self) {
        self.0.lock().rules.take_back();
    }

    /// The host has moved the guest: this thread is the host's now.
    pub fn move_host_here(&self) {
        self.0.lock().rules.move_host_here();
    }

    /// What was done wrong so far, in order, at most the first thousand.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        self.0.lock().rules.violations()
    }

    /// How many more there were than [`Self::violations`] lists.
    #[must_use]
    pub fn unlisted(&self) -> u64 {
        self.0.lock().rules.unlisted()
    }
}

impl Drop for CallProxy {
    fn drop(&mut self) {
        let mut inner = self.shared.lock();
        inner.rules.take_back();
        // A child that somebody is inside of cannot be ended: it stays.
        if !inner.rules.is_busy() {
            inner.child = core::ptr::null_mut();
            drop(inner);
            // SAFETY: dropped once, here; its address is gone from `Shared`, and nobody is inside.
            unsafe { ManuallyDrop::drop(&mut self.child) };
        }
    }
}

/// What a child can do that cannot be asked.
const NOTHING: Info =
    Info { qubit_count: 0, op_kinds: 0, caps: Caps::NONE, threading: Threading::Pinned };

impl Backend for CallProxy {
    fn id(&self) -> &str {
        self.table.as_ref().map_or(ID, Backend::id)
    }

    fn info(&self) -> Info {
        self.table.as_ref().map_or(NOTHING, Backend::info)
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.table()?.negotiate(gates, verdicts)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.table()?.shot_begin(shot, seed)
    }

    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        self.table()?.apply(batch, outcomes)
    }

    fn shot_end(&mut self) -> Result<()> {
        self.table()?.shot_end()
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        self.table.as_ref().ok()?.metric(index)
    }

    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        self.table()?.state(query, out)
    }

    fn state_digest(&mut self) -> Result<u64> {
        self.table()?.state_digest()
    }

    fn cancel(&self) {
        if let Ok(table) = &self.table {
            table.cancel();
        }
    }

    fn cancel_target(&self) -> Option<CancelTarget> {
        self.table.as_ref().ok()?.cancel_target()
    }
}
