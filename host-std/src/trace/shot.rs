//! The records of one shot in memory, for whoever must look at them more than once.

use pandia_core::ids::ShotId;
use pandia_core::trace::Record;

/// The records of one shot.
#[derive(Clone, Debug, Default)]
pub struct ShotTrace {
    shot: ShotId,
    words: Vec<u64>,
    /// Where each record begins.
    begins: Vec<usize>,
}

impl ShotTrace {
    /// No record yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Which shot it is.
    #[must_use]
    pub const fn shot(&self) -> ShotId {
        self.shot
    }

    /// How many records there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.begins.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.begins.is_empty()
    }

    /// Record number `index`.
    #[must_use]
    pub fn record(&self, index: usize) -> Option<Record<'_>> {
        let words = self.words.get(*self.begins.get(index)?..)?;
        // Only words of records are ever put in.
        Record::decode(words).ok().map(|(record, _)| record)
    }

    /// The records in order.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        (0..self.len()).filter_map(|index| self.record(index))
    }

    /// Whether the record is of this shot, or the first one.
    #[must_use]
    pub fn takes(&self, record: &Record<'_>) -> bool {
        self.is_empty() || record.at.shot == self.shot
    }

    /// Adds a record. The first one says which shot this is.
    pub fn push(&mut self, record: &Record<'_>) {
        self.begin(record.at.shot);
        record.encode(|words| self.words.extend_from_slice(words));
    }

    /// Forgets all records, and keeps the memory.
    pub fn clear(&mut self) {
        self.words.clear();
        self.begins.clear();
    }

    pub(super) fn push_words(&mut self, shot: ShotId, words: &[u64]) {
        self.begin(shot);
        self.words.extend_from_slice(words);
    }

    fn begin(&mut self, shot: ShotId) {
        if self.is_empty() {
            self.shot = shot;
        }
        self.begins.push(self.words.len());
    }
}
