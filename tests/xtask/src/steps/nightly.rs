//! What needs the nightly toolchain: fuzzing and Miri.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::Outcome;
use crate::project::Project;
use crate::shell;

/// The fuzz targets are a workspace of their own, since they need nightly flags.
const FUZZ_DIR: &str = "tests/fuzz";

pub(crate) fn fuzz(project: &Project) -> Result<Outcome> {
    let folder = project.root.join(FUZZ_DIR);
    ensure!(folder.join("Cargo.toml").is_file(), "there are no fuzz targets: {FUZZ_DIR} is empty");
    let targets = match &project.options.fuzz_target {
        Some(target) => vec![target.clone()],
        None => fuzz_targets(project)?,
    };
    let limit = format!("-max_total_time={}", project.options.fuzz_seconds);
    let mut failed = Vec::new();
    for target in &targets {
        let arguments = ["fuzz", "run", "--fuzz-dir", FUZZ_DIR, target, "--", &limit];
        if shell::run(&mut shell::nightly_cargo(project, arguments)).is_err() {
            failed.push(target.as_str());
        }
    }
    ensure!(
        failed.is_empty(),
        "fuzzing found something in {}: see {}",
        failed.join(", "),
        Path::new(FUZZ_DIR).join("artifacts").display()
    );
    Ok(Outcome::Done)
}

fn fuzz_targets(project: &Project) -> Result<Vec<String>> {
    let arguments = ["fuzz", "list", "--fuzz-dir", FUZZ_DIR];
    let listed = shell::output(&mut shell::nightly_cargo(project, arguments))?;
    let targets: Vec<String> =
        String::from_utf8_lossy(&listed.stdout).lines().map(str::to_owned).collect();
    ensure!(listed.status.success() && !targets.is_empty(), "{FUZZ_DIR} lists no fuzz target");
    Ok(targets)
}

pub(crate) fn miri(project: &Project) -> Result<Outcome> {
    let folder = project.root.join("core/src/abi");
    ensure!(folder.is_dir(), "there is nothing to run: core has no `abi`");
    let arguments = ["miri", "test", "--package", "pandia-core", "--lib", "abi::"];
    let mut miri = shell::nightly_cargo(project, arguments);
    // Pointers keep where they come from, through every table.
    shell::run(miri.env("MIRIFLAGS", "-Zmiri-strict-provenance"))
        .context("Miri found something, or could not run")?;
    Ok(Outcome::Done)
}
