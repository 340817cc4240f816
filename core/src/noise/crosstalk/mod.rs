//! Crosstalk: an operation on some qubits disturbs others beside them.
//!
//! A coupling map says with which probability a gate, and a measurement or reset, on one qubit of a pair
//! disturbs the other; or one number holds for all other qubits, as light that is scattered does.
//! `docs/noise.md` numbers the sites.
//! Not here: errors of an operation's own qubits ([`super::depolarizing`]).

mod expected;
mod part;
#[cfg(test)]
mod tests;

pub use part::CrosstalkPart;

use crate::backend::{Backend, Forwarder, GateSet, Layer, Metric, Verdict};
use crate::error::Result;
use crate::ids::{Seed, ShotId};
use crate::noise::drift::Drift;
use crate::noise::insert::{self, PAULIS, PauliCounts};
use crate::noise::layer::{self, Channels};
use crate::noise::rates::{Place, Rates, Subject};
use crate::noise::sites::Sites;
use crate::op::channel::PAULI_1Q;
use crate::op::record::FLAG_INSERTED;
use crate::op::{Batch, Op, OpKind, Outcomes};
use crate::part::{LayerPart, Storage};

/// The crosstalk layer over storage for the coupling map; none is needed for none.
#[derive(Clone, Debug)]
pub struct Crosstalk<S = [u64; 0]> {
    rates: Rates<S>,
    p_gate: f64,
    p_meas: f64,
    error: Kind,
    qubit_count: u32,
    sites: Sites,
    channels: Channels,
    counts: Counts,
}

/// What the disturbance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// X, Y or Z, all alike.
    Depolarize,
    /// Z.
    Dephase,
    /// X.
    Flip,
}

impl Kind {
    /// The probabilities of X, Y and Z that make up `p`.
    fn chances(self, p: f64) -> [f64; 3] {
        match self {
            Self::Depolarize => [p / 3.0; 3],
            Self::Dephase => [0.0, 0.0, p],
            Self::Flip => [p, 0.0, 0.0],
        }
    }
}

/// What was done in this shot.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    paulis: PauliCounts,
    of_gates: u64,
    of_measurements: u64,
    channels: u64,
}

/// What an operation disturbs others as, if it does.
fn subject_of(op: Op<'_>) -> Option<Subject> {
    match op.kind() {
        _ if op.flags() & FLAG_INSERTED != 0 => None,
        OpKind::Gate => Some(Subject::Place),
        OpKind::Measure | OpKind::MeasureLeaked | OpKind::Reset => Some(Subject::Measure),
        OpKind::Postselect | OpKind::Idle | OpKind::Custom | OpKind::Channel | OpKind::Barrier => {
            None
        }
    }
}

impl<S: Storage<u64>> Crosstalk<S> {
    fn is_neutral(&self) -> bool {
        self.p_gate <= 0.0 && self.p_meas <= 0.0 && self.rates.is_empty()
    }

    /// How many sites `op` has: all qubits but its own.
    fn site_count(&self, op: Op<'_>) -> u64 {
        if subject_of(op).is_none() {
            return 0;
        }
        u64::from(self.qubit_count).saturating_sub(op.qubit_count() as u64)
    }

    /// The probability that `op` disturbs `victim`: by any of its own qubits.
    fn rate(&self, op: Op<'_>, subject: Subject, victim: u32) -> f64 {
        let general = if subject == Subject::Place { self.p_gate } else { self.p_meas };
        let of =
            |qubit: u32| self.rates.number(subject, Place::pair(qubit, victim)).unwrap_or(general);
        if op.qubit_count() == 1 {
            return of(op.qubit(0));
        }
        1.0 - op.qubits().fold(1.0, |clean, qubit| clean * (1.0 - of(qubit)))
    }

    /// The largest rate that any site has.
    fn rate_max(&self, operands_max: usize) -> f64 {
        let largest = self.rates.max(self.p_gate.max(self.p_meas));
        let mut clean = 1.0;
        for _ in 0..operands_max {
            clean *= 1.0 - largest;
        }
        1.0 - clean
    }

