//! One loader for every placement: a module in a dylib, linked in, or in flash, from claimed to
//! checked. It calls nothing.

use super::import::TableBackend;
use super::import_runtime::TableRuntime;
use super::policy::{BACKEND_PLUGIN, Consumer, RUNTIME_PLUGIN, slot};
use super::record::{self, bytes_of};
use super::report::Inbox;
use super::{Pair, config, raw};
use crate::error::{Error, ErrorKind, LAYER_BYTES, Result};
use crate::part::{Config, PartKind, Value};
use core::alloc::Layout;
use core::fmt;
use core::marker::PhantomData;
use core::mem::MaybeUninit;

/// Most plugins of one module.
const PLUGINS_MAX: u32 = 1024;
/// Most parameters of one plugin, and most words of a choice.
const PARAMS_MAX: u32 = 1024;
/// Most bytes of a text of description.
const TEXT_BYTES: u32 = 4096;
/// Largest alignment that a plugin may ask for.
const ALIGN_MAX: u32 = 4096;

/// A checked module.
#[derive(Clone, Copy, Debug)]
pub struct ModuleView<'a> {
    module: raw::Module,
    memory: PhantomData<&'a raw::Module>,
}

/// A checked plugin.
#[derive(Clone, Copy, Debug)]
pub struct PluginView<'a> {
    plugin: raw::Plugin,
    minor: u16,
    id: &'a str,
    version: &'a str,
    summary: &'a str,
}

/// A published parameter.
#[derive(Clone, Copy, Debug)]
pub struct ParamView<'a> {
    /// Its name; one that ends in `*` stands for a family.
    pub name: &'a str,
    /// What values it takes.
    pub kind: ParamViewKind<'a>,
    /// The unit.
    pub unit: &'a str,
    /// The default, if there is one.
    pub default: Option<Value<'a>>,
    /// One line of help.
    pub help: &'a str,
}

/// What values a published parameter takes, as [`crate::part::ParamKind`].
#[derive(Clone, Copy, Debug)]
pub enum ParamViewKind<'a> {
    /// A finite real number from the first to the second.
    Real(f64, f64),
    /// A probability.
    Probability,
    /// A whole number from the first to the second.
    Whole(u64, u64),
    /// One of these words.
    Choice(Choices<'a>),
    /// Text.
    Text,
}

/// The words of a choice.
#[derive(Clone, Copy, Debug)]
pub struct Choices<'a>(&'a [raw::Text]);

impl<'a> Choices<'a> {
    /// The words in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> + 'a {
        self.0.iter().map(|&word| {
            // SAFETY: the words of a checked module stay as long as the module.
            unsafe { record::text(word, TEXT_BYTES, "a choice") }.unwrap_or("")
        })
    }
}

#[cold]
fn refuse(text: fmt::Arguments<'_>) -> Error {
    Error::from(ErrorKind::Interface("a module that does not fit")).with_text(text)
}

