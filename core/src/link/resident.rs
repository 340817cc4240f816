//! The loop of a board: builds stacks out of resident parts, in memory of fixed size, and serves them.
//!
//! Parts are found in checked modules ([`crate::abi::module`]), so that those that are linked in and
//! those that lie in a flash region are the same thing. A stack lives in the frames of this loop and
//! in the arena, and is gone before the next one is built.
//! Not here: drivers, and where modules come from.

use super::below::{self, BELOW_ID, Below};
use super::house::House;
use super::message::{
    Build, ModuleLine, PartChoice, PartLine, RegionLine, Request, SettingLine, read, read_all,
};
use super::server::{Event, Server};
use super::shared::Shared;
use crate::abi::module::{ModuleView, PluginView};
use crate::abi::{Instance, NoGuard, Pair};
use crate::backend::Backend;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::StreamId;
use crate::part::{Config, PartKind, Setting};
use core::cell::RefCell;
use core::fmt;
use core::mem::MaybeUninit;
use embedded_io::{Read, Write};
use heapless::Vec;

/// Most parts of a stack: each is one level of calls.
const PARTS_MAX: usize = 8;
/// Most settings of a part.
const SETTINGS_MAX: usize = 32;
/// Requests under way at a time to what lies below on the other side.
const BELOW_WINDOW: usize = 8;
/// Most modules.
const MODULES_MAX: usize = 4;

/// Where modules come from and go to: a region of flash.
pub trait Shelf {
    /// The `index`-th place for a module; `None` ends the list.
    fn module(&self, index: u32) -> Option<ModuleLine<'_>>;

    /// As [`House::load`].
    ///
    /// # Errors
    /// As there.
    fn load(&mut self, offset: u32, total: u32, bytes: &[u8]) -> Result<()>;
}

/// What a board offers.
pub struct Resident<'m> {
    name: &'m str,
    modules: Vec<ModuleView<'m>, MODULES_MAX>,
    regions: &'m [RegionLine<'m>],
    shelf: Option<&'m mut dyn Shelf>,
    arena_bytes: usize,
    arena_start: usize,
    arena_used: usize,
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
        Self { name, modules, regions, shelf: None, arena_bytes: 0, arena_start: 0, arena_used: 0 }
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

    fn plugins(&self) -> impl Iterator<Item = PluginView<'m>> {
        self.modules.iter().flat_map(ModuleView::plugins).filter(is_backend)
    }
}

/// Whether a plugin can be part of a stack.
fn is_backend(plugin: &PluginView<'_>) -> bool {
    !matches!(plugin.kind(), None | Some(PartKind::Runtime))
}

