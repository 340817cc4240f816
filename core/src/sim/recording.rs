//! Recorded outcomes: how they are written as text, kept in storage and read shot by shot.
//!
//! The text has one group of digits a shot, groups separated by `;`: `0101;1100` are two shots of
//! four outcomes in the order in which they are measured. 2 is a leaked qubit. White space counts
//! for nothing. Shot `k` replays group `k` modulo the number of groups, so a shot alone and within a
//! run replays the same.

use crate::error::{Error, ErrorKind, Result};
use crate::ids::ShotId;
use crate::real::Complex;

/// The symbol at the end of every group.
const END: u8 = b';';

/// Something that recorded symbols are kept in.
pub(crate) trait Symbols {
    /// How many there is room for.
    fn room(&self) -> usize;
    /// Symbol `index`.
    fn symbol(&self, index: usize) -> Option<u8>;
    /// Writes symbol `index`.
    fn set_symbol(&mut self, index: usize, symbol: u8);
}

/// One symbol a byte.
impl Symbols for [u8] {
    fn room(&self) -> usize {
        self.len()
    }
    fn symbol(&self, index: usize) -> Option<u8> {
        self.get(index).copied()
    }
    fn set_symbol(&mut self, index: usize, symbol: u8) {
        if let Some(place) = self.get_mut(index) {
            *place = symbol;
        }
    }
}

/// Two symbols a complex number, for parts whose storage is made of those: re, then im.
impl Symbols for [Complex<f64>] {
    fn room(&self) -> usize {
        2 * self.len()
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "only bytes are written"
    )]
    fn symbol(&self, index: usize) -> Option<u8> {
        let pair = self.get(index / 2)?;
        Some(if index.is_multiple_of(2) { pair.re } else { pair.im } as u8)
    }
    fn set_symbol(&mut self, index: usize, symbol: u8) {
        if let Some(pair) = self.get_mut(index / 2) {
            let part = if index.is_multiple_of(2) { &mut pair.re } else { &mut pair.im };
            *part = f64::from(symbol);
        }
    }
}

/// How many symbols a text comes down to, the end of the last group included.
///
/// # Errors
/// [`ErrorKind::Config`] for a character that is no outcome; `largest` is the largest digit taken.
pub(crate) fn symbol_count(text: &str, largest: char) -> Result<usize> {
    let mut count = 1;
    for (at, c) in text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
        if c != ';' && !('0'..=largest).contains(&c) {
            return Err(Error::from(ErrorKind::Config("a recording that is none")).with_text(
                format_args!(
                    "{c:?} at byte {at} is no outcome: a recording has the digits 0 to {largest}, \
                     and a ; between shots"
                ),
            ));
        }
        count += 1;
    }
    Ok(count)
}

/// Where in a recording a shot stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recording {
    group_count: u64,
    /// The symbol that comes next.
    at: usize,
    /// A group and where it begins, so that shots in order need no search.
    known: (u64, usize),
}

impl Recording {
    /// Writes the text, which was counted before, into `symbols`.
    pub(crate) fn write<A: Symbols + ?Sized>(text: &str, symbols: &mut A) -> Result<Self> {
        let mut group_count = 0;
        let mut needed = 0;
        for c in text.chars().filter(|c| !c.is_whitespace()).chain([';']) {
            symbols.set_symbol(needed, u8::try_from(c).unwrap_or(END));
            group_count += u64::from(c == ';');
            needed += 1;
        }
        if needed > symbols.room() {
            let (needed, available) = (needed as u64, symbols.room() as u64);
            let what = "room for recorded outcomes";
            return Err(ErrorKind::Capacity { what, needed, available }.into());
        }
        Ok(Self { group_count, at: 0, known: (0, 0) })
    }

    /// Goes to the beginning of the shot's group.
    pub(crate) fn seek<A: Symbols + ?Sized>(&mut self, symbols: &A, shot: ShotId) {
        let wanted = shot.0 % self.group_count;
        let (mut group, mut at) = if self.known.0 <= wanted { self.known } else { (0, 0) };
        while group < wanted {
            match symbols.symbol(at) {
                Some(END) => group += 1,
                Some(_) => {}
                None => break,
            }
            at += 1;
        }
        self.known = (wanted, at);
        self.at = at;
    }

    /// The next outcome of the shot.
    ///
    /// # Errors
    /// [`ErrorKind::Diverged`] if the group has no more.
    #[inline]
    pub(crate) fn next<A: Symbols + ?Sized>(&mut self, symbols: &A) -> Result<u8> {
        match symbols.symbol(self.at) {
            Some(symbol @ b'0'..=b'2') => {
                self.at += 1;
                Ok(symbol - b'0')
            }
            _ => Err(self.ran_out()),
        }
    }

    #[cold]
    fn ran_out(&self) -> Error {
        let recorded = self.at - self.known.1;
        Error::from(ErrorKind::Diverged("the recording has run out")).with_text(format_args!(
            "the recording of this shot (group {}) has {recorded} outcomes and the program \
             measures more; record as many as it measures",
            self.known.0
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;
    use std::vec;
    use std::vec::Vec;

    fn shots<A: Symbols + ?Sized>(text: &str, symbols: &mut A, shots: &[u64]) -> Vec<Vec<u8>> {
        let mut recording = Recording::write(text, symbols).unwrap();
        let one = |&shot: &u64| {
            recording.seek(symbols, ShotId(shot));
            core::iter::from_fn(|| recording.next(symbols).ok()).collect()
        };
        shots.iter().map(one).collect()
    }

    #[test]
    fn shots_take_their_group_in_any_order_from_any_storage() {
        let text = " 01\t1 ;; 2 0;1";
        let count = symbol_count(text, '2').unwrap();
        assert_eq!(count, 10);
        let order = [0, 1, 2, 3, 4, 2, 7, u64::MAX];
        let expected: [&[u8]; 8] =
            [&[0, 1, 1], &[], &[2, 0], &[1], &[0, 1, 1], &[2, 0], &[1], &[1]];
        assert_eq!(shots(text, vec![0_u8; count].as_mut_slice(), &order), expected);
        let cells = &mut vec![Complex::<f64>::ZERO; count.div_ceil(2)];
        assert_eq!(shots(text, cells.as_mut_slice(), &order), expected);
    }

    #[test]
    fn what_is_no_outcome_is_refused_with_its_place() {
        let text = symbol_count("01;0x", '2').unwrap_err().to_string();
        assert!(text.contains("'x' at byte 4"), "{text}");
        assert!(symbol_count("012", '1').is_err());
        assert!(Recording::write("0101", [0_u8; 4].as_mut_slice()).is_err());
        assert!(Recording::write("0101", [0_u8; 5].as_mut_slice()).is_ok());
    }
}
