//! `core` where it must live: without an operating system, with and without an allocator.

use std::process::Command;

use anyhow::{Result, ensure};

use super::Outcome;
use crate::console;
use crate::project::Project;
use crate::shell;

/// The smallest of each family that a controller board has.
pub(crate) const TARGETS: &[&str] = &[
    "thumbv6m-none-eabi",
    "thumbv7em-none-eabihf",
    "riscv32imac-unknown-none-elf",
    "aarch64-unknown-none",
];

/// Above this, every combination would take too long: choose which ones matter instead.
const FEATURES_MAX: usize = 5;

pub(crate) fn run(project: &Project) -> Result<Outcome> {
    let mut failed = Vec::new();
    for target in TARGETS {
        for features in ["", "alloc"] {
            // Linted, not built: machine code for them is what the firmware's steps make.
            let lint = ["clippy", "--package", "pandia-core", "--lib", "--target", target];
            if !succeeds(shell::cargo(project, lint), features) {
                failed.push(format!("{target} with features [{features}]"));
            }
        }
    }
    for features in feature_sets(project)? {
        let lint = ["clippy", "--package", "pandia-core", "--lib"];
        if !succeeds(shell::cargo(project, lint), &features) {
            failed.push(format!("this machine with features [{features}]"));
        }
    }
    ensure!(failed.is_empty(), "core does not pass without warnings for {}", failed.join(", "));
    Ok(Outcome::Done)
}

fn succeeds(mut command: Command, features: &str) -> bool {
    command.arg("--no-default-features");
    if !features.is_empty() {
        command.args(["--features", features]);
    }
    let outcome = shell::run(command.args(["--", "-D", "warnings"]));
    outcome.inspect_err(|error| console::complain(&format!("{error:#}"))).is_ok()
}

/// Every subset of core's features, as cargo wants them.
fn feature_sets(project: &Project) -> Result<Vec<String>> {
    let features = project.core()?.features.keys().map(String::as_str);
    let features: Vec<&str> = features.filter(|feature| *feature != "default").collect();
    ensure!(
        features.len() <= FEATURES_MAX,
        "core has {} features and their combinations double with each; at most {FEATURES_MAX} \
         are tested in every combination: list here the combinations that matter",
        features.len()
    );
    let subsets = 0..1_u32 << features.len();
    let chosen = |subset: u32| {
        let members = features.iter().enumerate().filter(move |(bit, _)| subset >> bit & 1 == 1);
        members.map(|(_, feature)| *feature).collect::<Vec<_>>().join(",")
    };
    Ok(subsets.map(chosen).collect())
}
