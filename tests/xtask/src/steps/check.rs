//! Formatting, lints, documentation, dependencies.

use anyhow::Result;

use super::Outcome;
use crate::project::Project;
use crate::shell;

/// Workspaces of their own, beside the one at the root.
const FUZZ: &[&str] = &["--manifest-path", "tests/fuzz/Cargo.toml"];
const MINORS: &[&str] = &["--manifest-path", "tests/minors/Cargo.toml"];
const TARGETS: &[&str] = &["--manifest-path", "targets/Cargo.toml"];
const LOOM: &[&str] = &["--manifest-path", "tests/loom/Cargo.toml"];

pub(crate) fn fmt(project: &Project) -> Result<Outcome> {
    for manifest in [&[], FUZZ, LOOM, MINORS, TARGETS] {
        let mut fmt = shell::cargo(project, ["fmt", "--all", "--check"]);
        shell::run(fmt.args(manifest))?;
    }
    Ok(Outcome::Done)
}

/// Fuzzing takes nightly and time; that its targets compile and hold on some inputs takes neither.
pub(crate) fn fuzz_targets(project: &Project) -> Result<Outcome> {
    let mut lint = shell::cargo(project, ["clippy", "--locked"]);
    shell::run(lint.args(FUZZ).args(["--", "-D", "warnings"]))?;
    // What the targets do with an input is in their library, and so are seeded random inputs.
    let mut smoke = shell::cargo(project, ["test", "--locked", "--lib"]);
    shell::run(smoke.args(FUZZ))?;
    Ok(Outcome::Done)
}

pub(crate) fn clippy(project: &Project) -> Result<Outcome> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    shell::run(&mut shell::cargo(project, arguments))?;
    Ok(Outcome::Done)
}

pub(crate) fn docs(project: &Project) -> Result<Outcome> {
    let mut doc = shell::cargo(project, ["doc", "--workspace", "--no-deps"]);
    shell::run(doc.env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(Outcome::Done)
}

/// Advisories are left out: they change with the world, not with the commit.
pub(crate) fn deny(project: &Project) -> Result<Outcome> {
    if !shell::succeeds(&mut shell::cargo(project, ["deny", "--version"])) {
        let why = "cargo-deny is not installed (`cargo install --locked cargo-deny`): \
                   licences, sources and duplicates of the dependencies were not checked";
        return Ok(Outcome::NotRun(why.to_owned()));
    }
    shell::run(&mut shell::cargo(project, ["deny", "check", "bans", "licenses", "sources"]))?;
    Ok(Outcome::Done)
}
