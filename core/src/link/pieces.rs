//! A batch cut into pieces that the other end has room for, at the borders of records.

use crate::error::{Error, ErrorKind, Result};
use crate::op::Batch;
use crate::op::record::OpsIter;

/// What fits one piece.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) words: usize,
    pub(super) results: u32,
}

/// Some operations of a batch, and the index of the first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Piece<'a> {
    pub(super) batch: Batch<'a>,
    pub(super) first_op: u32,
}

impl<'a> Piece<'a> {
    /// Its first `op_count` operations, and the others if there are any.
    pub(super) fn split(&self, op_count: u32) -> (Self, Option<Self>) {
        let Self { batch, first_op } = *self;
        if op_count >= batch.op_count() {
            return (*self, None);
        }
        let (mut ops, mut results) = (batch.ops().iter(), 0);
        for op in ops.by_ref().take(op_count as usize) {
            results += u32::from(op.kind().bears_result());
        }
        let (border, end) = (ops.word(), batch.ops().words().len());
        let (other_ops, other_results) =
            (batch.op_count() - op_count, batch.result_count() - results);
        let first = Self { batch: batch.part(0, border, op_count, results), first_op };
        let batch = batch.part(border, end, other_ops, other_results);
        (first, Some(Self { batch, first_op: first_op + op_count }))
    }
}

/// The pieces in order. An empty batch has none.
pub(super) struct Pieces<'a> {
    batch: Batch<'a>,
    ops: OpsIter<'a>,
    next_op: u32,
    room: Room,
}

impl<'a> Pieces<'a> {
    /// Cuts `batch`.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if a record alone is too long.
    pub(super) fn new(batch: &Batch<'a>, room: Room) -> Result<Self> {
        if batch.ops().words().len() > room.words {
            for (index, op) in (0..).zip(batch.ops()) {
                if op.words().len() > room.words {
                    let (needed, available) = (op.words().len() as u64, room.words as u64);
                    let what = "words of one operation on the board";
                    let error = Error::from(ErrorKind::Capacity { what, needed, available });
                    return Err(error.at_op(index));
                }
            }
        }
        Ok(Self { batch: *batch, ops: batch.ops().iter(), next_op: 0, room })
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let (start, first_op) = (self.ops.word(), self.next_op);
        let (mut ops, mut results) = (0_u32, 0_u32);
        loop {
            let before = self.ops.clone();
            let Some(op) = self.ops.next() else { break };
            let result = u32::from(op.kind().bears_result());
            if self.ops.word() - start > self.room.words || results + result > self.room.results {
                self.ops = before;
                break;
            }
            ops += 1;
            results += result;
        }
        self.next_op += ops;
        let end = self.ops.word();
        let batch = self.batch.part(start, end, ops, results);
        (ops > 0).then_some(Piece { batch, first_op })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::{OpBuffer, OpSink};
    use std::vec::Vec;

    #[test]
    fn pieces_hold_every_operation_once_and_none_is_too_large() {
        let mut ops = OpBuffer::<512>::new();
        for index in 0..40 {
            ops.gate(2, &[index % 3], &[0.5]).unwrap();
            ops.measure(index % 3, u64::from(index)).unwrap();
        }
        let whole = ops.batch();
        for (words, results) in [(3, 1), (7, 9), (64, 2), (1000, 1000)] {
            let pieces = Pieces::new(&whole, Room { words, results }).unwrap();
            let pieces: Vec<Piece<'_>> = pieces.collect();
            let mut seen = Vec::new();
            for Piece { batch, first_op } in &pieces {
                assert_eq!(*first_op as usize, seen.len());
                assert!(batch.ops().words().len() <= words && batch.result_count() <= results);
                let counted = Batch::new(batch.ops().words()).unwrap();
                assert_eq!(counted.op_count(), batch.op_count());
                assert_eq!(counted.result_count(), batch.result_count());
                seen.extend(batch.ops().iter());
            }
            assert_eq!(seen, whole.ops().iter().collect::<Vec<_>>());
            assert_eq!(pieces.len() == 1, words == 1000);
        }
    }

    #[test]
    fn a_piece_is_split_at_any_operation() {
        let mut ops = OpBuffer::<128>::new();
        for index in 0..9 {
            ops.gate(2, &[index % 3], &[0.5]).unwrap();
            ops.measure(index % 3, u64::from(index)).unwrap();
        }
        let whole = Piece { batch: ops.batch(), first_op: 5 };
        for at in 0..18 {
            let (first, rest) = whole.split(at);
            let rest = rest.unwrap();
            assert_eq!((first.first_op, rest.first_op), (5, 5 + at));
            let mut seen = Vec::new();
            for batch in [first.batch, rest.batch] {
                let counted = Batch::new(batch.ops().words()).unwrap();
                assert_eq!(counted.op_count(), batch.op_count());
                assert_eq!(counted.result_count(), batch.result_count());
                seen.extend(batch.ops().iter());
            }
            assert_eq!(seen, ops.batch().ops().iter().collect::<Vec<_>>());
        }
        assert_eq!(whole.split(18), (whole, None));
    }

    #[test]
    fn an_operation_that_fits_no_piece_is_named_with_both_numbers() {
        let mut ops = OpBuffer::<64>::new();
        ops.reset(0).unwrap();
        ops.barrier(&[0, 1, 2, 3, 4, 5, 6, 7]).unwrap();
        let error = Pieces::new(&ops.batch(), Room { words: 4, results: 1 }).map(|_| ());
        let error = error.unwrap_err();
        assert_eq!(error.op_index(), Some(1));
        let what = "words of one operation on the board";
        assert_eq!(error.kind(), ErrorKind::Capacity { what, needed: 5, available: 4 });
    }
}
