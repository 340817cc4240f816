//! Depolarizing noise: uniform Pauli errors at gates, flipped reports, failed resets.
//!
//! `docs/noise.md` has the formulas. Every operation of the program is one site, so a batch in
//! which nothing goes wrong costs one subtraction and is forwarded untouched.

mod expected;
mod part;
#[cfg(test)]
mod tests;

pub use part::{DEPOLARIZING_WORDS, DepolarizingPart, DepolarizingRates};

use crate::backend::{Backend, Forwarder, GateSet, Layer, Metric, Verdict};
use crate::error::Result;
use crate::ids::{Seed, ShotId, StreamId};
use crate::noise::drift::{Drift, Steady};
use crate::noise::insert::{self, PAULIS, PauliCounts};
use crate::noise::layer::{self, Channels};
use crate::noise::rates::{Place, Rates, Subject};
use crate::noise::sites::Sites;
use crate::noise::when::When;
use crate::op::channel::{DEPOLARIZING, PAULI_1Q, PAULI_2Q};
use crate::op::record::{FLAG_INSERTED, QUBITS_MAX};
use crate::op::{Batch, Op, OpKind, Outcomes};
use crate::part::{LayerPart, Storage};
use crate::rng::{Chance, Stream};

/// The depolarizing layer over storage for its rates by gate and place; none are needed for none. `D`
/// says how its rates drift.
#[derive(Clone, Debug)]
pub struct Depolarizing<S = [u64; 0], D = Steady> {
    rates: Rates<S>,
    p_1q: f64,
    p_2q: f64,
    p_meas: f64,
    p_init: f64,
    /// The shares of hits that belong to these four, so that a hit costs no arithmetic with rates.
    shares: Shares,
    when: When,
    sites: Sites<D>,
    channels: Channels,
    counts: Counts,
}

/// The shares of hits of sites without rates of their own.
#[derive(Clone, Copy, Debug)]
struct Shares {
    of_1q: Chance,
    of_2q: Chance,
    of_meas: Chance,
    of_init: Chance,
}

/// What was done in this shot.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    paulis: PauliCounts,
    errors_1q: u64,
    errors_2q: u64,
    errors_3q: u64,
    failed_resets: u64,
    flips: u64,
    channels: u64,
}

impl<S: Storage<u64>, D: Drift> Depolarizing<S, D> {
    /// The rate of `op`'s site.
    fn rate_of(&self, op: Op<'_>) -> f64 {
        let of_place = |subject, p| {
            let own = if D::BY_PLACE {
                self.rates.number(subject, Place::qubit(op.qubit(0)))
            } else {
                None
            };
            own.unwrap_or(p)
        };
        match op.kind() {
            _ if op.flags() & FLAG_INSERTED != 0 => 0.0,
            OpKind::Gate => {
                let own = if D::BY_PLACE { self.rates.number_of_gate(op) } else { None };
                own.unwrap_or(match op.qubit_count() {
                    1 => self.p_1q,
                    _ => self.p_2q,
                })
            }
            OpKind::Measure | OpKind::MeasureLeaked => of_place(Subject::Measure, self.p_meas),
            OpKind::Reset => of_place(Subject::Reset, self.p_init),
            OpKind::Postselect
            | OpKind::Idle
            | OpKind::Custom
            | OpKind::Channel
            | OpKind::Barrier => 0.0,
        }
    }

    /// The share of hits that `op`'s site keeps.
    fn share_of(&self, op: Op<'_>) -> Chance {
        if D::BY_PLACE && !self.rates.is_empty() {
            return self.sites.share(self.rate_of(op));
        }
        match op.kind() {
            _ if op.flags() & FLAG_INSERTED != 0 => Chance::Never,
            OpKind::Gate if op.qubit_count() == 1 => self.shares.of_1q,
            OpKind::Gate => self.shares.of_2q,
            OpKind::Measure | OpKind::MeasureLeaked => self.shares.of_meas,
            OpKind::Reset => self.shares.of_init,
            OpKind::Postselect
            | OpKind::Idle
            | OpKind::Custom
            | OpKind::Channel
            | OpKind::Barrier => Chance::Never,
        }
    }

