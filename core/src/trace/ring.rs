//! A ring of fixed size: what does not fit is dropped, counted and reported.

use super::event::{At, Event, RECORD_WORDS_MAX, Record};
use super::recorder::{Recorder, Sequence};
use crate::error::Result;
use crate::part::Storage;

/// Records in memory that the caller gives. Nobody waits for room: the newest records are dropped,
/// and where they are missing a record says how many.
#[derive(Clone, Debug)]
pub struct Ring<S> {
    memory: S,
    /// Where the oldest word is.
    first: usize,
    /// How many words there are.
    used: usize,
    sequence: Sequence,
    /// Dropped and not reported yet: how many, and where the first of them was seen.
    missing: u64,
    missing_at: At,
    missing_sequence: u64,
    dropped: u64,
}

/// Words of the record that reports what was dropped.
const REPORT_WORDS: usize = 4;

impl<S: Storage<u64>> Ring<S> {
    /// An empty ring in `memory`, which should hold many records of about ten words.
    pub const fn new(memory: S) -> Self {
        Self {
            memory,
            first: 0,
            used: 0,
            sequence: Sequence::new(),
            missing: 0,
            missing_at: At { shot: crate::ids::ShotId(0), joint: 0 },
            missing_sequence: 0,
            dropped: 0,
        }
    }

    /// How many records were dropped in the life of this ring.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How many bytes wait to be read.
    #[must_use]
    pub const fn waiting_bytes(&self) -> usize {
        self.used * 8
    }

    /// How many bytes it holds at most.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.memory.as_ref().len() * 8
    }

    /// Forgets what waits, and what was to be said of records that are missing. The next record of
    /// a shot has the number 0.
    pub const fn forget(&mut self) {
        (self.first, self.used, self.missing) = (0, 0, 0);
        self.sequence = Sequence::new();
    }

    fn room(&self) -> usize {
        self.memory.as_ref().len() - self.used
    }

    /// Moves the oldest bytes out, whole words only: how many. Records may come in several pieces.
    pub fn read(&mut self, out: &mut [u8]) -> usize {
        let mut bytes = 0;
        for place in out.chunks_exact_mut(8) {
            let Some(word) = self.pop() else { break };
            place.copy_from_slice(&word.to_le_bytes());
            bytes += 8;
        }
        self.report();
        bytes
    }

    /// Moves the oldest record out, through `room`; `None` if there is none. Not after a [`Self::read`]
    /// that has left a piece of a record behind.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Record`] if what is there is no record.
    pub fn take<'r>(
        &mut self,
        room: &'r mut [u64; RECORD_WORDS_MAX],
    ) -> Option<Result<Record<'r>>> {
        let head = self.pop()?;
        let words = match Record::words_of_head(head) {
            Ok(words) => words,
            Err(error) => return Some(Err(error)),
        };
        let (first, rest) = room.split_first_mut()?;
        *first = head;
        for place in rest.iter_mut().take(words - 1) {
            *place = self.pop()?;
        }
        self.report();
        let words = room.get(..words).unwrap_or(&[]);
        Some(Record::decode(words).map(|(record, _)| record))
    }

    fn pop(&mut self) -> Option<u64> {
        if self.used == 0 {
            return None;
        }
        let memory = self.memory.as_ref();
        let word = *memory.get(self.first)?;
        self.first = if self.first + 1 == memory.len() { 0 } else { self.first + 1 };
        self.used -= 1;
        Some(word)
    }

    /// Puts down words for which there is room.
    fn push(&mut self, words: &[u64]) {
        let memory = self.memory.as_mut();
        let mut at = self.first + self.used;
        for &word in words {
            if at >= memory.len() {
                at -= memory.len();
            }
            if let Some(place) = memory.get_mut(at) {
                *place = word;
            }
            at += 1;
        }
        self.used += words.len();
    }

    /// Says what is missing, if something is and there is room to say so.
    fn report(&mut self) {
        if self.missing == 0 || self.room() < REPORT_WORDS {
            return;
        }
        let event = Event::Dropped { count: self.missing };
        let (at, sequence) = (self.missing_at, self.missing_sequence);
        Record { at, sequence, event }.encode(|words| self.push(words));
        self.missing = 0;
    }
}

impl<S: Storage<u64>> Recorder for Ring<S> {
    fn record<'e>(&mut self, at: At, events: impl Iterator<Item = Event<'e>>) {
        for event in events {
            let record = self.sequence.number(at, event);
            let report = if self.missing > 0 { REPORT_WORDS } else { 0 };
            if self.room() < record.event.words() + report {
                if self.missing == 0 {
                    self.missing_at = at;
                    self.missing_sequence = record.sequence;
                }
                self.missing += 1;
                self.dropped += 1;
                continue;
            }
            self.report();
            record.encode(|words| self.push(words));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Seed, ShotId};
    use std::vec::Vec;

    fn begin(ring: &mut Ring<[u64; 11]>, shot: u64) {
        let at = At { shot: ShotId(shot), joint: 1 };
        ring.record(at, core::iter::once(Event::ShotBegin { seed: Seed(shot) }));
    }

    fn drain(ring: &mut Ring<[u64; 11]>) -> Vec<u64> {
        let mut words = Vec::new();
        let mut bytes = [0; 24];
        loop {
            let count = ring.read(&mut bytes);
            if count == 0 {
                return words;
            }
            for word in bytes[..count].chunks_exact(8) {
                words.push(u64::from_le_bytes(word.try_into().unwrap()));
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_counted_and_reported_in_its_place() {
        let mut ring = Ring::new([0; 11]);
        for round in 0..20 {
            for shot in 0..5 {
                begin(&mut ring, shot);
            }
            assert_eq!(ring.dropped(), 3 * (round + 1));
            let words = drain(&mut ring);
            let mut rest = words.as_slice();
            let mut seen = Vec::new();
            while !rest.is_empty() {
                let (record, after) = Record::decode(rest).unwrap();
                seen.push((record.at.shot.0, record.event));
                rest = after;
            }
            let begin = |shot| (shot, Event::ShotBegin { seed: Seed(shot) });
            assert_eq!(seen, [begin(0), begin(1), (2, Event::Dropped { count: 3 })]);
            assert_eq!(ring.waiting_bytes(), 0);
        }
    }

    #[test]
    fn records_are_taken_one_by_one() {
        let (mut ring, mut room) = (Ring::new([0; 11]), [0; RECORD_WORDS_MAX]);
        for round in 0..7 {
            (0..3).for_each(|shot| begin(&mut ring, 10 * round + shot));
            for shot in 0..2 {
                let record = ring.take(&mut room).unwrap().unwrap();
                let seed = Seed(10 * round + shot);
                assert_eq!((record.at.shot.0, record.event), (seed.0, Event::ShotBegin { seed }));
            }
            let record = ring.take(&mut room).unwrap().unwrap();
            assert_eq!(record.event, Event::Dropped { count: 1 });
            assert!(ring.take(&mut room).is_none());
        }
        ring.push(&[7]);
        assert!(ring.take(&mut room).unwrap().is_err());
    }

    #[test]
    fn a_ring_without_memory_only_counts() {
        let mut ring = Ring::new([]);
        ring.record(At::default(), core::iter::once(Event::ShotBegin { seed: Seed(0) }));
        assert_eq!((ring.dropped(), ring.read(&mut [0; 64])), (1, 0));
    }
}
