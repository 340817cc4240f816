//! Outcomes: what result-bearing operations yield, in memory that the caller owns.

use crate::error::{ErrorKind, Result};

/// The value of one result-bearing operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(C)]
pub struct Outcome {
    /// The result id that the operation named.
    pub id: u64,
    /// 0, 1, or 2 for leaked.
    pub value: u64,
    /// Kind number of the operation that yielded it.
    pub kind: u8,
    /// Reserved, 0.
    pub flags: u8,
    /// Reserved, 0.
    pub reserved0: u16,
    /// Index of the operation in the batch of the call that yielded it.
    pub op_index: u32,
}

/// The value that says "this qubit has leaked".
pub const LEAKED: u64 = 2;

/// A list of outcomes that grows within memory that the caller owns.
#[derive(Debug)]
pub struct Outcomes<'a> {
    items: &'a mut [Outcome],
    len: usize,
}

impl<'a> Outcomes<'a> {
    /// An empty list with room for as many outcomes as `items` is long.
    #[inline]
    #[must_use]
    pub const fn new(items: &'a mut [Outcome]) -> Self {
        Self { items, len: 0 }
    }

    /// How many outcomes there are.
    #[inline]
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[inline]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many more fit.
    #[inline]
    #[must_use]
    pub const fn room(&self) -> usize {
        self.items.len() - self.len
    }

    /// Checks that `count` more fit, before anything is done.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] with both numbers.
    #[inline]
    pub fn reserve(&self, count: u32) -> Result<()> {
        if (count as usize) <= self.room() {
            Ok(())
        } else {
            Err(ErrorKind::Capacity {
                what: "room for outcomes",
                needed: u64::from(count),
                available: self.room() as u64,
            }
            .into())
        }
    }

    /// Adds one outcome.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if the list is full; [`Self::reserve`] first, and it never is.
    #[inline]
    pub fn push(&mut self, outcome: Outcome) -> Result<()> {
        match self.items.get_mut(self.len) {
            Some(place) => {
                *place = outcome;
                self.len += 1;
                Ok(())
            }
            None => self.reserve(1),
        }
    }

    /// All outcomes so far.
    #[inline]
    #[must_use]
    pub fn as_slice(&self) -> &[Outcome] {
        self.items.get(..self.len).unwrap_or(&[])
    }

    /// All outcomes so far, to be edited in place.
    #[inline]
    pub fn as_mut_slice(&mut self) -> &mut [Outcome] {
        self.items.get_mut(..self.len).unwrap_or(&mut [])
    }

    /// Forgets all outcomes.
    #[inline]
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// Forgets all but the first `len` outcomes.
    #[inline]
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// The free places, for a callee across an interface to fill; [`Self::advance`] takes them in.
    #[inline]
    pub(crate) fn spare(&mut self) -> &mut [Outcome] {
        self.items.get_mut(self.len..).unwrap_or(&mut [])
    }

    /// Takes in `count` places that were filled through [`Self::spare`].
    #[inline]
    pub(crate) fn advance(&mut self, count: usize) {
        self.len = (self.len + count).min(self.items.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_list_refuses_and_stays_as_it_is() {
        let mut memory = [Outcome::default(); 2];
        let mut outcomes = Outcomes::new(&mut memory);
        assert!(outcomes.reserve(2).is_ok());
        assert!(outcomes.reserve(3).is_err());
        for value in 0..2 {
            outcomes.push(Outcome { value, ..Outcome::default() }).unwrap();
        }
        assert!(outcomes.push(Outcome::default()).is_err());
        assert_eq!(outcomes.as_slice().iter().map(|o| o.value).sum::<u64>(), 1);
    }
}
