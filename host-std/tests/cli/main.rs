//! The real command, run as its users run it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bad_input;
mod board;
mod golden;
mod help;
#[cfg(unix)]
mod isolate;
mod new;
mod run;
mod support;
