//! What stands on the line: `COBS(header, payload, CRC-32)` and a zero byte.
//!
//! Header, 16 bytes, little-endian: version u8, kind and lane u8, payload bytes u16, session u32,
//! sequence number u32, acknowledgement u32. The version, the CRC and the framing are the same in every
//! version of the protocol, so that two ends can always tell each other that they do not fit.
//! Not here: what payloads mean ([`super::message`]), and in which order frames come.

use super::PROTOCOL;
use cobs::CobsEncoder;
use crc::{CRC_32_ISO_HDLC, Crc};

/// Bytes of the header.
pub const HEADER_BYTES: usize = 16;
/// Bytes of the CRC behind the payload.
pub const CRC_BYTES: usize = 4;
/// Ends a frame; stands nowhere inside of one.
pub const END: u8 = 0;

const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// What a frame is for. Numbers as on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// From the client of the lane: a message with the next sequence number.
    Request = 1,
    /// From the server: the answer to the request of this sequence number.
    Reply = 2,
    /// From the server: every request below the acknowledgement has arrived.
    Ack = 3,
    /// As [`Self::Ack`], and something was missing: send again from there on.
    Gap = 4,
    /// From the server: this session is not known, since one of the two ends began anew.
    NoSession = 5,
    /// From the server: the version of a frame is not spoken here. Payload: the version that is.
    WrongVersion = 6,
    /// From the client: calls in progress may return early. Has no sequence number.
    Cancel = 7,
}

impl Kind {
    /// The kind of this number, if there is one.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Request),
            2 => Some(Self::Reply),
            3 => Some(Self::Ack),
            4 => Some(Self::Gap),
            5 => Some(Self::NoSession),
            6 => Some(Self::WrongVersion),
            7 => Some(Self::Cancel),
            _ => None,
        }
    }
}

/// Which of the two conversations on a line a frame belongs to. Each has its own sessions and
/// numbers; the bit as on the line, beside the kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Lane {
    /// The desktop asks, and the board serves a stack.
    #[default]
    Down = 0,
    /// The board asks for what lies below its stack, and the desktop serves that.
    Up = 0x80,
}

/// The head of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the frame is for.
    pub kind: Kind,
    /// Which conversation it belongs to.
    pub lane: Lane,
    /// Which session it belongs to; 0 is none.
    pub session: u32,
    /// The request's number in its session, from 0.
    pub seq: u32,
    /// Every request below this has arrived, says the server.
    pub ack: u32,
}

/// Why bytes are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// Byte stuffing, length or CRC is wrong.
    Damaged,
    /// Whole, but of this version of the protocol.
    Version(u8),
}

/// The longest payload that fits a buffer of `frame_bytes` bytes, end included.
#[must_use]
pub const fn payload_max(frame_bytes: usize) -> usize {
    let stuffing = 2 + frame_bytes / 254 + 1;
    frame_bytes.saturating_sub(stuffing + HEADER_BYTES + CRC_BYTES)
}

/// Writes the frame into `out`, end included, and gives its length; `None` if there is no room.
#[must_use]
pub fn encode(header: Header, payload: &[u8], out: &mut [u8]) -> Option<usize> {
    encode_version(PROTOCOL, header, payload, out)
}

/// As [`encode`], for any version of the protocol.
#[must_use]
pub fn encode_version(
    version: u8,
    header: Header,
    payload: &[u8],
    out: &mut [u8],
) -> Option<usize> {
    if payload.len() > payload_max(out.len()) {
        return None;
    }
    let mut head = [0; HEADER_BYTES];
    head[0] = version;
    head[1] = header.kind as u8 | header.lane as u8;
    head[2..4].copy_from_slice(&u16::try_from(payload.len()).ok()?.to_le_bytes());
    head[4..8].copy_from_slice(&header.session.to_le_bytes());
    head[8..12].copy_from_slice(&header.seq.to_le_bytes());
    head[12..16].copy_from_slice(&header.ack.to_le_bytes());
    let mut digest = CRC.digest();
    digest.update(&head);
    digest.update(payload);
    let mut stuffed = CobsEncoder::new(out);
    stuffed.push(&head).ok()?;
    stuffed.push(payload).ok()?;
    stuffed.push(&digest.finalize().to_le_bytes()).ok()?;
    let len = stuffed.finalize();
    *out.get_mut(len)? = END;
    Some(len + 1)
}

