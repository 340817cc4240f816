//! An instance under test: built in guarded memory through the raw functions, with a face that all
//! checks know, and its raw pair for calls that no good caller makes.

use core::mem::ManuallyDrop;

use pandia_core::abi::{Instance, NoGuard, TableBackend, TableRuntime, raw};
use pandia_core::backend::Backend;
use pandia_core::ids::StreamId;
use pandia_core::part::{Config, PartKind, Setting};

use super::call::{Answer, call};
use super::config::Shape;
use super::finding::{Checked, ensure, went_well};
use super::memory::Guarded;
use super::runtime_face::RuntimeFace;
use crate::dylib::{CallProxy, DylibPart};
use crate::stack::{BoxedBackend, OwnedSetting};

type Child = Instance<BoxedBackend, NoGuard>;

/// A child or a stack whose address somebody has.
#[derive(Debug)]
pub(super) struct Lent {
    child: *mut Child,
    /// The child's table with an extension, where a check has given it one.
    extended: Option<Box<raw::BackendVt>>,
}

/// A table's function `extension`.
pub(super) type ExtensionFn = unsafe extern "C" fn(
    *mut core::ffi::c_void,
    *const raw::Text,
    *mut *const core::ffi::c_void,
) -> raw::Status;

impl Lent {
    pub(super) fn new(child: BoxedBackend) -> Self {
        Self { child: Box::into_raw(Box::new(Child::new(child))), extended: None }
    }

    /// The pair; good as long as `self`.
    pub(super) fn pair(&self) -> raw::Backend {
        // SAFETY: made by `new`, and nobody makes a call meanwhile.
        let pair = unsafe { &mut *self.child }.pair().raw();
        match &self.extended {
            Some(vt) => raw::Backend { vt: &raw const **vt, me: pair.me },
            None => pair,
        }
    }

    fn extend(&mut self, extension: ExtensionFn) {
        // SAFETY: a table of ours, which is a constant.
        let vt = unsafe { self.pair().vt.read() };
        self.extended = Some(Box::new(raw::BackendVt { extension: Some(extension), ..vt }));
    }
}

/// What a layer is built over and a runtime is attached to.
#[derive(Debug)]
enum Below {
    Lent(Lent),
    Watched(Box<CallProxy>),
}

impl Below {
    fn pair(&self) -> raw::Backend {
        match self {
            Self::Lent(lent) => lent.pair(),
            Self::Watched(proxy) => proxy.raw(),
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // SAFETY: made by `Box::into_raw`; who had the address is gone by now.
        drop(unsafe { Box::from_raw(self.child) });
    }
}

/// What is built, before it is.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) part: DylibPart,
    pub(super) shape: Shape,
    pub(super) memory: Guarded,
    child: Option<Below>,
}

/// What came out of `create`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pair {
    Backend(raw::Backend),
    Runtime(raw::Runtime),
}

/// An instance.
pub(super) struct Made {
    face: ManuallyDrop<Box<dyn Backend>>,
    pub(super) pair: Pair,
    /// Whether it is a runtime that may use a thread of its own.
    own_thread: bool,
    site: ManuallyDrop<Site>,
}

/// Asks the raw `layout`.
pub(super) fn layout(part: &DylibPart, config: &raw::Config) -> Checked<(Answer, raw::Layout)> {
    let view = part.view();
    let mut out =
        raw::Layout { size: super::config::bytes_of::<raw::Layout>(), align: 0, bytes: 0 };
    let Some(layout) = view.raw().layout else {
        return super::finding::failed("the plugin has no function layout");
    };
    let answer = call("layout", |err| {
        // SAFETY: the function is what the module says; the pointers are to live structures.
        unsafe { layout(config, &raw mut out, err) }
    })?;
    Ok((answer, out))
}

impl Site {
    /// Memory of the size that `layout` says, filled with `fill`. `child` is what a layer is built
    /// over and a runtime attached to.
    pub(super) fn new(
        part: &DylibPart,
        shape: Shape,
        fill: u8,
        child: Option<BoxedBackend>,
    ) -> Checked<Self> {
        let raw_config = shape.raw();
        let (answer, out) = layout(part, &raw_config.config)?;
        answer.done("layout for a configuration of published defaults")?;
        let bytes = usize::try_from(out.bytes).unwrap_or(usize::MAX);
        let layout = core::alloc::Layout::from_size_align(bytes, out.align as usize).ok();
        let fits = layout.filter(|layout| layout.align() <= 4096 && layout.size() < 1 << 32);
        let Some(layout) = fits else {
            return super::finding::failed(format!(
                "layout asks for {} bytes aligned to {}; alignments are powers of two up to 4096",
                out.bytes, out.align
            ));
        };
        let memory = Guarded::new(layout, fill);
        Ok(Self { part: part.clone(), shape, memory, child: child.map(Lent::new).map(Below::Lent) })
    }

    /// The same over another child: one that was left in the middle of a shot is of no more use.
    pub(super) fn over(mut self, child: Option<BoxedBackend>) -> Self {
        self.child = child.map(Lent::new).map(Below::Lent);
        self
    }

    /// The same over a stack that is under watch.
    pub(super) fn watched(mut self, proxy: CallProxy) -> Self {
        self.child = Some(Below::Watched(Box::new(proxy)));
        self
    }

    /// Gives the child an extension.
    pub(super) fn extend_child(&mut self, extension: ExtensionFn) {
        if let Some(Below::Lent(lent)) = &mut self.child {
            lent.extend(extension);
        }
    }

