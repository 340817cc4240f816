//! From an address in flash to a checked module.

#![expect(unsafe_code, reason = "flash and RAM that the memory map keeps for modules")]

use crate::slots::SLOTS;
use crate::sync::code_changed;
use core::ops::Range;
use core::ptr::{with_exposed_provenance, with_exposed_provenance_mut};
use pandia_core::abi::module::{self, ModuleView};
use pandia_core::image::{Image, Machine, Refusal, Slot};

/// What the memory map keeps for modules.
#[derive(Clone, Debug)]
pub struct Regions {
    pub(crate) flash: Range<usize>,
    pub(crate) ram: Range<usize>,
}

/// Why a slot holds no module.
#[derive(Debug)]
pub(crate) enum Refused {
    Image(Refusal),
    Module(pandia_core::Error),
}

impl Regions {
    /// The regions of a board.
    ///
    /// # Safety
    /// `flash` is readable and holds nothing of the firmware; `ram` is readable, writable and, for
    /// images that may lie anywhere, executable, and nobody but modules ever uses it. An image there
    /// is as much trusted as the firmware: its code is called.
    #[must_use]
    pub const unsafe fn new(flash: Range<usize>, ram: Range<usize>) -> Self {
        Self { flash, ram }
    }

    /// Where slot `index` lies.
    pub(crate) fn flash(&self, index: usize) -> Range<usize> {
        piece(&self.flash, index)
    }

    /// Checks the image in a slot, prepares its RAM and checks its module. A module that is in use
    /// must not be loaded again.
    pub(crate) fn load(
        &self,
        index: usize,
    ) -> Result<(Image<'static>, ModuleView<'static>), Refused> {
        let (flash, ram) = (self.flash(index), piece(&self.ram, index));
        // SAFETY: `new` says that flash is readable; nothing writes to it while the firmware runs.
        let bytes = unsafe {
            core::slice::from_raw_parts(with_exposed_provenance::<u8>(flash.start), flash.len())
        };
        let image = Image::check(bytes).map_err(Refused::Image)?;
        let slot = Slot {
            machine: machine(),
            at: flash.start as u64,
            ram: ram.start as u64..ram.end as u64,
        };
        // SAFETY: `new` says that this RAM is kept for modules, and the module of this slot is not
        // running yet.
        let memory = unsafe {
            core::slice::from_raw_parts_mut(with_exposed_provenance_mut::<u8>(ram.start), ram.len())
        };
        let loaded = image.load(&slot, memory).map_err(Refused::Image)?;
        code_changed(&loaded.code);
        let at = usize::try_from(loaded.module).unwrap_or(0);
        // SAFETY: the image says that its module is there, and its sum that it is as it was made;
        // flash and RAM stay as they are for as long as the firmware runs.
        let module = unsafe { module::check(with_exposed_provenance(at)) };
        Ok((image, module.map_err(Refused::Module)?))
    }
}

/// What this firmware is compiled for, and so can call.
pub(crate) fn machine() -> Machine {
    // The name was made by the build script; one that is too long fits no image.
    let nameless = Machine::from_bytes([0; pandia_core::image::MACHINE_BYTES]);
    Machine::new(env!("PANDIA_MACHINE")).unwrap_or(nameless)
}

/// One of the equal pieces of a region.
fn piece(region: &Range<usize>, index: usize) -> Range<usize> {
    let bytes = region.len() / SLOTS;
    let start = region.start + index * bytes;
    start..start + bytes
}
