//! What a layer did at which operation, where what it does at one decides what it may do at the next.
//!
//! A leakage layer drops gates on leaked qubits, so between two operations that went out several may
//! have come in, and something that was inserted there may belong to each of them. The first one that
//! explains it is taken, unless that contradicts what follows: whoever has come back is not dropped
//! again. Then the next one is tried.

use pandia_core::noise::expected::{Deed, Expect, Expected, Fate, Place};
use pandia_core::op::{Op, OpKind};

use super::happened::{Happened, What, happened};
use super::moment::Moment;
use super::situations::{Leaked, OpNumber, Situation};
use super::watch::{Item, outcome};

/// A batch has so many choices at most that are taken back, before it is given up.
const CHOICES_MAX: u32 = 10_000;

/// What came in, and what was said of it.
#[derive(Debug)]
pub(super) struct Came<'a> {
    pub(super) coming: &'a [Op<'a>],
    /// The number of each.
    pub(super) numbers: Vec<OpNumber>,
    /// When it was.
    pub(super) moment: &'a Moment,
    /// The outcomes that went up.
    pub(super) reported: &'a [u64],
    /// The outcomes from below.
    pub(super) measured: &'a [u64],
}

/// One thing to be written down.
#[derive(Clone, Debug)]
pub(super) enum Done {
    /// A situation came about.
    Was(Situation),
    /// Something happened in one.
    Saw(Situation, Happened),
}

/// An explanation of a batch.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    pub(super) done: Vec<Done>,
    /// By qubit, after the batch.
    pub(super) leaked: Vec<bool>,
    /// How many qubits have leaked after each operation.
    pub(super) trail: Vec<usize>,
}

/// Where the explanation stands.
#[derive(Clone, Debug)]
struct At {
    op: usize,
    item: usize,
    reported: usize,
    measured: usize,
    /// How much has been written down.
    done: usize,
    leaked: Vec<bool>,
}

/// A place to which one can return, and how many inserted batches to take there at most.
struct Choice {
    at: At,
    take_max: usize,
}

