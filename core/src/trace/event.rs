//! What a record says, and its form in words.
//!
//! Words, each little-endian as bytes:
//!
//! | word | what |
//! |---|---|
//! | 0 | `bytes` u32 of the whole record, `kind` u8, `joint` u8, `about` u16 |
//! | 1 | shot |
//! | 2 | sequence number |
//! | 3 … | by kind, see `docs/trace.md` |

use crate::ids::{Seed, ShotId};
use crate::op::outcome::Outcome;
use crate::op::record::WORDS_MAX;
use crate::op::{Batch, Op, OpKind, Source};
use crate::units::{DurationNs, TimeNs};

/// The word that says "this was not measured".
pub const DURATION_NONE: u64 = u64::MAX;
/// The batch number of an outcome that was read by its id, from no batch in particular.
pub const BATCH_NONE: u32 = u32::MAX;
/// Words before those of an operation.
pub(super) const OP_HEAD_WORDS: usize = 7;
/// Words of the longest record.
pub const RECORD_WORDS_MAX: usize = OP_HEAD_WORDS + WORDS_MAX;

/// The numbers of the kinds. Never reused.
pub(super) mod kind {
    pub(crate) const SHOT_BEGIN: u8 = 1;
    pub(crate) const OP: u8 = 2;
    pub(crate) const OUTCOME: u8 = 3;
    pub(crate) const BATCH_END: u8 = 4;
    pub(crate) const SHOT_END: u8 = 5;
    pub(crate) const DROPPED: u8 = 6;
    pub(crate) const TRACE_END: u8 = 7;
}

/// Where something was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct At {
    /// In which shot.
    pub shot: ShotId,
    /// At which joint: 0 between program and runtime, 1 below the runtime, and so on.
    pub joint: u8,
}

/// One record: what was seen, where, and as which of its shot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record<'a> {
    /// Where it was seen.
    pub at: At,
    /// Which record of the shot it is, counted by the recorder from 0. On the desktop joint 0 has a
    /// count of its own, so that order does not depend on threads.
    pub sequence: u64,
    /// What was seen.
    pub event: Event<'a>,
}

/// What was seen at a joint.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A shot begins.
    ShotBegin {
        /// The seed of the run.
        seed: Seed,
    },
    /// An operation on its way down.
    Op(OpDown<'a>),
    /// An outcome on its way up.
    Outcome(OutcomeUp),
    /// The call that carried a batch down is back.
    BatchEnd(BatchEnd),
    /// The shot ended.
    ShotEnd {
        /// 0, or the code of the error with which it ended.
        status: i32,
        /// How long what lies below took to begin the shot, if measured.
        begin: Option<u64>,
        /// How long it took to end it, if measured.
        end: Option<u64>,
    },
    /// Here so many records are missing, since there was no room for them.
    Dropped {
        /// How many.
        count: u64,
    },
    /// Nothing comes after this. A trace without it has been cut off.
    TraceEnd {
        /// How many records came before.
        records: u64,
    },
}

/// An operation on its way down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpDown<'a> {
    /// Which call of this shot at this joint carried it, from 0.
    pub batch: u32,
    /// Which operation of that batch it is, from 0.
    pub index: u32,
    /// Scheduled start of its batch. 0 at joint 0: nobody has scheduled yet.
    pub start: TimeNs,
    /// Scheduled length of its batch.
    pub length: DurationNs,
    /// Who issued it: a depth above 0 means that the layer with this issuer inserted it.
    pub source: Source,
    /// The operation.
    pub op: Op<'a>,
}

/// An outcome on its way up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutcomeUp {
    /// The batch whose call gave it, or [`BATCH_NONE`] if it was read by its id.
    pub batch: u32,
    /// Which operation of that batch yielded it; [`crate::error::NO_OP`] if it was read by its id.
    pub op_index: u32,
    /// What kind of operation yielded it, if known.
    pub kind: Option<OpKind>,
    /// The result id that the operation named.
    pub id: u64,
    /// 0, 1, or 2 for leaked.
    pub value: u64,
    /// How long the program waited for it, if it was read by its id and that was measured.
    pub duration: Option<u64>,
}

impl OutcomeUp {
    /// What the call of `batch` gave.
    #[must_use]
    pub const fn of_batch(batch: u32, outcome: &Outcome) -> Self {
        Self {
            batch,
            op_index: outcome.op_index,
            kind: OpKind::from_number(outcome.kind),
            id: outcome.id,
            value: outcome.value,
            duration: None,
        }
    }

    /// What was read by its id.
    #[must_use]
    pub const fn read(id: u64, value: u64, duration: Option<u64>) -> Self {
        Self { batch: BATCH_NONE, op_index: crate::error::NO_OP, kind: None, id, value, duration }
    }
}

