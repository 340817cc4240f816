//! What a board offers, as far as it can be seen while a stack of it is in use.

use super::super::house::{House, NoHouse};
use super::super::message::{ModuleLine, PartLine, RegionLine};
use super::super::shelf::Shelf;
use crate::abi::module::{ModuleView, PluginView};
use crate::error::{Error, ErrorKind, Result};
use crate::part::PartKind;
use crate::trace::Keeper;
use core::cell::Cell;

/// Memory for stacks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Arena {
    pub(super) bytes: usize,
    pub(super) start: usize,
    pub(super) used: usize,
}

/// Everything that a board has, to be looked at and used, not to be changed.
#[derive(Clone, Copy)]
pub(super) struct Offer<'r> {
    pub(super) name: &'r str,
    pub(super) linked: &'r [ModuleView<'r>],
    pub(super) shelf: Option<&'r dyn Shelf>,
    pub(super) regions: &'r [RegionLine<'r>],
    pub(super) keeper: Option<&'r dyn Keeper>,
    /// The joint above the top of the stack that is built next, if it gets taps.
    pub(super) top: &'r Cell<Option<u8>>,
    pub(super) arena: Arena,
}

/// Whether a plugin can be part of a stack.
fn is_backend(plugin: &PluginView<'_>) -> bool {
    !matches!(plugin.kind(), None | Some(PartKind::Runtime))
}

impl<'r> Offer<'r> {
    /// The parts: those in slots come first, since they stand for those of the same id that are linked
    /// in.
    fn plugins(self) -> impl Iterator<Item = PluginView<'r>> {
        let slots = self.shelf.into_iter().flat_map(|shelf| {
            let slots = (0..).take_while(move |slot| shelf.line(*slot).is_some());
            slots.filter_map(move |slot| shelf.module(slot))
        });
        let linked = self.linked.iter().copied();
        slots.chain(linked).flat_map(|module| module.plugins()).filter(is_backend)
    }

    /// The part of this id.
    ///
    /// # Errors
    /// If there is none, or it cannot be told or used.
    pub(super) fn find(self, id: &str) -> Result<PluginView<'r>> {
        let in_slot = self.shelf.map_or(Ok(None), |shelf| shelf.part(id))?.filter(is_backend);
        let found = in_slot.or_else(|| self.plugins().find(|plugin| plugin.id() == id));
        found.ok_or_else(|| {
            let error = Error::from(ErrorKind::Config("no such part on the board"));
            error.with_text(format_args!(
                "the board has no part {id}; `pandia board parts` lists those it has"
            ))
        })
    }

    pub(super) fn part(self, index: u32) -> Option<PartLine<'r>> {
        let plugin = self.plugins().nth(index as usize)?;
        let kind = plugin.kind().map_or("", PartKind::name);
        let (id, version, summary) = (plugin.id(), plugin.version(), plugin.summary());
        Some(PartLine { id, kind, version, summary })
    }

    pub(super) fn region(self, index: u32) -> Option<RegionLine<'r>> {
        let Arena { bytes, start, used } = self.arena;
        let Some(index) = index.checked_sub(1) else {
            let (start, bytes, used_bytes) = (start as u64, bytes as u64, used as u64);
            return Some(RegionLine { name: "arena", start, bytes, used_bytes });
        };
        let after_records = self.keeper.map_or(Some(index), |_| index.checked_sub(1));
        let Some(index) = after_records else {
            let (bytes, used) = self.keeper.map_or((0, 0), Keeper::bytes);
            let (bytes, used_bytes) = (bytes as u64, used as u64);
            return Some(RegionLine { name: "records", start: 0, bytes, used_bytes });
        };
        let told = u32::try_from(self.regions.len()).unwrap_or(u32::MAX);
        match index.checked_sub(told) {
            None => self.regions.get(index as usize).copied(),
            Some(index) => self.shelf.and_then(|shelf| shelf.region(index)),
        }
    }

    pub(super) fn module(self, index: u32) -> Option<ModuleLine<'r>> {
        self.shelf.and_then(|shelf| shelf.line(index))
    }
}

/// What taps record.
impl Offer<'_> {
    pub(super) fn taps(self, top: u8) -> Result<u32> {
        let Some(keeper) = self.keeper else { return NoHouse.taps(top) };
        keeper.forget();
        self.top.set(Some(top));
        Ok(u32::try_from(keeper.bytes().0).unwrap_or(u32::MAX))
    }

    pub(super) fn records(self, out: &mut [u8]) -> (usize, usize) {
        self.keeper.map_or((0, 0), |keeper| keeper.fetch(out))
    }
}

/// While a stack is in use.
impl House for Offer<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn can_build(&self) -> bool {
        true
    }

    fn part(&self, index: u32) -> Option<PartLine<'_>> {
        (*self).part(index)
    }

    fn region(&self, index: u32) -> Option<RegionLine<'_>> {
        (*self).region(index)
    }

    fn module(&self, index: u32) -> Option<ModuleLine<'_>> {
        (*self).module(index)
    }

    fn taps(&mut self, top: u8) -> Result<u32> {
        (*self).taps(top)
    }

    fn records(&mut self, out: &mut [u8]) -> (usize, usize) {
        (*self).records(out)
    }

    fn load(&mut self, _: Option<u32>, _: u32, _: u32, _: &[u8]) -> Result<()> {
        Err(in_use())
    }

    fn erase(&mut self, _: u32) -> Result<()> {
        Err(in_use())
    }
}

#[cold]
fn in_use() -> Error {
    let built = "a stack is built, which a module may be part of; load in a new session";
    ErrorKind::State(built).into()
}
