//! Results that are not there yet, in slots of fixed memory, with counted references.
//!
//! Whoever may still need a result holds a reference to its future: the queue, until the measurement is
//! carried out, and the result id under which the program may read it, until another measurement gets
//! that id. A slot is free again when nobody holds one. Not here: what a read forces.

use crate::units::TimeNs;

/// A slot: references, value, and the time at which it is known.
pub(super) type Slot = [u64; SLOT_WORDS];
/// Words of a slot.
pub(super) const SLOT_WORDS: usize = 3;

/// The value of a measurement that has not been carried out.
const PENDING: u64 = u64::MAX;

/// Which future: never 0, so that 0 can say "none".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FutureId(u64);

/// What is known of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Its measurement has not been carried out.
    Pending,
    /// Its value, and when its measurement ends.
    Value(u64, TimeNs),
}

/// The futures. Slot 0 is the head of the list of free slots, which lead on by their value.
#[derive(Debug)]
pub(super) struct Futures<'m>(&'m mut [Slot]);

impl FutureId {
    /// As a word to be kept.
    pub(super) const fn word(self) -> u64 {
        self.0
    }

    /// Out of a word that was kept; `None` for 0.
    pub(super) const fn from_word(word: u64) -> Option<Self> {
        if word == 0 { None } else { Some(Self(word)) }
    }
}

impl<'m> Futures<'m> {
    /// The futures in these slots, one of which is the list's head.
    pub(super) const fn over(slots: &'m mut [Slot]) -> Self {
        Self(slots)
    }

    /// Forgets all futures.
    pub(super) fn clear(&mut self) {
        let count = self.0.len() as u64;
        for (index, slot) in (1..).zip(self.0.iter_mut()) {
            *slot = [0, if index < count { index } else { 0 }, 0];
        }
    }

    fn slot(&mut self, id: FutureId) -> Option<&mut Slot> {
        usize::try_from(id.0).ok().and_then(|index| self.0.get_mut(index))
    }

    /// A pending future with one reference, or `None` if no slot is free.
    pub(super) fn issue(&mut self) -> Option<FutureId> {
        let free = self.0.first().and_then(|head| FutureId::from_word(head[1]))?;
        let slot = self.slot(free)?;
        let next = slot[1];
        *slot = [1, PENDING, 0];
        self.0.first_mut()?[1] = next;
        Some(free)
    }

    /// One reference more.
    pub(super) fn retain(&mut self, id: FutureId) {
        if let Some(slot) = self.slot(id) {
            debug_assert!(slot[0] > 0, "a future that nobody holds");
            slot[0] += 1;
        }
    }

    /// One reference less; with the last one the slot is free.
    pub(super) fn release(&mut self, id: FutureId) {
        let head = self.0.first().map_or(0, |head| head[1]);
        let Some(slot) = self.slot(id) else { return };
        debug_assert!(slot[0] > 0, "a future that nobody holds");
        slot[0] = slot[0].saturating_sub(1);
        if slot[0] == 0 {
            slot[1] = head;
            if let Some(first) = self.0.first_mut() {
                first[1] = id.0;
            }
        }
    }

    /// The measurement has been carried out.
    pub(super) fn resolve(&mut self, id: FutureId, value: u64, known_at: TimeNs) {
        if let Some(slot) = self.slot(id) {
            (slot[1], slot[2]) = (value, known_at.0);
        }
    }

    /// What is known of it.
    pub(super) fn known(&self, id: FutureId) -> Known {
        match usize::try_from(id.0).ok().and_then(|index| self.0.get(index)) {
            Some(&[_, value, at]) if value != PENDING => Known::Value(value, TimeNs(at)),
            _ => Known::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn cleared(slots: &mut [Slot]) -> Futures<'_> {
        let mut futures = Futures::over(slots);
        futures.clear();
        futures
    }

    #[test]
    fn there_are_as_many_futures_as_slots_but_one_and_no_two_share_one() {
        let mut slots = [[7; SLOT_WORDS]; 5];
        let mut futures = cleared(&mut slots);
        let all: Vec<u64> = core::iter::from_fn(|| futures.issue()).map(FutureId::word).collect();
        assert_eq!(all, [1, 2, 3, 4]);
        let third = FutureId::from_word(3).unwrap();
        futures.release(third);
        assert_eq!(futures.issue(), Some(third));
        assert_eq!(futures.issue(), None);
    }

    #[test]
    fn a_slot_is_free_only_when_the_last_reference_is_gone() {
        let mut slots = [[0; SLOT_WORDS]; 2];
        let mut futures = cleared(&mut slots);
        let future = futures.issue().unwrap();
        futures.retain(future);
        futures.release(future);
        assert_eq!(futures.issue(), None, "one reference is left");
        assert_eq!(futures.known(future), Known::Pending);
        futures.resolve(future, 1, TimeNs(40));
        assert_eq!(futures.known(future), Known::Value(1, TimeNs(40)));
        futures.release(future);
        assert_eq!(futures.issue(), Some(future));
        assert_eq!(futures.known(future), Known::Pending, "nothing is left of the old one");
    }

    #[test]
    fn without_memory_there_are_no_futures() {
        assert_eq!(cleared(&mut []).issue(), None);
        assert_eq!(cleared(&mut [[0; SLOT_WORDS]]).issue(), None);
    }
}