/// Reads the frame in `bytes`, the end left out, which are overwritten on the way.
///
/// # Errors
/// [`Damage`] if they are none.
pub fn decode(bytes: &mut [u8]) -> Result<(Header, &[u8]), Damage> {
    let len = cobs::decode_in_place(bytes).map_err(|_| Damage::Damaged)?;
    let frame = bytes.get(..len).ok_or(Damage::Damaged)?;
    let (body, crc) = frame.split_last_chunk::<CRC_BYTES>().ok_or(Damage::Damaged)?;
    if CRC.checksum(body) != u32::from_le_bytes(*crc) {
        return Err(Damage::Damaged);
    }
    let version = *body.first().ok_or(Damage::Damaged)?;
    let (head, payload) = match body.split_first_chunk::<HEADER_BYTES>() {
        Some(parts) if version == PROTOCOL => parts,
        Some(_) | None if version != PROTOCOL => return Err(Damage::Version(version)),
        Some(_) | None => return Err(Damage::Damaged),
    };
    let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    if usize::from(u16::from_le_bytes([head[2], head[3]])) != payload.len() {
        return Err(Damage::Damaged);
    }
    let is_up = head[1] & Lane::Up as u8 != 0;
    let lane = if is_up { Lane::Up } else { Lane::Down };
    let kind = Kind::from_number(head[1] & !(Lane::Up as u8)).ok_or(Damage::Damaged)?;
    Ok((Header { kind, lane, session: word(4), seq: word(8), ack: word(12) }, payload))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    const HEADER: Header =
        Header { kind: Kind::Reply, lane: Lane::Up, session: 0xdead_0000, seq: 256, ack: 7 };

    fn encoded(payload: &[u8]) -> Vec<u8> {
        let mut out = [0xff; 2048];
        let len = encode(HEADER, payload, &mut out).unwrap();
        out[..len].to_vec()
    }

    #[test]
    fn frames_of_every_length_come_back_as_they_were() {
        for len in 0..1100 {
            let payload: Vec<u8> = (0..len).map(|i| if i % 7 == 0 { 0 } else { 0xff }).collect();
            let mut bytes = encoded(&payload);
            assert_eq!(bytes.pop(), Some(END));
            assert!(!bytes.contains(&END));
            assert_eq!(decode(&mut bytes), Ok((HEADER, &payload[..])));
        }
    }

    #[test]
    fn what_payload_max_says_always_fits_and_one_more_does_not() {
        for room in 24..1400 {
            let (mut out, most) = (std::vec![0; room], payload_max(room));
            // No zero byte, so that stuffing takes the most.
            let payload = std::vec![0xaa; most + 1];
            assert!(encode(HEADER, &payload[..most], &mut out).is_some(), "{most} in {room}");
            assert!(encode(HEADER, &payload, &mut out).is_none());
        }
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_seen() {
        let whole = encoded(b"operations");
        let whole = &whole[..whole.len() - 1];
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decode(&mut bytes), Err(Damage::Damaged), "bit {bit}");
        }
        for len in 0..whole.len() {
            assert_eq!(decode(&mut whole[..len].to_vec()), Err(Damage::Damaged), "{len} bytes");
            assert_eq!(decode(&mut whole[len + 1..].to_vec()), Err(Damage::Damaged));
        }
    }

    #[test]
    fn a_whole_frame_of_another_version_is_known_as_such() {
        let mut out = [0; 128];
        let len = encode_version(9, HEADER, b"whatever", &mut out).unwrap();
        assert_eq!(decode(&mut out[..len - 1]), Err(Damage::Version(9)));
    }
}
