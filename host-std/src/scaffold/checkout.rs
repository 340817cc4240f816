//! Where Pandia's source is, which a project in Rust depends on by path.

use std::path::{Path, PathBuf};

use super::error::ScaffoldError;

/// The folder that this program was built from. It need not be there any more.
const BUILT_FROM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The folder of Pandia's source: the one that is named, or the one that this program was built
/// from.
pub(super) fn find(named: Option<&Path>) -> Result<PathBuf, ScaffoldError> {
    let folder = named.unwrap_or_else(|| Path::new(BUILT_FROM));
    let no_checkout =
        || ScaffoldError::NoCheckout { path: folder.to_owned(), is_named: named.is_some() };
    let has = |manifest: &str| folder.join(manifest).is_file();
    if !["Cargo.toml", "core/Cargo.toml", "host-ffi/Cargo.toml"].into_iter().all(has) {
        return Err(no_checkout());
    }
    folder.canonicalize().map_err(|_| no_checkout())
}
