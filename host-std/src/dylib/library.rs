//! A library that is open, and the parts in it.

use super::describe::describe;
use super::error::DylibError;
use super::instance::{self, LoadedBackend, LoadedRuntime, Under};
use super::proxy::CallProxy;
use super::{elf, search};
use pandia_core::abi::module::{self, PluginView};
use pandia_core::abi::raw;
use pandia_core::backend::Backend;
use pandia_core::error::Result;
use pandia_core::part::{Config, PartSpec};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Keeps a library in memory.
pub(super) type Keep = Arc<libloading::Library>;

/// A library that is open, with the parts in it.
#[derive(Clone, Debug)]
pub struct Library {
    path: PathBuf,
    interface: (u16, u16),
    parts: Vec<DylibPart>,
    unknown: Vec<String>,
}

/// A part in a library. It keeps the library in memory, and so does every instance.
#[derive(Clone, Debug)]
pub struct DylibPart {
    spec: PartSpec,
    path: Arc<Path>,
    plugin: PluginView<'static>,
    library: Keep,
}

// SAFETY: a plugin's description is constant, and its `layout` and `create` may be called from any
// thread: \[setup\] functions of different instances have nothing in common.
unsafe impl Send for DylibPart {}
// SAFETY: as above.
unsafe impl Sync for DylibPart {}

/// The symbols by which a library of Selene is known, what it is, and which Selene it is for. Those of
/// 0.3 export a descriptor or a function that gives it, those of 0.2 every function by itself.
const SELENE_SYMBOLS: [(&str, &str, &str); 10] = [
    ("selene_simulator_plugin_descriptor_v1", "simulator plugin", "0.3"),
    ("selene_error_model_plugin_descriptor_v1", "error model plugin", "0.3"),
    ("selene_runtime_plugin_descriptor_v1", "runtime plugin", "0.3"),
    ("selene_simulator_get_plugin_descriptor_v1", "simulator plugin", "0.3"),
    ("selene_error_model_get_plugin_descriptor_v1", "error model plugin", "0.3"),
    ("selene_runtime_get_plugin_descriptor_v1", "runtime plugin", "0.3"),
    ("selene_simulator_get_api_version", "simulator plugin", "0.2"),
    ("selene_error_model_get_api_version", "error model plugin", "0.2"),
    ("selene_runtime_get_api_version", "runtime plugin", "0.2"),
    ("selene_load_config", "emulator", ""),
];

/// What to do with a library of Selene of that generation.
fn selene_help(generation: &str) -> &'static str {
    match generation {
        "0.3" => "it needs the Selene bridge, which wraps it as a part",
        "0.2" => {
            "the Selene bridge wraps plugins of Selene 0.3: get a build of it for that, and use \
             the bridge"
        }
        _ => "give a library of plugins, for example libpandia_depolarizing.so",
    }
}

