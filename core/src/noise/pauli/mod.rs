//! General Pauli noise: a probability of its own for each Pauli of a one-qubit and each pair of a
//! two-qubit gate, and for idling, resetting and measuring.
//!
//! `docs/noise.md` has the formulas and numbers the sites.

mod expected;
mod part;
#[cfg(test)]
mod tests;

pub use part::PauliPart;

use crate::backend::{Backend, Forwarder, GateSet, Layer, Metric, Verdict};
use crate::error::Result;
use crate::ids::{Seed, ShotId};
use crate::noise::drift::Drift;
use crate::noise::insert::{self, PAULIS, PauliCounts};
use crate::noise::layer::{self, Channels};
use crate::noise::rates::{Place, Rates, Subject};
use crate::noise::sites::Sites;
use crate::noise::when::When;
use crate::op::channel::{PAULI_1Q, PAULI_2Q};
use crate::op::record::FLAG_INSERTED;
use crate::op::{Batch, Op, OpKind, Outcomes};
use crate::part::{LayerPart, Storage};

/// The Pauli layer over storage for what is given by gate and place; none is needed for none.
#[derive(Clone, Debug)]
pub struct Pauli<S = [u64; 0]> {
    rates: Rates<S>,
    /// Of X, Y, Z at one-qubit gates.
    one: [f64; 3],
    /// Of the pairs at two-qubit gates, in the order of [`PAULI_2Q`].
    two: [f64; 15],
    when: When,
    sites: Sites,
    channels: Channels,
    counts: Counts,
}

/// What was done in this shot.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    paulis: PauliCounts,
    errors: u64,
    channels: u64,
}

/// The errors that one site may have: 3 probabilities on one qubit or 15 on two.
struct Errors {
    qubits: [u32; 2],
    chances: [f64; 15],
    is_pair: bool,
}

impl Errors {
    const fn on_qubit(qubit: u32) -> Self {
        Self { qubits: [qubit, 0], chances: [0.0; 15], is_pair: false }
    }

    /// All zero, then what `set` of `rates` says.
    fn of_set<S: Storage<u64>>(&mut self, rates: &Rates<S>, set: core::ops::Range<usize>) {
        self.chances = [0.0; 15];
        for index in set {
            let (code, chance) = rates.entry(index);
            if let Some(place) = self.chances.get_mut((code as usize).wrapping_sub(1)) {
                *place = chance;
            }
        }
    }

    fn chances(&self) -> &[f64] {
        if self.is_pair { &self.chances } else { &self.chances[..3] }
    }

    fn is_none(&self) -> bool {
        self.chances().iter().all(|&chance| chance <= 0.0)
    }
}

/// How many sites an operation has.
#[inline]
fn site_count(op: Op<'_>) -> usize {
    if op.flags() & FLAG_INSERTED != 0 {
        return 0;
    }
    match op.kind() {
        OpKind::Gate => op.qubit_count().saturating_sub(1).max(1),
        OpKind::Idle => op.qubit_count(),
        OpKind::Measure | OpKind::MeasureLeaked | OpKind::Reset => 1,
        OpKind::Postselect | OpKind::Custom | OpKind::Channel | OpKind::Barrier => 0,
    }
}

impl<S: Storage<u64>> Pauli<S> {
    /// What may go wrong at site number `site` of `op`.
    fn errors_of(&self, op: Op<'_>, site: usize) -> Errors {
        let subject = match op.kind() {
            OpKind::Gate => return self.errors_of_gate(op, site),
            OpKind::Idle => Subject::Idle,
            OpKind::Reset => Subject::Reset,
            _ => Subject::Measure,
        };
        let qubit = op.qubit(site);
        let mut errors = Errors::on_qubit(qubit);
        let mut set = self.rates.at(subject, Place::qubit(qubit));
        if set.is_empty() {
            set = self.rates.at(subject, Place::ANYWHERE);
        }
        errors.of_set(&self.rates, set);
        errors
    }

