//! What the program's side asks of the thread, as words.

use pandia_core::error::{ErrorKind, Result};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, RawBatch, Source};
use pandia_core::units::{DurationNs, TimeNs};

const SHOT_BEGIN: u64 = 1;
const BATCH: u64 = 2;
const SHOT_END: u64 = 3;

/// Words before those of the records.
pub(super) const HEAD_WORDS: usize = 5;

/// One thing to carry out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command<'a> {
    ShotBegin(ShotId, Seed),
    Batch(Batch<'a>),
    ShotEnd,
}

impl<'a> Command<'a> {
    /// As words: a head and, of a batch, its records.
    pub(super) fn encode(&self) -> ([u64; HEAD_WORDS], &'a [u64]) {
        match self {
            Self::ShotBegin(shot, seed) => ([SHOT_BEGIN, shot.0, seed.0, 0, 0], &[]),
            Self::Batch(batch) => {
                let source = batch.source();
                let counts = pair(batch.op_count(), batch.result_count());
                let from = pair(source.issuer, source.depth);
                let head = [BATCH, counts, batch.start().0, batch.length().0, from];
                (head, batch.ops().words())
            }
            Self::ShotEnd => ([SHOT_END, 0, 0, 0, 0], &[]),
        }
    }

    /// From words, checked.
    pub(super) fn decode(words: &'a [u64]) -> Result<Self> {
        match *words {
            [SHOT_BEGIN, shot, seed, _, _] => Ok(Self::ShotBegin(ShotId(shot), Seed(seed))),
            [BATCH, counts, start, length, from, ref words @ ..] => {
                let ((op_count, result_count), (issuer, depth)) = (apart(counts), apart(from));
                let (start, length) = (TimeNs(start), DurationNs(length));
                let source = Source { issuer, depth };
                let batch = RawBatch { words, op_count, result_count, start, length, source };
                Ok(Self::Batch(batch.check()?))
            }
            [SHOT_END, ..] => Ok(Self::ShotEnd),
            _ => Err(ErrorKind::Broken("a command without a meaning").into()),
        }
    }
}

const fn pair(low: u32, high: u32) -> u64 {
    low as u64 | (high as u64) << 32
}

#[expect(clippy::cast_possible_truncation, reason = "the two halves")]
const fn apart(word: u64) -> (u32, u32) {
    (word as u32, (word >> 32) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pandia_core::op::builder::OpVec;
    use pandia_core::op::{OpSink, gates::slot};

    #[test]
    fn commands_come_out_as_they_went_in() {
        let mut ops = OpVec::new();
        ops.gate(slot::CX, &[0, 1], &[]).unwrap();
        ops.measure(1, 7).unwrap();
        let source = Source { issuer: 3, depth: u32::MAX };
        let batch = ops.batch().at(TimeNs(9), DurationNs(u64::MAX)).from_source(source);
        let begin = Command::ShotBegin(ShotId(u64::MAX), Seed(1));
        for command in [begin, Command::Batch(batch), Command::ShotEnd] {
            let (head, body) = command.encode();
            let words = [&head, body].concat();
            assert_eq!(Command::decode(&words).unwrap(), command);
        }
        assert!(Command::decode(&[]).is_err());
        assert!(Command::decode(&[9, 0, 0, 0, 0]).is_err());
        assert!(Command::decode(&[BATCH, 1, 0, 0, 0]).is_err(), "counts that are not there");
    }
}
