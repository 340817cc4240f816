//! Which slot an image goes to, and how much of it is there.

use super::PIECE_ALIGN;
use crate::load::{Refused, Regions, machine};
use crate::slots::{SLOTS, Slots, State};
use pandia_core::error::ErrorKind;
use pandia_core::image::{Form, HEADER_BYTES, Header, MAGIC, Refusal};
use pandia_core::{Error, Result};

/// An image of which a part is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Receiving {
    pub(super) slot: usize,
    /// Bytes of the image.
    pub(super) total: u32,
    /// Bytes that are there.
    pub(super) written: u32,
}

impl Receiving {
    /// Whether the next piece begins here.
    pub(super) const fn expects(&self, offset: u32, total: u32) -> bool {
        offset == self.written && total == self.total
    }

    /// The same with so many bytes more.
    ///
    /// # Errors
    /// A piece that reaches beyond the image, is empty, or after which no other one can begin.
    pub(super) fn with(self, bytes: usize) -> Result<Self> {
        let piece = u32::try_from(bytes).unwrap_or(u32::MAX);
        let written = self.written.saturating_add(piece);
        if written > self.total {
            let beyond = "a piece that reaches beyond its image";
            return Err(ErrorKind::Argument(beyond).into());
        }
        let is_last = written == self.total;
        if !is_last && (bytes == 0 || !bytes.is_multiple_of(PIECE_ALIGN)) {
            let pieces = "a piece of an image that is no multiple of 64 bytes and not the last one";
            return Err(ErrorKind::Argument(pieces).into());
        }
        Ok(Self { written, ..self })
    }
}

/// The slot for the image that begins with `bytes`: the `wanted` one; or the one that holds this very
/// image; or the one that it is linked to; or the first that is empty.
///
/// # Errors
/// What the header alone says against the image, and if there is no slot.
pub(super) fn chosen(
    regions: &Regions,
    slots: &Slots,
    wanted: Option<usize>,
    bytes: &[u8],
) -> Result<usize> {
    let header = header(bytes)
        .map_err(|refusal| to_error(&Refused::Image(refusal), wanted.unwrap_or_default()))?;
    let (image, here) = (header.machine, machine());
    if image != here {
        let refusal = Refusal::Machine { image, here };
        return Err(to_error(&Refused::Image(refusal), wanted.unwrap_or_default()));
    }
    let is_here = |slot: &usize| regions.flash(*slot).start as u64 == header.base;
    if header.form == Some(Form::Fixed) {
        let home = (0..SLOTS).find(is_here);
        let slot = wanted.or(home).unwrap_or_default();
        if home != Some(slot) {
            let at = regions.flash(slot).start as u64;
            return Err(to_error(&Refused::Image(Refusal::Base { linked: header.base, at }), slot));
        }
        return Ok(slot);
    }
    let same = |state: &State| match state {
        State::Ready { image, .. } | State::Lost { image, .. } => *image.header() == header,
        State::Refused(_) => false,
    };
    let empty = |state: &State| match state {
        State::Refused(Refused::Image(refusal)) => refusal.is_absence(),
        State::Refused(Refused::Module(_)) | State::Ready { .. } | State::Lost { .. } => false,
    };
    let states = &slots.states;
    let found = wanted.or_else(|| states.iter().position(same));
    found.or_else(|| states.iter().position(empty)).ok_or_else(|| {
        Error::from(ErrorKind::Capacity {
            what: "slots for modules",
            needed: SLOTS as u64 + 1,
            available: SLOTS as u64,
        })
        .with_text(format_args!(
            "none of the {SLOTS} slots for modules is empty; name one to be replaced, or erase one"
        ))
    })
}

/// Why the image for `slot` is refused, as an error of the call that wanted it there.
pub(super) fn to_error(refused: &Refused, slot: usize) -> Error {
    let error = Error::from(ErrorKind::Argument("an image that is refused"));
    match refused {
        Refused::Image(refusal) => error.with_text(format_args!("slot {slot}: {refusal}")),
        Refused::Module(refusal) => error.with_text(format_args!("slot {slot}: {refusal}")),
    }
}

/// The header at the beginning of an image.
fn header(bytes: &[u8]) -> core::result::Result<Header, Refusal> {
    let there = bytes.len() as u64;
    match (bytes.first_chunk::<8>(), bytes.first_chunk::<{ HEADER_BYTES as usize }>()) {
        (None, _) if bytes.is_empty() => Err(Refusal::Empty),
        (Some(&begin), _) if begin != MAGIC => Err(Refusal::Stranger { begin }),
        (_, None) => Err(Refusal::Cut { needed: u64::from(HEADER_BYTES), there }),
        (_, Some(head)) => Ok(Header::from_bytes(head)),
    }
}
