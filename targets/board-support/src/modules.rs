//! The regions that the memory map keeps for modules.

#![expect(unsafe_code, reason = "the regions are symbols of the linker script")]

use crate::console::Console;
use pandia_modules::{Failure, Regions};
#[cfg(feature = "resident")]
use pandia_modules::{MemoryFlash, SlotShelf};

// SAFETY: symbols of the board's memory map; only their addresses are used.
unsafe extern "C" {
    safe static pandia_modules_start: u8;
    safe static pandia_modules_end: u8;
    safe static pandia_module_ram_start: u8;
    safe static pandia_module_ram_end: u8;
}

/// What the memory map keeps for modules.
fn regions() -> (Regions, core::ops::Range<usize>) {
    let address = |symbol: *const u8| symbol.expose_provenance();
    let flash = address(&raw const pandia_modules_start)..address(&raw const pandia_modules_end);
    let ram =
        address(&raw const pandia_module_ram_start)..address(&raw const pandia_module_ram_end);
    // SAFETY: the memory map gives these regions to nobody else; what is in them was put there by
    // whoever also puts the firmware there.
    (unsafe { Regions::new(flash.clone(), ram) }, flash)
}

/// Does what the words say with the modules that are there.
pub(crate) fn run<'w>(
    console: &mut Console,
    words: impl Iterator<Item = &'w str>,
) -> Result<(), Failure> {
    pandia_modules::serve(&regions().0, words, console)
}

/// The slots, to be filled over a line. QEMU's boards have their flash for modules in memory.
#[cfg(feature = "resident")]
pub(crate) fn shelf() -> SlotShelf<MemoryFlash> {
    let (regions, flash) = regions();
    // SAFETY: the map gives this memory to nobody else; the shelf writes to a slot only while nothing
    // of it is in use.
    SlotShelf::new(regions, unsafe { MemoryFlash::new(flash) })
}