/// The call that carried a batch down is back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchEnd {
    /// Which call of this shot at this joint it was, from 0.
    pub batch: u32,
    /// How many operations it carried.
    pub op_count: u32,
    /// How many outcomes came back.
    pub result_count: u32,
    /// Scheduled start.
    pub start: TimeNs,
    /// Scheduled length.
    pub length: DurationNs,
    /// Who issued it.
    pub source: Source,
    /// 0, or the code of the error that came back.
    pub status: i32,
    /// How long the call took, everything below included, if measured; in the unit that the trace's
    /// header names.
    pub duration: Option<u64>,
}

impl BatchEnd {
    /// The end of `batch`, which was call number `number` and gave `result_count` outcomes.
    #[must_use]
    pub const fn of(
        number: u32,
        batch: &Batch<'_>,
        result_count: u32,
        status: i32,
        duration: Option<u64>,
    ) -> Self {
        Self {
            batch: number,
            op_count: batch.op_count(),
            result_count,
            start: batch.start(),
            length: batch.length(),
            source: batch.source(),
            status,
            duration,
        }
    }
}

/// Two halves of a word.
#[inline]
const fn pair(low: u32, high: u32) -> u64 {
    low as u64 | (high as u64) << 32
}

const fn measured(duration: Option<u64>) -> u64 {
    match duration {
        Some(duration) => duration,
        None => DURATION_NONE,
    }
}

impl Event<'_> {
    /// The operations of `batch`, as the events that they are on their way down.
    pub fn ops_of<'a>(number: u32, batch: &Batch<'a>) -> impl Iterator<Item = Event<'a>> + use<'a> {
        let (start, length, source) = (batch.start(), batch.length(), batch.source());
        (0..).zip(batch.ops()).map(move |(index, op)| {
            Event::Op(OpDown { batch: number, index, start, length, source, op })
        })
    }

    /// Words of a record of this event.
    #[inline]
    #[must_use]
    pub fn words(&self) -> usize {
        match self {
            Self::Op(down) => OP_HEAD_WORDS + down.op.words().len(),
            Self::ShotBegin { .. } | Self::Dropped { .. } | Self::TraceEnd { .. } => 4,
            Self::ShotEnd { .. } => 6,
            Self::Outcome(_) => 7,
            Self::BatchEnd(_) => 9,
        }
    }

    const fn kind(&self) -> u8 {
        match self {
            Self::ShotBegin { .. } => kind::SHOT_BEGIN,
            Self::Op(_) => kind::OP,
            Self::Outcome(_) => kind::OUTCOME,
            Self::BatchEnd(_) => kind::BATCH_END,
            Self::ShotEnd { .. } => kind::SHOT_END,
            Self::Dropped { .. } => kind::DROPPED,
            Self::TraceEnd { .. } => kind::TRACE_END,
        }
    }
}

impl Record<'_> {
    /// Gives the record's words to `put`, piece by piece, in order.
    #[inline]
    pub fn encode(&self, mut put: impl FnMut(&[u64])) {
        let about = match self.event {
            Event::Outcome(OutcomeUp { kind: Some(kind), .. }) => kind as u8,
            _ => 0,
        };
        let head = (self.event.words() as u64 * 8)
            | u64::from(self.event.kind()) << 32
            | u64::from(self.at.joint) << 40
            | u64::from(about) << 48;
        let (shot, sequence) = (self.at.shot.0, self.sequence);
        match self.event {
            Event::ShotBegin { seed: Seed(word) }
            | Event::Dropped { count: word }
            | Event::TraceEnd { records: word } => put(&[head, shot, sequence, word]),
            Event::Op(down) => {
                let source = pair(down.source.issuer, down.source.depth);
                let place = pair(down.batch, down.index);
                put(&[head, shot, sequence, down.start.0, down.length.0, source, place]);
                put(down.op.words());
            }
            Event::Outcome(up) => {
                let (place, duration) = (pair(up.batch, up.op_index), measured(up.duration));
                put(&[head, shot, sequence, up.id, up.value, place, duration]);
            }
            Event::BatchEnd(end) => put(&[
                head,
                shot,
                sequence,
                end.start.0,
                end.length.0,
                pair(end.source.issuer, end.source.depth),
                pair(end.batch, end.op_count),
                pair(end.result_count, end.status.cast_unsigned()),
                measured(end.duration),
            ]),
            Event::ShotEnd { status, begin, end } => put(&[
                head,
                shot,
                sequence,
                u64::from(status.cast_unsigned()),
                measured(begin),
                measured(end),
            ]),
        }
    }
}
