//! The tests, on this machine, of what boards share: always of one piece, so that what they have in common
//! is compiled once.

use anyhow::Result;

use super::image::MANIFEST;
use crate::project::Project;
use crate::shell;

/// The packages, with all of their features that have tests.
pub(super) const SELECTED: &[&str] = &[
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
