//! The command `pandia`: flags → [`RawArgs`] (no I/O) → checked and opened → run.
//!
//! Results go to standard output, all else to standard error; a closed pipe is success. Exit
//! status: 0 done, 1 the emulated program failed, 2 usage or host error, 130 interrupted.
//! Described for users in `docs/cli.md`.
//! Not here: anything that a program on the desktop might want to do without a command line
//! ([`crate::runner`], [`crate::stack`], [`crate::check`], [`crate::scaffold`],
//! [`crate::output`]).

mod board;
mod check;
mod compile;
mod console;
mod error;
mod gates;
mod inspect;
mod new;
mod outputs;
mod pack;
mod part_log;
mod plugins;
mod raw;
mod raw_trace;
mod replay;
mod report;
mod run;
mod trace;
mod trace_out;
mod validate;

use std::io;
use std::process::ExitCode;

use clap::Parser;

use console::Console;
use error::Failure;
pub use raw::RawArgs;

use crate::runner::serve_shots;
use crate::stack::Registry;

/// Runs the command with the arguments of this process.
#[must_use]
pub fn main() -> ExitCode {
    let raw = match RawArgs::try_parse() {
        Ok(raw) => raw,
        Err(error) => {
            // Help and version go to standard output, which may be closed by now.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let console = Console::new(raw.quiet);
    if let Err(failure) = part_log::start(raw.quiet) {
        console.failure(&failure);
        return ExitCode::from(failure.exit_code());
    }
    let done = match raw.command {
        raw::Command::Run(raw) => run::run(&raw, &console),
        raw::Command::Compile(raw) => compile::compile(&raw, &console),
        raw::Command::Check(raw) => validate::validate(&raw, &console),
        raw::Command::CheckOne { request } => return crate::check::child_main(&request),
        raw::Command::New(raw) => new::new(&raw),
        raw::Command::Plugins(raw) => plugins::plugins(&raw, &console),
        raw::Command::Gates(raw) => gates::gates(&raw),
        raw::Command::Pack(raw) => pack::pack(&raw),
        raw::Command::Inspect(raw) => inspect::inspect(&raw),
        raw::Command::Board(raw) => board::board(&raw, &console),
        raw::Command::Trace(raw) => trace::trace(&raw),
        raw::Command::Report(raw) => report::report(&raw, &console),
        raw::Command::Worker => return serve_shots(&Registry::new()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => {
            console.failure(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}
