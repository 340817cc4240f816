//! What boards share: console, exit codes, and what an image does once the board has booted.
//!
//! Exit code 0: done. 1: a program failed. 2: no console, or a word that no image knows.
//! 101: panic or fault. Whatever is not 0 comes with a message on standard error.
//! Not here: boot, memory maps and clocks, which are each board's own, and programs.
#![no_std]

mod console;
#[cfg(feature = "cortex-m")]
mod cortex_m;
#[cfg(feature = "tight-loop")]
mod counted;
mod fault;
#[cfg(feature = "riscv")]
mod riscv;
mod run;
#[cfg(feature = "resident")]
mod serve;
#[cfg(feature = "resident")]
pub mod uart;

pub use fault::fault;
pub use run::run;
#[cfg(feature = "resident")]
pub use serve::serve;