impl Library {
    /// Opens the library at `path`.
    ///
    /// # Errors
    /// If there is no such file, it is no library for this system or cut off, it has no plugins of
    /// this interface, or they do not fit.
    pub fn open(path: &Path) -> core::result::Result<Self, DylibError> {
        if cfg!(all(unix, not(target_vendor = "apple"))) {
            elf::check(path).map_err(|problem| {
                let error = DylibError::new(path, problem.what);
                match problem.help {
                    Some(help) => error.with_help(help),
                    None => error,
                }
            })?;
        }
        // A name without a folder would be looked for in the system's own folders.
        let absolute = std::path::absolute(path)
            .map_err(|error| DylibError::new(path, format!("cannot be found: {error}")))?;
        let library = load(&absolute)
            .map_err(|error| DylibError::new(path, format!("cannot be loaded: {error}")))?;
        let library = Arc::new(library);
        // SAFETY: a symbol of this name is a module, whose address is wanted.
        let symbol = unsafe { library.get::<*const raw::Module>(raw::MODULE_SYMBOL) };
        let Ok(symbol) = symbol.map(|symbol| *symbol) else {
            return Err(no_module(path, &library));
        };
        // SAFETY: what exports this symbol keeps to the interface, and stays in memory as long as
        // `library`, which every part and instance keeps.
        let module = unsafe { module::check::<'static>(symbol) }
            .map_err(|error| DylibError::new(path, error.to_string()))?;
        let shared: Arc<Path> = path.into();
        let (mut parts, mut unknown) = (Vec::new(), Vec::new());
        for plugin in module.plugins() {
            match plugin.kind() {
                Some(kind) => parts.push(DylibPart {
                    spec: describe(&plugin, kind),
                    path: Arc::clone(&shared),
                    plugin,
                    library: Arc::clone(&library),
                }),
                None => unknown.push(plugin.id().to_owned()),
            }
        }
        let interface = (raw::MAJOR, module.minor());
        Ok(Self { path: path.to_owned(), interface, parts, unknown })
    }

    /// Opens the library called `name`, such as `depolarizing`, out of the [`super::search_path`].
    ///
    /// # Errors
    /// As [`Self::open`], and if none of that name is found.
    pub fn open_named(name: &str) -> core::result::Result<Self, DylibError> {
        Self::open(&search::find(name)?)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The interface's version that it was built with.
    #[must_use]
    pub const fn interface(&self) -> (u16, u16) {
        self.interface
    }

    /// The parts in it.
    #[must_use]
    pub fn parts(&self) -> &[DylibPart] {
        &self.parts
    }

    /// The ids of plugins of a kind that this version does not know.
    #[must_use]
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// The part called `id`, or by its id without the namespace.
    ///
    /// # Errors
    /// If there is none, with those that there are.
    pub fn part(&self, id: &str) -> core::result::Result<&DylibPart, DylibError> {
        let called = |part: &&DylibPart| part.spec.id == id || part.spec.short_name() == id;
        self.parts.iter().find(called).ok_or_else(|| {
            let ids: Vec<_> = self.parts.iter().map(|part| part.spec.id).collect();
            let problem = if self.unknown.iter().any(|unknown| unknown == id) {
                format!("its part {id:?} is of a kind that this version does not know")
            } else {
                format!("it has no part called {id:?}")
            };
            DylibError::new(&self.path, problem).with_help(format!("it has: {}", ids.join(", ")))
        })
    }
}

#[cfg(unix)]
fn load(path: &Path) -> core::result::Result<libloading::Library, libloading::Error> {
    use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
    // Everything is resolved now: what is missing is an error here and not a crash later.
    // SAFETY: the caller trusts the library, as the module's documentation says.
    unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.map(Into::into)
}

#[cfg(not(unix))]
fn load(path: &Path) -> core::result::Result<libloading::Library, libloading::Error> {
    // SAFETY: the caller trusts the library, as the module's documentation says.
    unsafe { libloading::Library::new(path) }
}

/// What a library without our symbol is, as far as its symbols tell.
fn no_module(path: &Path, library: &libloading::Library) -> DylibError {
    let selene = SELENE_SYMBOLS.iter().find(|(symbol, ..)| {
        // SAFETY: only asks whether it is there.
        unsafe { library.get::<*const u8>(*symbol) }.is_ok()
    });
    if let Some((_, what, generation)) = selene {
        let problem = match *generation {
            "" => "is Selene itself, not a plugin of Pandia".to_owned(),
            generation => format!("is a Selene {generation} {what}, not one of Pandia"),
        };
        return DylibError::new(path, problem).with_help(selene_help(generation));
    }
    DylibError::new(
        path,
        format!("is a library, but not of Pandia plugins: it exports no {}", raw::MODULE_SYMBOL),
    )
    .with_help(format!("a plugin for interface {} exports it", raw::MAJOR))
}

impl DylibPart {
    /// Its description.
    #[must_use]
    pub const fn spec(&self) -> &PartSpec {
        &self.spec
    }

    /// The library's file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The checked plugin, for who calls it without an instance of ours around it. The library must
    /// stay open meanwhile: keep the part.
    pub(crate) const fn view(&self) -> PluginView<'static> {
        self.plugin
    }

    /// How much memory an instance claims.
    ///
    /// # Errors
    /// If the configuration is wrong or asks for more than the part can hold.
    pub fn memory_bytes(&self, config: &Config<'_>) -> Result<u64> {
        Ok(self.plugin.layout(config)?.size() as u64)
    }

    /// Makes a simulator.
    ///
    /// # Errors
    /// As [`Self::memory_bytes`], if the memory cannot be had, or if the part is none.
    pub fn build_simulator(&self, config: &Config<'_>) -> Result<LoadedBackend> {
        instance::backend(&self.plugin, &self.library, config, None)
    }

    /// Makes an error model or tap over `child`.
    ///
    /// # Errors
    /// As [`Self::memory_bytes`], if the memory cannot be had, or if the part is none.
    pub fn build_layer(
        &self,
        config: &Config<'_>,
        child: Box<dyn Backend + Send>,
    ) -> Result<LoadedBackend> {
        instance::backend(&self.plugin, &self.library, config, Some(Under::own(child)))
    }

    /// Makes an error model or tap over a child that is under watch.
    ///
    /// # Errors
    /// As [`Self::build_layer`].
    pub fn build_layer_watched(
        &self,
        config: &Config<'_>,
        child: CallProxy,
    ) -> Result<LoadedBackend> {
        let child = Under::Watched(Box::new(child));
        instance::backend(&self.plugin, &self.library, config, Some(child))
    }

    /// Makes a runtime over `stack`.
    ///
    /// # Errors
    /// As [`Self::memory_bytes`], if the memory cannot be had, or if the part is none.
    pub fn build_runtime(
        &self,
        config: &Config<'_>,
        stack: Box<dyn Backend + Send>,
    ) -> Result<LoadedRuntime> {
        instance::runtime(&self.plugin, &self.library, config, stack)
    }

    /// Makes a runtime over a stack that is under watch; `own_thread` is handed to its `attach` as
    /// it is, so that a test may ask for what no host would.
    ///
    /// # Errors
    /// As [`Self::build_runtime`].
    pub fn build_runtime_watched(
        &self,
        config: &Config<'_>,
        stack: CallProxy,
        own_thread: bool,
    ) -> Result<LoadedRuntime> {
        instance::runtime_watched(&self.plugin, &self.library, config, stack, own_thread)
    }
}
