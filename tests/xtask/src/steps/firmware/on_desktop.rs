//! The tests, on this machine, of what boards share: always of one piece, so that what they have in common
//! is compiled once.

use anyhow::Result;

use super::image::MANIFEST;
use crate::project::Project;
use crate::shell;

const SELECTED: &[&str] = &[
    "--package=pandia-programs",
    "--package=pandia-hardware",
    "--package=pandia-records",
    "--package=pandia-modules",
    "--package=pandia-tight-loop",
    "--features=pandia-modules/shelf,pandia-tight-loop/controller",
];

/// Runs them, or with `--bless` takes what the desktop writes for what is expected.
pub(super) fn test(project: &Project) -> Result<()> {
    let mut test = shell::cargo(project, ["test", "--locked"]);
    test.args(MANIFEST).args(SELECTED);
    if project.options.bless {
        test.env("BLESS", "1");
    }
    shell::run(&mut test)
}

/// Fails if a lint warns in them, which no board's build looks at.
pub(super) fn lint(project: &Project) -> Result<()> {
    let mut clippy = shell::cargo(project, ["clippy", "--locked", "--all-targets"]);
    clippy.args(MANIFEST).args(SELECTED);
    shell::run(clippy.args(["--", "-D", "warnings"]))
}
