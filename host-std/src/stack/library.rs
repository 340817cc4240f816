//! Parts out of dynamic libraries, as parts of a stack.

use std::path::Path;
use std::sync::Arc;

use pandia_core::error::Result;
use pandia_core::part::{Config, PartKind};

use super::error::StackError;
use super::part::{
    BoxedBackend, BoxedRuntime, BuildLayer, BuildRuntime, BuildSimulator, Factory, Origin, Part,
};
use crate::dylib::{DylibError, DylibPart, Library};

/// The parts in the library at `path`.
///
/// # Errors
/// [`StackError::Library`] if it cannot be opened or is no library of parts.
pub fn open(path: &Path) -> core::result::Result<Vec<Part>, StackError> {
    let library = Library::open(path).map_err(|error| refused(&error))?;
    Ok(library.parts().iter().map(part).collect())
}

pub(super) fn refused(error: &DylibError) -> StackError {
    StackError::Library {
        path: error.path().to_owned(),
        problem: error.problem().to_owned(),
        help: error.help().map(str::to_owned),
    }
}

fn part(part: &DylibPart) -> Part {
    let loaded = Arc::new(Loaded(part.clone()));
    Part {
        spec: *part.spec(),
        origin: Origin::Library(part.path().to_owned()),
        factory: match part.spec().kind {
            PartKind::Simulator => Factory::Simulator(loaded),
            PartKind::ErrorModel | PartKind::Tap => Factory::Layer(loaded),
            PartKind::Runtime => Factory::Runtime(loaded),
        },
    }
}

/// The factory of a part out of a library.
struct Loaded(DylibPart);

impl BuildSimulator for Loaded {
    fn memory_bytes(&self, config: &Config<'_>) -> Result<u64> {
        self.0.memory_bytes(config)
    }

    fn build(&self, config: &Config<'_>) -> Result<BoxedBackend> {
        Ok(Box::new(self.0.build_simulator(config)?))
    }
}

impl BuildLayer for Loaded {
    fn memory_bytes(&self, config: &Config<'_>) -> Result<u64> {
        self.0.memory_bytes(config)
    }

    fn build(&self, config: &Config<'_>, child: BoxedBackend) -> Result<BoxedBackend> {
        Ok(Box::new(self.0.build_layer(config, child)?))
    }
}

impl BuildRuntime for Loaded {
    fn memory_bytes(&self, config: &Config<'_>) -> Result<u64> {
        self.0.memory_bytes(config)
    }

    fn build(&self, config: &Config<'_>, stack: BoxedBackend) -> Result<BoxedRuntime> {
        Ok(Box::new(self.0.build_runtime(config, stack)?))
    }
}