impl House for Resident<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn can_build(&self) -> bool {
        true
    }

    fn part(&self, index: u32) -> Option<PartLine<'_>> {
        let plugin = self.plugins().nth(index as usize)?;
        let kind = plugin.kind().map_or("", PartKind::name);
        let (id, version, summary) = (plugin.id(), plugin.version(), plugin.summary());
        Some(PartLine { id, kind, version, summary })
    }

    fn region(&self, index: u32) -> Option<RegionLine<'_>> {
        let arena = RegionLine {
            name: "arena",
            start: self.arena_start as u64,
            bytes: self.arena_bytes as u64,
            used_bytes: self.arena_used as u64,
        };
        match index.checked_sub(1) {
            None => Some(arena),
            Some(index) => self.regions.get(index as usize).copied(),
        }
    }

    fn module(&self, index: u32) -> Option<ModuleLine<'_>> {
        self.shelf.as_ref().and_then(|shelf| shelf.module(index))
    }

    fn load(&mut self, offset: u32, total: u32, bytes: &[u8]) -> Result<()> {
        if self.arena_used > 0 {
            let built = "a stack is built, which a module may be part of; load in a new session";
            return Err(ErrorKind::State(built).into());
        }
        match &mut self.shelf {
            Some(shelf) => shelf.load(offset, total, bytes),
            None => super::NoHouse.load(offset, total, bytes),
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
    resident.arena_bytes = arena.len();
    resident.arena_start = arena.as_ptr().addr();
    let mut event = Some(Event::Opened);
    while let Some(happened) = event {
        resident.arena_used = 0;
        event = match happened {
            Event::Build => build_and_serve(server, Shared(io), resident, arena)?,
            Event::None | Event::Opened => pump(server, Shared(io), None, resident)?,
        };
    }
    Ok(())
}

/// Takes bytes until something concerns the loop around it; `None` at the end of the line.
fn pump<IO, const FRAME: usize, const WORDS: usize, const RESULTS: usize>(
    server: &mut Server<FRAME, WORDS, RESULTS>,
    mut io: Shared<'_, IO>,
    mut stack: Option<&mut dyn Backend>,
    resident: &mut Resident<'_>,
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
        match server.take(byte[0], &mut io, stack, resident)? {
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
    let mut served = None;
    let plugins: Vec<ModuleView<'_>, MODULES_MAX> = resident.modules.clone();
    let built = choice.and_then(|choice| {
        let parts = parts_of(&choice)?;
        let all = || plugins.iter().flat_map(ModuleView::plugins).filter(is_backend);
        let place = Place { plugins: &all, qubit_count: choice.qubit_count, used: 0 };
        let is_below = parts.first().is_some_and(|part| part.id == BELOW_ID);
        let below = is_below.then(|| (io, server.next_below()));
        let serve: Serve<'_> = &mut |stack, used| {
            resident.arena_used = used;
            let told = server.built(Ok(&*stack), &mut io);
            served = Some(told.and_then(|()| pump(server, io, Some(stack), resident)));
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
    resident.arena_used = 0;
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

/// Where parts come from and how large they are to be.
struct Place<'p, F> {
    plugins: &'p F,
    qubit_count: u32,
    /// Bytes of the arena that are taken.
    used: usize,
}

/// What is done with a stack, and how much of the arena it took.
type Serve<'s> = &'s mut dyn FnMut(&mut dyn Backend, usize);

impl<'m, F, I> Place<'_, F>
where
    F: Fn() -> I,
    I: Iterator<Item = PluginView<'m>>,
{
    /// Builds `parts` over what is on the other side, which `below` makes, then hands the stack over.
    /// In a frame of its own: it is large, and few stacks have one.
    #[inline(never)]
    fn build_over<IO: Read + Write, const FRAME: usize, const WINDOW: usize>(
        &self,
        below: impl FnOnce() -> Below<IO, FRAME, WINDOW>,
        parts: &[PartChoice<'_>],
        arena: &mut [MaybeUninit<u8>],
        serve: Serve<'_>,
    ) -> Result<()> {
        let mut below = below();
        below.begin_session()?;
        if parts.is_empty() {
            serve(&mut below, 0);
            return Ok(());
        }
        let mut instance = Instance::<_, NoGuard>::new(&mut below);
        self.build(parts, Some(instance.pair()), arena, serve)
    }

    /// Builds the first of `parts` over `child` and the others over it, then hands the stack over.
    fn build(
        &self,
        parts: &[PartChoice<'_>],
        child: Option<Pair<'_>>,
        arena: &mut [MaybeUninit<u8>],
        serve: Serve<'_>,
    ) -> Result<()> {
        let Some((part, above)) = parts.split_first() else { return Err(unreadable()) };
        let plugin = self.find(part, child.is_some())?;
        let mut settings = Vec::<Setting<'_>, SETTINGS_MAX>::new();
        for line in read_all::<SettingLine<'_>>(part.settings) {
            let SettingLine { key, value } = line.ok_or_else(unreadable)?;
            let (what, available) = ("settings of a part on the board", SETTINGS_MAX as u64);
            let full = ErrorKind::Capacity { what, needed: available + 1, available };
            settings.push(Setting { key, value: value.into() }).map_err(|_| full)?;
        }
        let config = Config::new(self.qubit_count, StreamId(part.stream)).with(&settings);
        let layout = plugin.layout(&config).map_err(|e| e.in_layer(part.id))?;
        let start = arena.as_ptr().align_offset(layout.align());
        let needed = start.saturating_add(layout.size());
        if needed > arena.len() {
            return Err(self.too_large(needed, arena.len(), part.id));
        }
        let (own, rest) = arena.split_at_mut(needed);
        let used = self.used + needed;
        let mut backend = plugin.backend_in(own, &config, child)?;
        if above.is_empty() {
            serve(&mut backend, used);
            return Ok(());
        }
        let mut instance = Instance::<_, NoGuard>::new(backend);
        let place = Place { plugins: self.plugins, qubit_count: self.qubit_count, used };
        place.build(above, Some(instance.pair()), rest, serve)
    }

    fn find(&self, part: &PartChoice<'_>, has_child: bool) -> Result<PluginView<'m>> {
        let Some(plugin) = (self.plugins)().find(|plugin| plugin.id() == part.id) else {
            let error = Error::from(ErrorKind::Config("no such part on the board"));
            return Err(error.with_text(format_args!(
                "the board has no part {}; `pandia board parts` lists those it has",
                part.id
            )));
        };
        if (plugin.kind() == Some(PartKind::Simulator)) == has_child {
            let error = Error::from(ErrorKind::Config("a part at a place for another kind"));
            let place = if has_child { "above a simulator" } else { "at the bottom" };
            return Err(error.with_text(format_args!("{} cannot stand {place}", part.id)));
        }
        Ok(plugin)
    }

    #[cold]
    fn too_large(&self, needed: usize, available: usize, part: &str) -> Error {
        let (used, what) = (self.used, "bytes of the board's arena");
        let (needed, available) = ((used + needed) as u64, (used + available) as u64);
        let error = Error::from(ErrorKind::Capacity { what, needed, available }).in_layer(part);
        let qubits = self.qubit_count;
        error.with_text(format_args!(
            "{part} with {qubits} qubits does not fit the board: {needed} bytes of its arena needed, \
             {available} available"
        ))
    }
}
