//! What a server says: replies, of which the last one is kept, and acknowledgements.

use super::desk::Desk;
use crate::error::{Error, ErrorKind, Result};
use crate::link::frame::{Header, Kind, Lane, encode};
use crate::link::house::House;
use crate::link::message::{self, Reply, Welcome};
use crate::link::session::Session;
use embedded_io::Write;
use heapless::String;

pub(super) type Sent<W> = core::result::Result<(), <W as embedded_io::ErrorType>::Error>;

/// The reply to the request of this number, as it stands on the line.
#[derive(Clone, Debug)]
pub(super) struct Kept<const FRAME: usize> {
    pub(super) bytes: [u8; FRAME],
    pub(super) len: usize,
    pub(super) seq: u32,
}

impl<const FRAME: usize, const WORDS: usize, const RESULTS: usize> Desk<FRAME, WORDS, RESULTS> {
    pub(super) fn welcome<W: Write>(&mut self, out: &mut W, house: &dyn House) -> Sent<W> {
        let limits = self.limits();
        let (name, version) = (house.name(), house.version());
        let can_build = house.can_build();
        self.reply(&Reply::Hello(Welcome { name, version, limits, can_build }), out)
    }

    pub(super) fn done<W: Write>(&mut self, done: Result<()>, out: &mut W) -> Sent<W> {
        match done {
            Ok(()) => self.reply(&Reply::Done, out),
            Err(error) => self.fail(&error, false, out),
        }
    }

    pub(super) fn reply<W: Write>(&mut self, reply: &Reply<'_>, out: &mut W) -> Sent<W> {
        let Self { lane, session, kept, payload, .. } = self;
        if keep_and_send(*lane, session, kept, payload, reply, out)? {
            return Ok(());
        }
        self.fail(&too_long(), false, out)
    }

    pub(super) fn fail<W: Write>(&mut self, error: &Error, is_late: bool, out: &mut W) -> Sent<W> {
        let mut text = String::new();
        let fault = message::fault(error, &mut text, is_late);
        let Self { lane, session, kept, payload, .. } = self;
        if keep_and_send(*lane, session, kept, payload, &Reply::Failed(fault), out)? {
            return Ok(());
        }
        // A frame holds every error but for its words.
        let bare = Reply::Failed(message::Fault { text: "", layer: "", ..fault });
        keep_and_send(*lane, session, kept, payload, &bare, out).map(drop)
    }

    pub(super) fn acknowledge<W: Write>(&mut self, kind: Kind, out: &mut W) -> Sent<W> {
        self.session.tell();
        let (session, ack) = (self.session.id(), self.session.expected());
        self.send(Header { kind, lane: self.lane, session, seq: 0, ack }, &[], out)
    }

    pub(super) fn send<W: Write>(
        &mut self,
        header: Header,
        payload: &[u8],
        out: &mut W,
    ) -> Sent<W> {
        let mut bytes = [0; 64];
        // Frames without a message are short.
        let len = encode(header, payload, &mut bytes).unwrap_or(0);
        out.write_all(bytes.get(..len).unwrap_or(&[]))?;
        out.flush()
    }
}

#[cold]
pub(super) fn too_long() -> Error {
    let what = "a reply that does not fit the board's frames; ask for less at a time";
    ErrorKind::Unsupported(what).into()
}

/// Sends the reply to the request that came last and keeps it; false if it fits no frame.
pub(super) fn keep_and_send<W: Write, const FRAME: usize>(
    lane: Lane,
    session: &mut Session,
    kept: &mut Kept<FRAME>,
    payload: &mut [u8; FRAME],
    reply: &Reply<'_>,
    out: &mut W,
) -> core::result::Result<bool, W::Error> {
    let seq = session.expected().wrapping_sub(1);
    let (kind, ack) = (Kind::Reply, session.expected());
    let header = Header { kind, lane, session: session.id(), seq, ack };
    let written = message::write(reply, payload);
    let Some(len) = written.and_then(|payload| encode(header, payload, &mut kept.bytes)) else {
        return Ok(false);
    };
    (kept.len, kept.seq) = (len, seq);
    session.tell();
    out.write_all(kept.bytes.get(..len).unwrap_or(&[]))?;
    out.flush()?;
    Ok(true)
}
