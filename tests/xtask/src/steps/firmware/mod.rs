//! Everything that runs on a board: which boards there are, how an image is built, started, counted.
//!
//! Not here: what an image does, which is in `targets`.

mod boards;
mod counts;
mod fused;
mod hot;
mod image;
mod qemu;
mod sections;
mod size;
mod table;

pub(crate) use boards::{PROGRAMS, TARGETS};
pub(crate) use qemu::run as qemu;
pub(crate) use size::run as size;
