//! Pandia beside its peers: their Python packages, our release binary, one run.

use anyhow::Result;

use super::Outcome;
use crate::project::Project;
use crate::{python, shell};

pub(crate) fn run(project: &Project) -> Result<Outcome> {
    let requirements = "benches/peers/requirements.txt";
    let python = python::environment(project, "target/peers/venv", requirements)?;
    shell::run(&mut shell::cargo(project, ["build", "--release", "--package", "pandia"]))?;
    let mut compare = shell::command(project, &python, ["benches/peers/peers.py"]);
    compare.arg("target/release/pandia").args(&project.options.bench_arguments);
    // The first build of a peer's program fills a cache, which need not lie in the user's home.
    compare.env("ZIG_GLOBAL_CACHE_DIR", project.root.join("target/peers/zig"));
    shell::run(&mut compare)?;
    Ok(Outcome::Done)
}
