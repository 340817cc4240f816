//! Where modules come from and go to: slots of a region of flash.

use super::message::{ModuleLine, RegionLine};
use crate::abi::module::{ModuleView, PluginView};
use crate::error::{Error, Result};

/// Slots for modules. What it gives is borrowed from it, so nothing is written while a part of a
/// module is in use.
pub trait Shelf {
    /// What is in the `index`-th slot; `None` ends the list.
    fn line(&self, index: u32) -> Option<ModuleLine<'_>>;

    /// The `index`-th region of memory that it takes; `None` ends the list.
    fn region(&self, index: u32) -> Option<RegionLine<'_>> {
        let _ = index;
        None
    }

    /// The module in the `index`-th slot, unless that is empty, refused or lost.
    fn module(&self, index: u32) -> Option<ModuleView<'_>>;

    /// The part of this id, if a slot has it.
    ///
    /// # Errors
    /// If two slots have it, or its module is lost.
    fn part(&self, id: &str) -> Result<Option<PluginView<'_>>>;

    /// As [`super::House::load`].
    ///
    /// # Errors
    /// As there.
    fn load(&mut self, slot: Option<u32>, offset: u32, total: u32, bytes: &[u8]) -> Result<()>;

    /// As [`super::House::erase`].
    ///
    /// # Errors
    /// As there.
    fn erase(&mut self, slot: u32) -> Result<()>;

    /// An instance was lost with `error`, which names the part: its module is called no more until it
    /// is loaded again.
    fn lose(&mut self, error: &Error);
}
