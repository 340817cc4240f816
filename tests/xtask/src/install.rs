//! What steps need from the machine, and getting what is missing without asking anybody.
//!
//! Not here: what the steps do with it.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::console;
use crate::project::Project;
use crate::shell;

/// What a step needs beyond the pinned toolchain's compiler.
#[derive(Debug)]
pub(crate) struct Needs {
    /// Targets of the pinned toolchain.
    pub(crate) targets: &'static [&'static str],
    /// Components of the pinned toolchain.
    pub(crate) components: &'static [&'static str],
    /// Components of the nightly toolchain; `Some` asks for that toolchain too.
    pub(crate) nightly: Option<&'static [&'static str]>,
    /// Commands that `cargo install` provides: package names, `cargo-x` giving `cargo x`.
    pub(crate) cargo_commands: &'static [&'static str],
    /// Programs, each with the package of Debian and its kin that brings it.
    pub(crate) programs: &'static [(&'static str, &'static str)],
}

impl Needs {
    pub(crate) const NONE: Self =
        Self { targets: &[], components: &[], nightly: None, cargo_commands: &[], programs: &[] };

    /// Gets everything that is missing, or says what could not be had and why.
    pub(crate) fn ensure(&self, project: &Project) -> Result<()> {
        rustup_parts(project, "target", None, self.targets)?;
        rustup_parts(project, "component", None, self.components)?;
        if let Some(components) = self.nightly {
            nightly_toolchain(project)?;
            rustup_parts(project, "component", Some("nightly"), components)?;
        }
        for package in self.cargo_commands {
            cargo_command(project, package)?;
        }
        programs(project, self.programs)
    }
}

/// `what` is rustup's word for the kind of part: `target` or `component`.
fn rustup_parts(
    project: &Project,
    what: &str,
    toolchain: Option<&str>,
    wanted: &[&str],
) -> Result<()> {
    if wanted.is_empty() {
        return Ok(());
    }
    let chosen: Vec<&str> = toolchain.into_iter().flat_map(|name| ["--toolchain", name]).collect();
    let mut query = shell::command(project, "rustup", [what, "list", "--installed"]);
    let listed = shell::output(query.args(&chosen))
        .context("rustup is needed to add what is missing; install rustup first")?;
    let listed = String::from_utf8_lossy(&listed.stdout);
    let missing: Vec<&str> =
        wanted.iter().copied().filter(|wanted| !is_listed(&listed, wanted)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut add = shell::command(project, "rustup", [what, "add"]);
    shell::run(add.args(&chosen).args(&missing))
        .with_context(|| format!("could not get the {what}s {}", missing.join(", ")))
}

/// rustup lists a component with the host's triple behind its name, a target by its bare name.
fn is_listed(listed: &str, wanted: &str) -> bool {
    listed.lines().any(|line| {
        line.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    })
}

fn nightly_toolchain(project: &Project) -> Result<()> {
    if shell::succeeds(&mut shell::nightly_cargo(project, ["--version"])) {
        return Ok(());
    }
    let minimal = ["--profile", "minimal", "--no-self-update"];
    let install = ["toolchain", "install", "nightly"].into_iter().chain(minimal);
    shell::run(&mut shell::command(project, "rustup", install))
        .context("could not get the nightly toolchain")
}

fn cargo_command(project: &Project, package: &str) -> Result<()> {
    let name = package.trim_start_matches("cargo-");
    if shell::succeeds(&mut shell::cargo(project, [name, "--version"])) {
        return Ok(());
    }
    shell::run(&mut shell::cargo(project, ["install", "--locked", package]))
        .with_context(|| format!("could not get the command `cargo {name}`"))
}

fn programs(project: &Project, wanted: &[(&str, &str)]) -> Result<()> {
    let missing = wanted.iter().filter(|(program, _)| !is_program(project, program));
    apt_packages(project, &missing.map(|(_, package)| *package).collect::<Vec<_>>())
}

/// Installs packages of Debian and its kin.
pub(crate) fn apt_packages(project: &Project, missing: &[&str]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let named = missing.join(", ");
    let Some(prefix) = root_prefix(project) else {
        bail!(
            "the packages {named} are missing and this user may not install them: \
             run `apt-get install {}` as root",
            missing.join(" ")
        );
    };
    console::say(&format!("installing {named}"));
    let apt = |arguments: &[&str]| -> Command {
        // `env` because sudo drops the variables of its caller.
        let fixed = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"];
        let lock = ["-o", "DPkg::Lock::Timeout=300"];
        let words = [prefix, &fixed, &lock, arguments].concat();
        shell::command(project, words[0], &words[1..])
    };
    shell::run(&mut apt(&["update"])).context("could not read the package lists")?;
    let install = ["install", "--no-install-recommends"];
    shell::run(&mut apt(&[install.as_slice(), missing].concat()))
        .with_context(|| format!("could not get the packages {named}"))
}

fn is_program(project: &Project, name: &str) -> bool {
    shell::succeeds(&mut shell::command(project, "sh", ["-c", "command -v \"$0\"", name]))
}

/// What to put before a command so that root runs it; `None` if that cannot be had unasked.
fn root_prefix(project: &Project) -> Option<&'static [&'static str]> {
    let user = shell::output(&mut shell::command(project, "id", ["-u"])).ok()?;
    if user.stdout.trim_ascii() == b"0" {
        return Some(&[]);
    }
    let sudo = &["sudo", "-n"];
    shell::succeeds(&mut shell::command(project, "sudo", ["-n", "true"])).then_some(sudo)
}
