//! Registers of boards: pins as `embedded-hal` has them, UARTs as `embedded-io` has them, and
//! counters as [`pandia_core::clock`] has them.
//!
//! Not here: where a board has them, which is its own file's to say, and what they are used for.
#![no_std]
#![expect(unsafe_code, reason = "registers are addresses and instructions")]

#[cfg(target_arch = "aarch64")]
mod generic_timer;
mod global_timer;
#[cfg(any(target_arch = "riscv32", target_arch = "riscv64"))]
mod instret;
mod mps2;
mod mtime;
#[cfg(all(feature = "armv7-pmu", target_arch = "arm"))]
mod pmu;
mod registers;
#[cfg(feature = "uart")]
pub mod uart;
mod wide;

#[cfg(target_arch = "aarch64")]
pub use generic_timer::GenericTimer;
pub use global_timer::GlobalTimer;
#[cfg(any(target_arch = "riscv32", target_arch = "riscv64"))]
pub use instret::RetiredInstructions;
pub use mps2::{Button, FpgaCounter, Fpgaio, Led};
pub use mtime::MachineTime;
#[cfg(all(feature = "armv7-pmu", target_arch = "arm"))]
pub use pmu::CycleCount;
