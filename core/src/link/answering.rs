//! The line as the desktop's client sees it: whatever the board asks for itself is answered on the
//! way.
//!
//! Not here: the board's end ([`super::below`]).

use super::frame::Lane;
use super::gate_room::GateRoom;
use super::house::NoHouse;
use super::server::{Counters, Server, Window};
use crate::backend::Backend;
use core::fmt;
use embedded_io::{ErrorType, Read, Write};

/// A line whose reader serves `below` to the other end while it waits. Lengths as in [`Server`].
pub struct Answering<IO, B, const FRAME: usize, const WORDS: usize, const RESULTS: usize> {
    io: IO,
    below: B,
    server: Server<FRAME, WORDS, RESULTS>,
}

impl<IO, B, const FRAME: usize, const WORDS: usize, const RESULTS: usize> fmt::Debug
    for Answering<IO, B, FRAME, WORDS, RESULTS>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answering")
            .field("counters", &self.server.counters())
            .finish_non_exhaustive()
    }
}

impl<IO, B, const FRAME: usize, const WORDS: usize, const RESULTS: usize>
    Answering<IO, B, FRAME, WORDS, RESULTS>
{
    /// Serves `below` over `io`, with so many requests under way at a time.
    #[must_use]
    pub const fn new(io: IO, below: B, window: Window) -> Self {
        Self { io, below, server: Server::new(window).in_lane(Lane::Up) }
    }

    /// The same with room for the matrices of gates of the board's own: as
    /// [`Server::with_gate_rooms`].
    #[must_use]
    pub fn with_gate_rooms(mut self, rooms: &'static [GateRoom]) -> Self {
        self.server = self.server.with_gate_rooms(rooms);
        self
    }

    /// The line.
    pub const fn io(&self) -> &IO {
        &self.io
    }

    /// The line, for who tends it.
    pub const fn io_mut(&mut self) -> &mut IO {
        &mut self.io
    }

    /// The line alone.
    pub fn into_io(self) -> IO {
        self.io
    }

    /// What was asked over the line so far.
    #[must_use]
    pub const fn counters(&self) -> Counters {
        self.server.counters()
    }
}

impl<IO: ErrorType, B, const FRAME: usize, const WORDS: usize, const RESULTS: usize> ErrorType
    for Answering<IO, B, FRAME, WORDS, RESULTS>
{
    type Error = IO::Error;
}

impl<IO: Read + Write, B: Backend, const FRAME: usize, const WORDS: usize, const RESULTS: usize>
    Read for Answering<IO, B, FRAME, WORDS, RESULTS>
{
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, IO::Error> {
        let Self { io, below, server } = self;
        let count = io.read(bytes)?;
        // Each end takes the frames of its lane out of the same bytes.
        for byte in bytes.iter().take(count) {
            server.take(*byte, io, Some(below), &mut NoHouse)?;
        }
        Ok(count)
    }
}

impl<IO: Write, B, const FRAME: usize, const WORDS: usize, const RESULTS: usize> Write
    for Answering<IO, B, FRAME, WORDS, RESULTS>
{
    fn write(&mut self, bytes: &[u8]) -> Result<usize, IO::Error> {
        self.io.write(bytes)
    }

    fn flush(&mut self) -> Result<(), IO::Error> {
        self.io.flush()
    }
}
