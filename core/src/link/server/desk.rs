//! What a server has at hand to answer frames: its session, the last reply, the memory of a shot.

use super::answers::{Kept, Sent, keep_and_send, too_long};
use super::shot::ShotRoom;
use super::{Counters, Event};
use crate::backend::Backend;
use crate::error::{ErrorKind, Result};
use crate::link::frame::{Header, Kind, Lane, payload_max};
use crate::link::house::House;
use crate::link::message::{self, InfoLine, Limits, PartLine, Reply, Request};
use crate::link::session::{Arrival, Session};
use embedded_io::Write;

/// Everything but the frame that came last.
#[derive(Clone, Debug)]
pub(super) struct Desk<const FRAME: usize, const WORDS: usize, const RESULTS: usize> {
    pub(super) lane: Lane,
    pub(super) session: Session,
    pub(super) window: u32,
    pub(super) kept: Kept<FRAME>,
    pub(super) payload: [u8; FRAME],
    pub(super) room: ShotRoom<WORDS, RESULTS>,
    pub(super) counters: Counters,
}

/// Bytes of a reply that carries records, beside them.
const RECORDS_HEAD_BYTES: usize = 16;
/// Most bytes of verdicts, outcomes or numbers in one reply.
const BULK_BYTES: usize = 256;

/// How many of them fit a reply of this frame; the rest of it is its head.
const fn bulk_bytes(frame_bytes: usize) -> usize {
    let room = (payload_max(frame_bytes) - 16) / 8 * 8;
    if room < BULK_BYTES { room } else { BULK_BYTES }
}

/// What is served.
pub(super) struct Served<'a, 's> {
    pub(super) stack: Option<&'a mut (dyn Backend + 's)>,
    pub(super) house: &'a mut dyn House,
}

impl<'s> Served<'_, 's> {
    /// The stack.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if none was built.
    pub(super) fn stack(&mut self) -> Result<&mut (dyn Backend + 's)> {
        let none = ErrorKind::State("no stack has been built on the board; build one first");
        self.stack.as_deref_mut().ok_or_else(|| none.into())
    }
}

impl Counters {
    const fn new() -> Self {
        Self { requests: 0, damaged: 0, again: 0, early: 0, strange: 0, versions: 0, sessions: 0 }
    }
}

