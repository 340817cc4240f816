//! A tap that asks the host for all of its services, and a host that has some of them.

use super::changed::{Change, Changed, HOST};
use pandia_core::abi::raw;
use pandia_core::backend::{Backend, Layer};
use pandia_core::error::Result;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Outcomes};
use pandia_core::part::{
    Config, HostMemory, LayerPart, Level, PartKind, PartSpec, Services, Storage,
};
use std::alloc::Layout;
use std::cell::Cell;
use std::ffi::c_void;

/// What the host's clock says.
const NOW_NS: u64 = 77;
const LINE: &str = "a line";

/// What the host was asked for.
#[derive(Debug, Default)]
struct Asked {
    lines: Cell<u32>,
    claimed: Cell<u32>,
    freed: Cell<u32>,
    memory: [Cell<u64>; 8],
}

/// A host with some services.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) table: Changed,
    asked: Box<Asked>,
}

impl Host {
    pub(super) fn new(change: Change) -> Self {
        let asked = Box::<Asked>::default();
        let whole = raw::Host {
            size: size_of::<raw::Host>() as u32,
            minor: u32::from(raw::MINOR),
            me: (&raw const *asked).cast_mut().cast(),
            now_ns: Some(now_ns),
            log: Some(log),
            alloc: Some(alloc),
            free: Some(free),
        };
        // SAFETY: a whole one.
        Self { table: unsafe { Changed::new(&HOST, &whole, change) }, asked }
    }

    /// Whether memory can be had: only what can be given back is taken.
    fn has_memory(&self) -> bool {
        self.table.has("alloc") && self.table.has("free")
    }

    /// What a tap has asked for that was built, lived for so many shots, and is gone.
    pub(super) fn check(&self, shots: u32) {
        let lines = if self.table.has("log") { shots } else { 0 };
        let blocks = u32::from(self.has_memory());
        let asked = (self.asked.lines.get(), self.asked.claimed.get(), self.asked.freed.get());
        assert_eq!(asked, (lines, blocks, blocks));
    }
}

/// # Safety
/// `me` is the host's own word.
unsafe fn asked<'a>(me: *mut c_void) -> &'a Asked {
    // SAFETY: the caller's promise.
    unsafe { &*me.cast::<Asked>() }
}

fn count(cell: &Cell<u32>) {
    cell.set(cell.get() + 1);
}

unsafe extern "C" fn now_ns(_: *mut c_void, out: *mut u64) -> raw::Status {
    // SAFETY: the caller's place.
    unsafe { out.write(NOW_NS) };
    raw::OK
}

unsafe extern "C" fn log(me: *mut c_void, level: u32, at: *const u8, len: u32) -> raw::Status {
    // SAFETY: a text of the caller.
    let text = unsafe { core::slice::from_raw_parts(at, len as usize) };
    assert_eq!((level, text), (3, LINE.as_bytes()));
    // SAFETY: the host's own word.
    count(unsafe { &asked(me).lines });
    raw::OK
}

unsafe extern "C" fn alloc(
    me: *mut c_void,
    bytes: u64,
    align: u32,
    out: *mut *mut c_void,
) -> raw::Status {
    // SAFETY: the host's own word.
    let asked = unsafe { asked(me) };
    assert!(bytes as usize <= size_of_val(&asked.memory) && align <= 8);
    count(&asked.claimed);
    // SAFETY: the caller's place.
    unsafe { out.write(asked.memory.as_ptr().cast_mut().cast()) };
    raw::OK
}

unsafe extern "C" fn free(me: *mut c_void, at: *mut c_void) {
    // SAFETY: the host's own word.
    let asked = unsafe { asked(me) };
    assert_eq!(at.cast_const(), asked.memory.as_ptr().cast());
    count(&asked.freed);
}

/// A tap that asks for memory when it is built, and for the time and a line at every shot.
#[derive(Debug)]
pub(super) struct Asks {
    services: Services,
    memory: Option<HostMemory>,
}

#[derive(Debug)]
pub(super) struct AsksPart;

impl LayerPart for AsksPart {
    const SPEC: PartSpec = PartSpec {
        id: "fuzz.asks",
        kind: PartKind::Tap,
        version: "1",
        summary: "asks the host for its services",
        params: &[],
    };
    type Cell = u64;
    const EMPTY: u64 = 0;
    type Layer<S: Storage<u64>> = Asks;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(3)
    }

    fn build<S: Storage<u64>>(config: &Config<'_>, storage: S) -> Result<Asks> {
        assert_eq!(storage.as_ref(), [0; 3]);
        let memory = config.services.memory(Layout::new::<[u64; 4]>())?;
        Ok(Asks { services: config.services, memory })
    }
}

impl Layer for Asks {
    fn id(&self) -> &str {
        AsksPart::SPEC.id
    }

    fn shot_begin(&mut self, shot: ShotId, _: Seed) -> Result<()> {
        assert!(matches!(self.services.now_ns(), None | Some(NOW_NS)));
        self.services.log(Level::Info, LINE);
        if let Some(memory) = &self.memory {
            // SAFETY: so much memory is the part's own.
            unsafe { memory.at().cast::<u64>().write(shot.0) };
        }
        Ok(())
    }

    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        child.apply(batch, outcomes)
    }
}
