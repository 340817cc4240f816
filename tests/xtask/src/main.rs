//! The project's commands: `cargo xtask --help` lists them.
//!
//! Here: the command line only. What a step does lies in [`steps`], how steps are run and reported
//! in [`report`], what they need from the machine in [`install`].

mod cli;
mod console;
mod install;
mod project;
mod python;
mod report;
mod shell;
mod steps;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            console::complain(&format!("xtask: {error:#}"));
            ExitCode::from(2)
        }
    }
}
