//! A desktop that acts as a board: serves stacks of its linked-in parts over a socket.

use std::io;
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use embedded_io::{ErrorKind as IoKind, Read as _};
use pandia_core::backend::Backend;
use pandia_core::error::Result;
use pandia_core::ids::StreamId;
use pandia_core::link::message::{Build, PartChoice, PartLine, RegionLine, SettingLine, read_all};
use pandia_core::link::{BELOW_ID, Event, House, Server, Window};
use pandia_core::part::{Config, Setting};
use pandia_core::{Error, ErrorKind};

use super::ring::DesktopRing;
use super::rooms::Rooms;
use super::wire::Wire;
use crate::runner::available_bytes;
use crate::stack::{BoxedBackend, Factory, Registry};

/// As large as what a desktop sends.
const FRAME_BYTES: usize = 2048;
const BATCH_WORDS: usize = 8192;
const BATCH_RESULTS: usize = 1024;
const WINDOW: Window = Window(32);
/// Requests under way at a time to what lies below a stack and is with the client.
const BELOW_WINDOW: usize = 8;
/// How long a client may take to read what it was sent.
const WRITE_SECONDS: u64 = 10;

/// What a desktop offers.
#[derive(Debug)]
pub struct Desktop {
    registry: Registry,
    /// The ring of taps, once somebody has asked for them.
    ring: Option<DesktopRing>,
    /// The joint above the top of the stack that is built next, if it gets taps.
    top: Option<u8>,
}

impl Default for Desktop {
    fn default() -> Self {
        Self::new()
    }
}

impl Desktop {
    /// With the parts that are linked in.
    #[must_use]
    pub fn new() -> Self {
        Self { registry: Registry::new(), ring: None, top: None }
    }

    /// Builds the stack; `below` is what the client has, if it is to stand on that.
    fn build(
        &mut self,
        choice: &Build<'_>,
        below: impl FnOnce() -> Result<BoxedBackend>,
    ) -> Result<BoxedBackend> {
        let unreadable =
            || Error::from(ErrorKind::Interface("the description of a stack cannot be read"));
        let (mut stack, mut below): (Option<BoxedBackend>, _) = (None, Some(below));
        let taps = self.ring.clone().zip(self.top.take());
        let parts: Option<Vec<PartChoice<'_>>> = read_all(choice.parts).collect();
        let parts = parts.ok_or_else(unreadable)?;
        for (part, above) in parts.iter().zip((1..=parts.len()).rev()) {
            if let Some((ring, top)) = &taps {
                let joint = usize::from(*top).saturating_add(above);
                let joint = u8::try_from(joint).unwrap_or(u8::MAX);
                stack = stack.map(|below| ring.tap(below, joint));
            }
            if let (BELOW_ID, None, Some(below)) = (part.id, &stack, below.take()) {
                stack = Some(below()?);
                continue;
            }
            let settings: Option<Vec<SettingLine<'_>>> = read_all(part.settings).collect();
            let settings: Vec<Setting<'_>> = settings
                .ok_or_else(unreadable)?
                .iter()
                .map(|line| Setting { key: line.key, value: line.value.into() })
                .collect();
            let config = Config::new(choice.qubit_count, StreamId(part.stream)).with(&settings);
            let known = self.registry.parts().iter().find(|known| known.spec.id == part.id);
            let Some(known) = known else {
                let error = Error::from(ErrorKind::Config("no such part here"));
                return Err(error.with_text(format_args!("there is no part {} here", part.id)));
            };
            stack = Some(match (&known.factory, stack) {
                (Factory::Simulator(factory), None) => {
                    let needed = factory.memory_bytes(&config)?;
                    if let Some(available) = available_bytes().filter(|bytes| *bytes < needed) {
                        let what = "bytes of memory";
                        return Err(ErrorKind::Capacity { what, needed, available }.into());
                    }
                    factory.build(&config)?
                }
                (Factory::Layer(factory), Some(child)) => factory.build(&config, child)?,
                _ => {
                    let error = Error::from(ErrorKind::Config("a part at a wrong place"));
                    return Err(error.with_text(format_args!("{} cannot stand there", part.id)));
                }
            });
        }
        stack.ok_or_else(|| ErrorKind::Argument("a stack of no part; name a simulator").into())
    }
}

