//! Parts of Pandia across the border of C: what plugins need beyond their part.
//!
//! The tables themselves are [`pandia_core::abi`]. Each folder in `plugins/` is one plugin, a few
//! lines that choose parts and export them. The same lines are a dynamic library, where panics
//! unwind, and a module image for a board's flash, where nothing does: [`CatchUnwind`] is the guard
//! of both.
#![cfg_attr(target_os = "none", no_std)]

#[cfg(target_os = "none")]
mod bare;
#[cfg(not(target_os = "none"))]
pub mod threaded;

#[cfg(target_os = "none")]
pub use bare::CatchUnwind;
#[cfg(not(target_os = "none"))]
pub use pandia_threads::CatchUnwind;
