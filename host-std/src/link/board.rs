//! A board that answers: what it is, what it has, and its stack as a backend.

use std::time::Duration;

use pandia_core::link::message::{Limits, Reply, Request, Welcome};
use pandia_core::link::{
    Answering, BuildStack, Client, LinkError, Options, Patience, Remote, Window, frame,
};
use pandia_core::{Error, ErrorKind};

use super::address::Address;
use super::error::BoardError;
use super::wire::{Stop, TICK, Wire};
use crate::stack::BoxedBackend;

/// Bytes of the longest frame that a desktop takes.
pub(super) const FRAME_BYTES: usize = 2048;
/// Requests under way at a time, if the board has room for so many.
pub(super) const WINDOW: usize = 32;
/// A board that has not given a sign for so long may have lost what it was sent.
const RESEND_TICKS: u32 = 40;
/// Shortest time that one waits for a board.
const SECONDS_MIN: f64 = 0.05;

/// Bytes of the longest frame in which a desktop answers a board: as many as resident firmware has.
const BELOW_FRAME_BYTES: usize = 512;
const BELOW_WORDS: usize = 1024;
const BELOW_RESULTS: usize = 256;
const BELOW_WINDOW: Window = Window(8);

/// A line whose reader serves what lies below a board's stack.
pub(super) type AnsweringWire =
    Answering<Wire, BoxedBackend, BELOW_FRAME_BYTES, BELOW_WORDS, BELOW_RESULTS>;

/// A stack on a board over a backend that is here, as a backend like any other.
pub type StandingBackend = Remote<AnsweringWire, BuildStack<Vec<u8>>, FRAME_BYTES, WINDOW>;

/// The asking end of a desktop.
pub type HostClient = Client<Wire, FRAME_BYTES, WINDOW>;

/// A stack on a board, as a backend like any other.
pub type RemoteBackend = Remote<Wire, BuildStack<Vec<u8>>, FRAME_BYTES, WINDOW>;

/// How long one waits for a sign of a board.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waiting {
    seconds: f64,
}

impl Default for Waiting {
    fn default() -> Self {
        Self { seconds: 10.0 }
    }
}

impl Waiting {
    /// At most so many seconds; `None` if that is no time to wait.
    #[must_use]
    pub fn seconds(seconds: f64) -> Option<Self> {
        (SECONDS_MIN..=86_400.0).contains(&seconds).then_some(Self { seconds })
    }

    fn duration(self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }

    fn patience(self) -> Patience {
        let ticks = self.duration().as_millis().div_ceil(TICK.as_millis());
        let give_up_ticks = u32::try_from(ticks).unwrap_or(u32::MAX).max(1);
        Patience { resend_ticks: RESEND_TICKS.min(give_up_ticks / 2).max(1), give_up_ticks }
    }
}

/// What a board says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welcomed {
    /// Its name.
    pub name: String,
    /// The version of its firmware.
    pub version: String,
    /// Its limits.
    pub limits: Limits,
    /// Whether a stack can be built out of its parts.
    pub can_build: bool,
}

/// A resident part.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PartInfo {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub kind: String,
    /// Its version.
    pub version: String,
    /// What it does.
    pub summary: String,
}

/// A region of a board's memory.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RegionInfo {
    /// What it is for.
    pub name: String,
    /// Where it begins.
    pub start: u64,
    /// How long it is.
    pub bytes: u64,
    /// How much of it is in use.
    pub used_bytes: u64,
}

/// A module on a board.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ModuleInfo {
    /// The id of its first part, or what is wrong with it.
    pub name: String,
    /// Where it is.
    pub start: u64,
    /// How long it is.
    pub bytes: u64,
    /// Whether it passed every check.
    pub is_good: bool,
}

/// A board with which there is a session.
#[derive(Debug)]
pub struct Board {
    address: Address,
    waiting: Waiting,
    stop: Stop,
    pub(super) client: Box<HostClient>,
    welcome: Welcomed,
}

impl Board {
    /// Opens the line and begins a session.
    ///
    /// # Errors
    /// [`BoardError`] if there is no line, nobody answers, or the versions do not fit.
    pub fn connect(address: &Address, waiting: Waiting) -> Result<Self, BoardError> {
        Self::connect_until(address, waiting, &Stop::default())
    }

