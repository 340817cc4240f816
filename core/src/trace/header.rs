//! How a trace begins: 32 bytes that say what it is, and a text about the run.

use crate::error::{ErrorKind, Result};

/// The first eight bytes of every trace.
pub const MAGIC: [u8; 8] = *b"PANDTRC\n";
/// The version of the encoding. A reader refuses a trace of another one.
pub const VERSION: u16 = 1;

/// What measured durations are counted in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Unit {
    /// Nothing was measured.
    #[default]
    None,
    /// Nanoseconds.
    Ns,
    /// Instructions that were carried out.
    Instructions,
}

impl Unit {
    /// The unit in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ns => "ns",
            Self::Instructions => "instructions",
        }
    }
}

/// How a trace begins. After it come `about_bytes` bytes of text and as many zeros as lead to a
/// multiple of 8; then the records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// What measured durations are counted in.
    pub unit: Unit,
    /// How many bytes of text follow: JSON about the run on the desktop, none on a board.
    pub about_bytes: u32,
}

impl Header {
    /// Bytes of a header.
    pub const BYTES: usize = 32;

    /// Bytes of text and zeros before the first record.
    #[must_use]
    pub const fn about_bytes_padded(&self) -> u64 {
        (self.about_bytes as u64).next_multiple_of(8)
    }

    /// The header's bytes.
    #[must_use]
    pub const fn encode(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let (magic, rest) = bytes.split_at_mut(8);
        magic.copy_from_slice(&MAGIC);
        let (version, rest) = rest.split_at_mut(2);
        version.copy_from_slice(&VERSION.to_le_bytes());
        let (unit, rest) = rest.split_at_mut(2);
        unit.copy_from_slice(&(self.unit as u16).to_le_bytes());
        let (about, _) = rest.split_at_mut(4);
        about.copy_from_slice(&self.about_bytes.to_le_bytes());
        bytes
    }

    /// Reads a header.
    ///
    /// # Errors
    /// [`ErrorKind::Record`] if it is none, or of another version.
    pub fn decode(bytes: &[u8; Self::BYTES]) -> Result<Self> {
        let wrong = |reason| Err(ErrorKind::Record { word: 0, reason }.into());
        let [m0, m1, m2, m3, m4, m5, m6, m7, v0, v1, u0, u1, a0, a1, a2, a3, reserved @ ..] =
            *bytes;
        if [m0, m1, m2, m3, m4, m5, m6, m7] != MAGIC {
            return wrong("this is no trace");
        }
        if u16::from_le_bytes([v0, v1]) != VERSION {
            return wrong("the trace is of another version");
        }
        let unit = match u16::from_le_bytes([u0, u1]) {
            0 => Unit::None,
            1 => Unit::Ns,
            2 => Unit::Instructions,
            _ => return wrong("the trace counts time in an unknown unit"),
        };
        if reserved != [0; 16] {
            return wrong("a reserved field of the trace's header is not zero");
        }
        Ok(Self { unit, about_bytes: u32::from_le_bytes([a0, a1, a2, a3]) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_comes_back_and_every_flipped_bit_shows() {
        let header = Header { unit: Unit::Instructions, about_bytes: 77 };
        let bytes = header.encode();
        assert_eq!(Header::decode(&bytes).unwrap(), header);
        assert_eq!(header.about_bytes_padded(), 80);
        for bit in 0..Header::BYTES * 8 {
            let mut damaged = bytes;
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(Header::decode(&damaged).ok(), Some(header), "bit {bit}");
        }
    }
}
