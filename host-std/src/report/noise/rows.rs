//! What happened beside what was to be expected: one row for each layer, gate, place and error.

use std::collections::BTreeMap;

use pandia_core::noise::expected::{Deed, Expect, Expected, Facts, Place};
use pandia_core::op::Op;
use serde::{Serialize, Serializer};

use super::binomial::interval;
use super::groups::Grouping;
use super::happened::What;
use super::moment::Moment;
use super::situations::{OpBook, OpNumber, Situation, Situations};
use crate::report::words::{op_name, real};

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

fn label(book: &OpBook, number: OpNumber) -> Option<Label> {
    book.with(number, |op, _| (op_name(op), op.qubits().collect()))
}

/// One thing that is possible in a situation.
#[derive(Debug, Default)]
struct Possible {
    labels: Vec<Label>,
    probability: f64,
    /// From how many operations it may come.
    chances: u64,
}

impl Possible {
    fn add(&mut self, label: Label, probability: f64) {
        if let Err(at) = self.labels.binary_search(&label) {
            self.labels.insert(at, label);
        }
        self.probability += probability;
        self.chances += 1;
    }
}

/// What is possible in a situation, by the model's own words.
fn possible(
    model: Option<&dyn Expect>,
    book: &OpBook,
    situation: Situation,
) -> BTreeMap<Deed, Possible> {
    let mut all: BTreeMap<Deed, Possible> = BTreeMap::new();
    let Some(model) = model else { return all };
    let mut ask = |number: OpNumber, mask: u64, measured, place: &dyn Fn(Place) -> bool| {
        book.with(number, |op, moment| {
            for (deed, probability) in asked(model, op, moment, mask, measured, place) {
                let label = (op_name(op), op.qubits().collect());
                all.entry(deed).or_default().add(label, probability);
            }
        });
    };
    match situation {
        Situation::Between(left, right) => {
            if let Some(left) = left {
                ask(left, 0, None, &|place| place == Place::After);
            }
            if let Some(right) = right {
                ask(right, 0, None, &|place| place == Place::Before);
            }
        }
        Situation::At(op, mask) => ask(op, mask, None, &|place| place != Place::Outcome),
        Situation::Outcome(op, mask, measured) => {
            ask(op, mask, measured, &|place| place == Place::Outcome);
        }
        Situation::Pair(ops, at) => {
            let labels = ops.map(|op| label(book, op));
            for (deed, probability) in asked_of_pair(model, book, ops[1], at) {
                let possible = all.entry(deed).or_default();
                for label in labels.iter().flatten() {
                    possible.add(label.clone(), 0.0);
                }
                (possible.probability, possible.chances) = (probability, 1);
            }
        }
    }
    all
}

/// What the model may do at one operation, where `wanted`.
fn asked(
    model: &dyn Expect,
    op: Op<'_>,
    moment: &Moment,
    mask: u64,
    measured: Option<u64>,
    wanted: &dyn Fn(Place) -> bool,
) -> Vec<(Deed, f64)> {
    let leaked = |qubit| {
        let mut operands = op.qubits().take(64).zip(0..);
        operands.any(|(operand, bit)| operand == qubit && mask >> bit & 1 == 1)
    };
    let mut all = Vec::new();
    moment.known(op, &leaked, measured, |known| {
        model.expect(op, known, &mut |one: Expected| {
            if wanted(one.place) {
                all.push((one.deed, one.probability));
            }
        })
    });
    all
}

/// What the model may do to two outcomes, `at` these places of the batch, of which `op` is one.
fn asked_of_pair(
    model: &dyn Expect,
    book: &OpBook,
    op: OpNumber,
    at: [u32; 2],
) -> Vec<(Deed, f64)> {
    let mut all = Vec::new();
    book.with(op, |op, moment| {
        let outcomes = &moment.outcomes;
        let pair = at.map(|at| at as usize);
        let [Some(a), Some(b)] = pair.map(|at| outcomes.get(at)) else { return };
        let qubits = [a.qubit, b.qubit];
        let measured = [a.value, b.value].map(|value| u8::try_from(value).unwrap_or(u8::MAX));
        moment.known(op, &|_| false, None, |known| {
            model.expect_pair(outcomes, pair, known, &mut |reported, probability| {
                all.push((Deed::MisreadsPair { qubits, measured, reported }, probability));
            });
        });
    });
    all
}

