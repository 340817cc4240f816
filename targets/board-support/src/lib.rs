//! What boards share: console, log, exit codes, and what an image does once the board has booted.
//!
//! Exit code 0: done. 1: a program failed. 2: no console, or a word that no image knows.
//! 101: panic or fault, after the last records of the taps. Whatever is not 0 comes with a message in
//! the log, which is defmt frames on standard error; `pandia-board-log` prints them.
//! Registers beside the core are in `peripherals`, and layers over them in `hardware`.
//! Not here: boot, memory maps and clocks, which are each board's own, and programs.
#![no_std]

mod console;
#[cfg(feature = "controller")]
mod controller;
#[cfg(feature = "cortex-m")]
mod cortex_m;
#[cfg(all(feature = "tight-loop", not(feature = "controller")))]
mod counted;
mod fault;
#[cfg(feature = "cortex-a")]
mod interrupts;
#[cfg(not(feature = "tight-loop"))]
mod last;
mod log;
#[cfg(all(feature = "modules", not(feature = "tight-loop")))]
mod modules;
#[cfg(feature = "tight-loop")]
mod refused;
#[cfg(feature = "riscv")]
mod riscv;
mod run;
#[cfg(feature = "resident")]
mod serve;
#[cfg(feature = "tight-loop")]
mod stack;
pub mod taps;

pub use fault::fault;
pub use pandia_core::ErrorKind;
pub use pandia_peripherals as peripherals;
pub use run::run;
#[cfg(feature = "resident")]
pub use serve::serve;

/// How an image ends after a panic or a fault.
const PANICKED: i32 = 101;
