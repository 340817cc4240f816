//! What may be reported of two qubits, given all that was measured with them.
//!
//! Pairs are misread one after the other, so where a qubit is in several, what one of them reports is
//! what the next one takes for measured. The probabilities of all values of the outcomes that hang
//! together are followed from pair to pair.

use super::{JointReadout, each_pair};
use crate::noise::drift::Drift;
use crate::noise::expected::{BatchOutcome, Expect, Expected, Facts, Fate, Known};
use crate::op::Op;
use crate::part::Storage;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::ops::Range;

/// So many qubits may hang together at most.
const TOGETHER_MAX: usize = 10;

/// One pair of outcomes with the confusion that holds for it.
type Link = (Range<usize>, [usize; 2]);

/// All of `links` that hang together with `first`, as numbers: those of places or of qubits.
fn hanging_together<T: Copy + PartialEq>(first: [T; 2], links: &[[T; 2]]) -> Vec<T> {
    let mut all = Vec::from(first);
    while let Some(fresh) =
        links.iter().find_map(|&[a, b]| match (all.contains(&a), all.contains(&b)) {
            (true, false) => Some(b),
            (false, true) => Some(a),
            _ => None,
        })
    {
        all.push(fresh);
    }
    all
}

impl<S: Storage<u64>> JointReadout<S> {
    /// Whether so many qubits hang together that their values cannot be followed.
    pub(in crate::noise) fn is_too_entangled(&self) -> bool {
        let pairs: Vec<[u32; 2]> =
            self.rates.sets().map(|set| self.rates.pair_of(set.start).into()).collect();
        pairs.iter().any(|&pair| hanging_together(pair, &pairs).len() > TOGETHER_MAX)
    }

    /// The pairs of a batch in the order in which they are misread.
    fn links(&self, outcomes: &[BatchOutcome]) -> Vec<Link> {
        let mut links = Vec::new();
        for set in self.rates.sets() {
            let qubits = outcomes.iter().map(|one| (!one.inserted).then_some(one.qubit));
            each_pair(self.rates.pair_of(set.start), qubits, |pair| {
                links.push((set.clone(), pair))
            });
        }
        // A leaked qubit is none of this model's.
        links.retain(|(_, pair)| pair.iter().all(|&at| outcomes[at].value < 2));
        links
    }
}

impl<S: Storage<u64>> Expect for JointReadout<S> {
    fn expect(&self, _op: Op<'_>, _known: &Known<'_>, _each: &mut dyn FnMut(Expected)) -> Fate {
        Fate::Forwarded
    }

    fn depends_on(&self) -> Facts {
        Facts::OUTCOMES.with(self.drift.depends_on())
    }

    fn pairs(&self, outcomes: &[BatchOutcome], each: &mut dyn FnMut([usize; 2])) {
        self.links(outcomes).into_iter().for_each(|(_, pair)| each(pair));
    }

    fn expect_pair(
        &self,
        outcomes: &[BatchOutcome],
        pair: [usize; 2],
        known: &Known<'_>,
        each: &mut dyn FnMut([u8; 2], f64),
    ) {
        let factor = known.factor(&self.drift);
        let links = self.links(outcomes);
        let places: Vec<[usize; 2]> = links.iter().map(|link| link.1).collect();
        let together = hanging_together(pair, &places);
        let bit = |at: usize| together.iter().position(|&one| one == at);
        // Bit k is the value at place `together[k]`.
        let measured =
            together.iter().zip(0..).fold(0, |bits, (&at, k)| bits | (outcomes[at].value & 1) << k);
        let mut chances = BTreeMap::from([(measured, 1.0)]);
        let value = |bits: u64, [a, b]: [usize; 2]| bits >> a & 1 | (bits >> b & 1) << 1;
        for (set, [a, b]) in links {
            let (Some(a), Some(b)) = (bit(a), bit(b)) else { continue };
            let mut next = BTreeMap::new();
            for (bits, p) in chances {
                let others = bits & !(1 << a | 1 << b);
                let mut right = 1.0;
                for (reported, wrong) in self.wrong(set.clone(), value(bits, [a, b]), factor) {
                    let bits = others | (reported & 1) << a | (reported >> 1) << b;
                    *next.entry(bits).or_insert(0.0) += p * wrong;
                    right -= wrong;
                }
                *next.entry(bits).or_insert(0.0) += p * right.max(0.0);
            }
            chances = next;
        }
        // The pair itself is the first two.
        let mut of_pair = [0.0; 4];
        for (bits, p) in chances {
            of_pair[(bits & 3) as usize] += p;
        }
        for (reported, p) in (0_u8..).zip(of_pair) {
            if u64::from(reported) != measured & 3 && p > 0.0 {
                each([reported & 1, reported >> 1], p);
            }
        }
    }
}