    /// Calls `create` with this memory and configuration.
    pub(super) fn create(
        &self,
        memory: *mut u8,
        bytes: u64,
        config: &raw::Config,
        host: *const raw::Host,
    ) -> Checked<(Answer, Pair)> {
        let view = self.part.view();
        if self.part.spec().kind == PartKind::Runtime {
            let mut out = raw::Runtime { vt: core::ptr::null(), me: core::ptr::null_mut() };
            let create = view.raw().create_runtime;
            let answer = call("create_runtime", |err| match create {
                // SAFETY: the function is what the module says; memory and structures are live.
                Some(create) => unsafe {
                    create(memory.cast(), bytes, config, host, &raw mut out, err)
                },
                None => -16,
            })?;
            return Ok((answer, Pair::Runtime(out)));
        }
        let mut out = raw::Backend { vt: core::ptr::null(), me: core::ptr::null_mut() };
        let child = match self.part.spec().kind {
            PartKind::ErrorModel | PartKind::Tap => self.child.as_ref().map(Below::pair),
            PartKind::Simulator | PartKind::Runtime => None,
        };
        let (children, count) = (child.as_slice().as_ptr(), u32::from(child.is_some()));
        let create = view.raw().create;
        let answer = call("create", |err| match create {
            // SAFETY: as above; the child lives as long as the site.
            Some(create) => unsafe {
                create(memory.cast(), bytes, config, host, children, count, &raw mut out, err)
            },
            None => -16,
        })?;
        Ok((answer, Pair::Backend(out)))
    }

    /// The ordinary creation.
    fn create_plainly(&self) -> Checked<Pair> {
        let raw_config = self.shape.raw();
        let (at, bytes) = (self.memory.at(), self.memory.bytes() as u64);
        let (answer, pair) = self.create(at, bytes, &raw_config.config, core::ptr::null())?;
        answer.done("create in the memory that layout says")?;
        self.untouched("create")?;
        Ok(pair)
    }

    /// Fails if somebody wrote beyond the memory.
    pub(super) fn untouched(&self, after: &str) -> Checked {
        let damage = self.memory.damage();
        ensure(damage.is_none(), || format!("{after} {}", damage.unwrap_or_default()))
    }

    /// Builds the instance; a runtime is attached with the permission that it takes.
    pub(super) fn build(self) -> Checked<Made> {
        self.build_for(None)
    }

    /// Builds the instance; a runtime is attached with this permission to use its own thread.
    pub(super) fn build_for(self, own_thread: Option<bool>) -> Checked<Made> {
        let pair = self.create_plainly()?;
        let mut on_own_thread = false;
        let face: Box<dyn Backend> = match pair {
            Pair::Backend(raw_pair) => {
                // SAFETY: just created, in memory that lives longer; `Made` keeps it all.
                let face = unsafe { TableBackend::<'static>::from_raw(raw_pair, true) };
                Box::new(went_well("taking over the instance", face)?)
            }
            Pair::Runtime(raw_pair) => {
                // SAFETY: as above.
                let runtime = unsafe { TableRuntime::<'static>::from_raw(raw_pair, true) };
                let runtime = went_well("taking over the instance", runtime)?;
                let (runtime, own) = self.attach(runtime, own_thread)?;
                on_own_thread = own;
                Box::new(runtime)
            }
        };
        let (face, site) = (ManuallyDrop::new(face), ManuallyDrop::new(self));
        Ok(Made { face, pair, own_thread: on_own_thread, site })
    }

    fn attach(
        &self,
        mut runtime: TableRuntime<'static>,
        own_thread: Option<bool>,
    ) -> Checked<(RuntimeFace, bool)> {
        let settings: Vec<Setting<'_>> =
            self.shape.settings.iter().map(OwnedSetting::view).collect();
        let mut config =
            Config::new(self.shape.qubits, StreamId(self.shape.stream)).with(&settings);
        config.result_count = self.shape.results;
        let Some(stack) = self.child.as_ref().map(Below::pair) else {
            return super::finding::failed("there is no stack to attach");
        };
        let mut attach = |own_thread| {
            // SAFETY: the stack lives in the site, longer than the runtime.
            unsafe { runtime.attach_raw(stack, &config, own_thread) }
        };
        let mut own = own_thread.unwrap_or(false);
        let mut done = attach(own);
        if done.is_err() && own_thread.is_none() {
            // Who cannot do without a thread of its own refuses to be attached without one.
            own = true;
            done = attach(own);
        }
        went_well("attach", done)?;
        Ok((RuntimeFace::new(runtime, self.shape.results), own))
    }
}

impl Made {
    /// The instance as what it is to everybody.
    pub(super) fn face(&mut self) -> &mut dyn Backend {
        &mut **self.face
    }

    /// Whether it is a runtime that may have taken a batch before it knows that it cannot be done: it
    /// tells at the next result behind it, or at the end of the shot.
    pub(super) const fn tells_late(&self) -> bool {
        self.own_thread
    }

    /// Fails if the instance wrote beyond its memory.
    pub(super) fn untouched(&self, after: &str) -> Checked {
        self.site.untouched(after)
    }

    /// Destroys the instance and fails if that wrote beyond its memory. Gives the site back.
    pub(super) fn destroy(mut self) -> Checked<Site> {
        // SAFETY: dropped once: `self` is forgotten below.
        unsafe { ManuallyDrop::drop(&mut self.face) };
        // SAFETY: taken once: `self` is forgotten below.
        let site = unsafe { ManuallyDrop::take(&mut self.site) };
        let _ = ManuallyDrop::new(self);
        site.untouched("destroy")?;
        Ok(site)
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        // SAFETY: dropped once, here or in `destroy`; the instance before what it stands on.
        unsafe { ManuallyDrop::drop(&mut self.face) };
        // SAFETY: as above.
        unsafe { ManuallyDrop::drop(&mut self.site) };
    }
}

impl core::fmt::Debug for Made {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Made({:?})", self.pair)
    }
}
