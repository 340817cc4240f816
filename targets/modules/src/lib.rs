//! Modules in a region of flash that the firmware keeps free: found, checked, loaded and called
//! through the one loader, and replaced without building the firmware anew.
//!
//! The region is cut into [`SLOTS`] equal slots, and so is the RAM that is kept for modules. Slot k
//! holds one image and nothing, and its module has RAM k to itself. A module that panicked is lost
//! until the next start; the other slots and the parts that are linked in go on.
//! Not here: anything that knows a board. The regions come from its memory map.
#![no_std]

mod built_in;
mod failure;
#[cfg(feature = "shelf")]
mod flash;
mod load;
mod request;
mod serve;
mod session;
#[cfg(feature = "shelf")]
mod shelf;
mod slots;
mod sync;

pub use failure::Failure;
#[cfg(feature = "shelf")]
pub use flash::{MemoryFlash, MemoryFlashError};
pub use load::Regions;
pub use serve::serve;
#[cfg(feature = "shelf")]
pub use shelf::SlotShelf;
pub use slots::SLOTS;
