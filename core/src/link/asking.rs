//! The line as a board's client sees it: what the desktop says in the other lane becomes the time.
//!
//! A desktop that hears no answer sends its request again. To a board that waits for the desktop in
//! the middle of that request, this is the sign that something was lost.
//! Not here: what is asked ([`super::below`]).

use super::frame::{Damage, END, Header, Kind, Lane, decode};
use super::session::{Arrival, Session};
use core::fmt;
use embedded_io::{Error as _, ErrorKind, ErrorType, Read, Write};

/// Gives the frames of the lane that goes up, and of the other one only what they mean to whoever
/// waits: a read times out when the desktop repeats itself, and fails when it begins anew.
pub struct Asking<IO, const FRAME: usize> {
    io: IO,
    /// In the other lane, when the stack was built.
    session: Session,
    /// The frame in the making, or the one that is being given.
    bytes: [u8; FRAME],
    len: usize,
    /// How much of it has been given; `None` while it is in the making.
    given: Option<usize>,
}

impl<IO, const FRAME: usize> fmt::Debug for Asking<IO, FRAME> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asking").field("session", &self.session).finish_non_exhaustive()
    }
}

/// What is to be done with the bytes up to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// They are for who reads.
    Mine,
    /// They concern nobody.
    Nobodys,
    /// The desktop asks again: what was asked of it, or its answer, may be lost.
    Again,
    /// The desktop wants nothing of this any more.
    Over(ErrorKind),
}

impl<IO, const FRAME: usize> Asking<IO, FRAME> {
    pub(super) const fn new(io: IO, session: Session) -> Self {
        Self { io, session, bytes: [0; FRAME], len: 0, given: None }
    }

    /// What the bytes that have come mean; the end is the last of them.
    fn meaning(&self) -> Meaning {
        let mut copy = self.bytes;
        let Some((_, frame)) = copy.get_mut(..self.len).and_then(<[u8]>::split_last_mut) else {
            return Meaning::Nobodys;
        };
        match decode(frame) {
            _ if frame_is_empty(self.len) => Meaning::Nobodys,
            Ok((header, _)) if header.lane == Lane::Up => Meaning::Mine,
            Ok((header, _)) => self.of_other_lane(header),
            // A desktop of another version, which the server has an answer for.
            Err(Damage::Version(_)) => Meaning::Over(ErrorKind::ConnectionReset),
            // Whoever reads counts noise, too.
            Err(Damage::Damaged) => Meaning::Mine,
        }
    }

    fn of_other_lane(&self, header: Header) -> Meaning {
        match (header.kind, self.session.arrival(header)) {
            (Kind::Request, Arrival::Opening) => Meaning::Over(ErrorKind::ConnectionReset),
            (Kind::Request, Arrival::Next | Arrival::Again | Arrival::TooEarly) => Meaning::Again,
            (Kind::Cancel, _) if header.session == self.session.id() => {
                Meaning::Over(ErrorKind::ConnectionAborted)
            }
            _ => Meaning::Nobodys,
        }
    }
}

/// Ends follow one another where a line idles.
const fn frame_is_empty(len: usize) -> bool {
    len <= 1
}

impl<IO, const FRAME: usize> ErrorType for Asking<IO, FRAME> {
    type Error = ErrorKind;
}

impl<IO: Read, const FRAME: usize> Read for Asking<IO, FRAME> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
        loop {
            if let Some(given) = self.given {
                let rest = self.bytes.get(given..self.len).unwrap_or(&[]);
                let count = rest.len().min(out.len());
                for (place, byte) in out.iter_mut().zip(rest) {
                    *place = *byte;
                }
                self.given = Some(given + count);
                if given + count >= self.len {
                    (self.len, self.given) = (0, None);
                }
                return Ok(count);
            }
            let mut byte = [0];
            if self.io.read(&mut byte).map_err(|error| error.kind())? == 0 {
                return Ok(0);
            }
            if let Some(place) = self.bytes.get_mut(self.len) {
                *place = byte[0];
                self.len += 1;
            }
            // What is longer than a frame is noise, which whoever reads counts.
            let meaning = match byte[0] {
                END => self.meaning(),
                _ if self.len >= FRAME => Meaning::Mine,
                _ => continue,
            };
            if meaning == Meaning::Mine {
                self.given = Some(0);
                continue;
            }
            self.len = 0;
            match meaning {
                Meaning::Again => return Err(ErrorKind::TimedOut),
                Meaning::Over(kind) => return Err(kind),
                Meaning::Mine | Meaning::Nobodys => {}
            }
        }
    }
}

