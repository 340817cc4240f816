//! How the calls below a layer fit the operations of the call above it.

use pandia_core::op::Op;

/// What a call below is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Operations of the call above, from this one on, as they are.
    Kept {
        /// The first.
        at: usize,
    },
    /// This operation of the call above in other words.
    Replaces {
        /// Which.
        at: usize,
    },
    /// None of the call above.
    Added,
}

/// Calls that are looked at together where something does not fit, and how many of them are then settled.
const CALLS_AHEAD: usize = 16;
const CALLS_SETTLED: usize = 8;
/// Operations that a search looks at beyond those that its calls hold.
const OPS_AHEAD: usize = 256;
/// Most operations of the calls of one search.
const CALL_OPS_MAX: usize = 2048;

/// The costs of readings; the cheapest is taken. An addition that is not signed is the least likely.
const DROP: u32 = 1;
const REPLACE: u32 = 1;
const ADD: u32 = 2;

/// The fate of each of `calls`, which went down in this order while `ops` was carried out.
pub(super) fn align(ops: &[Op<'_>], calls: &[Vec<Op<'_>>]) -> Vec<Fate> {
    let mut fates = Vec::with_capacity(calls.len());
    // Which operation comes next.
    let mut next = 0;
    while let Some(rest @ [call, ..]) = calls.get(fates.len()..) {
        let left = ops.get(next..).unwrap_or(&[]);
        let settled =
            if fits(left, call) { vec![Fate::Kept { at: 0 }] } else { search(left, rest) };
        let first = next;
        for (fate, call) in settled.into_iter().zip(rest) {
            let fate = match fate {
                Fate::Kept { at } => Fate::Kept { at: first + at },
                Fate::Replaces { at } => Fate::Replaces { at: first + at },
                Fate::Added => Fate::Added,
            };
            next = match fate {
                Fate::Kept { at } => at + call.len(),
                Fate::Replaces { at } => at + 1,
                Fate::Added => next,
            };
            fates.push(fate);
        }
    }
    fates
}

/// Whether `ops` begins with `call`.
fn fits(ops: &[Op<'_>], call: &[Op<'_>]) -> bool {
    ops.get(..call.len())
        .is_some_and(|ops| ops.iter().zip(call).all(|(one, other)| one.words() == other.words()))
}

/// A step of a reading.
#[derive(Clone, Copy)]
enum Step {
    Keep,
    Drop,
    Replace,
    Add,
}

/// The cheapest reading of the first of `calls`, which is not empty; positions count from `ops`. The cost
/// of each place in the table is that of all that comes after it.
fn search(ops: &[Op<'_>], calls: &[Vec<Op<'_>>]) -> Vec<Fate> {
    let mut call_ops = 0;
    let seen = calls.iter().take(CALLS_AHEAD).take_while(|call| {
        let first = call_ops == 0;
        call_ops += call.len().min(CALL_OPS_MAX);
        first || call_ops <= CALL_OPS_MAX
    });
    let seen: Vec<_> = seen.collect();
    let width = ops.len().min(call_ops + OPS_AHEAD);
    let all = seen.len() == calls.len();
    let at_end = all && width == ops.len();
    // What is left at the very end is dropped; beyond the window nobody knows.
    let mut after: Vec<u32> = (0..=width)
        .map(|at| if at_end { u32::try_from(width - at).unwrap_or(u32::MAX) } else { 0 })
        .collect();
    let mut steps = Vec::with_capacity(seen.len());
    for call in seen.iter().rev() {
        let mut costs = vec![0_u32; width + 1];
        let mut row = vec![Step::Add; width + 1];
        for at in (0..=width).rev() {
            let of = |costs: &[u32], at: usize| costs.get(at.min(width)).copied().unwrap_or(0);
            let mut best = (of(&after, at).saturating_add(ADD), Step::Add);
            if at < width {
                // The last of equals is the likelier one.
                let replaced = of(&after, at + 1).saturating_add(REPLACE);
                let dropped = of(&costs, at + 1).saturating_add(DROP);
                for other in [(dropped, Step::Drop), (replaced, Step::Replace)] {
                    if other.0 <= best.0 {
                        best = other;
                    }
                }
            }
            if fits(ops.get(at..).unwrap_or(&[]), call) {
                let kept = of(&after, at + call.len());
                if kept <= best.0 {
                    best = (kept, Step::Keep);
                }
            }
            if let (Some(cost), Some(step)) = (costs.get_mut(at), row.get_mut(at)) {
                (*cost, *step) = best;
            }
        }
        steps.push(row);
        after = costs;
    }
    let settled = if all { seen.len() } else { seen.len().min(CALLS_SETTLED) };
    let mut fates = Vec::with_capacity(settled);
    let mut at = 0;
    for (call, row) in seen.iter().zip(steps.iter().rev()).take(settled) {
        // No drop is chosen at the end of the row, so this ends.
        while let Some(Step::Drop) = row.get(at) {
            at += 1;
        }
        match row.get(at) {
            Some(Step::Keep) => {
                fates.push(Fate::Kept { at });
                at = (at + call.len()).min(width);
            }
            Some(Step::Replace) => {
                fates.push(Fate::Replaces { at });
                at += 1;
            }
            _ => fates.push(Fate::Added),
        }
    }
    fates
}

