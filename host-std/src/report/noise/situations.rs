//! Situations in which a layer may do something, and how often each came about.
//!
//! What most models may do depends on the operation and on which of its qubits have leaked, so a run
//! of a million gates has a few situations only: probabilities are asked for once for each. With a
//! model that depends on times or shots there are more of them, and they are settled now and then.

use std::collections::{BTreeMap, HashMap};

use pandia_core::op::{Batch, Op, OpKind};

use super::happened::{Happened, What};
use super::moment::Moment;

/// The number of an operation among those that differ in what matters here.
pub(super) type OpNumber = u32;

/// One bit for each of the first 64 operands that have leaked.
pub(super) type Leaked = u64;

/// Where a layer may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Situation {
    /// Between two operations that it passed on one after the other.
    Between(Option<OpNumber>, Option<OpNumber>),
    /// At an operation, of whose operands these have leaked.
    At(OpNumber, Leaked),
    /// To the outcome of an operation, with what came from below if it was asked.
    Outcome(OpNumber, Leaked, Option<u64>),
    /// To two outcomes that the model changes together: the operations, and their places among the
    /// outcomes of the batch.
    Pair([OpNumber; 2], [u32; 2]),
}

/// What came of one kind of thing in one situation.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    pub(super) weight: f64,
    pub(super) by_channel: bool,
}

/// Operations by what matters of them, each with a number.
#[derive(Debug, Default)]
pub(super) struct OpBook {
    numbers: HashMap<Vec<u64>, OpNumber>,
    entries: Vec<(Vec<u64>, Moment)>,
    scratch: Vec<u64>,
}

impl OpBook {
    /// The number of `op` at `moment`; parameters matter only if so said, and result ids never.
    pub(super) fn number(&mut self, op: Op<'_>, with_params: bool, moment: &Moment) -> OpNumber {
        self.scratch.clear();
        self.scratch.extend_from_slice(op.words());
        let op_words = self.scratch.len();
        if !with_params || !matches!(op.kind(), OpKind::Gate | OpKind::Idle) {
            let from = op_words - op.param_count();
            self.scratch.get_mut(from..).unwrap_or(&mut []).fill(0);
        }
        moment.push_words(&mut self.scratch);
        if let Some(&number) = self.numbers.get(&self.scratch) {
            return number;
        }
        let number = OpNumber::try_from(self.entries.len()).unwrap_or(OpNumber::MAX);
        self.numbers.insert(self.scratch.clone(), number);
        self.scratch.truncate(op_words);
        self.entries.push((self.scratch.clone(), moment.clone()));
        number
    }

    /// Gives the operation with this number, and its moment, to `then`.
    pub(super) fn with<T>(
        &self,
        number: OpNumber,
        then: impl FnOnce(Op<'_>, &Moment) -> T,
    ) -> Option<T> {
        let (words, moment) = self.entries.get(number as usize)?;
        let batch = Batch::new(words).ok()?;
        batch.ops().iter().next().map(|op| then(op, moment))
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }
}

/// How often each situation came about, and what happened then.
#[derive(Debug, Default)]
pub(super) struct Situations {
    pub(super) counts: HashMap<Situation, u64>,
    pub(super) seen: BTreeMap<(Situation, What), Seen>,
}

impl Situations {
    pub(super) fn count(&mut self, situation: Situation) {
        *self.counts.entry(situation).or_default() += 1;
    }

    pub(super) fn see(&mut self, situation: Situation, happened: Happened) {
        let seen = self.seen.entry((situation, happened.what)).or_default();
        seen.weight += happened.weight;
        seen.by_channel |= happened.by_channel;
    }
}
