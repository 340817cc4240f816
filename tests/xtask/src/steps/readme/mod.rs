//! README and docs show what really happens: every `console` block is run and compared.
//!
//! In such a block a line `$ command` is run by bash in the project's folder, and the lines below
//! it are what it prints on stdout; a line `...` stands for any number of lines. A block after a
//! line `<!-- not run: reason -->` is only shown. `cargo xtask readme --bless` rewrites the
//! outputs. A page with a line `<!-- blocks run by: FILE -->` is run by that test, which must name
//! the page.

mod document;
mod links;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};

use self::document::{Document, Example};
use super::Outcome;
use crate::console;
use crate::project::Project;
use crate::shell;

pub(crate) fn run(project: &Project) -> Result<Outcome> {
    let mut findings = Vec::new();
    let mut examples = 0;
    for file in files(&project.root)? {
        let text = fs::read_to_string(&file).with_context(|| format!("{}", file.display()))?;
        let shown = file.strip_prefix(&project.root).unwrap_or(&file).display().to_string();
        findings.extend(links::broken(&file, &text).map(|link| format!("{shown}: {link}")));
        if let Some(test) = run_elsewhere(&text) {
            findings.extend(check_elsewhere(&project.root, &file, test));
            continue;
        }
        let mut document = Document::parse(&text).with_context(|| shown.clone())?;
        for example in document.examples() {
            examples += 1;
            let printed = execute(project, example)?;
            if project.options.bless {
                example.rewrite(&printed);
            } else if let Some(difference) = example.difference(&printed) {
                findings.push(format!("{shown}: `{}`: {difference}", example.command));
            }
        }
        if project.options.bless {
            fs::write(&file, document.text()).with_context(|| shown.clone())?;
        }
    }
    ensure!(findings.is_empty(), "{} finding(s):\n{}", findings.len(), findings.join("\n"));
    ensure!(examples > 0, "no example was run: README.md must show at least one");
    console::say(&format!("{examples} example(s) print what is shown"));
    Ok(Outcome::Done)
}

/// The test that runs the page's blocks, if the page names one.
fn run_elsewhere(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.strip_prefix("<!-- blocks run by: ")?.strip_suffix(" -->"))
}

/// What is wrong with a page's word that `test` runs its blocks.
fn check_elsewhere(root: &Path, page: &Path, test: &str) -> Option<String> {
    let page = page.file_name()?.to_string_lossy();
    match fs::read_to_string(root.join(test)) {
        Ok(source) if source.contains(page.as_ref()) => None,
        Ok(_) => Some(format!("docs/{page}: {test} does not name it")),
        Err(error) => Some(format!("docs/{page}: {test}: {error}")),
    }
}

/// Runs the example and gives what it prints on stdout; stderr goes to the terminal.
fn execute(project: &Project, example: &Example) -> Result<String> {
    console::say(&format!("$ {}", example.command));
    let words = ["-o", "pipefail", "-c", &example.command];
    let mut bash = shell::command(project, "bash", words);
    let output = shell::output(bash.stderr(Stdio::inherit()))?;
    ensure!(output.status.success(), "`{}` failed: {}", example.command, output.status);
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{}` does not print UTF-8", example.command))
}

/// `README.md` and everything below `docs`, in a fixed order.
fn files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut files = vec![root.join("README.md")];
    let mut folders = vec![root.join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("{}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                files.push(path);
            }
        }
    }
    files[1..].sort();
    Ok(files)
}
