//! Quantum-emulation parts that run without `std` and, if need be, without an allocator.
//!
//! A part is a **simulator** (holds the quantum state), an **error model** (rewrites what flows to
//! and from a simulator) or a **runtime** (decides order and time). The same part, from the same
//! source, is linked into a program, loaded from a dylib or resident in a controller board's flash,
//! and gives the same bits in all three places.
//!
//! Where to look: [`op`] for gates and operation records, [`backend`] for the one contract,
//! [`sim`] and [`noise`] for the parts, [`program`], [`runtime`] and [`emulator`] for running a
//! program shot by shot, [`abi`] for the same contracts as C tables, [`image`] for modules in flash,
//! `link` for a stack at the other end of a wire.
//!
//! Conventions, stated once: bit `k` of an amplitude index is qubit `k`; angles are radians; times
//! are nanoseconds from the start of the shot; nothing here fuses a multiply with an add.
#![no_std]

#[cfg(any(test, feature = "alloc"))]
extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod abi;
pub mod backend;
pub mod clock;
pub mod conformance;
pub mod emulator;
pub mod error;
#[cfg(feature = "defmt")]
mod formats;
pub mod ids;
pub mod image;
pub mod kernel;
#[cfg(feature = "link")]
pub mod link;
pub mod noise;
pub mod op;
pub mod part;
pub mod program;
pub mod real;
pub mod rng;
pub mod runtime;
pub mod sim;
pub mod trace;
pub mod units;

pub use error::{Error, ErrorKind, Result};
