//! The server's view of a session: which request comes next, and what a frame is beside it.

use super::frame::Header;

/// Which session there is and how far it has come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Session {
    /// 0 before the first one.
    id: u32,
    /// The one before, whose frames may still come.
    previous: u32,
    /// The sequence number of the request that comes next.
    expected: u32,
    /// What the client was told last of [`Self::expected`].
    told: u32,
}

/// What a request's frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// The first one of a session that is not known yet.
    Opening,
    /// The one that comes next.
    Next,
    /// One that was here already.
    Again,
    /// One that comes later: something is missing.
    TooEarly,
    /// Of a session that is not the current one.
    Stranger,
}

impl Session {
    pub(super) const fn new() -> Self {
        Self { id: 0, previous: 0, expected: 0, told: 0 }
    }

    /// What this frame is. Changes nothing.
    pub(super) const fn arrival(&self, header: Header) -> Arrival {
        if header.session != self.id || self.id == 0 {
            let opens = header.seq == 0 && header.session != 0 && header.session != self.previous;
            return if opens { Arrival::Opening } else { Arrival::Stranger };
        }
        match header.seq.wrapping_sub(self.expected) {
            0 => Arrival::Next,
            ahead if ahead < u32::MAX / 2 => Arrival::TooEarly,
            _ => Arrival::Again,
        }
    }

    /// Begins the session that this frame opens.
    pub(super) const fn open(&mut self, header: Header) {
        *self = Self { id: header.session, previous: self.id, expected: 1, told: 0 };
    }

    /// Counts the request that came next.
    pub(super) const fn advance(&mut self) {
        self.expected = self.expected.wrapping_add(1);
    }

    pub(super) const fn id(&self) -> u32 {
        self.id
    }

    pub(super) const fn expected(&self) -> u32 {
        self.expected
    }

    /// The client hears of all that has come.
    pub(super) const fn tell(&mut self) {
        self.told = self.expected;
    }

    /// How many requests have come that the client has not heard of.
    pub(super) const fn untold(&self) -> u32 {
        self.expected.wrapping_sub(self.told)
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::{Kind, Lane};
    use super::*;

    const fn request(session: u32, seq: u32) -> Header {
        Header { kind: Kind::Request, lane: Lane::Down, session, seq, ack: 0 }
    }

    #[test]
    fn a_frame_is_known_by_its_session_and_its_number() {
        let mut session = Session::default();
        assert_eq!(session.arrival(request(5, 3)), Arrival::Stranger);
        assert_eq!(session.arrival(request(0, 0)), Arrival::Stranger);
        assert_eq!(session.arrival(request(5, 0)), Arrival::Opening);
        session.open(request(5, 0));
        assert_eq!(session.arrival(request(5, 0)), Arrival::Again);
        assert_eq!(session.arrival(request(5, 1)), Arrival::Next);
        assert_eq!(session.arrival(request(5, 2)), Arrival::TooEarly);
        session.advance();
        assert_eq!((session.expected(), session.untold()), (2, 2));
        assert_eq!(session.arrival(request(5, 1)), Arrival::Again);
        assert_eq!(session.arrival(request(5, 2)), Arrival::Next);
    }

    #[test]
    fn a_late_copy_of_the_last_opening_does_not_end_the_session() {
        let mut session = Session::default();
        session.open(request(5, 0));
        session.open(request(6, 0));
        assert_eq!(session.arrival(request(5, 0)), Arrival::Stranger);
        assert_eq!(session.arrival(request(6, 1)), Arrival::Next);
    }

    #[test]
    fn numbers_may_wrap() {
        let mut session = Session { id: 1, previous: 0, expected: u32::MAX, told: u32::MAX };
        assert_eq!(session.arrival(request(1, 0)), Arrival::TooEarly);
        session.advance();
        assert_eq!(session.arrival(request(1, 0)), Arrival::Next);
        assert_eq!(session.arrival(request(1, u32::MAX)), Arrival::Again);
        assert_eq!(session.untold(), 1);
    }
}