/// Checks the module at `at`, everything in it that is not a function.
///
/// # Errors
/// [`ErrorKind::Interface`] saying what does not fit: magic, version, sizes, a required function
/// by name, two plugins with one id.
///
/// # Safety
/// Unless NULL or misaligned, 8 bytes are readable at `at`, and if they are the magic and a size,
/// the module keeps to the interface and stays for as long as `'a`.
pub unsafe fn check<'a>(at: *const raw::Module) -> Result<ModuleView<'a>> {
    if at.is_null() || !at.is_aligned() {
        return Err(refuse(format_args!("there is no module: the pointer is NULL or misaligned")));
    }
    // SAFETY: readable for 8 bytes, says the caller.
    let [magic, size] = unsafe { at.cast::<[u32; 2]>().read() };
    if magic != raw::MAGIC {
        return Err(refuse(format_args!(
            "no module: begins with {magic:#010x} instead of {:#010x}; its {} is something else",
            raw::MAGIC,
            raw::MODULE_SYMBOL
        )));
    }
    if (size as usize) < raw::MODULE_BYTES_MIN {
        return Err(refuse(format_args!(
            "the module says that it has {size} bytes; it takes at least {}",
            raw::MODULE_BYTES_MIN
        )));
    }
    // SAFETY: readable for `size` bytes, which are at least those of version 1.0; the fields after
    // `plugins` are padding.
    let module = unsafe { at.read() };
    check_version(&module)?;
    let view = ModuleView { module, memory: PhantomData };
    if !(1..=PLUGINS_MAX).contains(&module.plugin_count) {
        return Err(refuse(format_args!(
            "the module has {} plugins; 1 to {PLUGINS_MAX} are right",
            module.plugin_count
        )));
    }
    let count = u64::from(module.plugin_count);
    // SAFETY: the caller's promise.
    let plugins = unsafe { record::slice(module.plugins, count, "the module's plugins") }?;
    for (index, &plugin) in plugins.iter().enumerate() {
        // SAFETY: the caller's promise.
        let plugin = unsafe { check_plugin(plugin, module.minor) }
            .map_err(|e| refuse(format_args!("plugin {index}: {e}")))?;
        let earlier = view.plugins().take(index);
        if earlier.into_iter().any(|earlier| earlier.id == plugin.id) {
            return Err(refuse(format_args!(
                "two plugins of the module have the id {}",
                plugin.id
            )));
        }
    }
    Ok(view)
}

fn check_version(module: &raw::Module) -> Result<()> {
    if module.major != raw::MAJOR {
        return Err(refuse(format_args!(
            "the module speaks interface {}.{}, this host {}.{}; use a build of it for major {}",
            module.major,
            module.minor,
            raw::MAJOR,
            raw::MINOR,
            raw::MAJOR
        )));
    }
    if module.min_host_minor > raw::MINOR {
        return Err(refuse(format_args!(
            "the module needs a host of interface {}.{} or later, this one speaks {}.{}; use a \
             newer host",
            module.major,
            module.min_host_minor,
            raw::MAJOR,
            raw::MINOR
        )));
    }
    record::reserved(u64::from(module.reserved0) | u64::from(module.reserved1), "module")
}

/// # Safety
/// As [`check`], for a plugin.
unsafe fn check_plugin<'a>(at: *const raw::Plugin, minor: u16) -> Result<PluginView<'a>> {
    // SAFETY: the caller's promise.
    let plugin = unsafe { record::read(at) }?;
    let id_bytes = u32::try_from(LAYER_BYTES).unwrap_or(0);
    // SAFETY: the caller's promise.
    let id = unsafe { record::text(plugin.id, id_bytes, "the plugin's id") }?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    if id.is_empty() || !id.chars().all(allowed) {
        return Err(refuse(format_args!(
            "the id {id:?} is not right: letters, digits and . _ - /, at least one"
        )));
    }
    // SAFETY: the caller's promise.
    let view = unsafe { check_described(plugin, minor, id) };
    view.map_err(|e| refuse(format_args!("{id}: {e}")))
}

