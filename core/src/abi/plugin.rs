//! Parts of Rust as plugins: described by constants, built in place in memory of the caller.

use super::attach::AttachPart;
use super::export::BackendTable;
use super::export_runtime::{RuntimeSlot, RuntimeTable};
use super::guard::PanicGuard;
use super::import::TableBackend;
use super::instance::Instance;
use super::params::{Described, Tables};
use super::policy::Consumer;
use super::record::{self, bytes_of};
use super::{config, raw, report};
use crate::backend::{Backend, Stack};
use crate::error::{Error, ErrorKind, Result};
use crate::part::{Config, LayerPart, PartKind, PartSpec, Services, SimulatorPart};
use core::alloc::Layout;
use core::ffi::c_void;
use core::marker::PhantomData;

/// What the descriptions of the three kinds of parts have in common.
struct Simulator<P>(PhantomData<P>);
struct LayerOf<P>(PhantomData<P>);
struct RuntimeOf<P>(PhantomData<P>);

impl<P: SimulatorPart> Described for Simulator<P> {
    const SPEC: PartSpec = P::SPEC;
}
impl<P: LayerPart> Described for LayerOf<P> {
    const SPEC: PartSpec = P::SPEC;
}
impl<P: AttachPart> Described for RuntimeOf<P> {
    const SPEC: PartSpec = P::SPEC;
}

type SimulatorIn<P> = <P as SimulatorPart>::Simulator<&'static mut [<P as SimulatorPart>::Cell]>;
type LayerIn<P> =
    Stack<<P as LayerPart>::Layer<&'static mut [<P as LayerPart>::Cell]>, TableBackend<'static>>;

struct Plugin<P, G>(PhantomData<(P, G)>);

impl<P: SimulatorPart, G: PanicGuard> Plugin<Simulator<P>, G> {
    const TABLE: raw::Plugin = raw::Plugin {
        layout: Some(layout_simulator::<P, G>),
        create: Some(create_simulator::<P, G>),
        ..Tables::<Simulator<P>>::plugin(raw::KIND_SIMULATOR, 0)
    };
}
impl<P: LayerPart, G: PanicGuard> Plugin<LayerOf<P>, G> {
    const KIND: u16 = match P::SPEC.kind {
        PartKind::Tap => raw::KIND_TAP,
        PartKind::ErrorModel | PartKind::Simulator | PartKind::Runtime => raw::KIND_ERROR_MODEL,
    };
    const TABLE: raw::Plugin = raw::Plugin {
        layout: Some(layout_layer::<P, G>),
        create: Some(create_layer::<P, G>),
        ..Tables::<LayerOf<P>>::plugin(Self::KIND, 1)
    };
}
impl<P: AttachPart, G: PanicGuard> Plugin<RuntimeOf<P>, G> {
    const TABLE: raw::Plugin = raw::Plugin {
        layout: Some(layout_runtime::<P, G>),
        create_runtime: Some(create_runtime::<P, G>),
        ..Tables::<RuntimeOf<P>>::plugin(raw::KIND_RUNTIME, 0)
    };
}

/// The plugin that a simulator part is.
#[must_use]
pub const fn simulator<P: SimulatorPart, G: PanicGuard>() -> &'static raw::Plugin {
    &Plugin::<Simulator<P>, G>::TABLE
}

/// The plugin that an error model or tap is.
#[must_use]
pub const fn layer<P: LayerPart, G: PanicGuard>() -> &'static raw::Plugin {
    &Plugin::<LayerOf<P>, G>::TABLE
}

/// The plugin that a runtime part is.
#[must_use]
pub const fn runtime<P: AttachPart, G: PanicGuard>() -> &'static raw::Plugin {
    &Plugin::<RuntimeOf<P>, G>::TABLE
}

// SAFETY: a module's structures are constants that nobody writes to.
unsafe impl Sync for raw::Module {}

