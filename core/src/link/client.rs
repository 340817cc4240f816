//! The asking end: numbers requests, keeps them until they have arrived, sends them again if need be.
//!
//! Requests that need no reply are [`Client::post`]ed, several under way at a time; [`Client::call`]
//! waits. What was lost is sent again from the first missing request on (go back N): the server
//! takes requests in order only, so it needs no memory for those that come early.
//! Not here: what is asked ([`super::Remote`]).

use super::PROTOCOL;
use super::decoder::{Decoder, Received};
use super::errors::LinkError;
use super::frame::{Damage, Header, Kind, Lane, encode, payload_max};
use super::message::{self, Limits, Reply, Request, Welcome};
use embedded_io::{Error as _, ErrorKind as IoKind, Read, Write};

/// How long to wait, in reads of the line that time out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// After so many without a sign, what is under way is sent again; the next time after twice as
    /// many, and so on. 0: at every one.
    pub resend_ticks: u32,
    /// After so many without a sign, nobody is there.
    pub give_up_ticks: u32,
}

/// What went over the line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Requests, each counted once.
    pub requests: u64,
    /// Frames that were sent again.
    pub resent: u64,
    /// How often somebody waited for a reply, or for room to go on: round trips.
    pub waits: u64,
    /// Reads that timed out.
    pub ticks: u64,
    /// Bytes that were no frame.
    pub damaged: u64,
    /// Sessions begun.
    pub sessions: u64,
}

/// A request that may not have arrived yet, as it stands on the line.
#[derive(Clone, Copy, Debug)]
struct Sent<const FRAME: usize> {
    bytes: [u8; FRAME],
    len: usize,
}

/// Talks to one server over `io`, whose reads must time out; one that is aborted
/// ([`IoKind::ConnectionAborted`]) ends the wait for a reply, and the session. `FRAME`: bytes of the longest frame.
/// `WINDOW`: most requests under way at a time.
#[derive(Debug)]
pub struct Client<IO, const FRAME: usize, const WINDOW: usize> {
    io: IO,
    patience: Patience,
    lane: Lane,
    decoder: Decoder<FRAME>,
    payload: [u8; FRAME],
    sent: [Sent<FRAME>; WINDOW],
    /// 0 if there is none.
    session: u32,
    /// What the next session is called.
    next_session: u32,
    /// Number of the next request.
    next: u32,
    /// Every request below this has arrived.
    arrived: u32,
    window: u32,
    limits: Limits,
    stats: Stats,
    /// Damaged bytes since the last good frame.
    noise_bytes: u32,
    /// The session in the other lane, and which request of it comes next.
    asked: (u32, u32),
    wait: Wait,
}

/// How long nothing has come.
#[derive(Clone, Copy, Debug, Default)]
struct Wait {
    quiet_ticks: u32,
    resend_at: u32,
    /// What a gap was reported of and was sent again already.
    gap: Option<u32>,
}

/// Bytes of noise that count as a read that timed out: a line that babbles is as good as silent.
const NOISE_BYTES_PER_TICK: u32 = 256;

/// What a frame of the server means to whoever waits.
enum Sign {
    None,
    /// The reply to this request, of so many bytes.
    Reply(u32, usize),
}

impl<IO: Read + Write, const FRAME: usize, const WINDOW: usize> Client<IO, FRAME, WINDOW> {
    /// A client that has not spoken yet. `first_session` should differ from that of other clients of
    /// the same server: a number drawn at random.
    #[must_use]
    pub const fn new(io: IO, patience: Patience, first_session: u32) -> Self {
        Self::in_lane(Lane::Down, io, patience, first_session)
    }

    /// As [`Self::new`], in any lane.
    pub(super) const fn in_lane(
        lane: Lane,
        io: IO,
        patience: Patience,
        first_session: u32,
    ) -> Self {
        const {
            assert!(WINDOW.is_power_of_two(), "numbers of requests wrap at a power of two");
            assert!(payload_max(FRAME) >= 128, "a frame must hold every message but the bulk ones");
        }
        Self {
            io,
            patience,
            lane,
            decoder: Decoder::new(),
            payload: [0; FRAME],
            sent: [Sent { bytes: [0; FRAME], len: 0 }; WINDOW],
            session: 0,
            next_session: first_session,
            next: 0,
            arrived: 0,
            window: 1,
            limits: Limits { payload_bytes: 0, window: 0, batch_words: 0, batch_results: 0 },
            stats: Stats { requests: 0, resent: 0, waits: 0, ticks: 0, damaged: 0, sessions: 0 },
            noise_bytes: 0,
            asked: (0, 0),
            wait: Wait { quiet_ticks: 0, resend_at: 0, gap: None },
        }
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

    /// What went over the line so far.
    #[must_use]
    pub const fn stats(&self) -> Stats {
        self.stats
    }

    /// The server's limits, of which payloads are no longer than a frame here holds.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// How many requests can be sent before an answer or an acknowledgement has come.
    pub(super) const fn room(&self) -> u32 {
        self.window.saturating_sub(self.under_way())
    }

    /// Whether there is a session.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.session != 0
    }

