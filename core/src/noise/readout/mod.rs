//! Readout confusion: the reported value is another one than the measured; the state is not
//! touched.
//!
//! `docs/noise.md` has the formulas. Every outcome is one site, so a batch goes to the child in
//! one piece and its outcomes are edited in place.

mod expected;
mod part;
#[cfg(test)]
mod tests;

pub use part::ReadoutPart;

use crate::backend::{Backend, Layer, Metric};
use crate::error::Result;
use crate::ids::{Seed, ShotId};
use crate::noise::layer;
use crate::noise::rates::{Place, Rates, Subject};
use crate::noise::sites::Sites;
use crate::op::outcome::LEAKED;
use crate::op::record::FLAG_INSERTED;
use crate::op::{Batch, Op, OpKind, Outcomes};
use crate::part::{LayerPart, Storage};

/// Probabilities of a report, given what was measured: `[measured][reported]`, the diagonal unused.
type Confusion = [[f64; 3]; 3];

/// The readout layer over storage for what is given by qubit; none is needed for none.
#[derive(Clone, Debug)]
pub struct Readout<S = [u64; 0]> {
    rates: Rates<S>,
    confusion: Confusion,
    sites: Sites,
    misread: [u64; 3],
}

/// The code under which a probability of one qubit is kept.
const fn code(measured: u8, reported: u8) -> u32 {
    3 * measured as u32 + reported as u32
}

impl<S: Storage<u64>> Readout<S> {
    /// The confusion of one qubit.
    fn of_qubit(&self, qubit: u32) -> Confusion {
        let mut confusion = self.confusion;
        for index in self.rates.at(Subject::Measure, Place::qubit(qubit)) {
            let (code, p) = self.rates.entry(index);
            let (measured, reported) = ((code / 3) as usize, (code % 3) as usize);
            if let Some(place) = confusion.get_mut(measured).and_then(|row| row.get_mut(reported)) {
                *place = p;
            }
        }
        confusion
    }

    /// What is reported for a site that was hit, where `value` was measured.
    fn reported(&mut self, op: Op<'_>, value: u64) -> u64 {
        let confusion = self.of_qubit(op.qubit(0));
        // The two other values, the smaller first. A plain measurement never reports 2.
        let (row, others) = match value {
            0 => (confusion[0], [1, 2]),
            1 => (confusion[1], [0, 2]),
            LEAKED => (confusion[2], [0, 1]),
            _ => return value,
        };
        let says_leaked = op.kind() == OpKind::MeasureLeaked;
        let p = others.map(|other| {
            if op.flags() & FLAG_INSERTED != 0 || other == 2 && !says_leaked {
                0.0
            } else {
                row[other]
            }
        });
        let sum = p[0] + p[1];
        let share = self.sites.share(sum);
        if !self.sites.accept(share) {
            return value;
        }
        let first = if p[1] <= 0.0 {
            true
        } else if p[0] <= 0.0 {
            false
        } else {
            self.sites.stream().unit_f64() * sum < p[0]
        };
        if let Some(count) = self.misread.get_mut(usize::from(value > 0) + usize::from(value > 1)) {
            *count += 1;
        }
        if first { others[0] as u64 } else { others[1] as u64 }
    }
}

impl<S: Storage<u64>> Layer for Readout<S> {
    fn id(&self) -> &str {
        ReadoutPart::SPEC.id
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.sites.begin(seed, shot);
        self.misread = [0; 3];
        Ok(())
    }

    #[inline]
    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        if batch.source().depth > 0 {
            return child.apply(batch, outcomes);
        }
        self.sites.at(batch);
        let result_count = u64::from(batch.result_count());
        if self.sites.pass(result_count) {
            return self.sites.forward(result_count, child, batch, outcomes);
        }
        let had = outcomes.len();
        child.apply(batch, outcomes)?;
        let measurements = batch.ops().iter().filter(|op| op.kind().bears_result());
        let fresh = outcomes.as_mut_slice().iter_mut().skip(had);
        for (op, outcome) in measurements.zip(fresh) {
            if self.sites.hit() {
                outcome.value = self.reported(op, outcome.value);
            }
        }
        Ok(())
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let all = [
            ("misread_0", self.misread[0]),
            ("misread_1", self.misread[1]),
            ("misread_2", self.misread[2]),
        ];
        layer::counter(ReadoutPart::SPEC.id, index, &all)
    }
}
