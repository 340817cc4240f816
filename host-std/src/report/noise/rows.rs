//! What happened beside what was to be expected: one row for each layer, gate, place and error.

use std::collections::BTreeMap;

use pandia_core::noise::expected::{Deed, Expect, Facts};
use serde::{Serialize, Serializer};

use super::binomial::interval;
use super::groups::Grouping;
use super::happened::What;
use super::possible::{label, possible};
use super::row_words::row;
use super::situations::{OpBook, OpNumber, Situation, Situations};
use crate::report::words::real;

/// Sums of probabilities that a channel carries are off by roundings only: so much of a chance.
const ROUNDING: f64 = 1e-9;

/// What kind of thing a layer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// A Pauli error.
    Pauli,
    /// A rotation.
    Rotation,
    /// A qubit leaked.
    Leak,
    /// A leaked qubit came back.
    Return,
    /// Another value was reported than was measured.
    Misread,
    /// A leaked qubit was measured.
    LeakedAnswer,
    /// A qubit decayed towards 0.
    Decay,
    /// What had stood for a leaked qubit in a gate was cleared.
    StandIn,
    /// Something else.
    Other,
}

impl ErrorKind {
    /// The kind in words, many of them.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Pauli => "Pauli errors",
            Self::Rotation => "rotations",
            Self::Leak => "leaks",
            Self::Return => "returns",
            Self::Misread => "misreads",
            Self::LeakedAnswer => "answers of leaked qubits",
            Self::Decay => "decays",
            Self::StandIn => "stand-ins for leaked qubits",
            Self::Other => "others",
        }
    }

    pub(super) const fn of(what: &What) -> Self {
        match what {
            What::Deed(Deed::Paulis(_)) => Self::Pauli,
            What::Deed(Deed::Rotation { .. }) => Self::Rotation,
            What::Deed(Deed::Leaks(_)) => Self::Leak,
            What::Deed(Deed::Returns(_)) => Self::Return,
            What::Deed(Deed::Misreads { .. } | Deed::MisreadsPair { .. }) => Self::Misread,
            What::Deed(Deed::Damps(_)) => Self::Decay,
            What::Deed(Deed::Clears(_)) => Self::StandIn,
            What::Deed(Deed::Answers(_)) => Self::LeakedAnswer,
            What::Other(_) => Self::Other,
        }
    }
}

/// How often something happened, and how often it should have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Tally {
    /// How often it might have happened.
    pub chances: u64,
    /// How often it did. With a simulator that takes channels: the sum of the probabilities in them.
    #[serde(serialize_with = "whole_if_it_is")]
    pub inserted: f64,
    /// How often it should have by the configuration; none for a part that does not say.
    pub expected: Option<f64>,
    /// The least that agrees.
    pub low: Option<f64>,
    /// The most that agrees.
    pub high: Option<f64>,
    /// Whether it lies between these.
    pub agrees: Option<bool>,
}

/// Whole numbers without a point, so that counts look like counts.
fn whole_if_it_is<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what is cut off is checked"
    )]
    let whole = *value as u64;
    if real(whole).to_bits() == value.to_bits() {
        serializer.serialize_u64(whole)
    } else {
        serializer.serialize_f64(*value)
    }
}

/// One error at one gate and place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ErrorRow {
    /// The gate or kind of operation; several where the error may come from either.
    pub gate: String,
    /// The operation's qubits in its order; of several operations, those of all.
    pub qubits: Vec<u32>,
    /// What it was, in words: `X`, or for two qubits `XI`, in the order of the qubits.
    pub error: String,
    /// Its kind.
    pub kind: ErrorKind,
    /// How often.
    #[serde(flatten)]
    pub tally: Tally,
    /// The qubits that it befell.
    #[serde(skip)]
    pub befell: Vec<(u32, u8)>,
}

/// An operation as a row names it.
pub(super) type Label = (String, Vec<u32>);

/// What a row stands for.
pub(super) type Key = (Vec<Label>, What);

