//! Programs that print the same bytes on the desktop and on every board.
//!
//! Each writes lines to any [`Write`] and is expected to write `expected/NAME.out`.
//! All memory is in arrays: no allocator. Not here: anything that knows a board.
#![no_std]

mod bell;
mod compiled;
mod grover;
mod leakage;
mod noise_stack;
mod placements;
mod qft;
mod repetition_code;
mod runs;
mod surface_code;
mod tables;
pub mod teleportation;
pub mod traced;
mod vqe_ansatz;

pub use runs::SEED;

use core::fmt::{self, Write};

/// Why a program ended early.
#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Failure {
    /// An operation or a part was refused.
    Core(pandia_core::Error),
    /// A shot did not end well.
    Shot(pandia_core::emulator::ShotError),
    /// The console takes no more.
    Console,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Core(error) => write!(f, "{error}"),
            Self::Shot(error) => write!(f, "{error}"),
            Self::Console => f.write_str("the console takes no more text"),
        }
    }
}

impl core::error::Error for Failure {}

impl From<pandia_core::Error> for Failure {
    fn from(error: pandia_core::Error) -> Self {
        Self::Core(error)
    }
}

impl From<pandia_core::ErrorKind> for Failure {
    fn from(kind: pandia_core::ErrorKind) -> Self {
        Self::Core(kind.into())
    }
}

impl From<pandia_core::emulator::ShotError> for Failure {
    fn from(error: pandia_core::emulator::ShotError) -> Self {
        Self::Shot(error)
    }
}

impl From<fmt::Error> for Failure {
    fn from(_: fmt::Error) -> Self {
        Self::Console
    }
}

/// One program.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its name, also that of the file with the expected output.
    pub name: &'static str,
    /// Runs it from the beginning.
    pub run: fn(&mut dyn Write) -> Result<(), Failure>,
}

/// Every program, in the order in which boards run them.
pub const ALL: &[Entry] = &[
    Entry { name: "bell", run: bell::run },
    Entry { name: "grover", run: grover::run },
    Entry { name: "leakage", run: leakage::run },
    Entry { name: "noise_stack", run: noise_stack::run },
    Entry { name: "placements", run: placements::run },
    Entry { name: "qft", run: qft::run },
    Entry { name: "repetition_code", run: repetition_code::run },
    Entry { name: "surface_code", run: surface_code::run },
    Entry { name: "tables", run: tables::run },
    Entry { name: "teleportation", run: teleportation::run },
    Entry { name: "traced", run: traced::run },
    Entry { name: "vqe_ansatz", run: vqe_ansatz::run },
];

/// Runs every program; before the output of each stands a line `== NAME`, and `== end` at the end.
/// Calls `done` with the name of each that ran.
///
/// # Errors
/// The first failure.
pub fn run_all(out: &mut dyn Write, done: &mut dyn FnMut(&'static str)) -> Result<(), Failure> {
    for entry in ALL {
        writeln!(out, "== {}", entry.name)?;
        (entry.run)(out)?;
        done(entry.name);
    }
    writeln!(out, "== end")?;
    Ok(())
}