/// Explains what went out, `items`, by what came in. `None` if nothing does.
pub(super) fn explain(
    model: &dyn Expect,
    came: &Came<'_>,
    items: &[&Item<'_>],
    leaked: &[bool],
) -> Option<Turns> {
    let start = At { op: 0, item: 0, reported: 0, measured: 0, done: 0, leaked: leaked.to_vec() };
    let (mut at, mut choices) = (start, Vec::new());
    let mut turns = Turns { done: Vec::new(), leaked: Vec::new(), trail: Vec::new() };
    let (mut take_max, mut taken_back) = (usize::MAX, 0);
    loop {
        turns.done.truncate(at.done);
        turns.trail.truncate(at.op);
        if at.op == came.coming.len() && at.item == items.len() {
            turns.leaked = at.leaked;
            return Some(turns);
        }
        let before = at.clone();
        match turn(model, came, items, &mut at, take_max, &mut turns.done) {
            Some(taken) => {
                if taken > 0 {
                    choices.push(Choice { at: before, take_max: taken - 1 });
                }
                turns.trail.push(at.leaked.iter().filter(|&&leaked| leaked).count());
                at.done = turns.done.len();
                take_max = usize::MAX;
            }
            None => {
                let choice: Choice = choices.pop()?;
                taken_back += 1;
                if taken_back > CHOICES_MAX {
                    return None;
                }
                (at, take_max) = (choice.at, choice.take_max);
            }
        }
    }
}

/// Goes past one operation, and says how many inserted batches it explains; `None` if it cannot have
/// been so.
fn turn(
    model: &dyn Expect,
    came: &Came<'_>,
    items: &[&Item<'_>],
    at: &mut At,
    take_max: usize,
    done: &mut Vec<Done>,
) -> Option<usize> {
    let (&op, &number) = (came.coming.get(at.op)?, came.numbers.get(at.op)?);
    at.op += 1;
    let mask = mask(op, &at.leaked);
    let mut possible = Vec::new();
    let fate = ask(model, came.moment, op, &at.leaked, &mut possible);
    let situation = Situation::At(number, mask);
    done.push(Done::Was(situation));
    if fate == Fate::Forwarded {
        // What comes before an operation can come from it alone: what is after another one was
        // explained by that.
        while let Some(Item::Inserted(ops)) = items.get(at.item) {
            let all = happened(ops, |_| false);
            take(&all, Place::Before, &mut possible)?;
            done.extend(all.into_iter().map(|one| Done::Saw(situation, one)));
            at.item += 1;
        }
        match items.get(at.item) {
            Some(Item::Passed(passed)) if passed.words() == op.words() => at.item += 1,
            _ => return None,
        }
    }
    if op.kind().bears_result() {
        let reported = came.reported.get(at.reported).copied()?;
        at.reported += 1;
        let measured = if fate == Fate::Forwarded {
            at.measured += 1;
            Some(came.measured.get(at.measured - 1).copied()?)
        } else {
            None
        };
        let (situation, happened) = outcome(number, mask, measured, reported);
        done.push(Done::Was(situation));
        done.extend(happened.map(|happened| Done::Saw(situation, happened)));
    }
    if op.kind() == OpKind::Reset && fate == Fate::Forwarded {
        set(&mut at.leaked, op.qubit(0), false);
    }
    let mut taken = 0;
    while taken < take_max {
        let Some(Item::Inserted(ops)) = items.get(at.item) else { break };
        let mut all = happened(ops, |qubit| is_set(&at.leaked, qubit));
        for one in &mut all {
            // A leaked qubit that acted is cleared first, and comes back after that, if it does.
            if let What::Deed(Deed::Returns(qubit)) = one.what
                && possible.contains(&(Place::After, Deed::Clears(qubit)))
            {
                one.what = What::Deed(Deed::Clears(qubit));
            }
        }
        let is_seen = all.iter().all(|one| is_of_present_qubits(one, &at.leaked));
        if !is_seen || take(&all, Place::After, &mut possible).is_none() {
            break;
        }
        for one in all {
            match one.what {
                What::Deed(Deed::Leaks(qubit)) => set(&mut at.leaked, qubit, true),
                What::Deed(Deed::Returns(qubit)) => set(&mut at.leaked, qubit, false),
                _ => {}
            }
            done.push(Done::Saw(situation, one));
        }
        at.item += 1;
        taken += 1;
    }
    // Whoever acted has to be cleared.
    let cleared = !possible.iter().any(|(_, deed)| matches!(deed, Deed::Clears(_)));
    cleared.then_some(taken)
}

/// Takes all of `happened` out of what is possible there; `None`, and nothing taken, if not all are.
fn take(happened: &[Happened], place: Place, possible: &mut Vec<(Place, Deed)>) -> Option<()> {
    let is =
        |one: &Happened, &(at, deed): &(Place, Deed)| at == place && one.what == What::Deed(deed);
    if !happened.iter().all(|one| possible.iter().any(|deed| is(one, deed))) {
        return None;
    }
    possible.retain(|deed| !happened.iter().any(|one| is(one, deed)));
    Some(())
}

/// Whether something befalls qubits that have not leaked, as all Paulis after an operation do: what
/// befalls a leaked one comes before the next operation, for which it acts.
fn is_of_present_qubits(one: &Happened, leaked: &[bool]) -> bool {
    match &one.what {
        What::Deed(Deed::Paulis(string)) => {
            string.factors().iter().all(|&(qubit, _)| !is_set(leaked, qubit))
        }
        _ => true,
    }
}

/// What the model may do at `op`, and what becomes of it.
fn ask(
    model: &dyn Expect,
    moment: &Moment,
    op: Op<'_>,
    leaked: &[bool],
    possible: &mut Vec<(Place, Deed)>,
) -> Fate {
    moment.known(op, &|qubit| is_set(leaked, qubit), None, |known| {
        model.expect(op, known, &mut |one: Expected| {
            if one.place != Place::Outcome {
                possible.push((one.place, one.deed));
            }
        })
    })
}

fn is_set(leaked: &[bool], qubit: u32) -> bool {
    leaked.get(qubit as usize).copied().unwrap_or(false)
}

fn set(leaked: &mut [bool], qubit: u32, value: bool) {
    if let Some(flag) = leaked.get_mut(qubit as usize) {
        *flag = value;
    }
}

fn mask(op: Op<'_>, leaked: &[bool]) -> Leaked {
    let bits = op.qubits().take(64).zip(0..);
    bits.filter(|&(qubit, _)| is_set(leaked, qubit)).fold(0, |mask, (_, bit)| mask | 1 << bit)
}

#[cfg(test)]
mod tests;
