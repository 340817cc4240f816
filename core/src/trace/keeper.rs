//! A ring as whoever serves a stack sees it: taps put records in, somebody else takes bytes out.

use core::cell::RefCell;

use super::event::{At, Event};
use super::recorder::Recorder;
use super::ring::Ring;
use crate::part::Storage;

/// Keeps records until they are fetched. Taps and whoever fetches share it; nobody waits.
pub trait Keeper {
    /// Takes down what was seen.
    fn keep(&self, at: At, event: Event<'_>);

    /// Moves the oldest bytes out, whole words only: how many, and how many bytes stay. Records may
    /// come in several pieces.
    fn fetch(&self, out: &mut [u8]) -> (usize, usize);

    /// How many bytes it holds at most, and how many wait.
    fn bytes(&self) -> (usize, usize);

    /// Forgets what waits, and what was to be said of records that are missing.
    fn forget(&self);
}

impl Recorder for &(dyn Keeper + '_) {
    fn record<'e>(&mut self, at: At, events: impl Iterator<Item = Event<'e>>) {
        events.for_each(|event| self.keep(at, event));
    }
}

/// For one thread. Borrowed only while something is taken down or fetched, and nothing then calls back.
impl<S: Storage<u64>> Keeper for RefCell<Ring<S>> {
    fn keep(&self, at: At, event: Event<'_>) {
        if let Ok(mut ring) = self.try_borrow_mut() {
            ring.record(at, core::iter::once(event));
        }
    }

    fn fetch(&self, out: &mut [u8]) -> (usize, usize) {
        self.try_borrow_mut().map_or((0, 0), |mut ring| (ring.read(out), ring.waiting_bytes()))
    }

    fn bytes(&self) -> (usize, usize) {
        self.try_borrow().map_or((0, 0), |ring| (ring.size_bytes(), ring.waiting_bytes()))
    }

    fn forget(&self) {
        if let Ok(mut ring) = self.try_borrow_mut() {
            ring.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Seed, ShotId};
    use crate::trace::Record;
    use std::vec::Vec;

    #[test]
    fn what_is_kept_is_fetched_in_pieces_and_what_is_forgotten_is_not() {
        let ring = RefCell::new(Ring::new([0; 8]));
        let keeper: &dyn Keeper = &ring;
        let at = At { shot: ShotId(2), joint: 5 };
        let mut taps = keeper;
        let begin = || core::iter::once(Event::ShotBegin { seed: Seed(3) });
        taps.record(at, begin().chain(begin()).chain(begin()));
        assert_eq!(keeper.bytes(), (64, 64));
        keeper.forget();
        let mut piece = [0; 24];
        assert_eq!((keeper.bytes(), keeper.fetch(&mut piece)), ((64, 0), (0, 0)));
        taps.record(at, begin());
        let mut words = Vec::new();
        for expected in [(24, 8), (8, 0), (0, 0)] {
            let fetched = keeper.fetch(&mut piece);
            assert_eq!(fetched, expected);
            let bytes = piece[..fetched.0].chunks_exact(8);
            words.extend(bytes.map(|word| u64::from_le_bytes(word.try_into().unwrap())));
        }
        let (record, _) = Record::decode(&words).unwrap();
        assert_eq!((record.at, record.event), (at, Event::ShotBegin { seed: Seed(3) }));
    }
}
