//! Leakage: qubits leave the two levels that the simulator knows, and come back.
//!
//! Whether a qubit has leaked is a flag here; the simulator's qubit is reset as it leaks, which
//! leaves the others in the state that is right when nobody looks at the leaked one. Leaking does
//! not depend on the quantum state. `docs/noise.md` has the formulas and the order of the draws.

mod expected;
mod leaked;
mod part;
#[cfg(test)]
mod tests;

pub use part::{LEAKAGE_WORDS, LeakagePart, LeakageRates};

use crate::backend::{Backend, Caps, Forwarder, GateSet, Info, Layer, Metric, Verdict};
use crate::error::{Case, Error, ErrorKind, Result, cut};
use crate::ids::{Seed, ShotId};
use crate::noise::drift::{Drift, Steady};
use crate::noise::insert::{self, PAULIS, PauliCounts};
use crate::noise::layer::{self, Channels};
use crate::noise::rates::Rates;
use crate::noise::sites::Sites;
use crate::op::channel::{KRAUS_2Q, PAULI_1Q};
use crate::op::record::FLAG_INSERTED;
use crate::op::{Batch, Op, OpBuffer, OpKind, OpSink, Outcomes, Params, Parts};
use crate::part::{LayerPart, Storage};
use crate::rng::Chance;
use crate::units::Probability;

/// The leakage layer over storage: one bit a qubit, and rates by gate and place. `D` says how its rates
/// of leaking drift.
#[derive(Clone, Debug)]
pub struct Leakage<S, D = Steady> {
    /// The flags are its own words.
    rates: Rates<S>,
    p_leak_1q: f64,
    p_leak_2q: f64,
    /// The shares of hits that belong to these two.
    shares: [Chance; 2],
    spread: Chance,
    seep: Chance,
    reads_one: Chance,
    depolarizes_partners: bool,
    /// Whether gates are done with leaked qubits at random instead of not at all.
    acts_at_random: bool,
    /// How many flags are set.
    leaked: u32,
    sites: Sites<D>,
    channels: Channels,
    counts: Counts,
}

/// What happened in this shot.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    paulis: PauliCounts,
    spontaneous_leaks: u64,
    interaction_leaks: u64,
    seeps: u64,
    skipped_gates: u64,
    leaked_readouts: u64,
    random_gates: u64,
}

/// The code of a leak rate in the rates, and of the probability to come back.
const LEAK: u32 = 0;
const SEEP: u32 = 1;

/// How many sites an operation has: one for each operand of a gate of the program.
#[inline]
fn site_count(op: Op<'_>) -> u64 {
    let is_site = op.kind() == OpKind::Gate && op.flags() & FLAG_INSERTED == 0;
    if is_site { op.qubit_count() as u64 } else { 0 }
}

impl<S: Storage<u64>, D: Drift> Leakage<S, D> {
    /// Whether `qubit` has leaked in this shot.
    pub fn is_leaked(&self, qubit: u32) -> bool {
        let word = self.rates.own().get(qubit as usize / 64).copied().unwrap_or(0);
        word >> (qubit % 64) & 1 == 1
    }

    fn set_leaked(&mut self, qubit: u32, leaked: bool) {
        if self.is_leaked(qubit) == leaked {
            return;
        }
        if let Some(word) = self.rates.own_mut().get_mut(qubit as usize / 64) {
            *word ^= 1 << (qubit % 64);
            if leaked { self.leaked += 1 } else { self.leaked -= 1 }
        }
    }

    /// What is given for the gate in `op` or its place.
    fn own_rate(&self, op: Op<'_>, code: u32) -> Option<f64> {
        if D::BY_PLACE { self.rates.coded_number_of_gate(op, code) } else { None }
    }

    fn rate_of(&self, op: Op<'_>) -> f64 {
        self.own_rate(op, LEAK).unwrap_or(match op.qubit_count() {
            1 => self.p_leak_1q,
            _ => self.p_leak_2q,
        })
    }