    /// Draws each error and inserts it.
    fn apply_drawn<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        let mut forwarder = Forwarder::new(child, batch, outcomes)?;
        while let Some(op) = forwarder.next_op() {
            if !self.sites.hit() {
                continue;
            }
            let share = self.share_of(op);
            if !self.sites.accept(share) {
                continue;
            }
            match op.kind() {
                OpKind::Gate => self.insert_error(op, &mut forwarder, outcomes)?,
                OpKind::Reset => {
                    forwarder.flush(outcomes)?;
                    self.counts.failed_resets += 1;
                    let error = [(op.qubit(0), 1)];
                    let counts = &mut self.counts.paulis;
                    insert::paulis(&mut forwarder, self.sites.stream_id(), &error, counts)?;
                }
                _ => self.flip(&mut forwarder, outcomes)?,
            }
        }
        forwarder.finish(outcomes)
    }

    /// Puts a uniformly drawn Pauli error before or after the gate given last.
    fn insert_error<B: Backend>(
        &mut self,
        op: Op<'_>,
        forwarder: &mut Forwarder<'_, '_, B>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        self.when.flush(forwarder, outcomes)?;
        let stream_id = self.sites.stream_id();
        let stream = self.sites.stream();
        let counts = &mut self.counts.paulis;
        match op.qubit_count() {
            1 => {
                self.counts.errors_1q += 1;
                let pauli = 1 + stream.below(3) as usize;
                insert::paulis(forwarder, stream_id, &[(op.qubit(0), pauli)], counts)
            }
            2 => {
                self.counts.errors_2q += 1;
                let pair = 1 + stream.below(15) as usize;
                let errors = [(op.qubit(0), pair & 3), (op.qubit(1), pair >> 2)];
                insert::paulis(forwarder, stream_id, &errors, counts)
            }
            count => {
                self.counts.errors_3q += 1;
                // A string of nothing but identities is no error: draw again.
                loop {
                    let mut ahead = stream.clone();
                    if (0..count).fold(0, |any, _| any | draw_pauli(&mut ahead)) != 0 {
                        break;
                    }
                    *stream = ahead;
                }
                for qubit in op.qubits() {
                    let error = [(qubit, draw_pauli(stream))];
                    insert::paulis(forwarder, stream_id, &error, counts)?;
                }
                Ok(())
            }
        }
    }

    /// Flips the outcome of the measurement given last; a 2 stays.
    fn flip<B: Backend>(
        &mut self,
        forwarder: &mut Forwarder<'_, '_, B>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        forwarder.flush(outcomes)?;
        if let Some(outcome) = outcomes.as_mut_slice().last_mut()
            && outcome.value <= 1
        {
            outcome.value ^= 1;
            self.counts.flips += 1;
        }
        Ok(())
    }

    /// Sends each error as a channel; only reports are drawn.
    fn apply_channels<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        let mut forwarder = Forwarder::new(child, batch, outcomes)?;
        while let Some(op) = forwarder.next_op() {
            let hit = self.sites.hit();
            let rate = self.rate_of(op);
            if op.kind().bears_result() {
                if hit && self.accepts(rate) {
                    self.flip(&mut forwarder, outcomes)?;
                }
                continue;
            }
            let rate = rate * self.sites.drift().factor();
            if rate > 0.0 {
                self.insert_channel(op, rate, &mut forwarder, outcomes)?;
            }
        }
        forwarder.finish(outcomes)
    }

    fn accepts(&mut self, rate: f64) -> bool {
        let share = self.sites.share(rate);
        self.sites.accept(share)
    }

    fn insert_channel<B: Backend>(
        &mut self,
        op: Op<'_>,
        rate: f64,
        forwarder: &mut Forwarder<'_, '_, B>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        self.counts.channels += 1;
        let id = self.sites.stream_id();
        if op.kind() == OpKind::Reset {
            forwarder.flush(outcomes)?;
            let qubits = &[op.qubit(0)];
            return insert::channel(forwarder, id, PAULI_1Q, qubits, &[rate, 0.0, 0.0]);
        }
        self.when.flush(forwarder, outcomes)?;
        match op.qubit_count() {
            1 => insert::channel(forwarder, id, PAULI_1Q, &[op.qubit(0)], &[rate / 3.0; 3]),
            2 => {
                let qubits = &[op.qubit(0), op.qubit(1)];
                insert::channel(forwarder, id, PAULI_2Q, qubits, &[rate / 15.0; 15])
            }
            _ => insert_wide_channel(op, rate, id, forwarder),
        }
    }
}

/// I, X, Y or Z, all alike.
fn draw_pauli(stream: &mut Stream) -> usize {
    (stream.next_u32() >> 30) as usize
}

/// The channel of a gate on three or more qubits; kept apart, since it takes a kilobyte of stack.
#[cold]
#[inline(never)]
fn insert_wide_channel<B: Backend>(
    op: Op<'_>,
    rate: f64,
    id: StreamId,
    forwarder: &mut Forwarder<'_, '_, B>,
) -> Result<()> {
    let mut qubits = [0; QUBITS_MAX];
    for (place, qubit) in qubits.iter_mut().zip(op.qubits()) {
        *place = qubit;
    }
    let qubits = qubits.get(..op.qubit_count()).unwrap_or(&[]);
    insert::channel(forwarder, id, DEPOLARIZING, qubits, &[rate])
}

impl<S: Storage<u64>, D: Drift> Layer for Depolarizing<S, D> {
    fn id(&self) -> &str {
        DepolarizingPart::SPEC.id
    }

    fn negotiate<B: Backend>(
        &mut self,
        child: &mut B,
        gates: &GateSet<'_>,
        verdicts: &mut [Verdict],
    ) -> Result<()> {
        child.negotiate(gates, verdicts)?;
        self.channels.ask(child, DepolarizingPart::SPEC.id, &PAULIS)
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
        let op_count = u64::from(batch.op_count());
        if !channels && self.sites.pass(op_count) {
            return self.sites.forward(op_count, child, batch, outcomes);
        }
        let (mark, counts) = (self.sites.mark(), self.counts);
        let done = if channels {
            self.apply_channels(child, batch, outcomes)
        } else {
            self.apply_drawn(child, batch, outcomes)
        };
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
            ("errors_1q", counts.errors_1q),
            ("errors_2q", counts.errors_2q),
            ("errors_3q", counts.errors_3q),
            ("inserted_x", counts.paulis.x),
            ("inserted_y", counts.paulis.y),
            ("inserted_z", counts.paulis.z),
            ("failed_resets", counts.failed_resets),
            ("flips", counts.flips),
            ("channels", counts.channels),
        ];
        layer::counter(DepolarizingPart::SPEC.id, index, &all)
    }
}
