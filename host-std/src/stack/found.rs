//! Every part that a library in the search path offers, for listing.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};

use super::error::StackError;
use super::library;
use super::part::Part;
use crate::dylib::{SEARCH_VARIABLE, search_path};

/// The parts of the libraries in the search path, and what could not be opened. In a folder that
/// [`SEARCH_VARIABLE`] names every library counts, elsewhere only those called `pandia_NAME`, since
/// opening a library runs code of it.
#[must_use]
pub fn parts_in_search_path() -> (Vec<Part>, Vec<StackError>) {
    let trusted: Vec<PathBuf> = env::var_os(SEARCH_VARIABLE)
        .map(|folders| env::split_paths(&folders).collect())
        .unwrap_or_default();
    let (mut parts, mut problems) = (Vec::new(), Vec::new());
    for folder in search_path() {
        for file in libraries_in(&folder, trusted.contains(&folder)) {
            match library::open(&file) {
                Ok(found) => parts.extend(found),
                Err(problem) => problems.push(problem),
            }
        }
    }
    (parts, problems)
}

/// The libraries in a folder, sorted by name. A folder that cannot be read has none.
pub(super) fn libraries_in(folder: &Path, any_name: bool) -> BTreeSet<PathBuf> {
    let ours = format!("{}pandia_", env::consts::DLL_PREFIX);
    let entries = folder.read_dir().into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
            name.ends_with(env::consts::DLL_SUFFIX) && (any_name || name.starts_with(&ours))
        })
        .collect()
}
