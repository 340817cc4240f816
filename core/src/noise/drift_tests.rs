//! Drift of the models that draw at sites: rates follow the factor, by shot and by time.

use super::test_support::{Recorder, run};
use super::timed_support::window;
use super::{CoherentPart, DepolarizingPart, LeakagePart, PauliPart, ReadoutPart};
use crate::backend::{Backend, Caps, Info, Stack};
use crate::ids::{Seed, ShotId};
use crate::op::builder::OpVec;
use crate::op::gates::slot;
use crate::op::{OpSink, Outcomes};
use crate::part::LayerPart;
use crate::units::{DurationNs, TimeNs};
use std::vec::Vec;

/// Factor 1 in shot 0, 1/2 in shot 1, 0 from shot 2 on.
const TABLE: [(&str, f64); 3] = [("drift.0", 1.0), ("drift.1", 0.5), ("drift.2", 0.0)];
const COUNT: u64 = 100_000;

fn errors<P: LayerPart>(rate: (&str, f64), words: &[(&str, &str)], counter: &str) -> [u64; 3] {
    let settings: Vec<_> = TABLE.into_iter().chain([rate]).collect();
    let words: Vec<_> = [("drift", "table")].iter().chain(words).copied().collect();
    let mut ops = OpVec::new();
    for k in 0..COUNT {
        if counter == "misread_0" {
            ops.measure(0, k).unwrap();
        } else {
            ops.gate(slot::H, &[0], &[]).unwrap();
        }
    }
    let mut stack = run::stack(run::built::<P>(&settings, &words).unwrap());
    [0, 1, 2].map(|shot| {
        run::shot(&mut stack, &ops, shot);
        run::counter(&stack, counter)
    })
}

#[test]
fn every_model_that_draws_follows_the_factor() {
    let found = [
        errors::<DepolarizingPart>(("p_1q", 0.03), &[], "errors_1q"),
        errors::<PauliPart>(("py", 0.03), &[], "inserted_y"),
        errors::<ReadoutPart>(("p_1_given_0", 0.03), &[], "misread_0"),
    ];
    for [whole, half, none] in found {
        run::within_five_sigma(whole, COUNT, 0.03);
        run::within_five_sigma(half, COUNT, 0.015);
        assert_eq!(none, 0);
    }
    // A leaked qubit does not leak again: the first one only.
    let [whole, _, none] = errors::<LeakagePart>(("p_leak_1q", 0.03), &[], "spontaneous_leaks");
    assert_eq!((whole, none), (1, 0));
    let [whole, half, none] = errors::<CoherentPart>(("offset_1q", 0.5), &[], "rotations");
    assert_eq!((whole, half, none), (COUNT, COUNT, 0));
}

/// The recorder with channels.
struct Exact(Recorder);

impl Backend for Exact {
    fn id(&self) -> &str {
        self.0.id()
    }
    fn info(&self) -> Info {
        Info { caps: Caps::CHANNELS, ..self.0.info() }
    }
    fn negotiate(
        &mut self,
        gates: &crate::backend::GateSet<'_>,
        verdicts: &mut [crate::backend::Verdict],
    ) -> crate::Result<()> {
        self.0.negotiate(gates, verdicts)
    }
    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> crate::Result<()> {
        self.0.shot_begin(shot, seed)
    }
    fn apply(
        &mut self,
        batch: &crate::op::Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> crate::Result<()> {
        self.0.apply(batch, outcomes)
    }
    fn shot_end(&mut self) -> crate::Result<()> {
        self.0.shot_end()
    }
}

fn sent<P: LayerPart>(rate: (&str, f64)) -> Vec<f64> {
    let settings: Vec<_> = TABLE.into_iter().chain([rate, ("drift_span", 100.0)]).collect();
    let words = [("drift", "table"), ("drift_by", "time")];
    let layer = run::built::<P>(&settings, &words).unwrap();
    let mut stack = Stack::new(layer, Exact(Recorder::new(4)));
    stack.shot_begin(ShotId(5), Seed(1)).unwrap();
    for start in [0, 99, 100, 250] {
        let gate = window(start, 10, |ops| ops.gate(slot::X, &[0], &[]).unwrap());
        let batch = gate.2.batch().at(TimeNs(start), DurationNs(10));
        stack.apply(&batch, &mut Outcomes::new(&mut [])).unwrap();
    }
    let inserted = stack.child().0.seen.iter().filter(|seen| seen.inserted);
    inserted.map(|seen| f64::from_bits(seen.params[0])).collect()
}

#[test]
fn by_time_the_factor_is_that_of_the_batch_and_scales_what_is_sent() {
    assert_eq!(sent::<PauliPart>(("px", 0.5)), [0.5, 0.5, 0.25]);
    assert_eq!(sent::<DepolarizingPart>(("p_1q", 0.75)), [0.25, 0.25, 0.125]);
    assert_eq!(sent::<CoherentPart>(("offset_1q", 0.5)), [0.5, 0.5, 0.25]);
}

#[test]
fn a_factor_of_one_draws_as_if_there_were_no_drift() {
    let circuit = run::repeated(slot::H, &[0], &[], 2000);
    let mut plain = run::stack(run::built::<PauliPart>(&[("px", 0.1)], &[]).unwrap());
    let words = [("drift", "sine")];
    let settings = [("px", 0.1), ("drift_from", 1.0), ("drift_to", 1.0)];
    let mut drifting = run::stack(run::built::<PauliPart>(&settings, &words).unwrap());
    for shot in 0..5 {
        run::shot(&mut plain, &circuit, shot);
        run::shot(&mut drifting, &circuit, shot);
        assert_eq!(plain.child().seen, drifting.child().seen);
    }
}
