//! Idle noise: what waiting does to qubits, from T1, T2 and the scheduled times of batches.
//!
//! Each qubit waits from the end of its last operation's window to the start of the next one's, and
//! through an `idle` of the program. What has gathered is put before the operation that ends the wait.
//! [`decay`] has the formulas, `docs/noise.md` the order of the draws.
//!
//! Over a child that takes channels exactly the channel is exact; over one that takes them and draws
//! (the state vector) each shot is a trajectory; over one that takes none (the stabilizer) it is the
//! Pauli twirl of the channel, drawn. The metrics say which it was.

mod decay;
mod expected;
mod part;
#[cfg(test)]
mod tests;
mod wait;

pub use part::IdlePart;

use crate::backend::{Backend, Caps, Forwarder, GateSet, Info, Layer, Metric, Verdict};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::noise::drift::{Drift, Drifting};
use crate::noise::expected::TakesChannels;
use crate::noise::insert::{self, PAULIS, PauliCounts};
use crate::noise::layer;
use crate::noise::rates::{Place, Rates, Subject};
use crate::op::channel::{AMPLITUDE_DAMPING, PAULI_1Q};
use crate::op::record::FLAG_INSERTED;
use crate::op::{Batch, Op, OpBuffer, OpKind, OpSink, Outcomes, Params, Parts};
use crate::part::{LayerPart, Storage};
use crate::rng::Stream;
use crate::{ids::StreamId, units::TimeNs};
use decay::Decay;

/// The idle layer over storage: three words a qubit, and times by qubit.
#[derive(Clone, Debug)]
pub struct Idle<S> {
    /// Its own words are the clocks of [`wait`].
    rates: Rates<S>,
    decay: Decay,
    drift: Drifting,
    wanted: Wanted,
    /// What the child can do; asked once.
    way: Option<Way>,
    stream_id: StreamId,
    stream: Stream,
    /// Counts batches, so that clocks which this one has moved can be told.
    serial: u64,
    counts: Counts,
}

/// What the configuration wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// The best that the child can do.
    Auto,
    /// The channel, or nothing.
    Channel,
    /// The twirl, also where the channel could be had.
    Twirl,
}

/// How the error of a wait is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// The channel as an operation, which the child applies exactly.
    Exact,
    /// The channel as an operation, which the child unravels.
    Trajectory,
    /// The twirl as an operation.
    ExactTwirl,
    /// The twirl, drawn here.
    DrawnTwirl,
}

/// What was done in this shot.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    paulis: PauliCounts,
    idle_ns: u64,
    exact: u64,
    trajectories: u64,
    twirls: u64,
}

/// The code of T1 in the rates, and of T2.
const T1: u32 = 0;
const T2: u32 = 1;

impl<S: Storage<u64>> Idle<S> {
    fn is_neutral(&self) -> bool {
        self.decay.is_none() && self.rates.is_empty()
    }

    fn decay_of(&self, qubit: u32) -> Decay {
        let mut decay = self.decay;
        for index in self.rates.at(Subject::Idle, Place::qubit(qubit)) {
            match self.rates.entry(index) {
                (T1, value) => decay.t1_ns = value,
                (_, value) => decay.t2_ns = value,
            }
        }
        decay
    }

    fn way_over(&self, info: &Info) -> Way {
        self.way_by(match info.op_kinds & OpKind::Channel.bit() != 0 {
            _ if info.caps.has(Caps::CHANNELS) => TakesChannels::Exactly,
            true => TakesChannels::ByDrawing,
            false => TakesChannels::No,
        })
    }

    const fn way_by(&self, child: TakesChannels) -> Way {
        match (self.wanted, child) {
            (Wanted::Twirl, TakesChannels::Exactly) => Way::ExactTwirl,
            (Wanted::Twirl, _) | (_, TakesChannels::No) => Way::DrawnTwirl,
            (_, TakesChannels::Exactly) => Way::Exact,
            (_, TakesChannels::ByDrawing) => Way::Trajectory,
        }
    }

    /// Puts the error of all the waiting that `op`, given last, ends before it.
    fn end_waits<B: Backend>(
        &mut self,
        op: Op<'_>,
        batch: &Batch<'_>,
        way: Way,
        forwarder: &mut Forwarder<'_, '_, B>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        let mut flushed = false;
        for qubit in op.qubits() {
            let waited = self.advance(qubit, op, batch);
            // What comes before a reset is nobody's to see.
            if waited == 0 || op.kind() == OpKind::Reset {
                continue;
            }
            self.counts.idle_ns = self.counts.idle_ns.saturating_add(waited);
            #[expect(clippy::cast_precision_loss, reason = "a time in a formula")]
            let time = waited as f64 * self.drift.factor();
            if time <= 0.0 || self.decay_of(qubit).is_none() {
                continue;
            }
            if !flushed {
                forwarder.flush_before(outcomes)?;
                flushed = true;
            }
            self.insert(qubit, time, way, forwarder)?;
        }
        Ok(())
    }