/// # Safety
/// As [`check`], for a plugin.
unsafe fn check_described<'a>(
    plugin: raw::Plugin,
    minor: u16,
    id: &'a str,
) -> Result<PluginView<'a>> {
    // SAFETY: the caller's promise.
    let version = unsafe { record::text(plugin.version, TEXT_BYTES, "its version") }?;
    // SAFETY: the caller's promise.
    let summary = unsafe { record::text(plugin.summary, TEXT_BYTES, "its summary") }?;
    record::reserved(u64::from(plugin.flags) | u64::from(plugin.reserved0), "plugin")?;
    let view = PluginView { plugin, minor, id, version, summary };
    let (stride, count) = (plugin.param_bytes, plugin.param_count);
    if count > PARAMS_MAX {
        return Err(refuse(format_args!("has {count} parameters; at most {PARAMS_MAX} are taken")));
    }
    // SAFETY: the caller's promise.
    let params = unsafe { record::strided(plugin.params, count, stride, "its parameters") }?;
    for param in params {
        // SAFETY: the caller's promise.
        unsafe { param_view(&param) }?;
    }
    let children = (plugin.children_min, plugin.children_max);
    let consumer = Consumer::host_of(minor);
    let right = match view.kind() {
        Some(kind @ (PartKind::Simulator | PartKind::ErrorModel | PartKind::Tap)) => {
            slot!(consumer, BACKEND_PLUGIN, plugin.layout)?;
            slot!(consumer, BACKEND_PLUGIN, plugin.create)?;
            if kind == PartKind::Simulator { (0, 0) } else { (1, 1) }
        }
        Some(PartKind::Runtime) => {
            slot!(consumer, RUNTIME_PLUGIN, plugin.layout)?;
            slot!(consumer, RUNTIME_PLUGIN, plugin.create_runtime)?;
            (0, 0)
        }
        // Of a newer minor: listed, and refused when somebody wants to build it.
        None => return Ok(view),
    };
    if children != right {
        return Err(refuse(format_args!(
            "says that it takes {} to {} children; its kind takes {}",
            children.0, children.1, right.0
        )));
    }
    Ok(view)
}

/// # Safety
/// What the parameter points to stays for as long as `'a`.
unsafe fn param_view<'a>(param: &raw::Param) -> Result<ParamView<'a>> {
    // SAFETY: the caller's promise.
    let name = unsafe { record::text(param.name, TEXT_BYTES, "a parameter's name") }?;
    // SAFETY: the caller's promise.
    let unit = unsafe { record::text(param.unit, TEXT_BYTES, "a parameter's unit") }?;
    // SAFETY: the caller's promise.
    let help = unsafe { record::text(param.help, TEXT_BYTES, "a parameter's help") }?;
    let asks_more = param.reserved0 != 0 || !param.reserved1.is_null();
    record::reserved(u64::from(asks_more), "parameter")?;
    let (kind, bits, text) = (param.default_kind, param.default_bits, param.default_text);
    // SAFETY: the caller's promise.
    let default = unsafe { config::take_value(kind, bits, text) }?;
    let kind = match param.kind {
        raw::PARAM_REAL => {
            ParamViewKind::Real(f64::from_bits(param.min), f64::from_bits(param.max))
        }
        raw::PARAM_PROBABILITY => ParamViewKind::Probability,
        raw::PARAM_WHOLE => ParamViewKind::Whole(param.min, param.max),
        raw::PARAM_TEXT => ParamViewKind::Text,
        raw::PARAM_CHOICE => {
            let count = u64::from(param.choice_count);
            if count > u64::from(PARAMS_MAX) {
                return Err(refuse(format_args!(
                    "parameter {name} has {count} words to choose from; at most {PARAMS_MAX} are \
                     taken"
                )));
            }
            // SAFETY: the caller's promise.
            let words = unsafe { record::slice(param.choices, count, "words of a choice") }?;
            for &word in words {
                // SAFETY: the caller's promise.
                unsafe { record::text(word, TEXT_BYTES, "a word of a choice") }?;
            }
            ParamViewKind::Choice(Choices(words))
        }
        other => {
            return Err(refuse(format_args!("parameter {name} is of an unknown kind, {other}")));
        }
    };
    Ok(ParamView { name, kind, unit, default, help })
}

impl<'a> ModuleView<'a> {
    /// The interface's minor version that the module was built with.
    #[must_use]
    pub const fn minor(&self) -> u16 {
        self.module.minor
    }

    /// The plugins.
    pub fn plugins(&self) -> impl Iterator<Item = PluginView<'a>> + use<'a> {
        let (at, count) = (self.module.plugins, u64::from(self.module.plugin_count));
        let minor = self.module.minor;
        // SAFETY: checked, and the module stays for as long as `'a`.
        let plugins = unsafe { record::slice::<*const raw::Plugin>(at, count, "plugins") };
        plugins.unwrap_or(&[]).iter().filter_map(move |&plugin| {
            // SAFETY: checked, and the module stays for as long as `'a`.
            unsafe { check_plugin(plugin, minor) }.ok()
        })
    }
}

