//! The same for outcomes: those that are changed together, and single ones under a drift.

use super::tests::{Sums, add_words, compare};
use super::timed_tests::{DRIFTS, Numbers, SHOTS, Words};
use super::*;
use crate::backend::Stack;
use crate::error::Result;
use crate::ids::{Seed, ShotId};
use crate::noise::test_support::{Recorder, run};
use crate::noise::timed_support::{self, window};
use crate::noise::{JointReadoutPart, ReadoutPart};
use crate::op::builder::OpVec;
use crate::op::{Batch, OpSink, Outcome, Outcomes, Params, Parts};
use crate::part::LayerPart;
use crate::units::{DurationNs, TimeNs};
use std::collections::BTreeMap;
use std::vec::Vec;

/// Answers measurements with given bits, the same ones in each shot.
struct Told(Vec<u64>);

impl crate::backend::Backend for Told {
    fn id(&self) -> &str {
        "test.told"
    }
    fn info(&self) -> crate::backend::Info {
        Recorder::new(4).info
    }
    fn negotiate(
        &mut self,
        _gates: &crate::backend::GateSet<'_>,
        _verdicts: &mut [crate::backend::Verdict],
    ) -> Result<()> {
        Ok(())
    }
    fn shot_begin(&mut self, _shot: ShotId, _seed: Seed) -> Result<()> {
        Ok(())
    }
    fn apply(&mut self, _batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        self.0.iter().try_for_each(|&value| outcomes.push(Outcome { value, ..Outcome::default() }))
    }
    fn shot_end(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Takes the model, what is known, and what was reported.
type Hold<'a> = &'a mut dyn FnMut(&dyn Expect, &Known<'_>, &[u64]);

/// Measures these qubits at once, and gives what was reported in each shot to `each`.
fn measured_together<P: LayerPart>(
    (numbers, words): (Numbers<'_>, Words<'_>),
    drift: (Numbers<'_>, Words<'_>),
    outcomes: &[BatchOutcome],
    each: Hold<'_>,
) where
    P::Layer<Vec<P::Cell>>: Expect,
{
    let numbers = [numbers, drift.0].concat();
    let words = [words, drift.1].concat();
    let told = Told(outcomes.iter().map(|one| one.value).collect());
    let mut stack = Stack::new(run::built::<P>(&numbers, &words).unwrap(), told);
    let window = window(70, 20, |ops| {
        for (one, id) in outcomes.iter().zip(0..) {
            let flags = if one.inserted { crate::op::record::FLAG_INSERTED } else { 0 };
            let (qubits, params) = (&[one.qubit][..], Params::Words(&[id]));
            ops.push(Parts { kind: OpKind::Measure, flags, gate: 0, qubits, params }).unwrap();
        }
    });
    for shot in 0..SHOTS {
        let reported = timed_support::shot(&mut stack, core::slice::from_ref(&window), shot);
        let (start, length) = (TimeNs(70), DurationNs(20));
        let known = Known { shot: ShotId(shot), start, length, ..Known::NOTHING };
        each(stack.layer(), &known, &reported);
    }
}

#[test]
fn pairs_are_misread_as_announced() {
    let settings = [
        ("pair.0-1.11_given_00", 0.1),
        ("pair.0-1.10_given_00", 0.05),
        ("pair.0-1.00_given_11", 0.2),
        ("pair.2-1.00_given_11", 0.15),
        ("pair.2-1.01_given_10", 0.3),
        ("pair.2-3.10_given_01", 0.25),
        ("pair.0-3.11_given_01", 0.4),
    ];
    let outcome = |(qubit, value)| BatchOutcome { qubit, value, inserted: false };
    for measured in [
        &[(0, 0), (1, 0)][..],
        &[(1, 1), (0, 1)],
        &[(0, 1), (1, 1), (2, 1)],
        &[(3, 1), (2, 0), (1, 0), (0, 0)],
        // Twice in one batch: the first two together, and the second two.
        &[(0, 0), (0, 1), (1, 0), (0, 0), (1, 0)],
        // A leaked one is none of a pair.
        &[(0, 2), (1, 1), (2, 1)],
    ] {
        let outcomes: Vec<BatchOutcome> = measured.iter().copied().map(outcome).collect();
        for drift in DRIFTS {
            let (mut counts, mut expected) = (BTreeMap::new(), Sums::new());
            let mut pair_count = 0;
            let mut hold = |model: &dyn Expect, known: &Known<'_>, reported: &[u64]| {
                model.pairs(&outcomes, &mut |pair| {
                    pair_count += 1;
                    let small = |value: u64| u8::try_from(value).unwrap();
                    let qubits = pair.map(|at| outcomes[at].qubit);
                    let from_below = pair.map(|at| small(outcomes[at].value));
                    let deed = |reported| {
                        // The places tell two pairs of the same qubits apart.
                        let qubits =
                            qubits.map(|qubit| 100 * u32::try_from(pair[0]).unwrap() + qubit);
                        let measured = from_below;
                        (Place::Outcome, Deed::MisreadsPair { qubits, measured, reported })
                    };
                    model.expect_pair(&outcomes, pair, known, &mut |reported, p| {
                        *expected.entry(deed(reported)).or_insert(0.0) += p;
                    });
                    let reported = pair.map(|at| small(reported[at]));
                    if reported != from_below {
                        *counts.entry(deed(reported)).or_insert(0) += 1;
                    }
                });
            };
            measured_together::<JointReadoutPart>((&settings, &[]), drift, &outcomes, &mut hold);
            assert!(pair_count > 0);
            compare(&counts, &expected, SHOTS);
        }
    }
}

#[test]
fn single_reports_follow_a_drift() {
    let measured = BatchOutcome { qubit: 2, value: 0, inserted: false };
    for drift in DRIFTS {
        let (mut counts, mut expected) = (BTreeMap::new(), Sums::new());
        let mut ops = OpVec::new();
        ops.measure(2, 0).unwrap();
        let op = ops.batch().ops().iter().next().unwrap();
        let mut hold = |model: &dyn Expect, known: &Known<'_>, reported: &[u64]| {
            add_words(model, op, &Known { measured: Some(0), ..*known }, &mut expected);
            if reported != [0] {
                let deed = Deed::Misreads { measured: 0, reported: 1 };
                *counts.entry((Place::Outcome, deed)).or_insert(0) += 1;
            }
        };
        let rates = (&[("p_1_given_0", 0.3)][..], &[][..]);
        measured_together::<ReadoutPart>(rates, drift, &[measured], &mut hold);
        compare(&counts, &expected, SHOTS);
    }
}
