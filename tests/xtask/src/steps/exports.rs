//! Traces in other people's programs: their Python packages read what our binary writes.

use anyhow::Result;

use super::Outcome;
use super::cargo_tests::build_some;
use crate::project::Project;
use crate::{python, shell};

pub(crate) fn run(project: &Project) -> Result<Outcome> {
    let requirements = "tests/exports/requirements.txt";
    let python = python::environment(project, "target/exports/venv", requirements)?;
    build_some(project, &["--bin", "pandia"])?;
    let mut check = shell::command(project, &python, ["tests/exports/run.py"]);
    // No bytecode beside the sources.
    check.arg("target/debug/pandia").env("PYTHONDONTWRITEBYTECODE", "1");
    shell::run(&mut check)?;
    Ok(Outcome::Done)
}
