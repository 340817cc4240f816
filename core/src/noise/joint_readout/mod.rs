//! Correlated readout: two qubits that are measured together are misread together.
//!
//! For a pair, the joint confusion says with which probability `RR` is reported where `MM` was measured.
//! It holds where both qubits of the pair are measured in one batch, which is what the runtime does at
//! the same time; a qubit measured without its partner is read as it is (errors of single reports are
//! [`super::readout`]'s). The state is never touched. `docs/noise.md` has the order of the draws.

mod part;
#[cfg(test)]
mod tests;

pub use part::JointReadoutPart;

use crate::backend::{Backend, Layer, Metric};
use crate::error::Result;
use crate::ids::{Seed, ShotId, StreamId};
use crate::noise::drift::{Drift, Drifting};
use crate::noise::layer;
use crate::noise::rates::Rates;
use crate::op::record::FLAG_INSERTED;
use crate::op::{Batch, Outcomes};
use crate::part::{LayerPart, Storage};
use crate::rng::Stream;
use core::ops::Range;

/// The joint readout layer over storage for the confusions; none is needed for none.
#[derive(Clone, Debug)]
pub struct JointReadout<S = [u64; 0]> {
    rates: Rates<S>,
    drift: Drifting,
    stream_id: StreamId,
    stream: Stream,
    misread: Counts,
}

/// What was misread in this shot.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    one: u64,
    both: u64,
}

/// The code under which a probability is kept. Bit 0 is the qubit with the lower number.
#[expect(clippy::cast_possible_truncation, reason = "four bits")]
const fn code(measured: u64, reported: u64) -> u32 {
    ((measured & 3) << 2 | reported & 3) as u32
}

impl<S: Storage<u64>> JointReadout<S> {
    /// What is reported where `measured` was, by the confusion in `set`: one draw, if anything else can
    /// be.
    fn reported(&mut self, set: Range<usize>, measured: u64) -> u64 {
        let of_measured = |(code, _): &(u32, f64)| u64::from(code >> 2) == measured;
        let mut wrong =
            set.map(|index| self.rates.entry(index)).filter(of_measured).filter(|e| e.1 > 0.0);
        let Some(first) = wrong.next() else { return measured };
        let draw = self.stream.unit_f64();
        let mut sum = 0.0;
        for (code, p) in core::iter::once(first).chain(wrong) {
            sum += p * self.drift.factor();
            if draw < sum {
                return u64::from(code & 3);
            }
        }
        measured
    }

    /// Edits the outcomes of one pair: its first outcomes together, then its second ones.
    fn confuse(
        &mut self,
        set: &Range<usize>,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
        had: usize,
    ) {
        let (low, high) = self.rates.pair_of(set.start);
        let mut places = [None, None];
        let measurements = batch.ops().iter().filter(|op| op.kind().bears_result());
        for (op, at) in measurements.zip(had..) {
            let qubit = op.qubit(0);
            if op.flags() & FLAG_INSERTED != 0 || (qubit != low && qubit != high) {
                continue;
            }
            places[usize::from(qubit == high)] = Some(at);
            let [Some(a), Some(b)] = places else { continue };
            places = [None, None];
            let all = outcomes.as_mut_slice();
            let (Some(of_a), Some(of_b)) = (all.get(a), all.get(b)) else { continue };
            let (a_value, b_value) = (of_a.value, of_b.value);
            if a_value > 1 || b_value > 1 {
                continue; // A leaked qubit is none of this model's.
            }
            let measured = a_value | b_value << 1;
            let reported = self.reported(set.clone(), measured);
            match (reported ^ measured).count_ones() {
                0 => continue,
                1 => self.misread.one += 1,
                _ => self.misread.both += 1,
            }
            all[a].value = reported & 1;
            all[b].value = reported >> 1;
        }
    }
}

impl<S: Storage<u64>> Layer for JointReadout<S> {
    fn id(&self) -> &str {
        JointReadoutPart::SPEC.id
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.stream = Stream::of(seed, shot, self.stream_id);
        self.drift.begin(shot);
        self.misread = Counts::default();
        Ok(())
    }

    #[inline]
    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        let had = outcomes.len();
        child.apply(batch, outcomes)?;
        if batch.source().depth > 0 || batch.result_count() < 2 || self.rates.is_empty() {
            return Ok(());
        }
        self.drift.at(batch.start());
        let mut next = 0;
        while let Some(set) = self.rates.set_from(next) {
            next = set.end;
            self.confuse(&set, batch, outcomes, had);
        }
        Ok(())
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let all = [("misread_one", self.misread.one), ("misread_both", self.misread.both)];
        layer::counter(JointReadoutPart::SPEC.id, index, &all)
    }
}
