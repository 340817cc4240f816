//! Instances out of libraries: each owns its memory, its child, and a share of its library.

use super::guard::Catch;
use super::host::Hosted;
use super::library::Keep;
use super::memory::Memory;
use super::proxy::CallProxy;
use core::fmt;
use core::mem::ManuallyDrop;
use pandia_core::abi::module::PluginView;
use pandia_core::abi::{Instance, TableBackend, TableRuntime, raw};
use pandia_core::backend::{
    Backend, CancelTarget, GateSet, Info, Metric, StateQuery, Threading, Verdict,
};
use pandia_core::error::{Error, ErrorKind, Result};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Outcomes};
use pandia_core::part::Config;
use pandia_core::runtime::Runtime;
use std::thread::{self, ThreadId};

type Child = Instance<Box<dyn Backend + Send>, Catch>;

/// A child that a library's instance has an address of: it stays where it is.
pub(super) struct Lent(*mut Child);

impl Lent {
    pub(super) fn new(child: Box<dyn Backend + Send>) -> Self {
        Self(Box::into_raw(Box::new(Child::new(child))))
    }

    pub(super) fn pair(&self) -> raw::Backend {
        // SAFETY: made by `new`, and given to nobody yet.
        unsafe { &mut *self.0 }.pair().raw()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // SAFETY: made by `Box::into_raw`, and whoever used it is gone: fields drop in order.
        drop(unsafe { Box::from_raw(self.0) });
    }
}

/// What an instance of a library stands on: a child of its own, or one that is under watch.
pub(super) enum Under {
    Own(Lent),
    Watched(Box<CallProxy>),
}

impl Under {
    pub(super) fn own(child: Box<dyn Backend + Send>) -> Self {
        Self::Own(Lent::new(child))
    }

    fn pair(&self) -> raw::Backend {
        match self {
            Self::Own(child) => child.pair(),
            Self::Watched(proxy) => proxy.raw(),
        }
    }
}

/// Something out of a library and what it stands on. The order is that of dropping.
struct Whole<T> {
    part: T,
    _memory: Memory,
    _child: Option<Under>,
    _host: Hosted,
    _library: Keep,
}

/// Something that may be bound to the thread that made it.
struct Bound<T> {
    whole: ManuallyDrop<Whole<T>>,
    info: Info,
    thread: ThreadId,
}

// SAFETY: a sendable part may be called from any thread, one call at a time, which `&mut` and the
// absence of `Sync` ensure; a pinned one is only ever called on its own thread, see `part`.
unsafe impl<T> Send for Bound<T> {}

impl<T> Bound<T> {
    fn new(whole: Whole<T>, info: Info) -> Self {
        Self { whole: ManuallyDrop::new(whole), info, thread: thread::current().id() }
    }

    fn may_call(&self) -> bool {
        self.info.threading == Threading::Sendable || thread::current().id() == self.thread
    }

    #[inline]
    fn part(&mut self) -> Result<&mut T> {
        if self.may_call() { Ok(&mut self.whole.part) } else { Err(wrong_thread()) }
    }

    fn seen(&self) -> Option<&T> {
        self.may_call().then_some(&self.whole.part)
    }
}

#[cold]
fn wrong_thread() -> Error {
    let text = "the part is pinned to the thread that made it; run with one thread";
    ErrorKind::State(text).into()
}

impl<T> Drop for Bound<T> {
    fn drop(&mut self) {
        // A pinned part that ends up on another thread is never ended: its memory stays claimed.
        if self.may_call() {
            // SAFETY: dropped once, here.
            unsafe { ManuallyDrop::drop(&mut self.whole) };
        }
    }
}

/// A simulator, or an error model or tap over its child, out of a library.
pub struct LoadedBackend {
    bound: Bound<TableBackend<'static>>,
    id: String,
}

/// A runtime over its stack, out of a library.
pub struct LoadedRuntime {
    bound: Bound<TableRuntime<'static>>,
    id: String,
}

impl fmt::Debug for LoadedBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LoadedBackend({})", self.id)
    }
}

impl fmt::Debug for LoadedRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LoadedRuntime({})", self.id)
    }
}