impl House for Desktop {
    fn name(&self) -> &'static str {
        "desktop"
    }

    fn can_build(&self) -> bool {
        true
    }

    fn region(&self, index: u32) -> Option<RegionLine<'_>> {
        let ring = self.ring.as_ref().filter(|_| index == 0)?;
        let (bytes, used) = ring.bytes();
        Some(RegionLine { name: "records", start: 0, bytes, used_bytes: used })
    }

    fn taps(&mut self, top: u8) -> Result<u32> {
        self.ring = Some(DesktopRing::new());
        self.top = Some(top);
        Ok(DesktopRing::BYTES)
    }

    fn records(&mut self, out: &mut [u8]) -> (usize, usize) {
        self.ring.as_ref().map_or((0, 0), |ring| ring.fetch(out))
    }

    fn part(&self, index: u32) -> Option<PartLine<'_>> {
        let backends = self
            .registry
            .parts()
            .iter()
            .filter(|part| !matches!(part.factory, Factory::Runtime(_)));
        let spec = &{ backends }.nth(index as usize)?.spec;
        let (id, kind, version) = (spec.id, spec.kind.name(), spec.version);
        Some(PartLine { id, kind, version, summary: spec.summary })
    }
}

/// Serves one client until it goes away.
///
/// # Errors
/// Those of the socket, but for a client that goes.
pub fn serve_connection(stream: TcpStream, house: &mut Desktop) -> io::Result<()> {
    let wire = Wire::of_tcp(stream, Duration::from_secs(WRITE_SECONDS))?;
    let mut wire = SharedWire(Arc::new(Mutex::new(wire)));
    // Before the stack, which knows it.
    let rooms = Rooms::take();
    let server = Server::<FRAME_BYTES, BATCH_WORDS, BATCH_RESULTS>::new(WINDOW);
    let mut server = Box::new(server.with_gate_rooms(rooms.all()));
    let mut stack: Option<BoxedBackend> = None;
    loop {
        let mut byte = [0];
        match wire.read(&mut byte) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(IoKind::Interrupted) => continue,
            Err(IoKind::ConnectionReset | IoKind::BrokenPipe) => return Ok(()),
            Err(kind) => return Err(io::Error::other(format!("{kind:?}"))),
        }
        let here = stack.as_mut().map(|stack| &mut **stack as &mut dyn Backend);
        let taken = server.take(byte[0], &mut wire, here, house);
        let sent = match taken {
            Ok(Event::None) => continue,
            Ok(Event::Opened) => {
                (stack, house.top) = (None, None);
                continue;
            }
            Ok(Event::Build) => {
                // The old one goes first: there may be no room for both.
                stack = None;
                match build(&mut server, house, &wire) {
                    Ok(built) => {
                        let sent = server.built(Ok(&*built as &dyn Backend), &mut wire);
                        stack = Some(built);
                        sent
                    }
                    Err(error) => server.built(Err(error), &mut wire),
                }
            }
            Err(kind) => Err(kind),
        };
        match sent {
            Ok(()) => {}
            Err(IoKind::ConnectionReset | IoKind::BrokenPipe) => return Ok(()),
            Err(kind) => return Err(io::Error::other(format!("{kind:?}"))),
        }
    }
}

type DesktopServer = Server<FRAME_BYTES, BATCH_WORDS, BATCH_RESULTS>;

fn build(
    server: &mut DesktopServer,
    house: &mut Desktop,
    wire: &SharedWire,
) -> Result<BoxedBackend> {
    let none = || Error::from(ErrorKind::Broken("a stack that cannot be read"));
    // The description must outlive the frame that it came in.
    let choice = server.choice().ok_or_else(none)?;
    let (qubit_count, parts) = (choice.qubit_count, choice.parts.to_vec());
    let below = || -> Result<BoxedBackend> {
        Ok(Box::new(server.open_below::<_, BELOW_WINDOW>(wire.clone())?))
    };
    house.build(&Build { qubit_count, parts: &parts }, below)
}

/// The line, for who serves and for who asks for what lies below a stack: one at a time, and neither
/// needs to know how time passes.
#[derive(Clone, Debug)]
struct SharedWire(Arc<Mutex<Wire>>);

impl embedded_io::ErrorType for SharedWire {
    type Error = IoKind;
}

impl embedded_io::Read for SharedWire {
    fn read(&mut self, bytes: &mut [u8]) -> core::result::Result<usize, IoKind> {
        loop {
            match self.0.lock().unwrap_or_else(PoisonError::into_inner).read(bytes) {
                Err(IoKind::TimedOut) => {}
                done => return done,
            }
        }
    }
}

impl embedded_io::Write for SharedWire {
    fn write(&mut self, bytes: &[u8]) -> core::result::Result<usize, IoKind> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> core::result::Result<(), IoKind> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }
}
