//! Slots that a desktop fills over the link, through whatever driver the board has for its flash.
//!
//! An image is received piece by piece, written, read back and checked by the loader that also finds
//! modules at the start. Until the last piece is there its slot holds nothing. What can be told from
//! the header is refused before anything is erased.

mod receiving;
#[cfg(test)]
mod tests;

use crate::load::{Refused, Regions};
use crate::slots::{SLOTS, Slots, State};
use core::fmt::Write;
use embedded_storage::nor_flash::{NorFlash, NorFlashError, NorFlashErrorKind};
use heapless::String;
use pandia_core::abi::module::{ModuleView, PluginView};
use pandia_core::error::ErrorKind;
use pandia_core::link::Shelf;
use pandia_core::link::message::{ModuleLine, RegionLine};
use pandia_core::{Error, Result};
use receiving::{Receiving, chosen, to_error};

/// Bytes by which the pieces of an image are aligned, and the most that a driver may write at a time.
const PIECE_ALIGN: usize = 64;
/// What a slot is called: an id, or why it holds no module.
const NAME_BYTES: usize = 160;

/// The slots of a board, and the driver of the flash that they are in.
#[expect(missing_debug_implementations, reason = "modules have nothing to show")]
pub struct SlotShelf<F> {
    regions: Regions,
    flash: F,
    slots: Slots,
    names: [String<NAME_BYTES>; SLOTS],
    receiving: Option<Receiving>,
}

/// Bytes of one slot.
fn slot_bytes(regions: &Regions) -> usize {
    regions.flash.len() / SLOTS
}

impl<F: NorFlash> SlotShelf<F> {
    /// Finds and loads what is in the slots. `flash` drives the flash of `regions`, from its first
    /// byte on.
    #[must_use]
    pub fn new(regions: Regions, flash: F) -> Self {
        const {
            assert!(PIECE_ALIGN.is_multiple_of(F::WRITE_SIZE), "pieces must be whole writes");
        }
        let slots = Slots::load(&regions);
        let names = core::array::from_fn(|_| String::new());
        let mut shelf = Self { regions, flash, slots, names, receiving: None };
        for slot in 0..SLOTS {
            shelf.name(slot);
        }
        shelf
    }

    fn set(&mut self, slot: usize, state: State) {
        if let Some(place) = self.slots.states.get_mut(slot) {
            *place = state;
        }
        self.name(slot);
    }

    /// Says anew what is in a slot.
    fn name(&mut self, slot: usize) {
        let (Some(name), Some(state)) = (self.names.get_mut(slot), self.slots.states.get(slot))
        else {
            return;
        };
        name.clear();
        // What is too long for the line is cut.
        let _ = match state {
            State::Ready { module, .. } => {
                let mut plugins = module.plugins();
                name.write_str(plugins.next().map_or("a module of no part", |plugin| plugin.id()))
            }
            State::Refused(Refused::Image(refusal)) if refusal.is_absence() => Ok(()),
            State::Refused(Refused::Image(refusal)) => write!(name, "{refusal}"),
            State::Refused(Refused::Module(error)) => write!(name, "{error}"),
            State::Lost { error, .. } => write!(name, "lost: {error}"),
        };
    }

    /// Erases a slot, whose module is gone from here on.
    fn clear(&mut self, slot: usize) -> Result<()> {
        self.receiving = None;
        self.set(slot, State::Refused(Refused::Image(pandia_core::image::Refusal::Empty)));
        let (from, to) = self.span(slot);
        self.flash.erase(from, to).map_err(|error| self.driver(slot, "erased", &error))
    }

    /// First byte of a slot and of the next, in the flash.
    fn span(&self, slot: usize) -> (u32, u32) {
        let bytes = u32::try_from(slot_bytes(&self.regions)).unwrap_or(u32::MAX);
        let from = u32::try_from(slot).unwrap_or(u32::MAX).saturating_mul(bytes);
        (from, from.saturating_add(bytes))
    }

    fn driver(&self, slot: usize, what: &str, error: &F::Error) -> Error {
        let why = match error.kind() {
            NorFlashErrorKind::NotAligned => "not aligned",
            NorFlashErrorKind::OutOfBounds => "out of bounds",
            _ => "its driver failed",
        };
        Error::from(ErrorKind::Unsupported("flash that cannot be written")).with_text(format_args!(
            "slot {slot} cannot be {what}: {why}; what was there may be gone"
        ))
    }

    fn checked(&self, slot: u32) -> Result<usize> {
        usize::try_from(slot).ok().filter(|slot| *slot < SLOTS).ok_or_else(|| {
            Error::from(ErrorKind::Argument("there is no such slot")).with_text(format_args!(
                "there is no slot {slot} for a module; there are 0 to {}",
                SLOTS - 1
            ))
        })
    }

