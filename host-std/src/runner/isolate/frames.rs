//! Frames between parent and worker: length, kind, payload. The other side is not believed.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

/// Bytes before the payload: its length as a little-endian u32, and the kind.
const HEAD_BYTES: usize = 5;

/// What a frame says. Numbers are little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// To the worker: [`super::job::Job`] in JSON.
    Job = 1,
    /// To the worker: a compiled program's bytes.
    Program = 2,
    /// To the worker: run shots; first shot and count, two u64.
    Run = 3,
    /// To the worker: end the request after the shot that is running.
    Cancel = 4,
    /// To the parent: what is being opened or built, in words.
    Stage = 16,
    /// To the parent: the instance is built.
    Ready = 17,
    /// To the parent: [`super::job::Refusal`] in JSON; the worker ends.
    Refused = 18,
    /// To the parent: [`super::job::Failure`] in JSON; the request goes on.
    Failed = 19,
    /// To the parent: the request has been dealt with.
    Done = 20,
    /// To the parent: [`super::numbers::Shot`] in JSON, before the shot counts as ended, if the job
    /// asks for it.
    Metrics = 21,
}

impl Kind {
    const ALL: [Self; 10] = [
        Self::Job,
        Self::Program,
        Self::Run,
        Self::Cancel,
        Self::Stage,
        Self::Ready,
        Self::Refused,
        Self::Failed,
        Self::Done,
        Self::Metrics,
    ];

    fn from_number(number: u8) -> io::Result<Self> {
        let found = Self::ALL.into_iter().find(|&kind| kind as u8 == number);
        found.ok_or_else(|| nonsense(format!("a frame of the unknown kind {number}")))
    }
}

/// A kind and its payload.
pub(super) type Frame = (Kind, Vec<u8>);

fn nonsense(text: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

/// Writes a frame at once.
pub(super) fn send(mut to: &UnixStream, kind: Kind, payload: &[u8]) -> io::Result<()> {
    let length = u32::try_from(payload.len())
        .map_err(|_| nonsense(format!("a message of {} bytes", payload.len())))?;
    let mut frame = Vec::with_capacity(HEAD_BYTES + payload.len());
    frame.extend_from_slice(&length.to_le_bytes());
    frame.push(kind as u8);
    frame.extend_from_slice(payload);
    to.write_all(&frame)
}

/// What reading gave.
#[derive(Debug)]
pub(super) enum Received {
    Frame(Frame),
    /// Nothing within the stream's time limit.
    Nothing,
    /// The other side is gone.
    Closed,
}

/// The frames that come in on a stream.
#[derive(Debug)]
pub(super) struct Inbox {
    bytes: Vec<u8>,
    payload_bytes_max: usize,
}

impl Inbox {
    pub(super) const fn new(payload_bytes_max: usize) -> Self {
        Self { bytes: Vec::new(), payload_bytes_max }
    }

    /// The next frame.
    ///
    /// # Errors
    /// Those of the stream, and [`io::ErrorKind::InvalidData`] for what is no frame.
    pub(super) fn receive(&mut self, mut from: &UnixStream) -> io::Result<Received> {
        let mut piece = [0; 16 << 10];
        loop {
            if let Some(frame) = self.take()? {
                return Ok(Received::Frame(frame));
            }
            match from.read(&mut piece) {
                Ok(0) => return Ok(Received::Closed),
                Ok(bytes) => self.bytes.extend_from_slice(piece.get(..bytes).unwrap_or(&[])),
                Err(error) => match error.kind() {
                    io::ErrorKind::Interrupted => {}
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                        return Ok(Received::Nothing);
                    }
                    // Gone with something of ours unread.
                    io::ErrorKind::ConnectionReset => return Ok(Received::Closed),
                    _ => return Err(error),
                },
            }
        }
    }

    /// The frame that has come in whole.
    fn take(&mut self) -> io::Result<Option<Frame>> {
        let Some((head, rest)) = self.bytes.split_first_chunk::<HEAD_BYTES>() else {
            return Ok(None);
        };
        let [a, b, c, d, kind] = *head;
        let length = u32::from_le_bytes([a, b, c, d]) as usize;
        let kind = Kind::from_number(kind)?;
        if length > self.payload_bytes_max {
            return Err(nonsense(format!("a message of {length} bytes")));
        }
        let Some(payload) = rest.get(..length) else { return Ok(None) };
        let payload = payload.to_vec();
        self.bytes.drain(..HEAD_BYTES + length);
        Ok(Some((kind, payload)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;

    #[test]
    fn frames_come_out_as_they_went_in_however_they_are_cut() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let long = vec![7; 40_000];
        send(&theirs, Kind::Stage, b"a").unwrap();
        send(&theirs, Kind::Done, b"").unwrap();
        send(&theirs, Kind::Failed, &long).unwrap();
        (&theirs).write_all(&[3, 0, 0, 0, 19, 1]).unwrap();
        let mut inbox = Inbox::new(1 << 16);
        let mut next = || match inbox.receive(&ours).unwrap() {
            Received::Frame(frame) => frame,
            other => panic!("{other:?}"),
        };
        assert_eq!(next(), (Kind::Stage, b"a".to_vec()));
        assert_eq!(next(), (Kind::Done, vec![]));
        assert_eq!(next(), (Kind::Failed, long));
        ours.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
        assert!(matches!(inbox.receive(&ours).unwrap(), Received::Nothing));
        (&theirs).write_all(&[2, 3]).unwrap();
        drop(theirs);
        let last = inbox.receive(&ours).unwrap();
        assert!(matches!(last, Received::Frame((Kind::Failed, payload)) if payload == [1, 2, 3]));
        assert!(matches!(inbox.receive(&ours).unwrap(), Received::Closed));
    }

    #[test]
    fn what_is_no_frame_is_refused_before_memory_is_claimed_for_it() {
        for bytes in [[255, 255, 255, 255, 20], [1, 0, 0, 0, 99], *b"hello"] {
            let (ours, theirs) = UnixStream::pair().unwrap();
            (&theirs).write_all(&bytes).unwrap();
            let error = Inbox::new(1 << 16).receive(&ours).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{error}");
        }
    }
}
