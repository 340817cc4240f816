//! Steps that are `cargo build`, `cargo test` and `cargo bench` of parts of the workspace.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use super::Outcome;
use crate::project::{Evidence, Project};
use crate::shell;

/// Also makes the plugins' dylibs, which tests load and `cargo test` alone would not build.
pub(crate) fn build(project: &Project) -> Result<Outcome> {
    shell::run(&mut shell::cargo(project, ["build", "--workspace", "--all-targets"]))?;
    Ok(Outcome::Done)
}

/// Builds some of what the step `build` makes, as that does: beside any test the dependencies have the
/// features that tests give them, so nothing is compiled twice.
pub(super) fn build_some(project: &Project, targets: &[&str]) -> Result<()> {
    let mut build = shell::cargo(project, ["build", "--locked", "--workspace"]);
    shell::run(build.args(targets).args(["--test", "architecture"]))
}

pub(crate) fn unit(project: &Project) -> Result<Outcome> {
    test(project, &["--lib", "--bins"])
}

pub(crate) fn doctests(project: &Project) -> Result<Outcome> {
    test(project, &["--doc"])
}

pub(crate) fn conformance(project: &Project) -> Result<Outcome> {
    integration(project, Evidence::Conformance)
}

pub(crate) fn plugins(project: &Project) -> Result<Outcome> {
    integration(project, Evidence::Plugins)
}

pub(crate) fn cli(project: &Project) -> Result<Outcome> {
    integration(project, Evidence::Cli)
}

/// What needs a browser is ignored elsewhere.
pub(crate) fn reports(project: &Project) -> Result<Outcome> {
    test(project, &["--test", "browser", "--", "--ignored"])
}

/// Under `cargo test` a bench runs a few rounds only, so that it cannot rot.
pub(crate) fn bench_smoke(project: &Project) -> Result<Outcome> {
    let benches = project.benches();
    ensure!(!benches.is_empty(), "there is no bench in the workspace");
    test(project, &named("--bench", &benches))
}

pub(crate) fn bench(project: &Project) -> Result<Outcome> {
    let benches = project.benches();
    ensure!(!benches.is_empty(), "there is no bench in the workspace");
    // The plugins' dylibs, which one bench loads and `cargo bench` alone would not build.
    shell::run(&mut shell::cargo(project, ["build", "--release", "--workspace"]))?;
    let mut bench = shell::cargo(project, ["bench", "--workspace"]);
    bench.args(named("--bench", &benches)).arg("--");
    shell::run(bench.args(&project.options.bench_arguments))?;
    Ok(Outcome::Done)
}

fn integration(project: &Project, evidence: Evidence) -> Result<Outcome> {
    let tests = project.integration_tests(evidence);
    ensure!(!tests.is_empty(), "there is no integration test of this kind in the workspace");
    test(project, &named("--test", &tests))
}

fn test(project: &Project, arguments: &[&str]) -> Result<Outcome> {
    let mut test = shell::cargo(project, ["test", "--workspace", "--no-fail-fast"]);
    test.args(arguments);
    if project.options.bless {
        test.env("BLESS", "1");
    }
    shell::run(&mut test)?;
    Ok(Outcome::Done)
}

/// `--test a --test b` and the like.
fn named<'a>(flag: &'a str, names: &BTreeSet<&'a str>) -> Vec<&'a str> {
    names.iter().flat_map(|name| [flag, name]).collect()
}