    /// The first piece: decides where the image goes.
    fn begin(&mut self, slot: Option<u32>, total: u32, bytes: &[u8]) -> Result<Receiving> {
        let wanted = slot.map(|slot| self.checked(slot)).transpose()?;
        let slot = chosen(&self.regions, &self.slots, wanted, bytes)?;
        let (needed, available) = (u64::from(total), slot_bytes(&self.regions) as u64);
        if needed > available {
            let what = "bytes of a slot for modules";
            return Err(ErrorKind::Capacity { what, needed, available }.into());
        }
        self.clear(slot)?;
        Ok(Receiving { slot, total, written: 0 })
    }

    /// Writes a piece, and what is missing to a whole write as if it were erased.
    fn write(&mut self, receiving: Receiving, bytes: &[u8]) -> Result<()> {
        let slot = receiving.slot;
        let at = self.span(slot).0 + receiving.written;
        let whole = bytes.len() / PIECE_ALIGN * PIECE_ALIGN;
        let (whole, rest) = bytes.split_at(whole);
        let mut last = [0xff; PIECE_ALIGN];
        last[..rest.len()].copy_from_slice(rest);
        let last = &last[..rest.len().next_multiple_of(F::WRITE_SIZE)];
        let after = at.saturating_add(u32::try_from(whole.len()).unwrap_or(u32::MAX));
        let written = self.flash.write(at, whole).and_then(|()| self.flash.write(after, last));
        written.map_err(|error| self.driver(slot, "written", &error))
    }
}

impl<F: NorFlash> Shelf for SlotShelf<F> {
    fn line(&self, index: u32) -> Option<ModuleLine<'_>> {
        let slot = self.checked(index).ok()?;
        let (image, is_good) = match &self.slots.states[slot] {
            State::Ready { image, .. } => (u64::from(image.header().image_bytes), true),
            State::Lost { image, .. } => (u64::from(image.header().image_bytes), false),
            State::Refused(_) => (0, false),
        };
        let start = self.regions.flash(slot).start as u64;
        Some(ModuleLine { name: &self.names[slot], start, bytes: image, is_good })
    }

    fn region(&self, index: u32) -> Option<RegionLine<'_>> {
        let (name, region, used_bytes) = match index {
            0 => {
                let lines = (0..).map_while(|slot| self.line(slot));
                ("modules", &self.regions.flash, lines.map(|line| line.bytes).sum())
            }
            1 => {
                let states = self.slots.states.iter();
                let used = states.map(|state| match state {
                    State::Ready { image, .. } | State::Lost { image, .. } => image.ram_bytes(),
                    State::Refused(_) => 0,
                });
                ("module RAM", &self.regions.ram, used.sum())
            }
            _ => return None,
        };
        let (start, bytes) = (region.start as u64, region.len() as u64);
        Some(RegionLine { name, start, bytes, used_bytes })
    }

    fn module(&self, index: u32) -> Option<ModuleView<'_>> {
        match self.slots.states.get(usize::try_from(index).ok()?)? {
            State::Ready { module, .. } => Some(*module),
            State::Refused(_) | State::Lost { .. } => None,
        }
    }

    fn part(&self, id: &str) -> Result<Option<PluginView<'_>>> {
        self.slots.in_slot(&|plugin| plugin.id() == id)
    }

    fn load(&mut self, slot: Option<u32>, offset: u32, total: u32, bytes: &[u8]) -> Result<()> {
        let receiving = match self.receiving.take() {
            _ if offset == 0 => self.begin(slot, total, bytes)?,
            Some(receiving) if receiving.expects(offset, total) => receiving,
            _ => {
                let order = "a piece of an image that does not follow the one before; begin anew";
                return Err(ErrorKind::Argument(order).into());
            }
        };
        let receiving = receiving.with(bytes.len())?;
        let before = Receiving { written: offset, ..receiving };
        self.write(before, bytes)?;
        if receiving.written < total {
            self.receiving = Some(receiving);
            return Ok(());
        }
        let slot = receiving.slot;
        let (state, done) = match self.regions.load(slot) {
            Ok((image, module)) => (State::Ready { image, module }, Ok(())),
            Err(refused) => {
                let error = to_error(&refused, slot);
                (State::Refused(refused), Err(error))
            }
        };
        self.set(slot, state);
        done
    }

    fn erase(&mut self, slot: u32) -> Result<()> {
        let slot = self.checked(slot)?;
        self.clear(slot)
    }

    fn lose(&mut self, error: &Error) {
        self.slots.lose(error);
        for slot in 0..SLOTS {
            self.name(slot);
        }
    }
}
