//! Dephasing at a rate in time: while qubits idle, and in operations that are declared to take it, such
//! as transport.
//!
//! A time `t` at the rate `r` takes coherences to `exp(-r t)`: it is a Z with `(1 - exp(-r t))/2`
//! (Nielsen and Chuang, 8.3.6). The channel is a Pauli channel, so what is drawn is no approximation.
//! `docs/noise.md` has the order of the draws.
//! Not here: relaxation, and gaps in the schedule ([`super::idle`]).

mod expected;
mod part;
#[cfg(test)]
mod tests;

pub use part::DephasingPart;

use crate::backend::{Backend, Forwarder, GateSet, Layer, Metric, Verdict};
use crate::error::Result;
use crate::ids::{Seed, ShotId, StreamId};
use crate::noise::drift::{Drift, Drifting};
use crate::noise::insert::{self, PauliCounts};
use crate::noise::layer::{self, Channels};
use crate::noise::rates::{Place, Rates, Subject};
use crate::op::channel::PAULI_1Q;
use crate::op::gates::slot;
use crate::op::record::FLAG_INSERTED;
use crate::op::{Batch, Op, OpKind, Outcomes};
use crate::part::{LayerPart, Storage};
use crate::real::exp_m1;
use crate::rng::Stream;
use crate::units::DurationNs;

/// The dephasing layer over storage for what is given by qubit, gate and tag; none is needed for none.
#[derive(Clone, Debug)]
pub struct Dephasing<S = [u64; 0]> {
    rates: Rates<S>,
    /// In 1/ns.
    idle_rate: f64,
    drift: Drifting,
    stream_id: StreamId,
    stream: Stream,
    channels: Channels,
    counts: Counts,
}

/// What was done in this shot.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    paulis: PauliCounts,
    dephased_ns: u64,
    channels: u64,
}

/// The code of a rate in the rates, and of a custom operation's length.
const RATE: u32 = 0;
const LENGTH_NS: u32 = 1;

impl<S: Storage<u64>> Dephasing<S> {
    fn is_neutral(&self) -> bool {
        self.idle_rate <= 0.0 && self.rates.is_empty()
    }

    /// The number given for a custom operation's tag under this code.
    fn of_tag(&self, tag: u16, code: u32) -> Option<f64> {
        let set = self.rates.at(Subject::Custom(tag), Place::ANYWHERE);
        set.map(|index| self.rates.entry(index)).find(|entry| entry.0 == code).map(|entry| entry.1)
    }

    /// How long `op` dephases its operands, and at which rate the one at `place` does.
    fn time_and_rate(&self, op: Op<'_>, qubit: u32, window: DurationNs) -> (f64, f64) {
        #[expect(clippy::cast_precision_loss, reason = "a time in a formula")]
        let window = window.0 as f64;
        match op.kind() {
            OpKind::Idle => {
                let own = self.rates.number(Subject::Idle, Place::qubit(qubit));
                #[expect(clippy::cast_precision_loss, reason = "a time in a formula")]
                let length = op.param_u64(0) as f64;
                (length, own.unwrap_or(self.idle_rate))
            }
            OpKind::Gate => (window, self.rates.number_of_gate(op).unwrap_or(0.0)),
            OpKind::Custom => {
                let length = self.of_tag(op.gate(), LENGTH_NS).unwrap_or(window);
                (length, self.of_tag(op.gate(), RATE).unwrap_or(0.0))
            }
            OpKind::Measure
            | OpKind::MeasureLeaked
            | OpKind::Reset
            | OpKind::Postselect
            | OpKind::Channel
            | OpKind::Barrier => (0.0, 0.0),
        }
    }

    /// How long `op` dephases `qubit`, in ns, and the probability of Z.
    fn time_and_chance(
        &self,
        op: Op<'_>,
        qubit: u32,
        window: DurationNs,
        factor: f64,
    ) -> (f64, f64) {
        let (time, rate) = self.time_and_rate(op, qubit, window);
        (time, -0.5 * exp_m1(-time * rate * factor))
    }

    fn apply_slowly<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        exact: bool,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        let mut forwarder = Forwarder::new(child, batch, outcomes)?;
        while let Some(op) = forwarder.next_op() {
            if op.flags() & FLAG_INSERTED != 0 {
                continue;
            }
            for qubit in op.qubits() {
                let factor = self.drift.factor();
                let (time, p) = self.time_and_chance(op, qubit, batch.length(), factor);
                if p <= 0.0 {
                    continue;
                }
                self.count(time);
                if exact {
                    forwarder.flush(outcomes)?;
                    self.counts.channels += 1;
                    let (id, chances) = (self.stream_id, [0.0, 0.0, p]);
                    insert::channel(&mut forwarder, id, PAULI_1Q, &[qubit], &chances)?;
                } else if self.stream.unit_f64() < p {
                    forwarder.flush(outcomes)?;
                    let counts = &mut self.counts.paulis;
                    insert::paulis(&mut forwarder, self.stream_id, &[(qubit, 3)], counts)?;
                }
            }
        }
        forwarder.finish(outcomes)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a time in whole ns, not negative"
    )]
    fn count(&mut self, time_ns: f64) {
        self.counts.dephased_ns = self.counts.dephased_ns.saturating_add(time_ns as u64);
    }
}

impl<S: Storage<u64>> Layer for Dephasing<S> {
    fn id(&self) -> &str {
        DephasingPart::SPEC.id
    }

    fn negotiate<B: Backend>(
        &mut self,
        child: &mut B,
        gates: &GateSet<'_>,
        verdicts: &mut [Verdict],
    ) -> Result<()> {
        child.negotiate(gates, verdicts)?;
        let inserted: &[u16] = if self.is_neutral() { &[] } else { &[slot::Z] };
        self.channels.ask(child, DephasingPart::SPEC.id, inserted)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.stream = Stream::of(seed, shot, self.stream_id);
        self.drift.begin(shot);
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
        let exact = self.channels.are_taken_by(child);
        self.drift.at(batch.start());
        let (stream, counts) = (self.stream.clone(), self.counts);
        let done = self.apply_slowly(child, batch, exact, outcomes);
        if layer::was_refused(&done) {
            // A refused batch changes nothing, the random stream included.
            (self.stream, self.counts) = (stream, counts);
        }
        done
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let all = [
            ("dephased_ns", self.counts.dephased_ns),
            ("inserted_z", self.counts.paulis.z),
            ("channels", self.counts.channels),
        ];
        layer::counter(DephasingPart::SPEC.id, index, &all)
    }
}
