//! The resident end: takes bytes in, carries out what they ask of a backend, answers.
//!
//! It needs no clock and never sends by itself: a client that hears nothing asks again, and the reply
//! to its last request is kept for that. So a loop around [`Server::take`] is all that firmware
//! needs.
//! Not here: frames ([`desk`]) and replies ([`answers`]), and what is asked of a stack ([`shot`],
//! [`batch`], [`gates`], [`query`]).

mod answers;
mod batch;
mod desk;
mod gates;
mod query;
mod shot;

pub(super) use gates::GATES_MAX;

use super::PROTOCOL;
use super::decoder::{Decoder, Received};
use super::frame::{Damage, Header, Kind, Lane, payload_max};
use super::gate_room::GateRoom;
use super::house::House;
use super::message::{self, Build, Limits, Reply, Request};
use super::session::Session;
use crate::backend::Backend;
use crate::error::Result;
use desk::{Desk, Served, info_line};
use embedded_io::Write;

/// How many requests may be under way. A line that loses bytes while the board computes, such as a
/// UART without a buffer, wants 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window(pub u32);

/// What a byte led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Nothing that concerns the caller.
    None,
    /// A session began: whatever the last one built may go.
    Opened,
    /// A stack is to be built as [`Server::choice`] says; then [`Server::built`].
    Build,
}

/// What came over the line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests carried out.
    pub requests: u64,
    /// Bytes that were no frame, or a frame that is no client's.
    pub damaged: u64,
    /// Requests that were here already.
    pub again: u64,
    /// Requests that came before an earlier one.
    pub early: u64,
    /// Requests of a session that is not the current one.
    pub strange: u64,
    /// Frames of another version of the protocol.
    pub versions: u64,
    /// Sessions begun.
    pub sessions: u64,
}

/// Serves one client at a time. `FRAME`: bytes of the longest frame in either direction. `WORDS`:
/// words of the records of a batch. `RESULTS`: outcomes of a batch, and numbers of a state query.
#[derive(Clone, Debug)]
pub struct Server<const FRAME: usize, const WORDS: usize, const RESULTS: usize> {
    decoder: Decoder<FRAME>,
    payload_bytes: usize,
    /// How many backends of the other side this session's stacks have stood on.
    below_count: u32,
    desk: Desk<FRAME, WORDS, RESULTS>,
}

impl<const FRAME: usize, const WORDS: usize, const RESULTS: usize> Server<FRAME, WORDS, RESULTS> {
    /// A server that no client has spoken to.
    #[must_use]
    pub const fn new(window: Window) -> Self {
        const {
            assert!(payload_max(FRAME) >= 128, "a frame must hold every message but the bulk ones");
            assert!(payload_max(FRAME) <= u16::MAX as usize, "a payload's length is two bytes");
            assert!(WORDS >= 32 && RESULTS >= 1, "a batch must hold every gate and an outcome");
        }
        let window = if window.0 == 0 { 1 } else { window.0 };
        let desk = Desk::new(window);
        Self { decoder: Decoder::new(), payload_bytes: 0, below_count: 0, desk }
    }

    /// The same with room for the matrices of gates of the client's own, one each; without it such
    /// gates are rejected. Nobody else has the same ones, which are emptied.
    #[must_use]
    pub fn with_gate_rooms(mut self, rooms: &'static [GateRoom]) -> Self {
        self.desk.room.gates.rooms = rooms;
        self.desk.room.gates.clear();
        self
    }

    /// The same in another lane.
    #[must_use]
    pub const fn in_lane(mut self, lane: Lane) -> Self {
        self.desk.lane = lane;
        self
    }

    /// What came over the line so far.
    #[must_use]
    pub const fn counters(&self) -> Counters {
        self.desk.counters
    }

    /// Its limits, as the client is told.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.desk.limits()
    }

    /// Takes in the next byte of the line and does what it completes. Replies go to `out`.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn take<W: Write>(
        &mut self,
        byte: u8,
        out: &mut W,
        stack: Option<&mut (dyn Backend + '_)>,
        house: &mut dyn House,
    ) -> core::result::Result<Event, W::Error> {
        let Self { decoder, payload_bytes, desk, .. } = self;
        match decoder.push(byte) {
            Received::Nothing => Ok(Event::None),
            Received::Damage(Damage::Damaged) => {
                desk.counters.damaged += 1;
                Ok(Event::None)
            }
            Received::Damage(Damage::Version(_)) => {
                desk.counters.versions += 1;
                // In the other lane it is the client that says so.
                if desk.lane == Lane::Down {
                    let kind = Kind::WrongVersion;
                    let header = Header { kind, lane: desk.lane, session: 0, seq: 0, ack: 0 };
                    desk.send(header, &[PROTOCOL], out)?;
                }
                Ok(Event::None)
            }
            Received::Frame(header, len) => {
                *payload_bytes = len;
                let payload = decoder.payload(len);
                desk.frame(header, payload, out, &mut Served { stack, house })
            }
        }
    }

    /// The session, and what another one may be called in the lane that goes up: as no other, for
    /// some hundred sessions of either lane.
    pub(super) const fn next_below(&mut self) -> (Session, u32) {
        let session = self.desk.session;
        self.below_count = self.below_count.wrapping_add(1);
        let first = session.id().rotate_left(16).wrapping_add(self.below_count << 8);
        (session, first)
    }

    /// What the frame carried that came last, until the next byte is taken.
    #[must_use]
    pub(super) fn payload(&self) -> &[u8] {
        self.decoder.payload(self.payload_bytes)
    }

    /// The stack that is to be built after [`Event::Build`], until the next byte is taken.
    #[must_use]
    pub fn choice(&self) -> Option<Build<'_>> {
        match message::read(self.payload()) {
            Some(Request::Build(build)) => Some(build),
            _ => None,
        }
    }

    /// Says what became of the stack that was to be built; the one before is gone.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn built<W: Write>(
        &mut self,
        built: Result<&dyn Backend>,
        out: &mut W,
    ) -> core::result::Result<(), W::Error> {
        self.desk.room.clear();
        self.desk.room.gates.clear();
        match built {
            Ok(stack) => self.desk.reply(&Reply::Info(info_line(stack)), out),
            Err(error) => self.desk.fail(&error, false, out),
        }
    }
}