    /// Begins a session; one that there was is over.
    ///
    /// # Errors
    /// [`LinkError`], in particular [`LinkError::Silent`] and [`LinkError::Version`].
    pub fn open(&mut self) -> Result<Welcome<'_>, LinkError> {
        self.next_session = self.next_session.wrapping_add(1).max(1);
        self.session = self.next_session;
        (self.next, self.arrived, self.window) = (0, 0, 1);
        self.noise_bytes = 0;
        self.decoder.clear();
        self.stats.sessions += 1;
        // Whatever stands on the line before it must not swallow the first frame.
        self.write(&[super::frame::END])?;
        let len = match self.call_raw(&Request::Hello) {
            Ok(len) => len,
            Err(error) => {
                self.session = 0;
                return Err(error);
            }
        };
        let here = u32::try_from(payload_max(FRAME)).unwrap_or(u32::MAX);
        let Some(Reply::Hello(welcome)) = message::read(self.decoder.payload(len)) else {
            self.session = 0;
            return Err(LinkError::Nonsense);
        };
        let limits = welcome.limits;
        if limits.payload_bytes < 128 || limits.batch_words < 32 || limits.batch_results < 1 {
            self.session = 0;
            return Err(LinkError::Nonsense);
        }
        self.limits = Limits { payload_bytes: limits.payload_bytes.min(here), ..limits };
        self.window = limits.window.clamp(1, u32::try_from(WINDOW).unwrap_or(u32::MAX));
        Ok(welcome)
    }

    /// Sends a request that has no reply. Waits only if too many are under way.
    ///
    /// # Errors
    /// [`LinkError`]; the session is over but for [`LinkError::TooLong`].
    pub fn post(&mut self, request: &Request<'_>) -> Result<(), LinkError> {
        if self.session == 0 {
            return Err(LinkError::SessionLost);
        }
        let done = self.post_raw(request);
        self.over_unless_kept(done)
    }

    /// Sends a request and waits for its reply.
    ///
    /// # Errors
    /// As [`Self::post`].
    pub fn call(&mut self, request: &Request<'_>) -> Result<Reply<'_>, LinkError> {
        if self.session == 0 {
            return Err(LinkError::SessionLost);
        }
        let done = self.call_raw(request);
        let len = self.over_unless_kept(done)?;
        if message::read::<Reply<'_>>(self.decoder.payload(len)).is_none() {
            self.session = 0;
        }
        message::read(self.decoder.payload(len)).ok_or(LinkError::Nonsense)
    }

    /// Asks that calls in progress return early.
    ///
    /// # Errors
    /// As [`Self::post`].
    pub fn cancel(&mut self) -> Result<(), LinkError> {
        let header = self.header(Kind::Cancel, 0);
        let mut bytes = [0; 64];
        let len = encode(header, &[], &mut bytes).unwrap_or(0);
        self.write(&bytes[..len])
    }

    const fn header(&self, kind: Kind, seq: u32) -> Header {
        Header { kind, lane: self.lane, session: self.session, seq, ack: 0 }
    }

    fn over_unless_kept<T>(&mut self, done: Result<T, LinkError>) -> Result<T, LinkError> {
        if !matches!(done, Ok(_) | Err(LinkError::TooLong { .. })) {
            self.session = 0;
        }
        done
    }

    fn post_raw(&mut self, request: &Request<'_>) -> Result<(), LinkError> {
        if self.under_way() >= self.window {
            self.stats.waits += 1;
            self.begin_to_wait();
            while self.under_way() >= self.window {
                self.listen()?;
            }
        }
        let too_long = LinkError::TooLong {
            needed: u32::try_from(FRAME).unwrap_or(u32::MAX),
            available: u32::try_from(payload_max(FRAME)).unwrap_or(u32::MAX),
        };
        let header = self.header(Kind::Request, self.next);
        let payload = message::write(request, &mut self.payload).ok_or(too_long)?;
        let place = self.next as usize % WINDOW;
        let sent = self.sent.get_mut(place).ok_or(too_long)?;
        sent.len = encode(header, payload, &mut sent.bytes).ok_or(too_long)?;
        self.next = self.next.wrapping_add(1);
        self.stats.requests += 1;
        self.write_sent(place)
    }

    /// The length of the reply, which the decoder has.
    fn call_raw(&mut self, request: &Request<'_>) -> Result<usize, LinkError> {
        let seq = self.next;
        self.post_raw(request)?;
        self.stats.waits += 1;
        self.begin_to_wait();
        loop {
            if let Sign::Reply(of, len) = self.listen()?
                && of == seq
            {
                return Ok(len);
            }
        }
    }

    const fn under_way(&self) -> u32 {
        self.next.wrapping_sub(self.arrived)
    }

    const fn begin_to_wait(&mut self) {
        self.wait = Wait { quiet_ticks: 0, resend_at: self.patience.resend_ticks, gap: None };
    }

    /// Reads up to the next frame, or to a read that times out.
    fn listen(&mut self) -> Result<Sign, LinkError> {
        loop {
            let mut byte = [0];
            match self.io.read(&mut byte) {
                Ok(0) => return Err(LinkError::Line(IoKind::BrokenPipe)),
                Ok(_) => {}
                Err(error) => match error.kind() {
                    IoKind::TimedOut => return self.tick().map(|()| Sign::None),
                    IoKind::Interrupted => continue,
                    IoKind::ConnectionAborted => return Err(LinkError::Cancelled),
                    kind => return Err(LinkError::Line(kind)),
                },
            }
            match self.decoder.push(byte[0]) {
                Received::Nothing => self.noise_bytes += 1,
                Received::Damage(Damage::Version(theirs)) => {
                    return Err(LinkError::Version { theirs });
                }
                Received::Damage(Damage::Damaged) => self.stats.damaged += 1,
                Received::Frame(header, len) => return self.frame(header, len),
            }
            if self.noise_bytes >= NOISE_BYTES_PER_TICK.max(2 * clamp_u32(FRAME)) {
                self.noise_bytes = 0;
                return self.tick().map(|()| Sign::None);
            }
        }
    }

    fn frame(&mut self, header: Header, len: usize) -> Result<Sign, LinkError> {
        self.noise_bytes = 0;
        if header.kind == Kind::WrongVersion {
            let theirs = self.decoder.payload(len).first().copied();
            return match theirs {
                Some(theirs) if theirs != PROTOCOL => Err(LinkError::Version { theirs }),
                // A bit that noise has put there and taken away again.
                Some(_) | None => Ok(Sign::None),
            };
        }
        if header.lane != self.lane {
            self.other_lane(header);
            return Ok(Sign::None);
        }
        if header.session != self.session {
            return Ok(Sign::None);
        }
        match header.kind {
            Kind::Reply => {
                self.acknowledged(header.ack);
                Ok(Sign::Reply(header.seq, len))
            }
            Kind::Ack => {
                self.acknowledged(header.ack);
                Ok(Sign::None)
            }
            Kind::Gap => {
                self.acknowledged(header.ack);
                if self.wait.gap != Some(header.ack) {
                    self.wait.gap = Some(header.ack);
                    self.send_again()?;
                }
                Ok(Sign::None)
            }
            Kind::NoSession => Err(LinkError::SessionLost),
            Kind::Request | Kind::WrongVersion | Kind::Cancel => Ok(Sign::None),
        }
    }

    /// A server that asks for something itself is alive. One that asks for the same again is not
    /// further than before.
    const fn other_lane(&mut self, header: Header) {
        let (session, seq) = self.asked;
        let is_new = header.session != session || header.seq.wrapping_sub(seq) < u32::MAX / 2;
        if matches!(header.kind, Kind::Request) && is_new {
            self.asked = (header.session, header.seq.wrapping_add(1));
            self.begin_to_wait();
        }
    }

    /// Everything below `ack` has arrived.
    fn acknowledged(&mut self, ack: u32) {
        let news = ack.wrapping_sub(self.arrived);
        if (1..=self.under_way()).contains(&news) {
            self.arrived = ack;
            let gap = self.wait.gap;
            self.begin_to_wait();
            self.wait.gap = gap;
        }
    }

    /// Nothing has come for a while.
    fn tick(&mut self) -> Result<(), LinkError> {
        self.stats.ticks += 1;
        self.wait.quiet_ticks += 1;
        if self.wait.quiet_ticks >= self.patience.give_up_ticks {
            return Err(LinkError::Silent);
        }
        if self.wait.quiet_ticks >= self.wait.resend_at {
            self.wait.resend_at = self.wait.resend_at.saturating_mul(2);
            self.wait.gap = None;
            // Half a frame may stand on the line.
            self.write(&[super::frame::END])?;
            self.send_again()?;
        }
        Ok(())
    }

    /// Sends again all that may not have arrived. If all has, the reply to the last request is what
    /// was lost, and asking again brings it.
    fn send_again(&mut self) -> Result<(), LinkError> {
        let mut from = self.arrived;
        if from == self.next {
            from = self.next.wrapping_sub(1);
        }
        while from != self.next {
            self.stats.resent += 1;
            self.write_sent(from as usize % WINDOW)?;
            from = from.wrapping_add(1);
        }
        Ok(())
    }

    fn write_sent(&mut self, place: usize) -> Result<(), LinkError> {
        let Some(sent) = self.sent.get(place) else { return Ok(()) };
        let bytes = sent.bytes.get(..sent.len).unwrap_or(&[]);
        write_all(&mut self.io, bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        write_all(&mut self.io, bytes)
    }
}

fn clamp_u32(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX / 4)
}

fn write_all<IO: Write>(io: &mut IO, bytes: &[u8]) -> Result<(), LinkError> {
    let written = io.write_all(bytes).and_then(|()| io.flush());
    written.map_err(|error| LinkError::Line(error.kind()))
}
