//! Module images for a board's flash: the header, what is checked before anything of an image is
//! called, and how it comes into memory.
//!
//! An image is a module (`docs/abi.md`) behind a header of 128 bytes. It is either linked to the one
//! address where it may lie (*fixed*: runs where it lies, only its variables go to RAM) or may lie
//! anywhere (*anywhere*: copied to RAM and moved there by a table). `docs/modules.md` has the format.
//!
//! The checks find an image that is missing, damaged, cut, old or meant for elsewhere. They do not
//! make a hostile one harmless: its code runs with the rights of whoever calls it.
//! Not here: reading flash, calling the module ([`crate::abi::module`]), making images (host).

mod check;
mod crc;
mod header;
mod load;
mod machine;
mod moves;
mod refusal;
#[cfg(test)]
mod tests;

pub use check::{Image, Slot};
pub use crc::{crc, seal};
pub use header::{FORMAT, Form, HEADER_BYTES, Header, MAGIC};
pub use load::Loaded;
pub use machine::{MACHINE_BYTES, Machine};
pub use moves::{Move, MoveKind};
pub use refusal::Refusal;