impl<IO: Write, const FRAME: usize> Write for Asking<IO, FRAME> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.io.write(bytes).map_err(|error| error.kind())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        self.io.flush().map_err(|error| error.kind())
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::{encode, encode_version};
    use super::*;
    use std::vec::Vec;

    /// A line with these bytes, and whatever is written to it lost.
    struct Bytes(std::collections::VecDeque<u8>);

    impl ErrorType for Bytes {
        type Error = ErrorKind;
    }

    impl Read for Bytes {
        fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
            let Some(byte) = self.0.pop_front() else { return Ok(0) };
            out[0] = byte;
            Ok(1)
        }
    }

    const DOWN: Header =
        Header { kind: Kind::Request, lane: Lane::Down, session: 5, seq: 3, ack: 0 };

    fn asking(frames: &[(u8, Header, &[u8])]) -> Asking<Bytes, 128> {
        let mut session = Session::new();
        session.open(Header { session: 4, seq: 0, ..DOWN });
        session.open(Header { session: 5, seq: 0, ..DOWN });
        let (mut line, mut bytes) = (Vec::new(), [0; 128]);
        for (version, header, payload) in frames {
            let len = encode_version(*version, *header, payload, &mut bytes).unwrap();
            line.extend_from_slice(&bytes[..len]);
        }
        Asking::new(Bytes(line.into()), session)
    }

    /// Everything that is given up to an error or the end.
    fn given(asking: &mut Asking<Bytes, 128>) -> (Vec<u8>, Result<usize, ErrorKind>) {
        let mut all = Vec::new();
        loop {
            let mut byte = [0];
            match asking.read(&mut byte) {
                Ok(1) => all.push(byte[0]),
                other => return (all, other),
            }
        }
    }

    const HERE: u8 = super::super::PROTOCOL;

    #[test]
    fn frames_of_the_lane_come_through_whole_and_no_others() {
        let up = Header { kind: Kind::Reply, lane: Lane::Up, ..DOWN };
        let strange = Header { session: 77, ..DOWN };
        let late = Header { session: 4, seq: 0, ..DOWN };
        let mut asking = asking(&[(HERE, strange, b""), (HERE, late, b""), (HERE, up, b"answer")]);
        let mut bytes = [0; 128];
        let len = encode(up, b"answer", &mut bytes).unwrap();
        assert_eq!(given(&mut asking), (bytes[..len].to_vec(), Ok(0)));
    }

    #[test]
    fn a_desktop_that_repeats_itself_is_time_and_one_that_begins_anew_ends_the_wait() {
        let opening = Header { session: 6, seq: 0, ..DOWN };
        let cancel = Header { kind: Kind::Cancel, ..DOWN };
        for (version, header, becomes) in [
            (HERE, DOWN, ErrorKind::TimedOut),
            (HERE, Header { seq: 0, ..DOWN }, ErrorKind::TimedOut),
            (HERE, opening, ErrorKind::ConnectionReset),
            (HERE + 1, DOWN, ErrorKind::ConnectionReset),
            (HERE, cancel, ErrorKind::ConnectionAborted),
        ] {
            let mut asking = asking(&[(version, header, b"x")]);
            assert_eq!(given(&mut asking), (Vec::new(), Err(becomes)), "{header:?}");
            assert_eq!(given(&mut asking), (Vec::new(), Ok(0)));
        }
    }

    #[test]
    fn noise_is_given_as_it_is_and_the_frame_behind_it_too() {
        let up = Header { kind: Kind::Reply, lane: Lane::Up, ..DOWN };
        let mut asking = asking(&[(HERE, up, b"answer")]);
        let mut noise = std::vec![7; 300];
        noise.push(END);
        for byte in noise.iter().rev() {
            asking.io.0.push_front(*byte);
        }
        let (bytes, end) = given(&mut asking);
        assert_eq!((&bytes[..301], end), (&noise[..], Ok(0)));
        assert!(decode(&mut bytes[301..bytes.len() - 1].to_vec()).is_ok());
    }
}