impl<'a> PluginView<'a> {
    /// The identity.
    #[must_use]
    pub const fn id(&self) -> &'a str {
        self.id
    }

    /// The part's own version.
    #[must_use]
    pub const fn version(&self) -> &'a str {
        self.version
    }

    /// One line that says what it does.
    #[must_use]
    pub const fn summary(&self) -> &'a str {
        self.summary
    }

    /// What it is for, or `None` if this version does not know its kind.
    #[must_use]
    pub const fn kind(&self) -> Option<PartKind> {
        match self.plugin.kind {
            raw::KIND_SIMULATOR => Some(PartKind::Simulator),
            raw::KIND_ERROR_MODEL => Some(PartKind::ErrorModel),
            raw::KIND_TAP => Some(PartKind::Tap),
            raw::KIND_RUNTIME => Some(PartKind::Runtime),
            _ => None,
        }
    }

    /// The structure as the module has it: for tools that test what a plugin does at its border.
    #[must_use]
    pub const fn raw(&self) -> &raw::Plugin {
        &self.plugin
    }

    /// The parameters that it publishes.
    pub fn params(&self) -> impl Iterator<Item = ParamView<'a>> + use<'a> {
        let (at, count, stride) =
            (self.plugin.params, self.plugin.param_count, self.plugin.param_bytes);
        // SAFETY: checked, and the module stays for as long as `'a`.
        let params = unsafe { record::strided(at, count, stride, "parameters") };
        // SAFETY: checked, and the module stays for as long as `'a`.
        params.into_iter().flatten().filter_map(|param| unsafe { param_view(&param) }.ok())
    }

    fn unusable(&self, what: &str) -> Error {
        refuse(format_args!(
            "{} is no {what} (its kind is number {}); choose another part",
            self.id, self.plugin.kind
        ))
    }

    /// How much memory an instance with this configuration needs.
    ///
    /// # Errors
    /// Whatever the plugin refuses, and [`ErrorKind::Interface`] if its answer makes no sense.
    pub fn layout(&self, config: &Config<'_>) -> Result<Layout> {
        let layout = self.plugin.layout.ok_or_else(|| self.unusable("part of a known kind"))?;
        let mut out: raw::Layout = record::blank();
        let mut inbox = Inbox::new();
        config::give(config, |raw_config| {
            // SAFETY: the function is what the module says; the pointers are to locals.
            let status = unsafe { layout(raw_config, &raw mut out, inbox.open()) };
            inbox.result(status, self.id, 0)
        })?;
        let bytes = usize::try_from(out.bytes).unwrap_or(usize::MAX);
        let align = usize::try_from(out.align.min(2 * ALIGN_MAX)).unwrap_or(0);
        let layout = Layout::from_size_align(bytes, align).ok();
        layout.filter(|layout| layout.align() <= ALIGN_MAX as usize).ok_or_else(|| {
            refuse(format_args!(
                "{} asks for {} bytes aligned to {}, which no memory has; alignments are powers \
                 of two up to {ALIGN_MAX}",
                self.id, out.bytes, out.align
            ))
        })
    }

    /// Builds a simulator or a layer over one child in `memory`.
    ///
    /// # Errors
    /// Whatever the plugin refuses, and [`ErrorKind::Interface`] if it is a runtime or gives back
    /// something malformed.
    ///
    /// # Safety
    /// `memory` has the layout that [`Self::layout`] says for this configuration; it, the module,
    /// the host's services and the child live as long as `'m`, and nobody else uses memory or child.
    pub unsafe fn create_backend<'m>(
        &self,
        memory: *mut u8,
        layout: Layout,
        config: &Config<'_>,
        host: *const raw::Host,
        child: Option<raw::Backend>,
    ) -> Result<TableBackend<'m>> {
        let create = self.plugin.create.ok_or_else(|| self.unusable("simulator or error model"))?;
        let mut out = raw::Backend { vt: core::ptr::null(), me: core::ptr::null_mut() };
        let mut inbox = Inbox::new();
        let children = child.as_slice();
        config::give(config, |raw_config| {
            // SAFETY: the function is what the module says, the rest the caller's promise.
            let status = unsafe {
                create(
                    memory.cast(),
                    layout.size() as u64,
                    raw_config,
                    host,
                    children.as_ptr(),
                    u32::from(child.is_some()),
                    &raw mut out,
                    inbox.open(),
                )
            };
            inbox.result(status, self.id, 0)
        })?;
        // SAFETY: the plugin has just built it, in memory that lives as long as `'m`.
        unsafe { TableBackend::used_by(Consumer::host_of(self.minor), out, true) }
            .map_err(|e| e.in_layer(self.id))
    }

    /// Builds a runtime in `memory`.
    ///
    /// # Errors
    /// As [`Self::create_backend`].
    ///
    /// # Safety
    /// As [`Self::create_backend`].
    pub unsafe fn create_runtime<'m>(
        &self,
        memory: *mut u8,
        layout: Layout,
        config: &Config<'_>,
        host: *const raw::Host,
    ) -> Result<TableRuntime<'m>> {
        let create = self.plugin.create_runtime.ok_or_else(|| self.unusable("runtime"))?;
        let mut out = raw::Runtime { vt: core::ptr::null(), me: core::ptr::null_mut() };
        let mut inbox = Inbox::new();
        config::give(config, |raw_config| {
            let bytes = layout.size() as u64;
            let err = inbox.open();
            let status =
                // SAFETY: the function is what the module says, the rest the caller's promise.
                unsafe { create(memory.cast(), bytes, raw_config, host, &raw mut out, err) };
            inbox.result(status, self.id, 0)
        })?;
        // SAFETY: the plugin has just built it, in memory that lives as long as `'m`.
        unsafe { TableRuntime::used_by(Consumer::host_of(self.minor), out, true) }
            .map_err(|e| e.in_layer(self.id))
    }

    /// Builds a simulator, or with a child a layer, in borrowed memory: for boards and linked-in
    /// modules.
    ///
    /// # Errors
    /// As [`Self::layout`] and [`Self::create_backend`]; [`ErrorKind::Capacity`] if the memory is
    /// too small.
    pub fn backend_in<'m>(
        &self,
        memory: &'m mut [MaybeUninit<u8>],
        config: &Config<'_>,
        child: Option<Pair<'m>>,
    ) -> Result<TableBackend<'m>>
    where
        'a: 'm,
    {
        let layout = self.layout(config)?;
        let at = fit(memory, layout)?;
        let child = child.map(Pair::into_raw);
        // SAFETY: memory of this layout and child are borrowed for `'m`, the module lives longer.
        unsafe { self.create_backend(at, layout, config, config.services.as_raw(), child) }
    }

    /// Builds a runtime in borrowed memory.
    ///
    /// # Errors
    /// As [`Self::backend_in`].
    pub fn runtime_in<'m>(
        &self,
        memory: &'m mut [MaybeUninit<u8>],
        config: &Config<'_>,
    ) -> Result<TableRuntime<'m>>
    where
        'a: 'm,
    {
        let layout = self.layout(config)?;
        let at = fit(memory, layout)?;
        // SAFETY: memory of this layout is borrowed for `'m`, the module lives longer.
        unsafe { self.create_runtime(at, layout, config, config.services.as_raw()) }
    }
}

/// Where in the memory the layout fits.
fn fit(memory: &mut [MaybeUninit<u8>], layout: Layout) -> Result<*mut u8> {
    let before = memory.as_ptr().align_offset(layout.align());
    let available = memory.len() as u64;
    let needed = (before as u64).saturating_add(layout.size() as u64);
    if needed > available {
        let what = "bytes of memory for the part";
        return Err(ErrorKind::Capacity { what, needed, available }.into());
    }
    Ok(memory.as_mut_ptr().wrapping_add(before).cast())
}

const _: () = assert!(bytes_of::<raw::Module>() as usize >= raw::MODULE_BYTES_MIN);
