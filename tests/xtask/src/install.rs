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
    /// Packages of Debian and its kin.
    pub(crate) apt: &'static [&'static str],
}

impl Needs {
    pub(crate) const NONE: Self =
        Self { targets: &[], components: &[], nightly: None, cargo_commands: &[], apt: &[] };

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
        apt_packages(project, self.apt)
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
    let install = ["toolchain", "install", "nightly", "--profile", "minimal"];
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

fn apt_packages(project: &Project, wanted: &[&str]) -> Result<()> {
    let missing: Vec<&str> =
        wanted.iter().copied().filter(|name| !is_installed(project, name)).collect();
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
        let words: Vec<&str> = [prefix, &fixed, &lock, arguments].concat().into_iter().collect();
        shell::command(project, words[0], &words[1..])
    };
    shell::run(&mut apt(&["update"])).context("could not read the package lists")?;
    let install = ["install", "--no-install-recommends"];
    shell::run(&mut apt(&[&install, missing.as_slice()].concat()))
        .with_context(|| format!("could not get the packages {named}"))
}

fn is_installed(project: &Project, package: &str) -> bool {
    let query = ["--show", "--showformat=${db:Status-Status}", package];
    let answer = shell::output(&mut shell::command(project, "dpkg-query", query));
    answer.is_ok_and(|answer| answer.status.success() && answer.stdout == b"installed")
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
