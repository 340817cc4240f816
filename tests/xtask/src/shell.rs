//! Running other programs: in the project's folder, with closed stdin, shown before they run.

use std::ffi::OsStr;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::console;
use crate::project::Project;

/// A command that took so long says so: several may run at once.
const WORTH_SAYING: Duration = Duration::from_secs(2);

/// A command that runs in the project's folder and cannot ask questions.
pub(crate) fn command<A: AsRef<OsStr>>(
    project: &Project,
    program: &str,
    arguments: impl IntoIterator<Item = A>,
) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(&project.root).stdin(Stdio::null());
    command
}

/// `cargo` with the project's pinned toolchain.
pub(crate) fn cargo<A: AsRef<OsStr>>(
    project: &Project,
    arguments: impl IntoIterator<Item = A>,
) -> Command {
    command(project, "cargo", arguments)
}

/// `cargo` of the nightly toolchain.
pub(crate) fn nightly_cargo<A: AsRef<OsStr>>(
    project: &Project,
    arguments: impl IntoIterator<Item = A>,
) -> Command {
    let mut command = command(project, "rustup", ["run", "nightly", "cargo"]);
    command.args(arguments);
    command
}

/// Shows the command, runs it and fails unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    console::say(&format!("$ {shown}"));
    let begun = Instant::now();
    let status = command.status().with_context(|| format!("cannot start `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` failed: {status}");
    }
    let took = begun.elapsed();
    if took >= WORTH_SAYING {
        console::say(&format!("  {:.1} s: {shown}", took.as_secs_f64()));
    }
    Ok(())
}

/// Runs the command silently and gives what it printed, whether it succeeds or not.
pub(crate) fn output(command: &mut Command) -> Result<Output> {
    command.output().with_context(|| format!("cannot start `{}`", show(command)))
}

/// Whether the command can be started and succeeds; prints nothing.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// The command as one would type it, with the variables that it sets.
fn show(command: &Command) -> String {
    let variables = command.get_envs().filter_map(|(name, value)| {
        Some(format!("{}='{}'", name.to_string_lossy(), value?.to_string_lossy()))
    });
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words = words.map(|word| word.to_string_lossy().into_owned());
    variables.chain(words).collect::<Vec<_>>().join(" ")
}