    /// Inserts what `time` ns do to `qubit`.
    fn insert<B: Backend>(
        &mut self,
        qubit: u32,
        time: f64,
        way: Way,
        forwarder: &mut Forwarder<'_, '_, B>,
    ) -> Result<()> {
        let decay = self.decay_of(qubit);
        match way {
            Way::Exact => self.counts.exact += 1,
            Way::Trajectory => self.counts.trajectories += 1,
            Way::ExactTwirl | Way::DrawnTwirl => self.counts.twirls += 1,
        }
        match way {
            Way::Exact | Way::Trajectory => {
                let [gamma, z] = decay.channel(time);
                let mut own = OpBuffer::<12>::new();
                if gamma > 0.0 {
                    push_channel(&mut own, AMPLITUDE_DAMPING, qubit, &[gamma])?;
                }
                if z > 0.0 {
                    push_channel(&mut own, PAULI_1Q, qubit, &[0.0, 0.0, z])?;
                }
                if own.op_count() == 0 {
                    return Ok(());
                }
                insert::ops(forwarder, self.stream_id, &own)
            }
            Way::ExactTwirl => {
                let chances = decay.twirl(time);
                insert::channel(forwarder, self.stream_id, PAULI_1Q, &[qubit], &chances)
            }
            Way::DrawnTwirl => {
                let draw = self.stream.unit_f64();
                let mut sum = 0.0;
                for (pauli, chance) in (1..).zip(decay.twirl(time)) {
                    sum += chance;
                    if draw < sum {
                        let counts = &mut self.counts.paulis;
                        return insert::paulis(
                            forwarder,
                            self.stream_id,
                            &[(qubit, pauli)],
                            counts,
                        );
                    }
                }
                Ok(())
            }
        }
    }

    fn apply_waits<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        way: Way,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        let mut forwarder = Forwarder::new(child, batch, outcomes)?;
        while let Some(op) = forwarder.next_op() {
            let inserted = op.flags() & FLAG_INSERTED != 0;
            if !inserted && wait::takes_part(op.kind()) {
                self.end_waits(op, batch, way, &mut forwarder, outcomes)?;
            }
        }
        forwarder.finish(outcomes)
    }
}

fn push_channel(own: &mut OpBuffer<12>, gate: u16, qubit: u32, params: &[f64]) -> Result<()> {
    let (kind, flags, params) = (OpKind::Channel, FLAG_INSERTED, Params::Reals(params));
    own.push(Parts { kind, flags, gate, qubits: &[qubit], params })
}

impl<S: Storage<u64>> Layer for Idle<S> {
    fn id(&self) -> &str {
        IdlePart::SPEC.id
    }

    fn negotiate<B: Backend>(
        &mut self,
        child: &mut B,
        gates: &GateSet<'_>,
        verdicts: &mut [Verdict],
    ) -> Result<()> {
        child.negotiate(gates, verdicts)?;
        let way = self.way_over(&child.info());
        self.way = Some(way);
        if way != Way::DrawnTwirl || self.is_neutral() {
            return Ok(());
        }
        if self.wanted == Wanted::Channel {
            let error =
                Error::from(ErrorKind::Unsupported("idle needs a child that takes channels"));
            return Err(error.with_text(format_args!(
                "method=channel needs a simulator that takes channels, which {} does not; use \
                 method=twirl, pandia.state_vector or pandia.density_matrix",
                child.id()
            )));
        }
        insert::announce(child, IdlePart::SPEC.id, &PAULIS)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.stream = Stream::of(seed, shot, self.stream_id);
        self.drift.begin(shot);
        self.rates.own_mut().fill(0);
        self.serial = 0;
        self.counts = Counts::default();
        Ok(())
    }

    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        if batch.source().depth > 0 || self.is_neutral() {
            return child.apply(batch, outcomes);
        }
        let way = match self.way {
            Some(way) => way,
            None => self.way_over(&child.info()),
        };
        self.way = Some(way);
        self.drift.at(batch.start());
        self.serial += 1;
        let (stream, counts) = (self.stream.clone(), self.counts);
        let done = self.apply_waits(child, batch, way, outcomes);
        if layer::was_refused(&done) {
            // A refused batch changes nothing: no time has passed, nothing was drawn.
            (self.stream, self.counts) = (stream, counts);
            self.take_back(batch);
        }
        done
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let counts = &self.counts;
        let all = [
            ("idle_ns", counts.idle_ns),
            ("exact_channels", counts.exact),
            ("trajectories", counts.trajectories),
            ("twirls", counts.twirls),
            ("inserted_x", counts.paulis.x),
            ("inserted_y", counts.paulis.y),
            ("inserted_z", counts.paulis.z),
        ];
        layer::counter(IdlePart::SPEC.id, index, &all)
    }
}
