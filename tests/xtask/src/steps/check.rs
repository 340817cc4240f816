//! Formatting, lints, documentation, dependencies.

use anyhow::Result;

use super::Outcome;
use crate::project::Project;
use crate::shell;

pub(crate) fn fmt(project: &Project) -> Result<Outcome> {
    shell::run(&mut shell::cargo(project, ["fmt", "--all", "--check"]))?;
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
