//! A desktop that acts as a board: serves stacks of its linked-in parts over a socket.

use std::io;
use std::net::TcpStream;
use std::time::Duration;

use embedded_io::{ErrorKind as IoKind, Read as _};
use pandia_core::backend::Backend;
use pandia_core::error::Result;
use pandia_core::ids::StreamId;
use pandia_core::link::message::{Build, PartChoice, PartLine, SettingLine, read_all};
use pandia_core::link::{Event, House, Server, Window};
use pandia_core::part::{Config, Setting};
use pandia_core::{Error, ErrorKind};

use super::wire::Wire;
use crate::runner::available_bytes;
use crate::stack::{BoxedBackend, Factory, Registry};

/// As large as what a desktop sends.
const FRAME_BYTES: usize = 2048;
const BATCH_WORDS: usize = 8192;
const BATCH_RESULTS: usize = 1024;
const WINDOW: Window = Window(32);
/// How long a client may take to read what it was sent.
const WRITE_SECONDS: u64 = 10;

/// What a desktop offers.
#[derive(Debug)]
pub struct Desktop {
    registry: Registry,
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
        Self { registry: Registry::new() }
    }

    fn build(&self, choice: &Build<'_>) -> Result<BoxedBackend> {
        let unreadable =
            || Error::from(ErrorKind::Interface("the description of a stack cannot be read"));
        let mut stack: Option<BoxedBackend> = None;
        for part in read_all::<PartChoice<'_>>(choice.parts) {
            let part = part.ok_or_else(unreadable)?;
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
    let mut wire = Wire::of_tcp(stream, Duration::from_secs(WRITE_SECONDS))?;
    let mut server = Box::new(Server::<FRAME_BYTES, BATCH_WORDS, BATCH_RESULTS>::new(WINDOW));
    let mut stack: Option<BoxedBackend> = None;
    loop {
        let mut byte = [0];
        match wire.read(&mut byte) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(IoKind::TimedOut | IoKind::Interrupted) => continue,
            Err(IoKind::ConnectionReset | IoKind::BrokenPipe) => return Ok(()),
            Err(kind) => return Err(io::Error::other(format!("{kind:?}"))),
        }
        let here = stack.as_mut().map(|stack| &mut **stack as &mut dyn Backend);
        let taken = server.take(byte[0], &mut wire, here, house);
        let sent = match taken {
            Ok(Event::None) => continue,
            Ok(Event::Opened) => {
                stack = None;
                continue;
            }
            Ok(Event::Build) => {
                // The old one goes first: there may be no room for both.
                stack = None;
                let none = || ErrorKind::Broken("a stack that cannot be read").into();
                let built =
                    server.choice().ok_or_else(none).and_then(|choice| house.build(&choice));
                match built {
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
