//! From claimed to checked: first the image in itself, then whether it fits the place.

use super::header::{FORMAT, Form, HEADER_BYTES, Header, MAGIC};
use super::machine::Machine;
use super::moves::Move;
use super::refusal::Refusal;
use crate::abi::raw::MAJOR;
use core::ops::Range;

/// Largest alignment, as a power of two.
const ALIGN_LOG2_MAX: u16 = 20;

/// Where an image lies, and what is kept for it.
#[derive(Clone, Debug)]
pub struct Slot {
    /// What the code that will call the image is compiled for.
    pub machine: Machine,
    /// Address of the image's first byte.
    pub at: u64,
    /// RAM that is kept for the image and for nobody else.
    pub ram: Range<u64>,
}

/// An image that is whole and consistent in itself.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    bytes: &'a [u8],
    header: Header,
}

fn ensure(holds: bool, refusal: Refusal) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(refusal) }
}

impl<'a> Image<'a> {
    /// Checks the image at the beginning of `bytes`; more may follow it.
    ///
    /// # Errors
    /// The first of these that applies: nothing there, another version of the format, cut off,
    /// damaged, another major version of the interface, an entry outside, anything else that does
    /// not add up.
    pub fn check(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let there = bytes.len() as u64;
        let begin = bytes.first_chunk::<8>().copied();
        match begin {
            Some(MAGIC) => {}
            None if !bytes.is_empty() && MAGIC.starts_with(bytes) => {
                return Err(Refusal::Cut { needed: u64::from(HEADER_BYTES), there });
            }
            _ => return Err(nothing(bytes)),
        }
        let Some(head) = bytes.first_chunk::<{ HEADER_BYTES as usize }>() else {
            return Err(Refusal::Cut { needed: u64::from(HEADER_BYTES), there });
        };
        let header = Header::from_bytes(head);
        ensure(header.format == FORMAT, Refusal::Format { format: header.format })?;
        let needed = u64::from(header.image_bytes);
        ensure(needed <= there, Refusal::Cut { needed, there })?;
        let Some(bytes) = usize::try_from(needed).ok().and_then(|end| bytes.get(..end)) else {
            return Err(Refusal::Cut { needed, there });
        };
        ensure(
            u32::from(header.header_bytes) == HEADER_BYTES && needed >= u64::from(HEADER_BYTES),
            Refusal::Inconsistent("its header has another size"),
        )?;
        let computed = super::crc(bytes);
        ensure(computed == header.crc, Refusal::Damaged { stated: header.crc, computed })?;
        let (major, minor) = (header.major, header.minor);
        ensure(major == MAJOR, Refusal::Major { major, minor })?;
        let image = Self { bytes, header };
        image.check_entry()?;
        image.check_sizes()?;
        image.check_form()?;
        Ok(image)
    }

    fn check_entry(&self) -> Result<(), Refusal> {
        let Header { entry, pointer_bytes, data_at, image_bytes, .. } = self.header;
        let sized = pointer_bytes == 4 || pointer_bytes == 8;
        ensure(sized, Refusal::Inconsistent("pointers of neither 4 nor 8 bytes"))?;
        // The module's structure lies among the constants, up to its list of plugins.
        let end = u64::from(entry) + 24 + u64::from(pointer_bytes);
        let last = u64::from(data_at.min(image_bytes));
        let inside = entry >= HEADER_BYTES && end <= last;
        let aligned = entry.is_multiple_of(u32::from(pointer_bytes));
        ensure(inside && aligned, Refusal::Entry { entry, code: HEADER_BYTES..data_at })
    }

    fn check_sizes(&self) -> Result<(), Refusal> {
        let header = &self.header;
        ensure(header.reserved == 0, Refusal::Inconsistent("a reserved field is not 0"))?;
        ensure(header.machine.is_name(), Refusal::Inconsistent("its machine has no name"))?;
        let data_end = u64::from(header.data_at) + u64::from(header.data_bytes);
        let moves_at = u64::from(header.moves_at);
        let end = moves_at + 4 * u64::from(header.move_count);
        let ordered = u64::from(HEADER_BYTES) <= data_end && data_end <= moves_at;
        ensure(
            ordered && end == u64::from(header.image_bytes) && moves_at.is_multiple_of(4),
            Refusal::Inconsistent("its pieces do not add up to its size"),
        )?;
        ensure(
            header.align_log2 <= ALIGN_LOG2_MAX,
            Refusal::Inconsistent("it asks for an alignment above 1 MiB"),
        )?;
        let (machine_end, image) = (self.address_end(), u64::from(header.image_bytes));
        let fits =
            |start: u64, bytes: u64| start.checked_add(bytes).is_some_and(|end| end <= machine_end);
        ensure(
            fits(header.base, image) && fits(header.ram, self.variable_bytes()),
            Refusal::Inconsistent("it reaches beyond the last address"),
        )
    }

    /// One more than the last address that its pointers can hold.
    const fn address_end(&self) -> u64 {
        if self.header.pointer_bytes == 4 { 1 << 32 } else { u64::MAX }
    }

