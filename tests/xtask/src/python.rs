//! Python environments below `target/`, with the packages that a file pins.

use anyhow::{Context as _, Result};

use crate::install;
use crate::project::Project;
use crate::shell;

/// The Python of the environment in `folder`, made where it is missing, with what `requirements`
/// lists.
pub(crate) fn environment(project: &Project, folder: &str, requirements: &str) -> Result<String> {
    let python = format!("{folder}/bin/python");
    // One that was left half made has no pip.
    if !shell::succeeds(&mut shell::command(project, &python, ["-m", "pip", "--version"])) {
        // Debian and its kin keep what the module venv needs apart from Python.
        if !shell::succeeds(&mut shell::command(project, "python3", ["-c", "import ensurepip"])) {
            install::apt_packages(project, &["python3-venv"])?;
        }
        shell::run(&mut shell::command(project, "python3", ["-m", "venv", "--clear", folder]))
            .context("Python 3 with its venv module (python3-venv) is needed")?;
    }
    let install = ["-m", "pip", "install", "--quiet", "-r", requirements];
    shell::run(&mut shell::command(project, &python, install))
        .with_context(|| format!("could not get the packages of {requirements}"))?;
    Ok(python)
}