    fn error(&mut self) -> usize {
        match self.error {
            Kind::Depolarize => 1 + self.sites.stream().below(3) as usize,
            Kind::Dephase => 3,
            Kind::Flip => 1,
        }
    }

    const fn count(&mut self, subject: Subject) {
        match subject {
            Subject::Place => self.counts.of_gates += 1,
            _ => self.counts.of_measurements += 1,
        }
    }

    fn apply_drawn<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        let mut forwarder = Forwarder::new(child, batch, outcomes)?;
        while let Some(op) = forwarder.next_op() {
            let Some(subject) = subject_of(op) else { continue };
            if self.sites.pass(self.site_count(op)) {
                continue;
            }
            for victim in 0..self.qubit_count {
                if op.qubits().any(|qubit| qubit == victim) || !self.sites.hit() {
                    continue;
                }
                let share = self.sites.share(self.rate(op, subject, victim));
                if !self.sites.accept(share) {
                    continue;
                }
                forwarder.flush(outcomes)?;
                self.count(subject);
                let errors = [(victim, self.error())];
                let (id, counts) = (self.sites.stream_id(), &mut self.counts.paulis);
                insert::paulis(&mut forwarder, id, &errors, counts)?;
            }
        }
        forwarder.finish(outcomes)
    }

    fn apply_channels<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        let mut forwarder = Forwarder::new(child, batch, outcomes)?;
        while let Some(op) = forwarder.next_op() {
            let Some(subject) = subject_of(op) else { continue };
            for victim in 0..self.qubit_count {
                let p = self.rate(op, subject, victim) * self.sites.drift().factor();
                if p <= 0.0 || op.qubits().any(|qubit| qubit == victim) {
                    continue;
                }
                forwarder.flush(outcomes)?;
                self.counts.channels += 1;
                let chances = self.error.chances(p);
                let id = self.sites.stream_id();
                insert::channel(&mut forwarder, id, PAULI_1Q, &[victim], &chances)?;
            }
        }
        forwarder.finish(outcomes)
    }
}

impl<S: Storage<u64>> Layer for Crosstalk<S> {
    fn id(&self) -> &str {
        CrosstalkPart::SPEC.id
    }

    fn negotiate<B: Backend>(
        &mut self,
        child: &mut B,
        gates: &GateSet<'_>,
        verdicts: &mut [Verdict],
    ) -> Result<()> {
        child.negotiate(gates, verdicts)?;
        let inserted: &[u16] = if self.is_neutral() { &[] } else { &PAULIS };
        self.channels.ask(child, CrosstalkPart::SPEC.id, inserted)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.sites.begin(seed, shot);
        self.counts = Counts::default();
        Ok(())
    }

    #[inline]
    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        if batch.source().depth > 0 || self.is_neutral() {
            return child.apply(batch, outcomes);
        }
        self.sites.at(batch);
        let channels = self.channels.are_taken_by(child);
        if channels {
            return self.apply_channels(child, batch, outcomes);
        }
        let site_count = batch.ops().iter().map(|op| self.site_count(op)).sum();
        if self.sites.pass(site_count) {
            return self.sites.forward(site_count, child, batch, outcomes);
        }
        let (mark, counts) = (self.sites.mark(), self.counts);
        let done = self.apply_drawn(child, batch, outcomes);
        if layer::was_refused(&done) {
            // A refused batch changes nothing, the random stream included.
            self.sites.put_back(mark);
            self.counts = counts;
        }
        done
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let counts = &self.counts;
        let all = [
            ("disturbed_by_gates", counts.of_gates),
            ("disturbed_by_measurements", counts.of_measurements),
            ("inserted_x", counts.paulis.x),
            ("inserted_y", counts.paulis.y),
            ("inserted_z", counts.paulis.z),
            ("channels", counts.channels),
        ];
        layer::counter(CrosstalkPart::SPEC.id, index, &all)
    }
}
