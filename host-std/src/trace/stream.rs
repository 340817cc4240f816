//! Records out of bytes, one after the other, with the offset of each.

use std::io::{self, Read};

use pandia_core::trace::{RECORD_WORDS_MAX, Record};

use super::error::{TraceError, TraceProblem};

/// Reads records from bytes that have no header.
#[derive(Debug)]
pub(super) struct RecordStream<R> {
    source: R,
    /// Bytes read so far.
    offset: u64,
    /// The bytes and words of the record that was read last.
    bytes: Vec<u8>,
    words: Vec<u64>,
    /// Where that record begins.
    begin: u64,
}

impl<R: Read> RecordStream<R> {
    pub(super) fn new(source: R, offset: u64) -> Self {
        let bytes = Vec::with_capacity(RECORD_WORDS_MAX * 8);
        let words = Vec::with_capacity(RECORD_WORDS_MAX);
        Self { source, offset, bytes, words, begin: offset }
    }

    /// Where the record that was read last begins.
    pub(super) const fn begin(&self) -> u64 {
        self.begin
    }

    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Reads the next record; false at the end of the bytes.
    pub(super) fn advance(&mut self) -> Result<bool, TraceError> {
        self.begin = self.offset;
        self.words.clear();
        self.bytes.clear();
        self.fill(8)?;
        if self.bytes.is_empty() {
            return Ok(false);
        }
        let malformed =
            |error: pandia_core::Error| self.wrong(TraceProblem::Record(error.to_string()));
        if self.bytes.len() < 8 {
            return Err(TraceError::new(self.offset, TraceProblem::Cut));
        }
        let words = Record::words_of_head(self.word(0)).map_err(malformed)?;
        self.fill(words * 8)?;
        if self.bytes.len() < words * 8 {
            return Err(TraceError::new(self.offset, TraceProblem::Cut));
        }
        for index in 0..words {
            self.words.push(self.word(index));
        }
        Ok(true)
    }

    /// The record that was read last.
    pub(super) fn record(&self) -> Result<Record<'_>, TraceError> {
        let decoded = Record::decode(&self.words);
        let (record, _) =
            decoded.map_err(|error| self.wrong(TraceProblem::Record(error.to_string())))?;
        Ok(record)
    }

    /// The words of the record that was read last.
    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }

    /// Whether nothing more comes.
    pub(super) fn is_at_end(&mut self) -> Result<bool, TraceError> {
        self.bytes.clear();
        self.fill(1)?;
        Ok(self.bytes.is_empty())
    }

    fn wrong(&self, problem: TraceProblem) -> TraceError {
        TraceError::new(self.begin, problem)
    }

    fn word(&self, index: usize) -> u64 {
        let bytes = self.bytes.get(index * 8..).and_then(|rest| rest.first_chunk());
        u64::from_le_bytes(bytes.copied().unwrap_or_default())
    }

    /// Reads until there are `length` bytes, or none come any more: at most those of a record, so room
    /// for them is made before.
    fn fill(&mut self, length: usize) -> Result<(), TraceError> {
        let mut have = self.bytes.len();
        self.bytes.resize(length, 0);
        while let Some(room) = self.bytes.get_mut(have..).filter(|room| !room.is_empty()) {
            match self.source.read(room) {
                Ok(0) => break,
                Ok(count) => {
                    have += count;
                    self.offset += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(TraceError::new(self.offset, TraceProblem::Read(error))),
            }
        }
        self.bytes.truncate(have);
        Ok(())
    }
}

/// Appends up to `count` bytes; fewer only at the end.
pub(super) fn read_up_to(
    source: &mut impl Read,
    bytes: &mut Vec<u8>,
    count: usize,
) -> io::Result<usize> {
    source.by_ref().take(count as u64).read_to_end(bytes)
}