    /// How probably a leaked operand of `op` comes back.
    fn seep_of(&self, op: Op<'_>) -> Chance {
        let own = self.own_rate(op, SEEP);
        own.and_then(|p| Probability::new(p).ok()).map_or(self.seep, Chance::from)
    }

    /// The share of hits that a site of `op` keeps.
    fn share_of(&self, op: Op<'_>) -> Chance {
        if D::BY_PLACE && !self.rates.is_empty() {
            return self.sites.share(self.rate_of(op));
        }
        let [of_1q, of_2q] = self.shares;
        if op.qubit_count() == 1 { of_1q } else { of_2q }
    }

    fn apply_slowly<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        let all_inserted = batch.source().depth > 0;
        let mut forwarder = Forwarder::new(child, batch, outcomes)?;
        while let Some(op) = forwarder.next_op() {
            let inserted = all_inserted || op.flags() & FLAG_INSERTED != 0;
            let touches = self.leaked > 0 && op.qubits().any(|qubit| self.is_leaked(qubit));
            match op.kind() {
                OpKind::Gate if !inserted && touches => {
                    self.gate_on_leaked(op, &mut forwarder, outcomes)?;
                }
                OpKind::Gate if !inserted => self.gate(op, &mut forwarder, outcomes)?,
                // On one qubit such an operation does nothing that anybody could see.
                OpKind::Gate if touches && op.qubit_count() > 1 => forwarder.skip_op(outcomes)?,
                OpKind::Channel if touches && op.gate() == KRAUS_2Q => {
                    forwarder.skip_op(outcomes)?;
                }
                OpKind::Measure | OpKind::MeasureLeaked if touches => {
                    self.read_leaked(op, &mut forwarder, outcomes)?;
                }
                OpKind::Postselect if touches => {
                    forwarder.skip_op(outcomes)?;
                    self.check_possible(op).map_err(|e| e.at_op(forwarder.op_index()))?;
                }
                OpKind::Reset if touches && !inserted => {
                    forwarder.flush(outcomes)?;
                    self.set_leaked(op.qubit(0), false);
                }
                _ => {}
            }
        }
        forwarder.finish(outcomes)
    }

    /// A gate on qubits none of which has leaked.
    fn gate<B: Backend>(
        &mut self,
        op: Op<'_>,
        forwarder: &mut Forwarder<'_, '_, B>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        if self.sites.pass(site_count(op)) {
            return Ok(());
        }
        for qubit in op.qubits() {
            if self.sites.hit() {
                let share = self.share_of(op);
                if self.sites.accept(share) {
                    forwarder.flush(outcomes)?;
                    self.leak(qubit, forwarder)?;
                    self.counts.spontaneous_leaks += 1;
                }
            }
        }
        Ok(())
    }

    /// Takes the simulator's qubit out: resets it, unseen.
    fn leak<B: Backend>(&mut self, qubit: u32, forwarder: &mut Forwarder<'_, '_, B>) -> Result<()> {
        self.reset(qubit, forwarder)?;
        self.set_leaked(qubit, true);
        Ok(())
    }

    /// The qubit comes back, fully mixed.
    fn seep<B: Backend>(&mut self, qubit: u32, forwarder: &mut Forwarder<'_, '_, B>) -> Result<()> {
        self.reset(qubit, forwarder)?;
        self.pauli(qubit, [2, 0, 0], forwarder)?;
        self.set_leaked(qubit, false);
        self.counts.seeps += 1;
        Ok(())
    }

    /// The partner of a leaked qubit becomes fully mixed.
    fn depolarize<B: Backend>(
        &mut self,
        qubit: u32,
        forwarder: &mut Forwarder<'_, '_, B>,
    ) -> Result<()> {
        self.pauli(qubit, [1; 3], forwarder)
    }

    /// X, Y, Z with so many quarters' chance: drawn from two bits, or sent as a channel.
    fn pauli<B: Backend>(
        &mut self,
        qubit: u32,
        quarters: [u8; 3],
        forwarder: &mut Forwarder<'_, '_, B>,
    ) -> Result<()> {
        let stream_id = self.sites.stream_id();
        if self.channels.are_taken::<B>() {
            let chances = quarters.map(|quarters| f64::from(quarters) / 4.0);
            return insert::channel(forwarder, stream_id, PAULI_1Q, &[qubit], &chances);
        }
        let mut left = self.sites.stream().next_u32() >> 30;
        for (pauli, quarters) in (1..).zip(quarters) {
            if left < u32::from(quarters) {
                let counts = &mut self.counts.paulis;
                return insert::paulis(forwarder, stream_id, &[(qubit, pauli)], counts);
            }
            left -= u32::from(quarters);
        }
        Ok(())
    }

    fn reset<B: Backend>(&self, qubit: u32, forwarder: &mut Forwarder<'_, '_, B>) -> Result<()> {
        let mut own = OpBuffer::<2>::new();
        own.push(Parts {
            kind: OpKind::Reset,
            flags: FLAG_INSERTED,
            gate: 0,
            qubits: &[qubit],
            params: Params::NONE,
        })?;
        insert::ops(forwarder, self.sites.stream_id(), &own)
    }
}

