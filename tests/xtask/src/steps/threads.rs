//! Runtimes with a thread of their own: under ThreadSanitizer, in Rust and in C, and their queue
//! under loom, which tries every order of events. Each tool must also find a mistake that is put in
//! on purpose, so that silence means something.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::Outcome;
use crate::console;
use crate::project::Project;
use crate::shell;

/// The C module is compiled by the compiler whose ThreadSanitizer rustc's own is.
pub(crate) const PROGRAMS: &[(&str, &str)] = &[("clang", "clang"), ("make", "make")];

/// The sources of the queue in a workspace of their own, where loom takes the place of std.
const LOOM: &[&str] = &["--manifest-path", "tests/loom/Cargo.toml", "--target-dir", "target/loom"];

/// One sanitizer for both languages: the executable brings it and shows its symbols to the module.
const SANITIZED: &str = "-Zsanitizer=thread -Clink-arg=-rdynamic";
const SANITIZED_C: &str = "-O1 -g -fsanitize=thread";

pub(crate) fn run(project: &Project) -> Result<Outcome> {
    shell::run(&mut loom(project, &[]))?;
    must_find(&mut loom(project, &["--features", "racy"]), &["Causality violation"])?;

    let host = host(project)?;
    shell::run(&mut sanitized(project, &host, &[], &["--lib", "--test", "threaded"]))?;
    let racy_c = format!("{SANITIZED_C} -DRACY");
    let one = ["--test", "threaded", "a_result_that_is_looked_for_while_much_is_left_to_do"];
    let mut in_c = sanitized(project, &host, &[], &one);
    must_find(in_c.env("PANDIA_TEST_CFLAGS", racy_c), &["data race", "threaded_runtime.c"])?;
    // Given to this one package: the standard library need not be built again.
    let mistake = r#"profile.dev.package.pandia-threads.rustflags=["--cfg","pandia_racy"]"#;
    let racy = ["-Zprofile-rustflags", "--config", mistake];
    let one = ["--lib", "a_long_stream_of_messages"];
    let mut in_rust = sanitized(project, &host, &racy, &one);
    must_find(&mut in_rust, &["data race", "threads/src/queue.rs"])?;
    Ok(Outcome::Done)
}

fn loom(project: &Project, features: &[&str]) -> Command {
    let mut command = shell::cargo(project, ["test", "--locked", "--lib"]);
    command.args(LOOM).args(features);
    command
}

/// The tests of `host-std/threads` and `host-ffi` under ThreadSanitizer, the standard library included, since otherwise its
/// locks are not seen.
fn sanitized(project: &Project, host: &str, options: &[&str], tests: &[&str]) -> Command {
    let mut command = shell::nightly_cargo(
        project,
        ["test", "--package", "pandia-threads", "--package", "pandia-ffi"],
    );
    command.args(["-Zbuild-std", "--target", host, "--target-dir", "target/threads"]);
    command.args(options).args(tests);
    command.env("RUSTFLAGS", SANITIZED);
    // Much quicker to build, and the tests are small.
    command.env("CARGO_PROFILE_DEV_OPT_LEVEL", "0");
    command.env("PANDIA_TEST_CC", "clang").env("PANDIA_TEST_CFLAGS", SANITIZED_C);
    command
}

/// The triple of this machine: the sanitizer needs it said.
fn host(project: &Project) -> Result<String> {
    let told = shell::output(&mut shell::command(project, "rustc", ["-vV"]))?;
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say its host")?.to_owned())
}

/// Runs what has a mistake in it, and fails unless that is found, in these words.
fn must_find(command: &mut Command, words: &[&str]) -> Result<()> {
    let output = shell::output(command)?;
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed);
    ensure!(
        !output.status.success() && words.iter().all(|word| printed.contains(word)),
        "a mistake that was put in on purpose was not found ({} is missing), so passing proves \
         nothing:\n{printed}",
        words.join(" or ")
    );
    console::say(&format!("found the mistake that was put in on purpose: {}", words.join(", ")));
    Ok(())
}
