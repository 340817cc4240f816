//! Batches: operations that an issuer hands over together, with their scheduled time.
//!
//! [`RawBatch`] is what somebody claims; [`Batch`] is checked. A batch is immutable during a call;
//! a layer forwards sub-ranges of it with `Batch::part` and slips small batches of its own
//! between them, so time and source survive every layer without a copy.

use super::bounds::Bounds;
use super::check::{Counted, check_records};
use super::record::Ops;
use crate::error::{ErrorKind, Result};
use crate::units::{DurationNs, TimeNs};

/// Who issued a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Source {
    /// 0: the runtime, for the program; otherwise the stream id's low half of the layer that
    /// inserted it.
    pub issuer: u32,
    /// How many layers inserted operations above this batch: 0 for the program's own.
    pub depth: u32,
}

/// A batch as it is claimed to be, not yet checked.
#[derive(Clone, Copy, Debug, Default)]
pub struct RawBatch<'a> {
    /// The records' words.
    pub words: &'a [u64],
    /// How many operations they are said to hold.
    pub op_count: u32,
    /// How many of those are said to bear an outcome.
    pub result_count: u32,
    /// Scheduled start.
    pub start: TimeNs,
    /// Scheduled length.
    pub length: DurationNs,
    /// Who issued it.
    pub source: Source,
}

/// A checked batch: whole, well-formed records whose counts are what they say.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    ops: Ops<'a>,
    /// What is known of the operations; two batches are the same whatever is known.
    bounds: Bounds,
    op_count: u32,
    result_count: u32,
    start: TimeNs,
    length: DurationNs,
    source: Source,
}

impl<'a> RawBatch<'a> {
    /// Checks the claim.
    ///
    /// # Errors
    /// [`ErrorKind::Record`] for a malformed record or counts that do not fit the records.
    #[inline]
    pub fn check(self) -> Result<Batch<'a>> {
        let counted = check_records(self.words)?;
        if counted.op_count != self.op_count || counted.result_count != self.result_count {
            let reason = "the batch's counts are not those of its records";
            return Err(ErrorKind::Record { word: 0, reason }.into());
        }
        Ok(Batch {
            ops: counted.ops,
            bounds: Bounds::UNKNOWN,
            op_count: self.op_count,
            result_count: self.result_count,
            start: self.start,
            length: self.length,
            source: self.source,
        })
    }
}

impl Default for Batch<'_> {
    /// No operation, at time zero, issued by the program.
    fn default() -> Self {
        Self::from_checked(Ops::EMPTY, 0, 0, Bounds::NOTHING)
    }
}

impl PartialEq for Batch<'_> {
    fn eq(&self, other: &Self) -> bool {
        let all = |batch: &Self| {
            (batch.ops, batch.op_count, batch.result_count, batch.start, batch.length, batch.source)
        };
        all(self) == all(other)
    }
}

impl Eq for Batch<'_> {}

impl<'a> Batch<'a> {
    /// A batch of the records in `words`, at time zero, issued by the program.
    ///
    /// # Errors
    /// [`ErrorKind::Record`] for a malformed record.
    pub fn new(words: &'a [u64]) -> Result<Self> {
        let counted = check_records(words)?;
        let Counted { ops, op_count, result_count } = counted;
        Ok(Self::from_checked(ops, op_count, result_count, Bounds::UNKNOWN))
    }

    /// The batch of records that were checked before, with the counts found then and bounds of these
    /// records or of more.
    #[inline]
    pub(crate) const fn from_checked(
        ops: Ops<'a>,
        op_count: u32,
        result_count: u32,
        bounds: Bounds,
    ) -> Self {
        Self {
            ops,
            bounds,
            op_count,
            result_count,
            start: TimeNs::ZERO,
            length: DurationNs::ZERO,
            source: Source { issuer: 0, depth: 0 },
        }
    }

    /// The same batch at another scheduled time.
    #[inline]
    #[must_use]
    pub const fn at(mut self, start: TimeNs, length: DurationNs) -> Self {
        self.start = start;
        self.length = length;
        self
    }

    /// The same batch from another source.
    #[inline]
    #[must_use]
    pub const fn from_source(mut self, source: Source) -> Self {
        self.source = source;
        self
    }

    /// A piece of this batch: some of its records, with its time and source.
    #[inline]
    #[must_use]
    pub(crate) fn part(&self, start: usize, end: usize, op_count: u32, result_count: u32) -> Self {
        Self { ops: self.ops.range(start, end), op_count, result_count, ..*self }
    }

    /// The operations.
    #[inline]
    #[must_use]
    pub const fn ops(&self) -> Ops<'a> {
        self.ops
    }

    /// What the operations need at most.
    #[inline]
    pub(crate) const fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// How many operations there are.
    #[inline]
    #[must_use]
    pub const fn op_count(&self) -> u32 {
        self.op_count
    }

    /// How many of them bear an outcome.
    #[inline]
    #[must_use]
    pub const fn result_count(&self) -> u32 {
        self.result_count
    }

    /// Scheduled start.
    #[inline]
    #[must_use]
    pub const fn start(&self) -> TimeNs {
        self.start
    }

    /// Scheduled length.
    #[inline]
    #[must_use]
    pub const fn length(&self) -> DurationNs {
        self.length
    }

    /// Who issued it.
    #[inline]
    #[must_use]
    pub const fn source(&self) -> Source {
        self.source
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::builder::{OpBuffer, OpSink};

    #[test]
    fn a_batch_whose_counts_lie_is_refused() {
        let mut ops = OpBuffer::<16>::new();
        ops.measure(0, 0).unwrap();
        let raw = RawBatch { words: ops.words(), op_count: 1, result_count: 1, ..<_>::default() };
        assert!(raw.check().is_ok());
        assert!(RawBatch { op_count: 2, ..raw }.check().is_err());
        assert!(RawBatch { result_count: 0, ..raw }.check().is_err());
    }
}
