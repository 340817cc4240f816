//! The memory of the queued runtime: one slice of words, cut into what it is used for.

use super::schedule::CLOCK_WORDS;
use crate::op::record::WORDS_MAX;
use crate::runtime::futures::{SLOT_WORDS, Slot};

/// An operation that waits. Sorted, entries are in the order in which operations are carried out:
/// start in ns; step and kind; length in ns; number in the shot and place of its words.
pub(super) type Entry = [u64; ENTRY_WORDS];
const ENTRY_WORDS: usize = 4;

/// Words per operation that the queue has room for on average: one for the future, and the record of a
/// gate with two angles.
const WORDS_PER_OP: usize = 5;

/// How much there is of everything.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    pub(super) qubits: usize,
    pub(super) results: usize,
    pub(super) queue_ops: usize,
}

/// The memory, cut up.
#[derive(Debug)]
pub(super) struct Memory<'m> {
    /// When each qubit is free.
    pub(super) clocks: &'m mut [[u64; CLOCK_WORDS]],
    /// The future of each result id, or 0.
    pub(super) results: &'m mut [u64],
    pub(super) futures: &'m mut [Slot],
    pub(super) entries: &'m mut [Entry],
    /// Of each operation that waits: its future or 0, then its record.
    pub(super) words: &'m mut [u64],
    /// The batch that is being sent.
    pub(super) out: &'m mut [u64],
}

impl Sizes {
    /// Words in which operations wait; the longest record fits.
    fn words(&self) -> usize {
        self.queue_ops.saturating_mul(WORDS_PER_OP).max(WORDS_MAX + 1)
    }

    /// Slots of futures: each result id and each operation that waits may hold one alone.
    const fn futures(&self) -> usize {
        self.results.saturating_add(self.queue_ops).saturating_add(1)
    }

    /// Words of everything together.
    pub(super) fn cells(&self) -> usize {
        let parts = [
            self.qubits.saturating_mul(CLOCK_WORDS),
            self.results,
            self.futures().saturating_mul(SLOT_WORDS),
            self.queue_ops.saturating_mul(ENTRY_WORDS),
            self.words().saturating_mul(2),
        ];
        parts.into_iter().fold(0, usize::saturating_add)
    }

    /// Cuts `cells`, of which there are at least [`Self::cells`].
    pub(super) fn cut<'m>(&self, cells: &'m mut [u64]) -> Memory<'m> {
        let mut rest = cells;
        let mut take = |count: usize| {
            let (taken, left) =
                core::mem::take(&mut rest).split_at_mut_checked(count).unwrap_or_default();
            rest = left;
            taken
        };
        Memory {
            clocks: take(self.qubits * CLOCK_WORDS).as_chunks_mut().0,
            results: take(self.results),
            futures: take(self.futures() * SLOT_WORDS).as_chunks_mut().0,
            entries: take(self.queue_ops * ENTRY_WORDS).as_chunks_mut().0,
            words: take(self.words()),
            out: take(self.words()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    #[test]
    fn the_pieces_use_up_what_is_asked_for() {
        for queue_ops in [1, 7, 300] {
            let sizes = Sizes { qubits: 5, results: 3, queue_ops };
            let mut cells = vec![0; sizes.cells()];
            let memory = sizes.cut(&mut cells);
            assert_eq!((memory.clocks.len(), memory.results.len()), (5, 3));
            assert_eq!((memory.futures.len(), memory.entries.len()), (4 + queue_ops, queue_ops));
            assert!(memory.words.len() > WORDS_MAX && memory.out.len() == memory.words.len());
        }
    }
}
