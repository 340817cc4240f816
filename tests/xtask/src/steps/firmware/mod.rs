//! Everything that runs on a board: which boards there are, how an image is built, started, counted.
//!
//! Not here: what an image does, which is in `targets`.

mod boards;
mod controller;
mod counts;
mod fused;
mod goals;
mod hot;
mod image;
mod killed;
mod link;
mod lints;
mod memory;
mod module;
mod modules;
mod nightly;
mod on_desktop;
mod own_gates;
mod qemu;
mod refused;
mod sections;
mod shelf;
mod side_by_side;
mod size;
mod table;
mod taps;

pub(crate) use boards::{PROGRAMS, TARGETS};
pub(crate) use link::run as link;
pub(crate) use lints::run as lints;
pub(crate) use module::{Placing, Wanted, run as module};
pub(crate) use modules::run as modules;
pub(crate) use qemu::run as qemu;
pub(crate) use size::run as size;