    /// As [`Self::connect`]; it ends early if that is wanted.
    pub(super) fn connect_until(
        address: &Address,
        waiting: Waiting,
        stop: &Stop,
    ) -> Result<Self, BoardError> {
        let wire = Wire::open_until(address, waiting.duration(), stop)?;
        Self::over(wire, address, waiting)
    }

    /// Begins a session over a line that is open.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub fn over(wire: Wire, address: &Address, waiting: Waiting) -> Result<Self, BoardError> {
        let stop = wire.stop();
        let mut client = Box::new(HostClient::new(wire, waiting.patience(), any_number()));
        let opened = client.open().map(|Welcome { name, version, limits, can_build }| Welcomed {
            name: name.to_owned(),
            version: version.to_owned(),
            limits,
            can_build,
        });
        match opened {
            Ok(welcome) => Ok(Self { address: address.clone(), waiting, stop, client, welcome }),
            Err(error) => Err(of_link(&mut client, address, waiting, error)),
        }
    }

    /// What ends every wait for the board early.
    pub(super) fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// What it says of itself.
    #[must_use]
    pub const fn welcome(&self) -> &Welcomed {
        &self.welcome
    }

    /// Where it is.
    #[must_use]
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// Asks for a sign of life.
    ///
    /// # Errors
    /// If there is none.
    pub fn ping(&mut self, number: u32) -> Result<(), BoardError> {
        let answered = self.client.call(&Request::Ping(number)) == Ok(Reply::Pong(number));
        if answered {
            return Ok(());
        }
        Err(self.failed(LinkError::Silent))
    }

    /// Its parts.
    ///
    /// # Errors
    /// If it does not answer.
    pub fn parts(&mut self) -> Result<Vec<PartInfo>, BoardError> {
        self.list(Request::Part, |reply| match reply {
            Reply::Part(part) => Some(part.map(|part| PartInfo {
                id: part.id.to_owned(),
                kind: part.kind.to_owned(),
                version: part.version.to_owned(),
                summary: part.summary.to_owned(),
            })),
            _ => None,
        })
    }

    /// Its memory.
    ///
    /// # Errors
    /// If it does not answer.
    pub fn regions(&mut self) -> Result<Vec<RegionInfo>, BoardError> {
        self.list(Request::Region, |reply| match reply {
            Reply::Region(region) => Some(region.map(|region| RegionInfo {
                name: region.name.to_owned(),
                start: region.start,
                bytes: region.bytes,
                used_bytes: region.used_bytes,
            })),
            _ => None,
        })
    }

    /// Its modules.
    ///
    /// # Errors
    /// If it does not answer.
    pub fn modules(&mut self) -> Result<Vec<ModuleInfo>, BoardError> {
        self.list(Request::Module, |reply| match reply {
            Reply::Module(module) => Some(module.map(|module| ModuleInfo {
                name: module.name.to_owned(),
                start: module.start,
                bytes: module.bytes,
                is_good: module.is_good,
            })),
            _ => None,
        })
    }

    fn list<T>(
        &mut self,
        request: impl Fn(u32) -> Request<'static>,
        read: impl Fn(Reply<'_>) -> Option<Option<T>>,
    ) -> Result<Vec<T>, BoardError> {
        let mut all = Vec::new();
        for index in 0..LIST_MAX {
            let read = self.client.call(&request(index)).map(&read);
            match read {
                Ok(Some(Some(item))) => all.push(item),
                Ok(Some(None)) => return Ok(all),
                Ok(None) => break,
                Err(error) => return Err(self.failed(error)),
            }
        }
        Err(self.failed(LinkError::Nonsense))
    }

    /// Writes a module image to the board, which checks it. It goes to `slot`; without one to the slot
    /// that holds it already, or that it was linked to, or else to the first that is empty. `progress`
    /// is told how many bytes have gone.
    ///
    /// # Errors
    /// If it does not answer, has no place for modules, or refuses this one.
    pub fn load(
        &mut self,
        image: &[u8],
        slot: Option<u32>,
        progress: &mut dyn FnMut(usize),
    ) -> Result<(), BoardError> {
        let Ok(total) = u32::try_from(image.len()) else {
            return Err(BoardError::new("an image of 4 GiB and more", "give a smaller one"));
        };
        let room = (self.client.limits().payload_bytes as usize).saturating_sub(32);
        let most = (room / PIECE_ALIGN * PIECE_ALIGN).max(PIECE_ALIGN);
        let mut gone = 0;
        // Nothing is an image, too: the board says what it thinks of it.
        let pieces = image.chunks(most).chain(image.is_empty().then_some(image));
        for bytes in pieces {
            let offset = u32::try_from(gone).unwrap_or(u32::MAX);
            self.done(&match slot {
                None => Request::Load { offset, total, bytes },
                Some(slot) => Request::LoadTo { slot, offset, total, bytes },
            })?;
            gone += bytes.len();
            progress(gone);
        }
        Ok(())
    }

    /// Empties a slot for modules.
    ///
    /// # Errors
    /// If it does not answer, or has no such slot.
    pub fn erase(&mut self, slot: u32) -> Result<(), BoardError> {
        self.done(&Request::Erase(slot))
    }

    /// Asks for something of which nothing is known but that it was done.
    fn done(&mut self, request: &Request<'_>) -> Result<(), BoardError> {
        let refused = match self.client.call(request) {
            Ok(Reply::Done) => return Ok(()),
            Ok(Reply::Failed(fault)) => Ok(fault.error()),
            Ok(_) => Err(LinkError::Nonsense),
            Err(error) => Err(error),
        };
        Err(match refused {
            Ok(error) => self.refused(&error),
            Err(error) => self.failed(error),
        })
    }

    fn refused(&self, error: &Error) -> BoardError {
        let help = "pandia board memory and pandia board modules show what there is";
        BoardError::new(format!("{}: {error}", self.address), help)
    }

    fn failed(&mut self, error: LinkError) -> BoardError {
        of_link(&mut self.client, &self.address, self.waiting, error)
    }

    /// Its stack as a backend, once it has built it: `parts` as in
    /// [`pandia_core::link::message::Build`].
    ///
    /// # Errors
    /// What the board refuses, or the link.
    pub fn into_backend(
        self,
        qubit_count: u32,
        parts: Vec<u8>,
        options: Options,
    ) -> Result<RemoteBackend, Error> {
        Remote::open(*self.client, BuildStack { qubit_count, parts }, options)
    }

    /// As [`Self::into_backend`], of parts that stand on [`pandia_core::link::BELOW_ID`]: on `below`,
    /// which is here. Every batch is waited for, since the board asks for others in the middle of it.
    ///
    /// # Errors
    /// As there, and if the board's frames are too short for the answers.
    pub fn into_backend_over(
        self,
        qubit_count: u32,
        parts: Vec<u8>,
        below: BoxedBackend,
    ) -> Result<StandingBackend, Error> {
        let client = self.into_answering(below)?;
        let options = Options { wait_for_each: true, ..Options::default() };
        Remote::open(client, BuildStack { qubit_count, parts }, options)
    }

    /// The asking end over a line whose reader serves `below`.
    pub(super) fn into_answering(
        self,
        below: BoxedBackend,
    ) -> Result<Client<AnsweringWire, FRAME_BYTES, WINDOW>, Error> {
        let needed = frame::payload_max(BELOW_FRAME_BYTES) as u64;
        let available = u64::from(self.welcome.limits.payload_bytes);
        if needed > available {
            let what = "bytes of a message that a board takes whose stack stands on one here";
            return Err(Error::from(ErrorKind::Capacity { what, needed, available }));
        }
        let mut wire = self.client.into_io();
        let rooms = wire.gate_rooms();
        let line = Answering::new(wire, below, BELOW_WINDOW).with_gate_rooms(rooms);
        Ok(Client::new(line, self.waiting.patience(), any_number()))
    }
}

/// Every piece of a module image but the last is a multiple of so many bytes.
const PIECE_ALIGN: usize = 64;
/// Longer lists are no lists.
const LIST_MAX: u32 = 10_000;

fn of_link(
    client: &mut HostClient,
    address: &Address,
    waiting: Waiting,
    error: LinkError,
) -> BoardError {
    // What QEMU says last explains more than a line that is gone.
    match client.io_mut().ending() {
        Some(ending) => BoardError::new(
            format!("{address}: QEMU {ending}"),
            "try the image by hand (docs/boards.md)",
        ),
        None => BoardError::of_link(address, error, waiting.seconds),
    }
}

/// A number that another run does not choose: what a session is called must differ, and nothing else
/// depends on it.
fn any_number() -> u32 {
    use core::hash::{BuildHasher as _, Hasher as _};
    let random = std::hash::RandomState::new().build_hasher().finish();
    u32::try_from(random & u64::from(u32::MAX)).unwrap_or(1)
}