impl raw::Module {
    /// The module of these plugins.
    #[must_use]
    pub const fn of(plugins: &'static [&'static raw::Plugin]) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "nobody writes 65536 plugins")]
        let plugin_count = plugins.len() as u32;
        Self {
            magic: raw::MAGIC,
            size: bytes_of::<Self>(),
            major: raw::MAJOR,
            minor: raw::MINOR,
            min_host_minor: 0,
            reserved0: 0,
            plugin_count,
            reserved1: 0,
            // A reference and a pointer look the same in memory.
            plugins: plugins.as_ptr().cast(),
        }
    }
}

/// Exports plugins under the one symbol that a module has:
/// `export_module!(guard = MyGuard; simulator CoinflipPart, layer IdealPart, runtime SimplePart);`
#[macro_export]
macro_rules! export_module {
    (guard = $Guard:ty; $($kind:ident $Part:ty),+ $(,)?) => {
        /// The plugins of this library.
        #[expect(unsafe_code, reason = "the one symbol that a module exports")]
        #[expect(non_upper_case_globals, reason = "its name is part of the interface")]
        #[unsafe(no_mangle)]
        pub static pandia_module_v1: $crate::abi::raw::Module = {
            const PLUGINS: &[&$crate::abi::raw::Plugin] =
                &[$($crate::abi::plugin::$kind::<$Part, $Guard>()),+];
            $crate::abi::raw::Module::of(PLUGINS)
        };
    };
}

/// Runs what builds something, so that nothing unwinds, and gives a status back.
///
/// # Safety
/// `err` is NULL or a valid error buffer.
unsafe fn guarded<G: PanicGuard>(
    err: *mut raw::Err,
    id: &str,
    call: impl FnOnce() -> Result<()>,
) -> raw::Status {
    let done = G::run(call).unwrap_or_else(|text| {
        let error = Error::from(ErrorKind::Broken("panicked"));
        Err(error.with_text(format_args!("panicked: {text}")))
    });
    match done.map_err(|e| e.in_layer(id)) {
        Ok(()) => raw::OK,
        // SAFETY: the caller's promise.
        Err(error) => unsafe { report::give(err, &error) },
    }
}

/// An instance of `T` and then so many cells: the layout, and where the cells begin.
fn layout_of<T, Cell>(cells: usize) -> Result<(Layout, usize)> {
    let extended = Layout::array::<Cell>(cells).and_then(|cells| Layout::new::<T>().extend(cells));
    match extended {
        Ok((layout, cells_at)) => Ok((layout.pad_to_align(), cells_at)),
        Err(_) => Err(ErrorKind::Capacity {
            what: "cells in memory",
            needed: cells as u64,
            available: (isize::MAX as u64) / (size_of::<Cell>().max(1) as u64),
        }
        .into()),
    }
}

/// # Safety
/// `out` is NULL or a valid layout structure.
unsafe fn give_layout(out: *mut raw::Layout, layout: Layout) -> Result<()> {
    let align = u32::try_from(layout.align()).unwrap_or(u32::MAX);
    let bytes = layout.size() as u64;
    // SAFETY: the caller's promise.
    unsafe { record::fill(out, raw::Layout { align, bytes, ..record::blank() }) }
}

/// Memory that somebody gave for an instance of `T` and its cells.
struct Place<T, Cell: 'static> {
    instance: *mut T,
    cells: &'static mut [Cell],
}

impl<T, Cell: Copy + 'static> Place<T, Cell> {
    /// Checks the memory and fills the cells.
    ///
    /// # Safety
    /// Unless NULL or misaligned, `memory` is writable for `bytes` bytes, for nobody else and for as
    /// long as the instance lives.
    unsafe fn new(memory: *mut c_void, bytes: u64, cells: usize, empty: Cell) -> Result<Self> {
        let (layout, cells_at) = layout_of::<T, Cell>(cells)?;
        if memory.is_null() || !memory.addr().is_multiple_of(layout.align()) {
            let e = ErrorKind::Argument("the memory for the part is NULL or misaligned");
            return Err(e.into());
        }
        let needed = layout.size() as u64;
        if bytes < needed {
            let what = "bytes of memory for the part";
            return Err(ErrorKind::Capacity { what, needed, available: bytes }.into());
        }
        let first = memory.wrapping_byte_add(cells_at).cast::<Cell>();
        for index in 0..cells {
            // SAFETY: inside the memory, aligned by its layout.
            unsafe { first.wrapping_add(index).write(empty) };
        }
        // SAFETY: just written; the caller gives the memory away until the instance is destroyed,
        // and the slice does not leave the instance.
        let cells = unsafe { core::slice::from_raw_parts_mut(first, cells) };
        Ok(Self { instance: memory.cast(), cells })
    }
}

