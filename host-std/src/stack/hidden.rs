//! Libraries that a name does not mean, because a built-in part has it: said, not passed over.

use core::fmt::{self, Display};
use std::path::PathBuf;

use super::found::libraries_in;
use super::library;
use super::part::Part;
use super::registry::{Registry, is_path};
use super::spec::StackSpec;
use crate::dylib::{chosen_folders, files_called};

/// A library that somebody may have meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HiddenLibrary {
    /// The name, as it was given.
    pub name: String,
    /// Where it was given: `--simulator`, or file and line.
    pub place: String,
    /// The library.
    pub file: PathBuf,
}

impl Display for HiddenLibrary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self { name, place, .. }, file) = (self, self.file.display());
        write!(
            f,
            "{place}: {name} is the built-in part; {file}, which is called so too, is not used: \
             give its path to use it"
        )
    }
}

/// The libraries in the folders of `PANDIA_PLUGIN_PATH` that are called as a built-in part which the
/// stack names, each once. They are not opened: opening a library runs code of it.
#[must_use]
pub fn hidden_libraries(registry: &Registry, spec: &StackSpec) -> Vec<HiddenLibrary> {
    let folders = chosen_folders();
    let mut hidden: Vec<HiddenLibrary> = Vec::new();
    for part in spec.parts() {
        // What nobody has named has no place.
        let Some(place) = &part.place else { continue };
        if is_path(&part.name) || registry.find(&part.name).is_none() {
            continue;
        }
        for file in files_called(&part.name, &folders) {
            if !hidden.iter().any(|known| known.file == file) {
                hidden.push(HiddenLibrary { name: part.name.clone(), place: place.clone(), file });
            }
        }
    }
    hidden
}

/// The parts of libraries in the folders of `PANDIA_PLUGIN_PATH` that have the id or the name of this
/// one, which is built in. The libraries are opened; those that cannot be are listed by
/// [`super::parts_in_search_path`].
#[must_use]
pub fn parts_hidden_by(built_in: &Part) -> Vec<Part> {
    let files = chosen_folders().into_iter().flat_map(|folder| libraries_in(&folder, true));
    files
        .filter_map(|file| library::open(&file).ok())
        .flatten()
        .filter(|part| is_hidden_by(part, built_in))
        .collect()
}

/// Whether the names that mean this part mean the built-in one.
fn is_hidden_by(part: &Part, built_in: &Part) -> bool {
    built_in.is_called(part.spec.id) || built_in.is_called(part.spec.short_name())
}

/// The built-in part that is meant by the names of this one, which is out of a library.
#[must_use]
pub fn hides<'r>(registry: &'r Registry, part: &Part) -> Option<&'r Part> {
    registry.parts().iter().find(|built_in| is_hidden_by(part, built_in))
}