impl<S: Storage<u64>, D: Drift> Layer for Leakage<S, D> {
    fn id(&self) -> &str {
        LeakagePart::SPEC.id
    }

    fn info(&self, mut child: Info) -> Info {
        // Whoever takes `measure_leaked` gets a 2 from here; this layer answers for leaked qubits
        // only, so the others' outcomes must come from below.
        if child.op_kinds & OpKind::MeasureLeaked.bit() != 0 {
            child.caps = child.caps.with(Caps::LEAKAGE);
        }
        child
    }

    fn negotiate<B: Backend>(
        &mut self,
        child: &mut B,
        gates: &GateSet<'_>,
        verdicts: &mut [Verdict],
    ) -> Result<()> {
        child.negotiate(gates, verdicts)?;
        let info = child.info();
        if info.op_kinds & OpKind::Reset.bit() == 0 {
            let error = Error::from(ErrorKind::Unsupported("leakage needs a child that resets"));
            return Err(error.of_case(Case::CannotReset { child: cut(child.id()) }));
        }
        let seeps =
            self.seep != Chance::Never || D::BY_PLACE && self.rates.coded_max(SEEP, 0.0) > 0.0;
        let inserts_paulis = self.depolarizes_partners || self.acts_at_random || seeps;
        let inserted: &[u16] = if inserts_paulis { &PAULIS } else { &[] };
        self.channels.ask(child, LeakagePart::SPEC.id, inserted)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.sites.begin(seed, shot);
        self.rates.own_mut().fill(0);
        self.leaked = 0;
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
        let inserted = batch.source().depth > 0;
        if inserted && self.leaked == 0 {
            return child.apply(batch, outcomes);
        }
        if !inserted {
            self.sites.at(batch);
        }
        if !inserted && self.leaked == 0 {
            let site_count = batch.ops().iter().map(site_count).sum();
            if self.sites.pass(site_count) {
                return self.sites.forward(site_count, child, batch, outcomes);
            }
        }
        let had = outcomes.len();
        let (mark, counts) = (self.sites.mark(), self.counts);
        self.channels.are_taken_by(child);
        let done = self.apply_slowly(child, batch, outcomes);
        if layer::was_refused(&done) {
            // A refused batch changes nothing. Flags change only after the child has done something,
            // and then a refusal costs the shot.
            self.sites.put_back(mark);
            self.counts = counts;
            outcomes.truncate(had);
        }
        done
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let counts = &self.counts;
        let all = [
            ("spontaneous_leaks", counts.spontaneous_leaks),
            ("interaction_leaks", counts.interaction_leaks),
            ("seeps", counts.seeps),
            ("skipped_gates", counts.skipped_gates),
            ("leaked_readouts", counts.leaked_readouts),
            ("inserted_x", counts.paulis.x),
            ("inserted_y", counts.paulis.y),
            ("inserted_z", counts.paulis.z),
            ("random_gates", counts.random_gates),
        ];
        layer::counter(LeakagePart::SPEC.id, index, &all)
    }
}
