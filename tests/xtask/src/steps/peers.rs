//! Pandia beside its peers: their Python packages, our release binary, one run.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::Outcome;
use crate::project::Project;
use crate::shell;

pub(crate) fn run(project: &Project) -> Result<Outcome> {
    let python = environment(project)?;
    shell::run(&mut shell::cargo(project, ["build", "--release", "--package", "pandia"]))?;
    let mut compare = shell::command(project, &python, ["benches/peers/peers.py"]);
    compare.arg("target/release/pandia").args(&project.options.bench_arguments);
    // The first build of a peer's program fills a cache, which need not lie in the user's home.
    compare.env("ZIG_GLOBAL_CACHE_DIR", project.root.join("target/peers/zig"));
    shell::run(&mut compare)?;
    Ok(Outcome::Done)
}

/// The Python of an environment in `target/` that has the peers, made where it is missing.
fn environment(project: &Project) -> Result<String> {
    let folder = PathBuf::from("target/peers/venv");
    let python = folder.join("bin/python").to_string_lossy().into_owned();
    if !project.root.join(&python).is_file() {
        let folder = folder.to_string_lossy().into_owned();
        shell::run(&mut shell::command(project, "python3", ["-m", "venv", folder.as_str()]))
            .context("the peers need Python 3 with its venv module (python3-venv)")?;
    }
    let install = ["-m", "pip", "install", "--quiet", "-r", "benches/peers/requirements.txt"];
    shell::run(&mut shell::command(project, &python, install))
        .context("could not get the peers' packages")?;
    Ok(python)
}
