//! What a layer did to what passed it: added, dropped, changed. Derived by comparing the joint above it
//! with the one below.
//!
//! The rule: within a call at the upper joint, the calls at the lower one are sub-ranges of its
//! operations in their order, with batches of the layer's own between them. A batch of another source is
//! added. One of the same source that is no sub-range replaces an operation. What comes down in no batch
//! is dropped. Where several readings fit, the one with the least changes is taken ([`super::align`]).
//!
//! Not here: runtimes, which may reorder and hold back, so that their calls do not nest.

use pandia_core::op::Source;
use pandia_core::trace::{Event, OpDown, OutcomeUp};

use super::align::{Fate, align};
use super::shot::ShotTrace;

/// One thing that a layer did.
#[derive(Clone, Debug, PartialEq)]
pub struct Change<'s> {
    /// The call at the joint above during which it happened.
    pub batch: u32,
    /// The operation of that call which it happened to, or before which; as many as there are for
    /// something after the last.
    pub index: u32,
    /// What happened.
    pub what: What<'s>,
}

/// What a layer did.
#[derive(Clone, Debug, PartialEq)]
pub enum What<'s> {
    /// These operations were added, as one batch.
    Added {
        /// What was added, as it passed below the layer.
        ops: Vec<OpDown<'s>>,
        /// Whether the layer signed it as its own.
        signed: bool,
    },
    /// The operation was not passed on.
    Dropped(OpDown<'s>),
    /// The operation was passed on as others.
    Changed {
        /// The operation as it came.
        from: OpDown<'s>,
        /// What went down in its place.
        into: Vec<OpDown<'s>>,
    },
    /// An outcome went up with another value than it came with.
    OutcomeChanged {
        /// As it came from below.
        from: OutcomeUp,
        /// As it went up.
        into: OutcomeUp,
    },
    /// An outcome went up that did not come from below.
    OutcomeMade(OutcomeUp),
}

/// A call at one joint.
#[derive(Debug, Default)]
struct Call<'s> {
    number: Option<u32>,
    source: Source,
    ops: Vec<OpDown<'s>>,
    outcomes: Vec<OutcomeUp>,
}

impl<'s> Call<'s> {
    fn add_op(&mut self, down: OpDown<'s>) {
        self.number = Some(down.batch);
        self.source = down.source;
        self.ops.push(down);
    }

    /// The outcome of operation `index`.
    fn outcome(&self, index: u32) -> Option<OutcomeUp> {
        self.outcomes.iter().copied().find(|up| up.op_index == index)
    }
}

/// What the part right below joint `joint` did in a shot, in order. `joint` is 1 or more: what lies below
/// joint 0 is the runtime. For the simulator there is nothing to compare with, and the list is empty.
#[must_use]
pub fn changes(shot: &ShotTrace, joint: u8) -> Vec<Change<'_>> {
    let mut found = Vec::new();
    let Some(lower_joint) = joint.checked_add(1).filter(|_| joint > 0) else { return found };
    if !shot.records().any(|record| record.at.joint == lower_joint) {
        return found;
    }
    let (mut upper, mut lower) = (Call::default(), Call::default());
    let mut calls: Vec<Call<'_>> = Vec::new();
    for record in shot.records() {
        let at_upper = record.at.joint == joint;
        if !at_upper && record.at.joint != lower_joint {
            continue;
        }
        let call = if at_upper { &mut upper } else { &mut lower };
        match record.event {
            Event::Op(down) => call.add_op(down),
            Event::Outcome(up) => call.outcomes.push(up),
            Event::BatchEnd(end) => {
                call.number = Some(end.batch);
                call.source = end.source;
                if at_upper {
                    compare(&upper, &calls, end.status == 0, &mut found);
                    upper = Call::default();
                    calls.clear();
                } else {
                    calls.push(core::mem::take(&mut lower));
                }
            }
            _ => {}
        }
    }
    found
}

/// Compares a call with those that it led to.
fn compare<'s>(upper: &Call<'s>, calls: &[Call<'s>], done: bool, found: &mut Vec<Change<'s>>) {
    let batch = upper.number.unwrap_or(0);
    // Most calls pass a layer as they are.
    let own: Vec<&Call<'_>> = calls.iter().filter(|call| call.source == upper.source).collect();
    let words = |ops: &[OpDown<'s>]| ops.iter().map(|down| down.op).collect::<Vec<_>>();
    let mine = words(&upper.ops);
    let theirs: Vec<_> = own.iter().map(|call| words(&call.ops)).collect();
    let mut fates = align(&mine, &theirs).into_iter();
    // Which operation of the upper call comes next.
    let mut next = 0_usize;
    let at = |next: usize| u32::try_from(next).unwrap_or(u32::MAX);
    let drop_until = |next: &mut usize, end: usize, found: &mut Vec<Change<'s>>| {
        while let Some(&down) = upper.ops.get(*next).filter(|_| *next < end) {
            let index = at(*next);
            found.push(Change { batch, index, what: What::Dropped(down) });
            if let Some(up) = upper.outcome(index) {
                found.push(Change { batch, index, what: What::OutcomeMade(up) });
            }
            *next += 1;
        }
    };
    for call in calls {
        let fate = if call.source == upper.source { fates.next() } else { None };
        match fate {
            None | Some(Fate::Added) => {
                // An inserted batch without operations adds nothing.
                if !call.ops.is_empty() {
                    let signed = call.source != upper.source;
                    let what = What::Added { ops: call.ops.clone(), signed };
                    found.push(Change { batch, index: at(next), what });
                }
            }
            Some(Fate::Kept { at: begin }) => {
                drop_until(&mut next, begin, found);
                for (index, _) in (0..).zip(&call.ops) {
                    let above = at(next);
                    found.extend(
                        outcome_change(upper.outcome(above), call.outcome(index))
                            .map(|what| Change { batch, index: above, what }),
                    );
                    next += 1;
                }
            }
            Some(Fate::Replaces { at: place }) => {
                drop_until(&mut next, place, found);
                let Some(&from) = upper.ops.get(place) else { continue };
                let (index, into) = (at(place), call.ops.clone());
                found.push(Change { batch, index, what: What::Changed { from, into } });
                let up = upper.outcome(index);
                let below = up.and_then(|up| call.outcomes.iter().rev().find(|o| o.id == up.id));
                let change = outcome_change(up, below.copied());
                found.extend(change.map(|what| Change { batch, index, what }));
                next += 1;
            }
        }
    }
    // After a failure the rest was not dropped: nobody came to it.
    if done {
        drop_until(&mut next, upper.ops.len(), found);
    }
}

/// What became of an outcome on its way up.
fn outcome_change<'s>(up: Option<OutcomeUp>, below: Option<OutcomeUp>) -> Option<What<'s>> {
    match (below, up) {
        (Some(from), Some(into)) if (from.id, from.value) != (into.id, into.value) => {
            Some(What::OutcomeChanged { from, into })
        }
        (None, Some(up)) => Some(What::OutcomeMade(up)),
        _ => None,
    }
}
