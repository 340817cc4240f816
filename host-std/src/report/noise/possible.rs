//! What is possible in a situation, by the model's own words.

use std::collections::BTreeMap;

use pandia_core::noise::expected::{Deed, Expect, Expected, Place};
use pandia_core::op::Op;

use super::moment::Moment;
use super::rows::Label;
use super::situations::{OpBook, OpNumber, Situation};
use crate::report::words::op_name;

/// An operation as a row names it.
pub(super) fn label(book: &OpBook, number: OpNumber) -> Option<Label> {
    book.with(number, |op, _| (op_name(op), op.qubits().collect()))
}

/// One thing that is possible in a situation.
#[derive(Debug, Default)]
pub(super) struct Possible {
    pub(super) labels: Vec<Label>,
    pub(super) probability: f64,
    /// From how many operations it may come.
    pub(super) chances: u64,
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
pub(super) fn possible(
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
