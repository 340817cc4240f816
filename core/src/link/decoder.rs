//! From bytes as they come to frames: collects up to an end, drops what is too long.
//!
//! Not here: what to do with a frame.

use super::frame::{Damage, END, Header, decode};

/// Collects the bytes of one frame at a time in `BYTES` bytes.
#[derive(Clone, Debug)]
pub struct Decoder<const BYTES: usize> {
    bytes: [u8; BYTES],
    len: usize,
    /// The frame in the making is longer than there is room for, or was taken out.
    is_stale: bool,
}

/// What a byte completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// Nothing yet.
    Nothing,
    /// Bytes that are no frame.
    Damage(Damage),
    /// A frame; [`Decoder::payload`] has what it carries.
    Frame(Header, usize),
}

impl<const BYTES: usize> Default for Decoder<BYTES> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const BYTES: usize> Decoder<BYTES> {
    /// At the beginning of a frame.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; BYTES], len: 0, is_stale: false }
    }

    /// Forgets what has come so far.
    pub const fn clear(&mut self) {
        self.len = 0;
        self.is_stale = false;
    }

    /// Takes in the next byte of the line.
    pub fn push(&mut self, byte: u8) -> Received {
        if byte != END {
            match self.bytes.get_mut(self.len) {
                Some(place) => {
                    *place = byte;
                    self.len += 1;
                }
                None => self.is_stale = true,
            }
            return Received::Nothing;
        }
        let (len, is_stale) = (self.len, self.is_stale);
        self.clear();
        match len {
            // Ends follow one another where a line idles or a sender separates itself from noise.
            0 => Received::Nothing,
            _ if is_stale => Received::Damage(Damage::Damaged),
            _ => match decode(self.bytes.get_mut(..len).unwrap_or(&mut [])) {
                Ok((header, payload)) => Received::Frame(header, payload.len()),
                Err(damage) => Received::Damage(damage),
            },
        }
    }

    /// What the frame carries that came last, until the next byte is pushed. `len` is what
    /// [`Received::Frame`] said.
    #[must_use]
    pub fn payload(&self, len: usize) -> &[u8] {
        let start = super::frame::HEADER_BYTES;
        self.bytes.get(start..start + len).unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::{Kind, Lane, encode};
    use super::*;
    use std::vec::Vec;

    const HEADER: Header =
        Header { kind: Kind::Request, lane: Lane::Down, session: 1, seq: 2, ack: 3 };

    fn frame(payload: &[u8]) -> Vec<u8> {
        let mut out = [0; 512];
        let len = encode(HEADER, payload, &mut out).unwrap();
        out[..len].to_vec()
    }

    fn received<const N: usize>(decoder: &mut Decoder<N>, bytes: &[u8]) -> Vec<Received> {
        let all = bytes.iter().map(|byte| decoder.push(*byte));
        all.filter(|received| *received != Received::Nothing).collect()
    }

    #[test]
    fn frames_are_found_after_noise_after_an_overlong_one_and_after_ends() {
        let mut decoder = Decoder::<64>::new();
        let mut bytes = std::vec![7, 9, 0, 0, 0];
        bytes.extend(frame(b"one"));
        bytes.extend([5; 100]);
        bytes.push(0);
        bytes.extend(frame(b"two!"));
        let damage = Received::Damage(Damage::Damaged);
        let seen = received(&mut decoder, &bytes);
        assert_eq!(seen, [damage, Received::Frame(HEADER, 3), damage, Received::Frame(HEADER, 4)]);
        assert_eq!(decoder.payload(4), b"two!");
    }

    #[test]
    fn a_frame_that_just_fits_is_taken() {
        // The end needs no place.
        let whole = frame(&[1; 40]);
        assert_eq!(whole.len(), 62);
        assert_eq!(received(&mut Decoder::<61>::new(), &whole), [Received::Frame(HEADER, 40)]);
        let damage = [Received::Damage(Damage::Damaged)];
        assert_eq!(received(&mut Decoder::<60>::new(), &whole), damage);
    }
}