#[cfg(test)]
mod tests {
    use super::*;
    use pandia_core::op::{Batch, OpBuffer, OpSink as _};

    /// Operations named by letters: each a reset of another qubit.
    fn named<T>(text: &str, then: impl FnOnce(Vec<Op<'_>>) -> T) -> T {
        let mut buffer = OpBuffer::<512>::new();
        for letter in text.bytes() {
            buffer.reset(u32::from(letter)).unwrap();
        }
        then(Batch::new(buffer.words()).unwrap().ops().iter().collect())
    }

    /// The fates of calls, as words of letters apart by spaces.
    fn read(ops: &str, calls: &str) -> Vec<Fate> {
        named(ops, |ops| {
            named(&calls.replace(' ', ""), |letters| {
                let mut letters = letters.into_iter();
                let calls: Vec<Vec<_>> = calls
                    .split(' ')
                    .map(|call| letters.by_ref().take(call.len()).collect())
                    .collect();
                align(&ops, &calls)
            })
        })
    }

    use Fate::{Added, Kept, Replaces};

    #[test]
    fn pieces_in_order_are_kept() {
        assert_eq!(read("abcdef", "abcdef"), [Kept { at: 0 }]);
        assert_eq!(read("abcdef", "ab cd ef"), [Kept { at: 0 }, Kept { at: 2 }, Kept { at: 4 }]);
    }

    #[test]
    fn what_is_missing_was_dropped() {
        assert_eq!(read("abcdef", "ab def"), [Kept { at: 0 }, Kept { at: 3 }]);
        assert_eq!(read("abcdef", "cd f"), [Kept { at: 2 }, Kept { at: 5 }]);
    }

    #[test]
    fn what_is_none_of_them_replaces_the_next() {
        assert_eq!(
            read("abcdef", "ab xyz def"),
            [Kept { at: 0 }, Replaces { at: 2 }, Kept { at: 3 }]
        );
        assert_eq!(read("ab", "x yz"), [Replaces { at: 0 }, Replaces { at: 1 }]);
        // The last one comes after all operations.
        assert_eq!(read("a", "a x"), [Kept { at: 0 }, Added]);
    }

    #[test]
    fn a_replacement_that_looks_like_later_operations_is_not_taken_for_them() {
        assert_eq!(read("sxyx", "xyx xyx"), [Replaces { at: 0 }, Kept { at: 1 }]);
        assert_eq!(
            read("sxyxsxyx", "xyx xyx xyx xyx"),
            [Replaces { at: 0 }, Kept { at: 1 }, Replaces { at: 4 }, Kept { at: 5 }]
        );
    }

    #[test]
    fn drops_and_replacements_are_told_apart_by_what_follows() {
        assert_eq!(
            read("abcdefgh", "b c x fgh"),
            [Kept { at: 1 }, Kept { at: 2 }, Replaces { at: 3 }, Kept { at: 5 }]
        );
    }

    #[test]
    fn many_calls_are_settled_in_turn() {
        let ops = "abcdefghijklmnopqrstuvwxyz".repeat(2);
        let calls: Vec<String> =
            ops.chars().map(|c| if c == 'e' { "12".into() } else { c.into() }).collect();
        let expected: Vec<Fate> = ops
            .chars()
            .enumerate()
            .map(|(at, c)| if c == 'e' { Replaces { at } } else { Kept { at } })
            .collect();
        assert_eq!(read(&ops, &calls.join(" ")), expected);
    }
}
