//! What a server offers beside the stack that it serves: its parts, memory and modules.

use super::message::{ModuleLine, PartLine, RegionLine};
use crate::error::{Error, ErrorKind, Result};

/// The place in which a stack is served.
pub trait House {
    /// Its name: `cortex-m4`.
    fn name(&self) -> &str;

    /// The version of the firmware.
    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    /// Whether stacks are built out of its parts ([`super::Event::Build`]).
    fn can_build(&self) -> bool {
        false
    }

    /// The `index`-th resident part; `None` ends the list.
    fn part(&self, index: u32) -> Option<PartLine<'_>> {
        let _ = index;
        None
    }

    /// The `index`-th region of memory; `None` ends the list.
    fn region(&self, index: u32) -> Option<RegionLine<'_>> {
        let _ = index;
        None
    }

    /// The `index`-th module; `None` ends the list.
    fn module(&self, index: u32) -> Option<ModuleLine<'_>> {
        let _ = index;
        None
    }

    /// Puts taps into the stack that is built next, as [`super::message::Request::Taps`] says: the
    /// bytes of the ring that they record to.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] without such a ring.
    fn taps(&mut self, top: u8) -> Result<u32> {
        let _ = top;
        let none = "this board keeps no records of what passes in its stack; trace without a board";
        Err(ErrorKind::Unsupported(none).into())
    }

    /// Moves words of records to `out`: how many bytes, and how many are still to be fetched.
    fn records(&mut self, out: &mut [u8]) -> (usize, usize) {
        let _ = out;
        (0, 0)
    }

    /// Takes in a piece of a module image of `total` bytes, which belongs at `offset`. The pieces come
    /// in order; with the last one the image is checked. Without `slot` it goes where it is already,
    /// or was linked to, or else to the first slot that is empty. Only while no stack is built.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] without a region for modules, [`ErrorKind::Capacity`] if the image
    /// is longer than it, and what the check says.
    fn load(&mut self, slot: Option<u32>, offset: u32, total: u32, bytes: &[u8]) -> Result<()> {
        let _ = (slot, offset, total, bytes);
        Err(no_slots())
    }

    /// Empties a slot for modules. Only while no stack is built.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] without a region for modules, [`ErrorKind::Argument`] if there is no
    /// such slot, and what the flash says.
    fn erase(&mut self, slot: u32) -> Result<()> {
        let _ = slot;
        Err(no_slots())
    }
}

#[cold]
fn no_slots() -> Error {
    let none = "this board has no region that a module can be written to; its parts are fixed";
    ErrorKind::Unsupported(none).into()
}

/// Nothing beside the stack.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHouse;

impl House for NoHouse {
    fn name(&self) -> &str {
        "backend"
    }
}
