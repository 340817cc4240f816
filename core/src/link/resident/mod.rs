//! The loop of a board: builds stacks out of resident parts, in memory of fixed size, and serves them.
//!
//! Parts are found in checked modules ([`crate::abi::module`]), so that those that are linked in and
//! those that lie in a flash region are the same thing. A stack lives in the frames of this loop and
//! in the arena, and is gone before the next one is built.
//! Not here: drivers, and where modules come from.

mod offer;
mod place;
mod watched;

use super::below::{self, BELOW_ID};
use super::house::House;
use super::message::{
    Build, ModuleLine, PartChoice, PartLine, RegionLine, Request, read, read_all,
};
use super::server::{Event, Server};
use super::shared::Shared;
use super::shelf::Shelf;
use crate::abi::module::ModuleView;
use crate::backend::Backend;
use crate::error::{Class, Error, ErrorKind, Result};
use crate::trace::Keeper;
use core::cell::{Cell, RefCell};
use core::fmt;
use core::mem::MaybeUninit;
use embedded_io::{Read, Write};
use heapless::Vec;
use offer::{Arena, Offer};
use place::{Place, Serve};
use watched::Watched;

/// Most parts of a stack: each is one level of calls.
const PARTS_MAX: usize = 8;
/// Requests under way at a time to what lies below on the other side.
const BELOW_WINDOW: usize = 8;
/// Most modules.
const MODULES_MAX: usize = 4;

/// What a board offers.
pub struct Resident<'m> {
    name: &'m str,
    modules: Vec<ModuleView<'m>, MODULES_MAX>,
    regions: &'m [RegionLine<'m>],
    shelf: Option<&'m mut dyn Shelf>,
    keeper: Option<&'m dyn Keeper>,
    /// The joint above the top of the stack that is built next, if it gets taps.
    top: Cell<Option<u8>>,
    arena: Arena,
}

impl fmt::Debug for Resident<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resident").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<'m> Resident<'m> {
    /// A board of this name with the parts of this module. `regions` is what it says of its memory,
    /// the arena left out.
    #[must_use]
    pub fn new(name: &'m str, module: ModuleView<'m>, regions: &'m [RegionLine<'m>]) -> Self {
        let mut modules = Vec::new();
        // There is room for the first one.
        let _ = modules.push(module);
        let (shelf, keeper, top) = (None, None, Cell::new(None));
        Self { name, modules, regions, shelf, keeper, top, arena: Arena::default() }
    }

    /// The same with one more module, whose parts come after those that are there.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if there are too many.
    pub fn with_module(mut self, module: ModuleView<'m>) -> Result<Self> {
        let (what, available) = ("modules of a board", MODULES_MAX as u64);
        let full = ErrorKind::Capacity { what, needed: available + 1, available };
        self.modules.push(module).map_err(|_| full)?;
        Ok(self)
    }

    /// The same with a place to which modules can be loaded.
    #[must_use]
    pub fn with_shelf(mut self, shelf: &'m mut dyn Shelf) -> Self {
        self.shelf = Some(shelf);
        self
    }

    /// The same with a ring for the records of taps.
    #[must_use]
    pub fn with_keeper(mut self, keeper: &'m dyn Keeper) -> Self {
        self.keeper = Some(keeper);
        self
    }

    /// What it offers, while `arena_used` bytes of its arena are in use.
    fn offer(&self, arena_used: usize) -> Offer<'_> {
        Offer {
            name: self.name,
            linked: &self.modules,
            shelf: self.shelf.as_deref().map(|shelf| shelf as &dyn Shelf),
            regions: self.regions,
            keeper: self.keeper,
            top: &self.top,
            arena: Arena { used: arena_used, ..self.arena },
        }
    }

    /// Takes note of an error that costs a module of the shelf.
    fn lose(&mut self, error: &Error) {
        if let Some(shelf) = &mut self.shelf {
            shelf.lose(error);
        }
    }
}

/// While no stack is in use.
impl House for Resident<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn can_build(&self) -> bool {
        true
    }

    fn part(&self, index: u32) -> Option<PartLine<'_>> {
        self.offer(0).part(index)
    }

    fn region(&self, index: u32) -> Option<RegionLine<'_>> {
        self.offer(0).region(index)
    }

    fn module(&self, index: u32) -> Option<ModuleLine<'_>> {
        self.offer(0).module(index)
    }

    fn taps(&mut self, top: u8) -> Result<u32> {
        self.offer(0).taps(top)
    }

    fn records(&mut self, out: &mut [u8]) -> (usize, usize) {
        self.offer(0).records(out)
    }

    fn load(&mut self, slot: Option<u32>, offset: u32, total: u32, bytes: &[u8]) -> Result<()> {
        match &mut self.shelf {
            Some(shelf) => shelf.load(slot, offset, total, bytes),
            None => super::NoHouse.load(slot, offset, total, bytes),
        }
    }

    fn erase(&mut self, slot: u32) -> Result<()> {
        match &mut self.shelf {
            Some(shelf) => shelf.erase(slot),
            None => super::NoHouse.erase(slot),
        }
    }
}

