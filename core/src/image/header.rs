//! The 128 bytes in front of an image, field by field, little-endian wherever they are read.

use super::machine::{MACHINE_BYTES, Machine};

/// How an image begins.
pub const MAGIC: [u8; 8] = *b"PNDIMAGE";
/// The version of the format that is written, and the only one that is read.
pub const FORMAT: u16 = 1;
/// Bytes of the header.
pub const HEADER_BYTES: u32 = 128;

/// Where the checksum stands.
pub(super) const CRC_AT: usize = 16;

/// How an image may lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Only where it was linked to. It runs there.
    Fixed,
    /// Anywhere. It is copied to RAM and moved by its table.
    Anywhere,
}

impl Form {
    const fn code(self) -> u32 {
        match self {
            Self::Fixed => 1,
            Self::Anywhere => 2,
        }
    }

    const fn of(code: u32) -> Option<Self> {
        match code {
            1 => Some(Self::Fixed),
            2 => Some(Self::Anywhere),
            _ => None,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Anywhere => "anywhere",
        }
    }
}

/// What a header says, each field claimed until [`super::Image::check`] has looked at it. Offsets
/// count from the header's first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Version of the format.
    pub format: u16,
    /// Bytes of the header.
    pub header_bytes: u16,
    /// Bytes of the whole image, header included.
    pub image_bytes: u32,
    /// [`super::crc`] of the whole image.
    pub crc: u32,
    /// How it may lie; `None` if that is not known here.
    pub form: Option<Form>,
    /// Major version of the plugin interface.
    pub major: u16,
    /// Minor version of the plugin interface.
    pub minor: u16,
    /// Bytes of a pointer, 4 or 8.
    pub pointer_bytes: u16,
    /// Power of two by which it must be aligned.
    pub align_log2: u16,
    /// Offset of the module's structure.
    pub entry: u32,
    /// Where the header was linked to; 0 in the form *anywhere*.
    pub base: u64,
    /// Where the variables were linked to; 0 in the form *anywhere*, where they follow the code.
    pub ram: u64,
    /// Offset of the first values of variables; what stands before is code and constants.
    pub data_at: u32,
    /// Bytes of variables that have a first value.
    pub data_bytes: u32,
    /// Bytes of variables that begin as zero; they follow those with a value.
    pub zero_bytes: u32,
    /// Offset of the table of moves.
    pub moves_at: u32,
    /// How many words have to be moved.
    pub move_count: u32,
    /// 0.
    pub reserved: u32,
    /// What the code is compiled for.
    pub machine: Machine,
}

/// Reads or writes fields one after the other.
struct Cursor<B> {
    bytes: B,
    at: usize,
}

impl Cursor<&[u8; HEADER_BYTES as usize]> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut field = [0; N];
        field.copy_from_slice(&self.bytes[self.at..self.at + N]);
        self.at += N;
        field
    }
    fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.take())
    }
    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }
    fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.take())
    }
}

impl Cursor<[u8; HEADER_BYTES as usize]> {
    fn put(&mut self, field: &[u8]) {
        self.bytes[self.at..self.at + field.len()].copy_from_slice(field);
        self.at += field.len();
    }
}

impl Header {
    /// The fields behind the magic.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; HEADER_BYTES as usize]) -> Self {
        let mut from = Cursor { bytes, at: MAGIC.len() };
        Self {
            format: from.u16(),
            header_bytes: from.u16(),
            image_bytes: from.u32(),
            crc: from.u32(),
            form: Form::of(from.u32()),
            major: from.u16(),
            minor: from.u16(),
            pointer_bytes: from.u16(),
            align_log2: from.u16(),
            entry: from.u32(),
            data_at: from.u32(),
            base: from.u64(),
            ram: from.u64(),
            data_bytes: from.u32(),
            zero_bytes: from.u32(),
            moves_at: from.u32(),
            move_count: from.u32(),
            machine: Machine::from_bytes(from.take::<MACHINE_BYTES>()),
            reserved: from.u32() | from.u32(),
        }
    }

    /// The header as it stands in front of an image.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; HEADER_BYTES as usize] {
        let mut to = Cursor { bytes: [0; HEADER_BYTES as usize], at: 0 };
        to.put(&MAGIC);
        to.put(&self.format.to_le_bytes());
        to.put(&self.header_bytes.to_le_bytes());
        to.put(&self.image_bytes.to_le_bytes());
        to.put(&self.crc.to_le_bytes());
        to.put(&self.form.map_or(0, Form::code).to_le_bytes());
        to.put(&self.major.to_le_bytes());
        to.put(&self.minor.to_le_bytes());
        to.put(&self.pointer_bytes.to_le_bytes());
        to.put(&self.align_log2.to_le_bytes());
        to.put(&self.entry.to_le_bytes());
        to.put(&self.data_at.to_le_bytes());
        to.put(&self.base.to_le_bytes());
        to.put(&self.ram.to_le_bytes());
        to.put(&self.data_bytes.to_le_bytes());
        to.put(&self.zero_bytes.to_le_bytes());
        to.put(&self.moves_at.to_le_bytes());
        to.put(&self.move_count.to_le_bytes());
        to.put(self.machine.as_bytes());
        to.put(&self.reserved.to_le_bytes());
        to.bytes
    }
}

// Magic, 2 * 2, 3 * 4, 4 * 2, 2 * 4, 2 * 8, 4 * 4, the machine, two reserved words.
const _: () = assert!(8 + 4 + 12 + 8 + 8 + 16 + 16 + MACHINE_BYTES + 8 == HEADER_BYTES as usize);
