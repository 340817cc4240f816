//! Rates worked out where there is room for it, as words that a layer is built from elsewhere: firmware
//! whose rates are known when it is built has the words as a constant, and links neither logarithm nor
//! division for them. A build script makes them with the same functions, so the bits are the same.
//!
//! The first word names layer and version; the others mean something to that layer alone.

use crate::error::{ErrorKind, Result};
use crate::rng::Chance;

/// Raised whenever the words of any layer mean something else.
const VERSION: u64 = 1;

/// Which layer words are of.
#[derive(Clone, Copy)]
pub(super) enum Of {
    Depolarizing = 1,
    Leakage = 2,
}

impl Of {
    const fn mark(self) -> u64 {
        0x5052_4550_0000_0000 | VERSION << 16 | self as u64
    }
}

/// Writes words one after the other.
pub(super) struct Writer<'a> {
    rest: &'a mut [u64],
}

impl<'a> Writer<'a> {
    /// Begins with the mark.
    pub(super) fn new(of: Of, words: &'a mut [u64]) -> Self {
        let mut new = Self { rest: words };
        new.words([of.mark()]);
        new
    }

    /// Writes words. There is room: how much is the layer's own constant, which its tests hold.
    pub(super) fn words<const N: usize>(&mut self, words: [u64; N]) {
        if let Some((place, rest)) = core::mem::take(&mut self.rest).split_first_chunk_mut() {
            *place = words;
            self.rest = rest;
        }
    }

    /// Writes a rate.
    pub(super) fn rate(&mut self, rate: f64) {
        self.words([rate.to_bits()]);
    }

    /// Writes a chance.
    pub(super) fn chance(&mut self, chance: Chance) {
        self.words(chance.words());
    }
}

/// Reads them again.
pub(super) struct Reader<'a> {
    rest: &'a [u64],
    /// Whether something was read that was never written.
    is_damaged: bool,
}

impl<'a> Reader<'a> {
    /// Begins behind the mark.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if another layer or version made them.
    pub(super) fn new(of: Of, words: &'a [u64]) -> Result<Self> {
        match words {
            [mark, rest @ ..] if *mark == of.mark() => Ok(Self { rest, is_damaged: false }),
            _ => Err(ErrorKind::Config(
                "prepared rates of another layer or version; prepare them with the pandia-core that \
                 the firmware is built with",
            )
            .into()),
        }
    }

    /// The next words; zeros behind the last one.
    pub(super) fn words<const N: usize>(&mut self) -> [u64; N] {
        let Some((words, rest)) = self.rest.split_first_chunk() else {
            self.is_damaged = true;
            return [0; N];
        };
        self.rest = rest;
        *words
    }

    /// What was read, or its default and that it was never written.
    pub(super) fn known<T: Default>(&mut self, read: Option<T>) -> T {
        self.is_damaged |= read.is_none();
        read.unwrap_or_default()
    }

    /// The next rate.
    #[inline(never)]
    pub(super) fn rate(&mut self) -> f64 {
        let [bits] = self.words();
        f64::from_bits(bits)
    }

    /// The next chance.
    #[inline(never)]
    pub(super) fn chance(&mut self) -> Chance {
        let words = self.words();
        self.known(Chance::of_words(words))
    }

    /// That all was as it was written.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if not.
    pub(super) fn finish(self) -> Result<()> {
        if self.is_damaged || !self.rest.is_empty() {
            return Err(ErrorKind::Config("prepared rates are damaged; prepare them anew").into());
        }
        Ok(())
    }
}