/// What is summed up for a row or for many.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub(super) chances: u64,
    pub(super) expected: f64,
    pub(super) inserted: f64,
    /// Whether any of it is in channels, and not drawn.
    pub(super) by_channel: bool,
}

/// The rows of a layer, without intervals.
#[derive(Debug)]
pub(super) struct Rows {
    sums: BTreeMap<Key, Sum>,
    says: bool,
    stateless: bool,
}

impl Rows {
    /// None yet, of a layer that says what it may do, depending on that, or does not say.
    pub(super) const fn new(says: bool, facts: Facts) -> Self {
        Self { sums: BTreeMap::new(), says, stateless: !facts.has(Facts::LEAKS) }
    }

    /// Adds situations, and what happened in them.
    pub(super) fn add(&mut self, model: Option<&dyn Expect>, book: &OpBook, seen: &Situations) {
        let sums = &mut self.sums;
        let mut counts: Vec<_> = seen.counts.iter().collect();
        counts.sort_unstable();
        let mut keys: BTreeMap<(Situation, What), Key> = BTreeMap::new();
        for (&situation, &count) in counts {
            for (deed, possible) in possible(model, book, situation) {
                let what = What::Deed(deed);
                let key = (possible.labels, what.clone());
                let sum = sums.entry(key.clone()).or_default();
                sum.chances += count * possible.chances;
                sum.expected += real(count) * possible.probability;
                keys.insert((situation, what), key);
            }
        }
        for (at, happened) in &seen.seen {
            let key = keys.get(at).cloned().unwrap_or_else(|| {
                let labels = numbers(at.0).filter_map(|number| label(book, number));
                let mut labels: Vec<Label> = labels.collect();
                labels.sort();
                labels.dedup();
                (labels, at.1.clone())
            });
            let sum = sums.entry(key).or_default();
            sum.inserted += happened.weight;
            sum.by_channel |= happened.by_channel;
            if !keys.contains_key(at) {
                sum.chances += seen.counts.get(&at.0).copied().unwrap_or(0);
            }
        }
    }

    /// How many intervals are needed.
    pub(super) fn tests(&self) -> u64 {
        let rows = self.sums.values().filter(|sum| self.is_tested(sum)).count() as u64;
        let groups = Grouping::ALL.iter().flat_map(|&by| self.groups(by));
        rows + groups.filter(|group| group.independent && self.is_tested(&group.sum)).count() as u64
    }

    const fn is_tested(&self, sum: &Sum) -> bool {
        self.says && !sum.by_channel
    }

    /// The rows, with intervals whose tails hold at most `tail` each.
    pub(super) fn finish(&self, tail: f64) -> Vec<ErrorRow> {
        let row = |(key, sum): (&Key, &Sum)| row(&key.0, &key.1, self.tally(sum, tail));
        self.sums.iter().map(row).collect()
    }

    pub(super) fn sums(&self) -> impl Iterator<Item = (&Key, &Sum)> {
        self.sums.iter()
    }

    pub(super) fn tally(&self, sum: &Sum, tail: f64) -> Tally {
        let Sum { chances, expected, inserted, by_channel } = *sum;
        let mut tally = Tally { chances, inserted, ..Tally::default() };
        if !self.says {
            return tally;
        }
        tally.expected = Some(expected);
        if by_channel && !self.stateless {
            // Whether the channel was sent was drawn: neither a count nor a certainty.
            return tally;
        }
        let (low, high) = if by_channel {
            let slack = ROUNDING * real(chances);
            (expected - slack, expected + slack)
        } else {
            let (low, high) = interval(chances, expected, tail);
            (real(low), real(high))
        };
        (tally.low, tally.high) = (Some(low), Some(high));
        tally.agrees = Some((low..=high).contains(&inserted));
        tally
    }
}

fn numbers(situation: Situation) -> impl Iterator<Item = OpNumber> {
    let (one, other) = match situation {
        Situation::Between(left, right) => (left, right),
        Situation::At(op, _) | Situation::Outcome(op, _, _) => (Some(op), None),
        Situation::Pair([one, other], _) => (Some(one), Some(other)),
    };
    one.into_iter().chain(other)
}
