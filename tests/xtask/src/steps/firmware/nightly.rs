//! Which boards can be built: for targets without a binary of the core library, the nightly toolchain has
//! to be there, with the source of that.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::boards::{BOARDS, Board, EXTRA};
use crate::project::Project;
use crate::shell;

/// What is missing and how to get it; `None` if nothing is.
fn missing(project: &Project) -> Result<Option<String>> {
    if !shell::succeeds(&mut shell::nightly_cargo(project, ["--version"])) {
        return Ok(Some(without("the nightly toolchain", "rustup toolchain install nightly")));
    }
    let asked = ["run", "nightly", "rustc", "--print", "sysroot"];
    let sysroot = shell::output(&mut shell::command(project, "rustup", asked))?;
    let sysroot = String::from_utf8(sysroot.stdout).context("rustc named no folder")?;
    Ok(source_missing(Path::new(sysroot.trim())))
}

/// All boards that can be built here, and why the others cannot.
pub(super) fn boards(project: &Project) -> Result<(Vec<Board>, Option<String>)> {
    let missing = missing(project)?;
    let extra = if missing.is_none() { EXTRA } else { &[] };
    Ok(([BOARDS, extra].concat(), missing))
}

fn source_missing(sysroot: &Path) -> Option<String> {
    let source = sysroot.join("lib/rustlib/src/rust/library/core/Cargo.toml");
    let get = "rustup component add rust-src --toolchain nightly";
    (!source.is_file()).then(|| without("rust-src of the nightly toolchain", get))
}

fn without(what: &str, command: &str) -> String {
    format!("{what} is missing, and stable Rust has no core library for this core; `{command}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toolchain_without_sources_is_told_how_to_get_them() {
        let why = source_missing(Path::new("/nowhere")).unwrap_or_default();
        assert!(why.contains("rust-src") && why.contains("rustup component add"), "{why}");
    }
}