    fn check_form(&self) -> Result<(), Refusal> {
        let header = &self.header;
        match header.form {
            Some(Form::Fixed) => {
                ensure(header.move_count == 0, Refusal::Inconsistent("fixed, but with moves"))?;
                ensure(
                    header.base.is_multiple_of(self.align()),
                    Refusal::Inconsistent("linked to an address that is not aligned"),
                )
            }
            Some(Form::Anywhere) => {
                ensure(
                    header.base == 0 && header.ram == 0,
                    Refusal::Inconsistent("for anywhere, but linked to an address"),
                )?;
                self.check_moves()
            }
            None => Err(Refusal::Inconsistent("a form that is neither fixed nor anywhere")),
        }
    }

    /// Each in what is copied, none over another, all in an image that is aligned enough.
    fn check_moves(&self) -> Result<(), Refusal> {
        let mut free = HEADER_BYTES;
        let end = self.copied_bytes();
        for (index, word) in (0_u32..).zip(self.move_words()) {
            let entry = Move::from_word(word).filter(|entry| {
                let next = u64::from(entry.at) + u64::from(entry.kind.bytes());
                entry.at >= free && next <= end && entry.kind.align_log2() <= self.header.align_log2
            });
            let Some(entry) = entry else { return Err(Refusal::Move { index, word }) };
            free = entry.at + entry.kind.bytes();
        }
        Ok(())
    }

    pub(super) fn move_words(&self) -> impl Iterator<Item = u32> + use<'a> {
        let table = self.bytes.get(self.header.moves_at as usize..).unwrap_or(&[]);
        let (words, _) = table.as_chunks::<4>();
        words.iter().map(|word| u32::from_le_bytes(*word))
    }

    /// Its header, checked.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The image, header included, without what follows it.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Bytes by which it must be aligned.
    #[must_use]
    pub const fn align(&self) -> u64 {
        1 << self.header.align_log2
    }

    /// Header, code, constants and first values.
    pub(super) const fn copied_bytes(&self) -> u64 {
        self.header.data_at as u64 + self.header.data_bytes as u64
    }

    const fn variable_bytes(&self) -> u64 {
        self.header.data_bytes as u64 + self.header.zero_bytes as u64
    }

    /// How much RAM it takes, alignment aside.
    #[must_use]
    pub const fn ram_bytes(&self) -> u64 {
        match self.header.form {
            Some(Form::Anywhere) => self.copied_bytes() + self.header.zero_bytes as u64,
            _ => self.variable_bytes(),
        }
    }

    /// The RAM that it will take in this slot.
    pub(super) fn ram_in(&self, slot: &Slot) -> Option<Range<u64>> {
        let start = match self.header.form {
            Some(Form::Anywhere) => slot.ram.start.checked_next_multiple_of(self.align())?,
            _ => self.header.ram,
        };
        Some(start..start.checked_add(self.ram_bytes())?)
    }

    /// Checks that it may be loaded in this slot.
    ///
    /// # Errors
    /// The first of these that applies: another machine, linked to another address, more RAM or
    /// other RAM than is kept for it, RAM that overlaps the image.
    pub fn fits(&self, slot: &Slot) -> Result<(), Refusal> {
        let header = &self.header;
        let (image, here) = (header.machine, slot.machine);
        ensure(image == here, Refusal::Machine { image, here })?;
        let fixed = header.form == Some(Form::Fixed);
        let at_home = !fixed || header.base == slot.at;
        ensure(at_home, Refusal::Base { linked: header.base, at: slot.at })?;
        let needed = self.ram_bytes();
        let kept = slot.ram.clone();
        let Some(ram) = self.ram_in(slot) else {
            return Err(Refusal::Ram { needed, align: self.align(), kept });
        };
        let inside = slot.ram.start <= ram.start && ram.end <= slot.ram.end;
        if fixed {
            ensure(inside || needed == 0, Refusal::FixedRam { linked: ram.clone(), kept })?;
        } else {
            ensure(inside, Refusal::Ram { needed, align: self.align(), kept })?;
        }
        let Some(end) = slot.at.checked_add(u64::from(header.image_bytes)) else {
            return Err(Refusal::Inconsistent("it reaches beyond the last address"));
        };
        let apart = ram.is_empty() || ram.end <= slot.at || end <= ram.start;
        ensure(apart, Refusal::Overlap { image: slot.at..end, ram })
    }
}

/// What is there instead of an image.
fn nothing(bytes: &[u8]) -> Refusal {
    let mut begin = [0; 8];
    let len = bytes.len().min(8);
    begin[..len].copy_from_slice(&bytes[..len]);
    let erased = |value: u8| bytes.iter().take(HEADER_BYTES as usize).all(|&byte| byte == value);
    match bytes.first() {
        None => Refusal::Empty,
        Some(0xff) if erased(0xff) => Refusal::Erased(0xff),
        Some(0) if erased(0) => Refusal::Erased(0),
        Some(_) => Refusal::Stranger { begin },
    }
}
