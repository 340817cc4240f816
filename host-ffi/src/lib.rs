//! Parts of Pandia across the border of C: what libraries of plugins need of std.
//!
//! The tables themselves are [`pandia_core::abi`]. Each folder in `plugins/` is one library, a few
//! lines that choose parts and export them.

mod guard;
pub mod threaded;

pub use guard::CatchUnwind;
