//! No file that a run writes is one that it reads, or another that it writes.

use std::path::{Path, PathBuf};

use super::error::Failure;
use super::raw::RawRun;

/// Refuses names of files that would cost the run what it reads or writes elsewhere. Before
/// anything is opened: opening a file for writing empties it.
pub(super) fn check(raw: &RawRun) -> Result<(), Failure> {
    let plot = raw.plot.iter().flatten();
    let written: Vec<(&str, &Path)> = [("--plot", plot.map(PathBuf::as_path).next())]
        .into_iter()
        .chain([("--trace", raw.trace.as_deref()), ("--metrics", raw.metrics.as_deref())])
        .filter_map(|(option, path)| Some((option, path?)))
        .collect();
    let program = Path::new(&raw.program);
    let modules = raw.board_module.iter().map(PathBuf::as_path);
    let read = [("the program", Some(program)), ("the stack", raw.stack.as_deref())]
        .into_iter()
        .chain([("the device", raw.device.as_deref())])
        .filter_map(|(what, path)| Some((what, path?)))
        .chain(modules.map(|path| ("the module", path)));
    let read: Vec<(&str, &Path)> = read.collect();
    for (index, (option, path)) in written.iter().enumerate() {
        let before = written.get(..index).unwrap_or(&[]).iter();
        let same = read.iter().chain(before).find(|(_, other)| is_same(path, other));
        if let Some((what, _)) = same {
            return Err(Failure::host(
                format!("{option} {}: this would overwrite the file of {what}", path.display()),
                "give it a name of its own",
            ));
        }
    }
    Ok(())
}

/// Whether both names mean one file that is there, or are the same name.
fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}
