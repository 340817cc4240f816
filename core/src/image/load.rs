//! From checked to ready: variables get their first values, and what may lie anywhere is moved.

use super::check::{Image, Slot};
use super::header::Form;
use super::moves::Move;
use super::refusal::Refusal;
use core::ops::Range;

/// A loaded image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// Address of the module's structure, for [`crate::abi::module::check`].
    pub module: u64,
    /// Addresses of its code: caches of instructions may have to hear of it.
    pub code: Range<u64>,
}

impl Image<'_> {
    /// Prepares the RAM kept for the image; `ram` is the memory at `slot.ram`. Loading again starts
    /// the module anew.
    ///
    /// # Errors
    /// As [`Self::fits`]; `ram` is then untouched. A place of the table that holds no such
    /// instruction, or less `ram` than the slot says, is found while it is being written.
    pub fn load(&self, slot: &Slot, ram: &mut [u8]) -> Result<Loaded, Refusal> {
        self.fits(slot)?;
        let (header, kept) = (self.header(), slot.ram.clone());
        let too_small = Refusal::Ram { needed: self.ram_bytes(), align: self.align(), kept };
        let Some(taken) = self.ram_in(slot) else { return Err(too_small) };
        let ram = if taken.is_empty() {
            &mut []
        } else {
            let offset = |address: u64| usize::try_from(address.checked_sub(slot.ram.start)?).ok();
            let inside = offset(taken.start).zip(offset(taken.end));
            let Some(ram) = inside.and_then(|(start, end)| ram.get_mut(start..end)) else {
                return Err(too_small);
            };
            ram
        };
        let anywhere = header.form == Some(Form::Anywhere);
        let first = if anywhere { 0 } else { header.data_at as usize };
        let values = self.bytes().get(first..first + (self.values_bytes(anywhere))).unwrap_or(&[]);
        let (with_value, zero) = ram.split_at_mut(values.len().min(ram.len()));
        with_value.copy_from_slice(values);
        zero.fill(0);
        let start = if anywhere { taken.start } else { header.base };
        for (index, word) in (0_u32..).zip(self.move_words()) {
            let moved = Move::from_word(word).is_some_and(|entry| entry.apply(with_value, start));
            if !moved {
                return Err(Refusal::Move { index, word });
            }
        }
        let (entry, code_end) = (u64::from(header.entry), u64::from(header.data_at));
        Ok(Loaded { module: start + entry, code: start..start + code_end })
    }

    #[expect(clippy::cast_possible_truncation, reason = "less than the image, which is in memory")]
    const fn values_bytes(&self, anywhere: bool) -> usize {
        if anywhere { self.copied_bytes() as usize } else { self.header().data_bytes as usize }
    }
}