pub(super) fn info_line<'a>(stack: &'a (dyn Backend + '_)) -> InfoLine<'a> {
    let info = stack.info();
    InfoLine {
        id: stack.id(),
        qubit_count: info.qubit_count,
        op_kinds: info.op_kinds,
        caps: info.caps.0,
    }
}

impl<const FRAME: usize, const WORDS: usize, const RESULTS: usize> Desk<FRAME, WORDS, RESULTS> {
    pub(super) const fn new(window: u32) -> Self {
        Self {
            lane: Lane::Down,
            session: Session::new(),
            window,
            kept: Kept { bytes: [0; FRAME], len: 0, seq: 0 },
            payload: [0; FRAME],
            room: ShotRoom::new(),
            counters: Counters::new(),
        }
    }

    pub(super) fn limits(&self) -> Limits {
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        Limits {
            payload_bytes: number(payload_max(FRAME)),
            window: self.window,
            batch_words: number(WORDS),
            batch_results: number(RESULTS),
        }
    }

    pub(super) fn frame<W: Write>(
        &mut self,
        header: Header,
        payload: &[u8],
        out: &mut W,
        served: &mut Served<'_, '_>,
    ) -> core::result::Result<Event, W::Error> {
        if header.lane != self.lane {
            return Ok(Event::None);
        }
        match header.kind {
            Kind::Request => {}
            Kind::Cancel => {
                if header.session == self.session.id() {
                    self.room.cancel(served);
                }
                return Ok(Event::None);
            }
            Kind::Reply | Kind::Ack | Kind::Gap | Kind::NoSession | Kind::WrongVersion => {
                self.counters.damaged += 1;
                return Ok(Event::None);
            }
        }
        match self.session.arrival(header) {
            Arrival::Next => {
                self.session.advance();
                self.counters.requests += 1;
                self.request(payload, out, served)
            }
            Arrival::Opening if message::read(payload) == Some(Request::Hello) => {
                self.counters.sessions += 1;
                self.room.end_quietly(served);
                self.session.open(header);
                self.welcome(out, served.house)?;
                Ok(Event::Opened)
            }
            Arrival::Again => {
                self.counters.again += 1;
                if self.kept.len > 0 && self.kept.seq == header.seq {
                    out.write_all(self.kept.bytes.get(..self.kept.len).unwrap_or(&[]))?;
                    out.flush()?;
                } else {
                    self.acknowledge(Kind::Ack, out)?;
                }
                Ok(Event::None)
            }
            Arrival::TooEarly => {
                self.counters.early += 1;
                self.acknowledge(Kind::Gap, out)?;
                Ok(Event::None)
            }
            Arrival::Opening | Arrival::Stranger => {
                self.counters.strange += 1;
                self.send(Header { kind: Kind::NoSession, ..header }, &[], out)?;
                Ok(Event::None)
            }
        }
    }

    fn request<W: Write>(
        &mut self,
        payload: &[u8],
        out: &mut W,
        served: &mut Served<'_, '_>,
    ) -> core::result::Result<Event, W::Error> {
        let Some(request) = message::read(payload) else {
            let unknown = "a request that this firmware does not know; use one of the same release";
            self.fail(&ErrorKind::Interface(unknown).into(), false, out)?;
            return Ok(Event::None);
        };
        match request {
            Request::Hello => self.welcome(out, served.house)?,
            Request::Ping(number) => self.reply(&Reply::Pong(number), out)?,
            Request::Part(index) => {
                let part: Option<PartLine<'_>> = served.house.part(index);
                self.reply(&Reply::Part(part), out)?;
            }
            Request::Region(index) => {
                self.reply(&Reply::Region(served.house.region(index)), out)?;
            }
            Request::Module(index) => {
                self.reply(&Reply::Module(served.house.module(index)), out)?;
            }
            Request::Build(_) => {
                self.room.end_quietly(served);
                if served.house.can_build() {
                    return Ok(Event::Build);
                }
                let fixed = "the board serves a stack that is fixed; none can be built on it";
                self.fail(&ErrorKind::Unsupported(fixed).into(), false, out)?;
            }
            Request::Load { offset, total, bytes } => {
                self.room.end_quietly(served);
                self.done(served.house.load(None, offset, total, bytes), out)?;
            }
            Request::LoadTo { slot, offset, total, bytes } => {
                self.room.end_quietly(served);
                self.done(served.house.load(Some(slot), offset, total, bytes), out)?;
            }
            Request::Erase(slot) => {
                self.room.end_quietly(served);
                self.done(served.house.erase(slot), out)?;
            }
            Request::Taps { top } => {
                self.room.end_quietly(served);
                match served.house.taps(top) {
                    Ok(ring_bytes) => self.reply(&Reply::Taps { ring_bytes }, out)?,
                    Err(error) => self.fail(&error, false, out)?,
                }
            }
            Request::Records => self.records(out, served.house)?,
            Request::Info
            | Request::Negotiate(_)
            | Request::GateRoom { .. }
            | Request::Matrix(..)
            | Request::OwnGate(_)
            | Request::ShotBegin { .. }
            | Request::Apply(..)
            | Request::More(_)
            | Request::Outcomes(_)
            | Request::ShotEnd { .. }
            | Request::StateDigest
            | Request::State { .. }
            | Request::Numbers(_)
            | Request::Metric(_) => self.of_stack(request, out, served)?,
        }
        Ok(Event::None)
    }

    /// Records do not depend on how the shot goes, so an error that is held back stays so.
    #[inline(never)]
    fn records<W: Write>(&mut self, out: &mut W, house: &mut dyn House) -> Sent<W> {
        let mut bytes = [0; FRAME];
        let most = payload_max(FRAME) - RECORDS_HEAD_BYTES;
        let (len, waiting) = house.records(bytes.get_mut(..most).unwrap_or(&mut []));
        let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
        self.reply(&Reply::Records { waiting, bytes: bytes.get(..len).unwrap_or(&[]) }, out)
    }

    /// A request that concerns the stack.
    fn of_stack<W: Write>(
        &mut self,
        request: Request<'_>,
        out: &mut W,
        served: &mut Served<'_, '_>,
    ) -> Sent<W> {
        let Self { lane, session, window, kept, payload, room, counters: _ } = self;
        let mut bulk = [0; BULK_BYTES];
        let bulk = &mut bulk[..const { bulk_bytes(FRAME) }];
        match room.carry_out(request, served, bulk) {
            Ok(Some(reply)) => {
                let sent = keep_and_send(*lane, session, kept, payload, &reply, out)?;
                if sent { Ok(()) } else { self.fail(&too_long(), false, out) }
            }
            Ok(None) if session.untold() >= (*window / 2).max(1) => {
                self.acknowledge(Kind::Ack, out)
            }
            Ok(None) => Ok(()),
            Err((error, is_late)) => self.fail(&error, is_late, out),
        }
    }
}