    fn errors_of_gate(&self, op: Op<'_>, site: usize) -> Errors {
        if op.qubit_count() == 1 {
            let mut errors = Errors::on_qubit(op.qubit(0));
            errors.chances[..3].copy_from_slice(&self.one);
            let place = Place::qubit(op.qubit(0));
            if let Some((set, _)) = self.rates.of_gate(op.gate(), Some(place)) {
                errors.of_set(&self.rates, set);
            }
            return errors;
        }
        // A gate on more than two qubits has a site for each pair of neighbouring operands.
        let qubits = [op.qubit(site), op.qubit(site + 1)];
        let mut errors = Errors { qubits, chances: self.two, is_pair: true };
        let place = Place::pair(qubits[0], qubits[1]);
        if let Some((set, placed)) = self.rates.of_gate(op.gate(), Some(place)) {
            errors.of_set(&self.rates, set);
            if placed {
                // Letters given for a place follow the qubits' numbers, not the operands.
                errors.qubits.sort_unstable();
            }
        }
        errors
    }

    /// Forwards what comes before the error of `op`, which was given last.
    fn flush<B: Backend>(
        &self,
        op: Op<'_>,
        forwarder: &mut Forwarder<'_, '_, B>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        match op.kind() {
            OpKind::Gate => self.when.flush(forwarder, outcomes),
            OpKind::Measure | OpKind::MeasureLeaked => forwarder.flush_before(outcomes),
            _ => forwarder.flush(outcomes),
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
            let site_count = site_count(op);
            if self.sites.pass(site_count as u64) {
                continue;
            }
            for site in 0..site_count {
                if !self.sites.hit() {
                    continue;
                }
                let errors = self.errors_of(op, site);
                let Some(index) = self.sites.choose(errors.chances()) else { continue };
                self.flush(op, &mut forwarder, outcomes)?;
                self.counts.errors += 1;
                let code = index + 1;
                let paulis = [(errors.qubits[0], code & 3), (errors.qubits[1], code >> 2)];
                let paulis = if errors.is_pair { &paulis[..] } else { &paulis[..1] };
                let (id, counts) = (self.sites.stream_id(), &mut self.counts.paulis);
                insert::paulis(&mut forwarder, id, paulis, counts)?;
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
            for site in 0..site_count(op) {
                let mut errors = self.errors_of(op, site);
                errors.chances = errors.chances.map(|chance| chance * self.sites.drift().factor());
                if errors.is_none() {
                    continue;
                }
                self.flush(op, &mut forwarder, outcomes)?;
                self.counts.channels += 1;
                let (number, qubits) = match errors.is_pair {
                    true => (PAULI_2Q, &errors.qubits[..]),
                    false => (PAULI_1Q, &errors.qubits[..1]),
                };
                let id = self.sites.stream_id();
                insert::channel(&mut forwarder, id, number, qubits, errors.chances())?;
            }
        }
        forwarder.finish(outcomes)
    }
}

impl<S: Storage<u64>> Layer for Pauli<S> {
    fn id(&self) -> &str {
        PauliPart::SPEC.id
    }

    fn negotiate<B: Backend>(
        &mut self,
        child: &mut B,
        gates: &GateSet<'_>,
        verdicts: &mut [Verdict],
    ) -> Result<()> {
        child.negotiate(gates, verdicts)?;
        self.channels.ask(child, PauliPart::SPEC.id, &PAULIS)
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
        if batch.source().depth > 0 {
            return child.apply(batch, outcomes);
        }
        self.sites.at(batch);
        let channels = self.channels.are_taken_by(child);
        if channels {
            return self.apply_channels(child, batch, outcomes);
        }
        let site_count = batch.ops().iter().map(|op| site_count(op) as u64).sum();
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
        let all = [
            ("errors", self.counts.errors),
            ("inserted_x", self.counts.paulis.x),
            ("inserted_y", self.counts.paulis.y),
            ("inserted_z", self.counts.paulis.z),
            ("channels", self.counts.channels),
        ];
        layer::counter(PauliPart::SPEC.id, index, &all)
    }
}
