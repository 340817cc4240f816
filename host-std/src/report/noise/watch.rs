//! One layer, watched from above and below: what came in, what went out, and so what it did.
//!
//! Batch by batch the operations that went out are held against those that came in, which a layer
//! passes on in their order. What is signed by the layer it has inserted; what came in and did not go
//! out it has dropped.

use std::collections::VecDeque;

use pandia_core::noise::expected::{Answer, Deed, Expect, Facts};
use pandia_core::op::{Batch, Op};
use pandia_core::trace::{BatchEnd, OpDown, OutcomeUp};

use super::happened::{Happened, What, happened};
use super::moment::{Clocks, Moment, outcomes};
use super::rows::Rows;
use super::situations::{Leaked, OpBook, OpNumber, Situation, Situations};
use super::turns::{Came, Done, explain};

/// A piece that went out, in words, and whether the layer inserted it.
#[derive(Debug, Default)]
struct Piece {
    words: Vec<u64>,
    inserted: bool,
}

/// One layer of the stack, and what is known of it so far.
pub(super) struct Watch {
    model: Option<Box<dyn Expect>>,
    /// Why there is none.
    pub(super) silent_because: Option<&'static str>,
    /// What the model's answers depend on.
    facts: Facts,
    /// How it signs what it inserts.
    issuer: Option<u32>,
    book: OpBook,
    situations: Situations,
    /// What was settled so far.
    rows: Rows,
    /// Batches that could not be told apart, or that came back with an error.
    pub(super) left_out: u64,
    shot: u64,
    /// By qubit, in this shot.
    leaked: Vec<bool>,
    clocks: Clocks,
    /// Records of this shot are missing from here on.
    lost: bool,
    coming: Vec<u64>,
    coming_depth: u32,
    reported: Vec<u64>,
    pieces: Vec<Piece>,
    /// Outcomes from below, of operations that were passed on.
    measured: Vec<u64>,
    /// How many qubits have leaked after each operation of the batch.
    trail: Vec<usize>,
}