/// Serves for as long as the line lasts. Stacks are built in `arena`.
///
/// # Errors
/// Those of the line.
pub fn serve<IO, const FRAME: usize, const WORDS: usize, const RESULTS: usize>(
    server: &mut Server<FRAME, WORDS, RESULTS>,
    io: &mut IO,
    resident: &mut Resident<'_>,
    arena: &mut [MaybeUninit<u8>],
) -> core::result::Result<(), IO::Error>
where
    IO: Read + Write,
{
    let io = &RefCell::new(io);
    resident.arena = Arena { bytes: arena.len(), start: arena.as_ptr().addr(), used: 0 };
    let mut event = Some(Event::Opened);
    while let Some(happened) = event {
        event = match happened {
            Event::Build => build_and_serve(server, Shared(io), resident, arena)?,
            Event::None | Event::Opened => {
                resident.top.set(None);
                pump(server, Shared(io), None, resident)?
            }
        };
    }
    Ok(())
}

/// Takes bytes until something concerns the loop around it; `None` at the end of the line.
fn pump<IO, const FRAME: usize, const WORDS: usize, const RESULTS: usize>(
    server: &mut Server<FRAME, WORDS, RESULTS>,
    mut io: Shared<'_, IO>,
    mut stack: Option<&mut dyn Backend>,
    house: &mut dyn House,
) -> core::result::Result<Option<Event>, IO::Error>
where
    IO: Read + Write,
{
    loop {
        let mut byte = [0];
        if io.read(&mut byte)? == 0 {
            return Ok(None);
        }
        let stack = stack.as_deref_mut().map(|stack| stack as &mut dyn Backend);
        match server.take(byte[0], &mut io, stack, house)? {
            Event::None => {}
            event => return Ok(Some(event)),
        }
    }
}

fn build_and_serve<IO, const FRAME: usize, const WORDS: usize, const RESULTS: usize>(
    server: &mut Server<FRAME, WORDS, RESULTS>,
    mut io: Shared<'_, IO>,
    resident: &mut Resident<'_>,
    arena: &mut [MaybeUninit<u8>],
) -> core::result::Result<Option<Event>, IO::Error>
where
    IO: Read + Write,
{
    // The description must outlive the frame that it came in.
    let mut copy = [0; FRAME];
    let choice = copy_choice(server, &mut copy);
    let (mut served, mut lost) = (None, None);
    let offer = &*resident;
    let built = choice.and_then(|choice| {
        let parts = parts_of(&choice)?;
        let taps = offer.keeper.zip(offer.top.take());
        let qubit_count = choice.qubit_count;
        let place = Place { offer: offer.offer(0), qubit_count, taps, used: 0 };
        let is_below = parts.first().is_some_and(|part| part.id == BELOW_ID);
        let below = is_below.then(|| (io, server.next_below()));
        let serve: Serve<'_> = &mut |stack, used| {
            let told = server.built(Ok(&*stack), &mut io);
            let mut stack = Watched::new(stack);
            let mut house = offer.offer(used);
            served = Some(told.and_then(|()| pump(server, io, Some(&mut stack), &mut house)));
            lost = stack.into_lost();
        };
        match below {
            Some((line, (session, first))) => {
                let above = parts.get(1..).unwrap_or(&[]);
                let below = below::unopened::<_, FRAME, BELOW_WINDOW>;
                place.build_over(|| below(line, session, first), above, arena, serve)
            }
            None => place.build(&parts, None, arena, serve),
        }
    });
    // A part may break down as soon as it is built.
    let broken = built.as_ref().err().filter(|error| error.class() == Class::InstanceLost);
    if let Some(error) = lost.as_ref().or(broken) {
        resident.lose(error);
    }
    match (built, served) {
        (_, Some(served)) => served,
        (Err(error), None) => {
            server.built(Err(error), &mut io)?;
            pump(server, io, None, resident)
        }
        (Ok(()), None) => {
            let broken = ErrorKind::Broken("a stack that was built was not served");
            server.built(Err(broken.into()), &mut io)?;
            pump(server, io, None, resident)
        }
    }
}

fn copy_choice<'c, const FRAME: usize, const WORDS: usize, const RESULTS: usize>(
    server: &Server<FRAME, WORDS, RESULTS>,
    copy: &'c mut [u8; FRAME],
) -> Result<Build<'c>> {
    let frame = server.payload();
    let copy = copy.get_mut(..frame.len()).unwrap_or(&mut []);
    copy.copy_from_slice(frame);
    match read(copy) {
        Some(Request::Build(build)) => Ok(build),
        _ => Err(unreadable()),
    }
}

#[cold]
fn unreadable() -> Error {
    ErrorKind::Interface("the description of a stack cannot be read").into()
}

fn parts_of<'c>(choice: &Build<'c>) -> Result<Vec<PartChoice<'c>, PARTS_MAX>> {
    let mut parts = Vec::new();
    for part in read_all::<PartChoice<'_>>(choice.parts) {
        let (what, available) = ("parts of a stack on the board", PARTS_MAX as u64);
        let full = ErrorKind::Capacity { what, needed: available + 1, available };
        parts.push(part.ok_or_else(unreadable)?).map_err(|_| full)?;
    }
    if parts.is_empty() {
        return Err(ErrorKind::Argument("a stack of no part; name a simulator").into());
    }
    Ok(parts)
}