/// Moves the backend into its place and gives its pair out.
///
/// # Safety
/// `place` is aligned and writable for an instance; `out` is NULL or valid.
unsafe fn settle<B: Backend, G: PanicGuard>(
    place: *mut Instance<B, G>,
    backend: B,
    out: *mut raw::Backend,
) -> Result<()> {
    if out.is_null() || !out.is_aligned() {
        return Err(ErrorKind::Argument("the place for the pair is NULL or misaligned").into());
    }
    let instance = Instance::<B, G>::new(backend);
    let vt = BackendTable::for_instance(&instance);
    // SAFETY: the caller's promise.
    unsafe { place.write(instance) };
    let pair = raw::Backend { vt, me: place.cast() };
    // SAFETY: checked above; the caller's own memory.
    unsafe { out.write(pair) };
    Ok(())
}

unsafe extern "C" fn layout_simulator<P: SimulatorPart, G: PanicGuard>(
    config: *const raw::Config,
    out: *mut raw::Layout,
    err: *mut raw::Err,
) -> raw::Status {
    let call = || {
        // SAFETY: the caller keeps to the interface.
        let cells = unsafe { config::take(config, Services::NONE, P::cells) }?;
        let (layout, _) = layout_of::<Instance<SimulatorIn<P>, G>, P::Cell>(cells)?;
        // SAFETY: the caller keeps to the interface.
        unsafe { give_layout(out, layout) }
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { guarded::<G>(err, P::SPEC.id, call) }
}

unsafe extern "C" fn create_simulator<P: SimulatorPart, G: PanicGuard>(
    memory: *mut c_void,
    bytes: u64,
    config: *const raw::Config,
    host: *const raw::Host,
    _children: *const raw::Backend,
    child_count: u32,
    out: *mut raw::Backend,
    err: *mut raw::Err,
) -> raw::Status {
    let build = |config: &Config<'_>| {
        check_children(child_count, 0)?;
        let cells = P::cells(config)?;
        type Here<P, G> = Instance<SimulatorIn<P>, G>;
        // SAFETY: the caller keeps to the interface.
        let place = unsafe { Place::<Here<P, G>, _>::new(memory, bytes, cells, P::EMPTY) }?;
        let backend = P::build(config, place.cells)?;
        // SAFETY: `place` was checked; the caller keeps to the interface.
        unsafe { settle::<_, G>(place.instance, backend, out) }
    };
    let call = || {
        // SAFETY: the caller keeps to the interface: the host outlives the instance.
        let services = unsafe { Services::from_raw(host) }?;
        // SAFETY: the caller keeps to the interface.
        unsafe { config::take(config, services, build) }
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { guarded::<G>(err, P::SPEC.id, call) }
}

unsafe extern "C" fn layout_layer<P: LayerPart, G: PanicGuard>(
    config: *const raw::Config,
    out: *mut raw::Layout,
    err: *mut raw::Err,
) -> raw::Status {
    let call = || {
        // SAFETY: the caller keeps to the interface.
        let cells = unsafe { config::take(config, Services::NONE, P::cells) }?;
        let (layout, _) = layout_of::<Instance<LayerIn<P>, G>, P::Cell>(cells)?;
        // SAFETY: the caller keeps to the interface.
        unsafe { give_layout(out, layout) }
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { guarded::<G>(err, P::SPEC.id, call) }
}

unsafe extern "C" fn create_layer<P: LayerPart, G: PanicGuard>(
    memory: *mut c_void,
    bytes: u64,
    config: *const raw::Config,
    host: *const raw::Host,
    children: *const raw::Backend,
    child_count: u32,
    out: *mut raw::Backend,
    err: *mut raw::Err,
) -> raw::Status {
    let build = |config: &Config<'_>| {
        check_children(child_count, 1)?;
        // SAFETY: the caller keeps to the interface.
        let children = unsafe { record::slice(children, 1, "children") }?;
        // SAFETY: the caller keeps to the interface: the child outlives the instance.
        let child = unsafe { TableBackend::used_by(Consumer::PLUGIN, children[0], false) }?;
        let cells = P::cells(config)?;
        type Here<P, G> = Instance<LayerIn<P>, G>;
        // SAFETY: the caller keeps to the interface.
        let place = unsafe { Place::<Here<P, G>, _>::new(memory, bytes, cells, P::EMPTY) }?;
        let layer = P::build(config, place.cells)?;
        // SAFETY: `place` was checked; the caller keeps to the interface.
        unsafe { settle::<_, G>(place.instance, Stack::new(layer, child), out) }
    };
    let call = || {
        // SAFETY: the caller keeps to the interface: the host outlives the instance.
        let services = unsafe { Services::from_raw(host) }?;
        // SAFETY: the caller keeps to the interface.
        unsafe { config::take(config, services, build) }
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { guarded::<G>(err, P::SPEC.id, call) }
}

fn check_children(got: u32, needed: u32) -> Result<()> {
    if got == needed {
        return Ok(());
    }
    Err(Error::from(ErrorKind::Argument("a wrong number of children"))
        .with_text(format_args!("takes {needed} children, got {got}")))
}

unsafe extern "C" fn layout_runtime<P: AttachPart, G: PanicGuard>(
    config: *const raw::Config,
    out: *mut raw::Layout,
    err: *mut raw::Err,
) -> raw::Status {
    let call = || {
        // SAFETY: the caller keeps to the interface.
        let cells = unsafe { config::take(config, Services::NONE, P::cells) }?;
        let (layout, _) = layout_of::<Instance<RuntimeSlot<P>, G>, P::Cell>(cells)?;
        // SAFETY: the caller keeps to the interface.
        unsafe { give_layout(out, layout) }
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { guarded::<G>(err, P::SPEC.id, call) }
}

unsafe extern "C" fn create_runtime<P: AttachPart, G: PanicGuard>(
    memory: *mut c_void,
    bytes: u64,
    config: *const raw::Config,
    host: *const raw::Host,
    out: *mut raw::Runtime,
    err: *mut raw::Err,
) -> raw::Status {
    let build = |config: &Config<'_>| {
        let cells = P::cells(config)?;
        type Here<P, G> = Instance<RuntimeSlot<P>, G>;
        // SAFETY: the caller keeps to the interface.
        let place = unsafe { Place::<Here<P, G>, _>::new(memory, bytes, cells, P::EMPTY) }?;
        if out.is_null() || !out.is_aligned() {
            return Err(ErrorKind::Argument("the place for the pair is NULL or misaligned").into());
        }
        let instance = Instance::with_id(
            RuntimeSlot::<P>::new(place.cells, config.services),
            P::SPEC.id,
            None,
        );
        // SAFETY: `place` was checked.
        unsafe { place.instance.write(instance) };
        let pair = raw::Runtime { vt: RuntimeTable::<P, G>::of(), me: place.instance.cast() };
        // SAFETY: checked above; the caller's own memory.
        unsafe { out.write(pair) };
        Ok(())
    };
    let call = || {
        // SAFETY: the caller keeps to the interface: the host outlives the instance.
        let services = unsafe { Services::from_raw(host) }?;
        // SAFETY: the caller keeps to the interface.
        unsafe { config::take(config, services, build) }
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { guarded::<G>(err, P::SPEC.id, call) }
}
