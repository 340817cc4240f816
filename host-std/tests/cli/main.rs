//! The real command, run as its users run it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod bad_input;
mod board;
#[cfg(target_os = "linux")]
mod board_killed;
#[cfg(target_os = "linux")]
mod board_serial;
#[cfg(unix)]
mod board_silent;
#[cfg(unix)]
mod device;
mod faults;
mod golden;
mod help;
#[cfg(unix)]
mod hidden;
#[cfg(unix)]
mod interrupt;
#[cfg(unix)]
mod isolate;
#[cfg(unix)]
mod log;
mod new;
mod report;
mod run;
mod support;
mod trace;
