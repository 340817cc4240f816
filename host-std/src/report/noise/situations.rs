//! Situations in which a layer may do something, and how often each came about.
//!
//! What a model may do depends on the operation and on which of its qubits have leaked, so a run of
//! a million gates has a few situations only: probabilities are asked for once for each.

use std::collections::{BTreeMap, HashMap};

use pandia_core::op::{Batch, Op, OpKind};

use super::happened::{Happened, What};

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
    words: Vec<Vec<u64>>,
    scratch: Vec<u64>,
}

impl OpBook {
    /// The number of `op`; parameters matter only if so said, and result ids never.
    pub(super) fn number(&mut self, op: Op<'_>, with_params: bool) -> OpNumber {
        self.scratch.clear();
        self.scratch.extend_from_slice(op.words());
        if !with_params || op.kind() != OpKind::Gate {
            let from = self.scratch.len() - op.param_count();
            self.scratch.get_mut(from..).unwrap_or(&mut []).fill(0);
        }
        if let Some(&number) = self.numbers.get(&self.scratch) {
            return number;
        }
        let number = OpNumber::try_from(self.words.len()).unwrap_or(OpNumber::MAX);
        self.numbers.insert(self.scratch.clone(), number);
        self.words.push(self.scratch.clone());
        number
    }

    /// Gives the operation with this number to `then`.
    pub(super) fn with<T>(&self, number: OpNumber, then: impl FnOnce(Op<'_>) -> T) -> Option<T> {
        let words = self.words.get(number as usize)?;
        let batch = Batch::new(words).ok()?;
        batch.ops().iter().next().map(then)
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