/// What goes out, one by one.
pub(super) enum Item<'a> {
    Inserted(Vec<Op<'a>>),
    Passed(Op<'a>),
}

/// So many operations that differ in what matters are kept apart before their situations are settled.
const BOOK_MAX: usize = 10_000;

impl Watch {
    pub(super) fn new(answer: Answer, issuer: Option<u32>, qubits: u32) -> Self {
        let (model, silent_because) = match answer {
            Answer::Says(model) => (Some(model), None),
            Answer::Silent(why) => (None, Some(why)),
        };
        let facts = model.as_ref().map_or(Facts::NONE, |model| model.depends_on());
        Self {
            rows: Rows::new(model.is_some(), facts),
            model,
            silent_because,
            facts,
            issuer,
            book: OpBook::default(),
            situations: Situations::default(),
            left_out: 0,
            shot: 0,
            clocks: Clocks::new(qubits),
            leaked: vec![false; qubits as usize],
            lost: false,
            coming: Vec::new(),
            coming_depth: 0,
            reported: Vec::new(),
            pieces: Vec::new(),
            measured: Vec::new(),
            trail: Vec::new(),
        }
    }

    pub(super) fn depends_on_leaks(&self) -> bool {
        self.facts.has(Facts::LEAKS)
    }

    /// All that was seen, as rows.
    pub(super) fn rows(&mut self) -> &Rows {
        self.rows.add(self.model.as_deref(), &self.book, &self.situations);
        (self.book, self.situations) = (OpBook::default(), Situations::default());
        &self.rows
    }

    /// How many qubits have leaked after each operation of the batch that ended last; nothing of a
    /// batch that was left out, or that passes untouched.
    pub(super) fn trail(&self) -> &[usize] {
        &self.trail
    }

    pub(super) fn begin_shot(&mut self, shot: u64) {
        self.shot = shot;
        self.leaked.fill(false);
        self.clocks.begin_shot();
        self.lost = false;
        self.forget();
    }

    /// Records are missing: the rest of the shot cannot be told apart.
    pub(super) fn lose(&mut self) {
        self.lost = true;
    }

    fn forget(&mut self) {
        self.coming.clear();
        self.reported.clear();
        self.pieces.clear();
        self.measured.clear();
    }

    pub(super) fn op_above(&mut self, down: &OpDown<'_>) {
        if down.index == 0 {
            self.forget();
        }
        self.coming_depth = down.source.depth;
        self.coming.extend_from_slice(down.op.words());
    }

    pub(super) fn op_below(&mut self, down: &OpDown<'_>) {
        if down.index == 0 {
            let signed = self.issuer == Some(down.source.issuer);
            let inserted = signed && down.source.depth > self.coming_depth;
            self.pieces.push(Piece { words: Vec::new(), inserted });
        }
        if let Some(piece) = self.pieces.last_mut() {
            piece.words.extend_from_slice(down.op.words());
        }
    }

    pub(super) fn outcome_below(&mut self, up: &OutcomeUp) {
        if self.pieces.last().is_some_and(|piece| !piece.inserted) {
            self.measured.push(up.value);
        }
    }

    pub(super) fn outcome_above(&mut self, up: &OutcomeUp) {
        self.reported.push(up.value);
    }

    /// A batch is through: what did the layer do?
    pub(super) fn batch_end_above(&mut self, end: &BatchEnd) {
        self.trail.clear();
        if end.status != 0 || self.lost {
            self.left_out += 1;
            // What the layer did up to the error is not known, nor what it did after it.
            self.lost = true;
        } else if end.source.depth == 0 {
            let (coming, pieces) =
                (core::mem::take(&mut self.coming), core::mem::take(&mut self.pieces));
            if self.settle(&coming, &pieces, end).is_none() {
                self.left_out += 1;
                self.lost = true;
            }
            (self.coming, self.pieces) = (coming, pieces);
            if self.book.len() > BOOK_MAX {
                self.rows();
            }
        }
        self.forget();
    }

    /// `None` if what went out does not fit what came in.
    fn settle(&mut self, coming: &[u64], pieces: &[Piece], end: &BatchEnd) -> Option<()> {
        let coming = Batch::new(coming).ok()?;
        let coming: Vec<Op<'_>> = coming.ops().iter().collect();
        let mut items = VecDeque::new();
        for piece in pieces {
            let batch = Batch::new(&piece.words).ok()?;
            let ops = batch.ops().iter();
            if piece.inserted {
                items.push_back(Item::Inserted(ops.collect()));
            } else {
                items.extend(ops.map(Item::Passed));
            }
        }
        let mut moment = Moment::of_batch(self.facts, self.shot, end);
        if self.facts.has(Facts::OUTCOMES) {
            moment.outcomes = outcomes(&coming, &self.measured)?;
        }
        let with_params = self.facts.has(Facts::PARAMS);
        let numbers = coming.iter().map(|&op| {
            if self.facts.has(Facts::WAITS) {
                self.clocks.pass(op, end, &mut moment);
            }
            self.book.number(op, with_params, &moment)
        });
        let numbers: Vec<OpNumber> = numbers.collect();
        if self.depends_on_leaks() {
            self.settle_in_turn(&coming, numbers, &moment, &items)
        } else {
            self.settle_gaps(&coming, &numbers, &moment, items)
        }
    }

    /// A layer that drops nothing: what lies between two operations comes from either.
    fn settle_gaps(
        &mut self,
        coming: &[Op<'_>],
        numbers: &[OpNumber],
        moment: &Moment,
        mut items: VecDeque<Item<'_>>,
    ) -> Option<()> {
        let paired = self.settle_pairs(coming, numbers, moment)?;
        let mut bearing = 0;
        let mut left = None;
        for index in 0..=coming.len() {
            let right = coming.get(index).copied().zip(numbers.get(index).copied());
            let gap = Situation::Between(left, right.map(|(_, number)| number));
            self.situations.count(gap);
            while let Some(Item::Inserted(ops)) = items.front() {
                for one in happened(ops, |_| false) {
                    self.situations.see(gap, one);
                }
                items.pop_front();
            }
            let Some((op, number)) = right else { break };
            match items.pop_front() {
                Some(Item::Passed(passed)) if passed.words() == op.words() => {}
                _ => return None,
            }
            if op.kind().bears_result() {
                let from_below = self.measured.get(bearing).copied()?;
                let value = self.reported.get(bearing).copied()?;
                if !paired.contains(&bearing) {
                    let (situation, happened) = outcome(number, 0, Some(from_below), value);
                    self.situations.count(situation);
                    if let Some(happened) = happened {
                        self.situations.see(situation, happened);
                    }
                }
                bearing += 1;
            }
            left = Some(number);
        }
        items.is_empty().then_some(())
    }

    /// Outcomes that the model changes together; says which these are.
    fn settle_pairs(
        &mut self,
        coming: &[Op<'_>],
        numbers: &[OpNumber],
        moment: &Moment,
    ) -> Option<Vec<usize>> {
        let mut pairs = Vec::new();
        if let Some(model) = &self.model {
            model.pairs(&moment.outcomes, &mut |pair| pairs.push(pair));
        }
        let bearing = coming.iter().zip(numbers).filter(|(op, _)| op.kind().bears_result());
        let bearing: Vec<OpNumber> = bearing.map(|(_, &number)| number).collect();
        for &[a, b] in &pairs {
            let ops = [*bearing.get(a)?, *bearing.get(b)?];
            let qubits = [moment.outcomes.get(a)?.qubit, moment.outcomes.get(b)?.qubit];
            let measured = [*self.measured.get(a)?, *self.measured.get(b)?].map(small);
            let reported = [*self.reported.get(a)?, *self.reported.get(b)?].map(small);
            let at = [u32::try_from(a).ok()?, u32::try_from(b).ok()?];
            let situation = Situation::Pair(ops, at);
            self.situations.count(situation);
            if measured != reported {
                let what = What::Deed(Deed::MisreadsPair { qubits, measured, reported });
                self.situations.see(situation, Happened { what, weight: 1.0, by_channel: false });
            }
        }
        Some(pairs.into_iter().flatten().collect())
    }

    /// A layer that drops gates on leaked qubits: see [`super::turns`].
    fn settle_in_turn(
        &mut self,
        coming: &[Op<'_>],
        numbers: Vec<OpNumber>,
        moment: &Moment,
        items: &VecDeque<Item<'_>>,
    ) -> Option<()> {
        let model = self.model.take()?;
        let (reported, measured) = (&self.reported[..], &self.measured[..]);
        let came = Came { coming, numbers, moment, reported, measured };
        let items: Vec<&Item<'_>> = items.iter().collect();
        let turns = explain(model.as_ref(), &came, &items, &self.leaked);
        self.model = Some(model);
        let turns = turns?;
        for done in turns.done {
            match done {
                Done::Was(situation) => self.situations.count(situation),
                Done::Saw(situation, happened) => self.situations.see(situation, happened),
            }
        }
        self.leaked = turns.leaked;
        self.trail = turns.trail;
        Some(())
    }
}

/// The outcome of an operation, and what a layer did to it if it did something.
pub(super) fn outcome(
    op: OpNumber,
    mask: Leaked,
    measured: Option<u64>,
    reported: u64,
) -> (Situation, Option<Happened>) {
    let deed = match measured {
        Some(measured) if measured == reported => None,
        Some(measured) => {
            Some(Deed::Misreads { measured: small(measured), reported: small(reported) })
        }
        None => Some(Deed::Answers(small(reported))),
    };
    let happened = |deed| Happened { what: What::Deed(deed), weight: 1.0, by_channel: false };
    (Situation::Outcome(op, mask, measured), deed.map(happened))
}

fn small(value: u64) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}
