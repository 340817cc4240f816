//! The line, and the server behind it: bytes written here are taken there when somebody reads.

use super::super::frame::END;
use super::super::{Counters, Event, GateRoom, NoHouse, Window};
use super::Small;
use super::mishaps::{Dice, Fallen, Faults, through};
use crate::backend::Backend;
use core::convert::Infallible;
use embedded_io::{ErrorKind, ErrorType, Read, Write};
use std::boxed::Box;
use std::collections::VecDeque;
use std::vec::Vec;

/// For so many gates of the other side's own.
pub(super) const ROOMS: usize = 4;

#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    pub(super) window: u32,
}

pub(super) struct Line {
    server: Small,
    window: Window,
    stack: Option<Box<dyn Backend>>,
    build: fn() -> Box<dyn Backend>,
    pub(super) faults: Faults,
    pub(super) fallen: Fallen,
    /// Nothing comes through in either direction.
    pub(super) is_dead: bool,
    /// A server that begins anew has room for matrices.
    pub(super) has_rooms: bool,
    dice: Dice,
    /// What is being written, up to the next end.
    writing: Vec<u8>,
    to_server: VecDeque<Vec<u8>>,
    to_client: VecDeque<u8>,
    /// Frames that come after the next one, by direction.
    held: [Option<Vec<u8>>; 2],
    pub(super) reads: u64,
}

impl core::fmt::Debug for Line {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Line").field("fallen", &self.fallen).finish_non_exhaustive()
    }
}

/// Rooms of which no other server has any.
pub(super) fn rooms() -> &'static [GateRoom] {
    Box::leak((0..ROOMS).map(|_| GateRoom::new()).collect())
}

fn served(window: Window) -> Small {
    Small::new(window).with_gate_rooms(rooms())
}

impl Line {
    pub(super) fn to(build: fn() -> Box<dyn Backend>, window: u32, seed: u64) -> Self {
        Self {
            server: served(Window(window)),
            window: Window(window),
            stack: Some(build()),
            build,
            faults: Faults::default(),
            fallen: Fallen::default(),
            is_dead: false,
            has_rooms: true,
            dice: Dice(seed),
            writing: Vec::new(),
            to_server: VecDeque::new(),
            to_client: VecDeque::new(),
            held: [None, None],
            reads: 0,
        }
    }

    pub(super) fn counters(&self) -> Counters {
        self.server.counters()
    }

    pub(super) fn restart(&mut self) {
        self.fallen.restarts += 1;
        self.server = if self.has_rooms { served(self.window) } else { Small::new(self.window) };
        self.stack = Some((self.build)());
    }

    /// The copies of a frame that get through, after all that may befall it.
    fn through(&mut self, frame: Vec<u8>, direction: usize) -> Vec<Vec<u8>> {
        if self.is_dead {
            self.fallen.frames += 1;
            return Vec::new();
        }
        let held = &mut self.held[direction];
        through(frame, self.faults, &mut self.dice, &mut self.fallen, held)
    }

    /// Hands one frame to the server; false if there is none.
    fn deliver(&mut self) -> bool {
        let Some(frame) = self.to_server.pop_front() else { return false };
        if self.dice.falls(self.faults.restart) {
            self.restart();
        }
        let mut out = Out(Vec::new());
        for byte in frame {
            let stack = self.stack.as_deref_mut();
            let event = self.server.take(byte, &mut out, stack, &mut NoHouse);
            assert_ne!(event, Ok(Event::Build));
        }
        for frame in out.0.split_inclusive(|byte| *byte == END).map(<[u8]>::to_vec) {
            let through = self.through(frame, 1);
            self.to_client.extend(through.into_iter().flatten());
        }
        true
    }
}

impl ErrorType for Line {
    type Error = ErrorKind;
}

impl Read for Line {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, ErrorKind> {
        self.reads += 1;
        while self.to_client.is_empty() {
            if !self.deliver() {
                // Time passes: what was late arrives.
                if let Some(late) = self.held[0].take() {
                    self.to_server.push_back(late);
                }
                self.to_client.extend(self.held[1].take().into_iter().flatten());
                return Err(ErrorKind::TimedOut);
            }
        }
        let Some(byte) = self.to_client.pop_front() else { return Ok(0) };
        bytes[0] = byte;
        Ok(1)
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        for byte in bytes {
            self.writing.push(*byte);
            if *byte == END {
                let frame = core::mem::take(&mut self.writing);
                let through = self.through(frame, 0);
                self.to_server.extend(through);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

struct Out(Vec<u8>);

impl ErrorType for Out {
    type Error = Infallible;
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