pub(super) fn backend(
    plugin: &PluginView<'static>,
    library: &Keep,
    config: &Config<'_>,
    child: Option<Under>,
) -> Result<LoadedBackend> {
    let layout = plugin.layout(config)?;
    let memory = Memory::claim(layout)?;
    let pair = child.as_ref().map(Under::pair);
    let host = Hosted::new(plugin.id());
    // SAFETY: memory of this layout, the child and the library stay until the part is dropped,
    // which comes first in `Whole`; nobody else has memory or child.
    let part = unsafe { plugin.create_backend(memory.at(), layout, config, host.raw(), pair) }?;
    let (info, id) = (part.info(), part.id().to_owned());
    let whole =
        Whole { part, _memory: memory, _child: child, _host: host, _library: library.clone() };
    Ok(LoadedBackend { bound: Bound::new(whole, info), id })
}

/// A runtime over its stack. The stack may be called from a thread of the runtime's own exactly if
/// all of it is sendable; that is a permission, and a runtime that needs it says so if it is not
/// given.
pub(super) fn runtime(
    plugin: &PluginView<'static>,
    library: &Keep,
    config: &Config<'_>,
    stack: Box<dyn Backend + Send>,
) -> Result<LoadedRuntime> {
    let own_thread = stack.info().threading == Threading::Sendable;
    attached(plugin, library, config, Under::own(stack), own_thread)
}

/// As [`runtime`], over a stack that is under watch.
pub(super) fn runtime_watched(
    plugin: &PluginView<'static>,
    library: &Keep,
    config: &Config<'_>,
    stack: CallProxy,
    own_thread: bool,
) -> Result<LoadedRuntime> {
    stack.watch().lend(own_thread);
    attached(plugin, library, config, Under::Watched(Box::new(stack)), own_thread)
}

fn attached(
    plugin: &PluginView<'static>,
    library: &Keep,
    config: &Config<'_>,
    stack: Under,
    own_thread: bool,
) -> Result<LoadedRuntime> {
    let layout = plugin.layout(config)?;
    let memory = Memory::claim(layout)?;
    let host = Hosted::new(plugin.id());
    // SAFETY: as in `backend`.
    let mut part = unsafe { plugin.create_runtime(memory.at(), layout, config, host.raw()) }?;
    // SAFETY: the stack stays until the runtime is dropped, which comes first in `Whole`, and which
    // detaches it: then no call is in flight. Only a sendable stack is given with `own_thread`.
    let attached = unsafe { part.attach_raw(stack.pair(), config, own_thread) };
    if let Err(error) = attached {
        drop(part);
        return Err(error);
    }
    let (info, id) = (part.info(), part.id().to_owned());
    let whole = Whole {
        part,
        _memory: memory,
        _child: Some(stack),
        _host: host,
        _library: library.clone(),
    };
    Ok(LoadedRuntime { bound: Bound::new(whole, info), id })
}

impl Backend for LoadedBackend {
    fn id(&self) -> &str {
        &self.id
    }

    fn info(&self) -> Info {
        self.bound.seen().map_or(self.bound.info, Backend::info)
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.bound.part()?.negotiate(gates, verdicts)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.bound.part()?.shot_begin(shot, seed)
    }

    #[inline]
    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        self.bound.part()?.apply(batch, outcomes)
    }

    fn shot_end(&mut self) -> Result<()> {
        self.bound.part()?.shot_end()
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        self.bound.seen()?.metric(index)
    }

    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        self.bound.part()?.state(query, out)
    }

    fn state_digest(&mut self) -> Result<u64> {
        self.bound.part()?.state_digest()
    }

    fn cancel(&self) {
        // Any thread may ask this, also of a pinned part.
        self.bound.whole.part.cancel();
    }

    fn cancel_target(&self) -> Option<CancelTarget> {
        self.bound.whole.part.cancel_target()
    }
}

impl Runtime for LoadedRuntime {
    fn id(&self) -> &str {
        &self.id
    }

    fn info(&self) -> Info {
        self.bound.seen().map_or(self.bound.info, Runtime::info)
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.bound.part()?.negotiate(gates, verdicts)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.bound.part()?.shot_begin(shot, seed)
    }

    fn submit(&mut self, batch: &Batch<'_>) -> Result<()> {
        self.bound.part()?.submit(batch)
    }

    fn result(&mut self, id: u64, wait: bool) -> Result<Option<u64>> {
        self.bound.part()?.result(id, wait)
    }

    fn shot_end(&mut self) -> Result<()> {
        self.bound.part()?.shot_end()
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        self.bound.seen()?.metric(index)
    }
}