/// The row in words.
pub(super) fn row(labels: &[Label], what: &What, tally: Tally) -> ErrorRow {
    let mut names: Vec<&str> = labels.iter().map(|(name, _)| name.as_str()).collect();
    names.dedup();
    let mut qubits: Vec<u32> = Vec::new();
    for qubit in labels.iter().flat_map(|(_, qubits)| qubits) {
        if !qubits.contains(qubit) {
            qubits.push(*qubit);
        }
    }
    if let What::Deed(Deed::MisreadsPair { qubits: pair, .. }) = what {
        // The values are those of these qubits in this order.
        qubits = pair.to_vec();
    }
    let (error, befell) = described(what, &qubits);
    ErrorRow { gate: names.join(" | "), qubits, error, kind: ErrorKind::of(what), tally, befell }
}

/// The error in words, and which qubits it befell with which Pauli (0: no Pauli).
fn described(what: &What, qubits: &[u32]) -> (String, Vec<(u32, u8)>) {
    const LETTERS: [&str; 4] = ["I", "X", "Y", "Z"];
    let letter = |pauli: u8| LETTERS.get(usize::from(pauli)).copied().unwrap_or("?");
    match what {
        What::Deed(Deed::Paulis(string)) => {
            let factors = string.factors();
            let on = |qubit: u32| {
                factors.iter().find(|(at, _)| *at == qubit).map_or(0, |&(_, pauli)| pauli)
            };
            let is_own = factors.iter().all(|(at, _)| qubits.contains(at));
            let words = if qubits.len() <= 2 && is_own {
                qubits.iter().map(|&qubit| letter(on(qubit))).collect::<String>()
            } else {
                let words =
                    factors.iter().map(|&(qubit, pauli)| format!("{}{qubit}", letter(pauli)));
                words.collect::<Vec<_>>().join(" ")
            };
            (words, factors.to_vec())
        }
        What::Deed(Deed::Rotation { qubits, qubit_count }) => {
            let touched = qubits.iter().take(usize::from(*qubit_count));
            ("rotation".to_owned(), touched.map(|&qubit| (qubit, 0)).collect())
        }
        What::Deed(Deed::Leaks(qubit)) => (format!("{qubit} leaks"), vec![(*qubit, 0)]),
        What::Deed(Deed::Returns(qubit)) => (format!("{qubit} returns"), vec![(*qubit, 0)]),
        What::Deed(Deed::Misreads { measured, reported }) => {
            let first = qubits.first().map(|&qubit| (qubit, 0));
            (format!("{measured} read as {reported}"), first.into_iter().collect())
        }
        What::Deed(Deed::MisreadsPair { qubits, measured: [a, b], reported: [c, d] }) => {
            let changed = qubits.iter().zip([a != c, b != d]).filter(|(_, changed)| *changed);
            let befell = changed.map(|(&qubit, _)| (qubit, 0)).collect();
            (format!("{a}{b} read as {c}{d}"), befell)
        }
        What::Deed(Deed::Damps(qubit)) => (format!("{qubit} decays"), vec![(*qubit, 0)]),
        What::Deed(Deed::Clears(qubit)) => (format!("{qubit} stays out"), vec![(*qubit, 0)]),
        What::Deed(Deed::Answers(value)) => {
            let first = qubits.first().map(|&qubit| (qubit, 0));
            (format!("leaked, read as {value}"), first.into_iter().collect())
        }
        What::Other(words) => (words.clone(), qubits.iter().map(|&qubit| (qubit, 0)).collect()),
    }
}
