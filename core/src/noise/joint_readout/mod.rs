//! Correlated readout: two qubits that are measured together are misread together.
//!
//! For a pair, the joint confusion says with which probability `RR` is reported where `MM` was measured.
//! It holds where both qubits of the pair are measured in one batch, which is what the runtime does at
//! the same time; a qubit measured without its partner is read as it is (errors of single reports are
//! [`super::readout`]'s). The state is never touched. `docs/noise.md` has the order of the draws.

#[cfg(feature = "alloc")]
mod expected;
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
use crate::op::{Batch, Outcome, Outcomes};
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
    /// What may be reported where `measured` was, by the confusion in `set`, and how probably: what is
    /// wrong only.
    fn wrong(
        &self,
        set: Range<usize>,
        measured: u64,
        factor: f64,
    ) -> impl Iterator<Item = (u64, f64)> {
        let of_measured = move |(code, _): &(u32, f64)| u64::from(code >> 2) == measured;
        set.map(|index| self.rates.entry(index))
            .filter(of_measured)
            .filter(|entry| entry.1 > 0.0)
            .map(move |(code, p)| (u64::from(code & 3), p * factor))
    }

    /// What is reported where `measured` was: one draw, if anything else can be.
    fn reported(&mut self, set: Range<usize>, measured: u64) -> u64 {
        let mut stream = self.stream.clone();
        let mut wrong = self.wrong(set, measured, self.drift.factor());
        let Some(first) = wrong.next() else { return measured };
        let draw = stream.unit_f64();
        let mut sum = 0.0;
        let reported = core::iter::once(first).chain(wrong).find(|&(_, p)| {
            sum += p;
            draw < sum
        });
        let reported = reported.map_or(measured, |(reported, _)| reported);
        self.stream = stream;
        reported
    }

    /// Edits the outcomes of one pair.
    fn confuse(&mut self, set: &Range<usize>, pair: [usize; 2], all: &mut [Outcome]) {
        let [Some(a), Some(b)] = pair.map(|at| all.get(at).map(|outcome| outcome.value)) else {
            return;
        };
        if a > 1 || b > 1 {
            return; // A leaked qubit is none of this model's.
        }
        let measured = a | b << 1;
        let reported = self.reported(set.clone(), measured);
        match (reported ^ measured).count_ones() {
            0 => return,
            1 => self.misread.one += 1,
            _ => self.misread.both += 1,
        }
        all[pair[0]].value = reported & 1;
        all[pair[1]].value = reported >> 1;
    }
}

/// Gives the places of two qubits' outcomes in a batch to `each`: their first ones together, then their
/// second ones. `measured` has the qubit of each outcome; `None` for one that is not the program's.
fn each_pair(
    (low, high): (u32, u32),
    measured: impl Iterator<Item = Option<u32>>,
    mut each: impl FnMut([usize; 2]),
) {
    let mut places = [None, None];
    for (at, qubit) in measured.enumerate() {
        let Some(qubit) = qubit.filter(|&qubit| qubit == low || qubit == high) else { continue };
        places[usize::from(qubit == high)] = Some(at);
        if let [Some(a), Some(b)] = places {
            places = [None, None];
            each([a, b]);
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
            let measurements = batch.ops().iter().filter(|op| op.kind().bears_result());
            let qubits =
                measurements.map(|op| (op.flags() & FLAG_INSERTED == 0).then(|| op.qubit(0)));
            let Some(fresh) = outcomes.as_mut_slice().get_mut(had..) else { continue };
            each_pair(self.rates.pair_of(set.start), qubits, |pair| {
                self.confuse(&set, pair, fresh)
            });
        }
        Ok(())
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let all = [("misread_one", self.misread.one), ("misread_both", self.misread.both)];
        layer::counter(JointReadoutPart::SPEC.id, index, &all)
    }
}
