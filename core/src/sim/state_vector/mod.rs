//! The state-vector simulator.

#[cfg(test)]
mod tests;
mod trajectory;
#[cfg(test)]
mod trajectory_tests;

use crate::backend::precheck::{OP_KINDS, check_op_or_channel};
use crate::backend::{Backend, Caps, GateSet, Info, Metric, StateQuery, Threading, Verdict};
use crate::backend::{BuiltInOnly, OwnGates, UserGates};
use crate::error::{ErrorKind, Result};
use crate::ids::{Seed, ShotId, StreamId};
use crate::kernel::state_vector as sv;
use crate::op::gates::MATRIX_MAX;
use crate::op::{Batch, Op, OpKind, Outcomes};
use crate::part::{Config, PartKind, PartSpec, SimulatorPart, Storage};
use crate::real::{Complex, Real};
use crate::rng::Stream;
use crate::sim::answer::{check_query, outcome};
use crate::sim::born::{choose, possible};
use crate::sim::counts::Counts;
use crate::sim::life::Life;
use crate::sim::native::{self, Cache};
use crate::sim::size::{Size, count};
use core::marker::PhantomData;
use trajectory::Trajectory;

/// Two to the power of the qubits; at most 40 qubits, whatever the memory.
const SIZE: Size = Size {
    what: "a state",
    bits_per_qubit: 1,
    qubits_max: 40,
    way_out: "use fewer, or pandia.stabilizer if all gates are Clifford",
};

/// All `2^n` amplitudes in `R` (`f32` or `f64`), over storage of the caller's choice.
///
/// A measurement draws once, compares with the probability of 1, projects and renormalises. A reset
/// is a measurement whose outcome nobody sees, followed by X if it was 1: exact on average, a
/// trajectory shot by shot. A channel is unravelled likewise: one of its operators is drawn by the
/// weight that the state gives it and applied, so the mean over shots is the channel; the draws come
/// from a stream of their own, so that channels leave those of measurements alone.
/// Global phases are those of the gate list's matrices.
/// Memory: the amplitudes and less than 8 KiB.
#[derive(Clone, Debug)]
pub struct StateVector<R, S, G = UserGates> {
    /// What errors are signed with.
    id: &'static str,
    storage: S,
    qubit_count: u32,
    stream_id: StreamId,
    stream: Stream,
    trajectory: Trajectory,
    life: Life,
    counts: Counts,
    gates: G,
    cache: Cache<R>,
}

impl<R: Real, S: Storage<Complex<R>>> StateVector<R, S> {
    /// The simulator of `qubit_count` qubits over the first `2^qubit_count` places of `storage`.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if the storage is too small or the state too large for memory.
    pub fn new(qubit_count: u32, stream_id: StreamId, storage: S) -> Result<Self> {
        Self::with_gates(qubit_count, stream_id, storage)
    }
}

impl<R: Real, S: Storage<Complex<R>>> StateVector<R, S, BuiltInOnly> {
    /// As [`StateVector::new`], for the built-in gates that bring no matrix: nothing that it does goes
    /// through a pointer to a function, and it takes a kilobyte less, and one of stack.
    ///
    /// # Errors
    /// As there.
    pub fn of_built_in_gates(qubit_count: u32, stream_id: StreamId, storage: S) -> Result<Self> {
        Self::with_gates(qubit_count, stream_id, storage)
    }
}

impl<R: Real, S: Storage<Complex<R>>, G: OwnGates> StateVector<R, S, G> {
    fn with_gates(qubit_count: u32, stream_id: StreamId, storage: S) -> Result<Self> {
        let needed = cells::<R>(qubit_count)?;
        let available = storage.as_ref().len();
        if available < needed {
            let (needed, available) = (needed as u64, available as u64);
            return Err(ErrorKind::Capacity { what: "amplitudes", needed, available }.into());
        }
        let mut new = Self {
            id: StateVectorPart::<R>::SPEC.id,
            storage,
            qubit_count,
            stream_id,
            stream: Stream::of(Seed(0), ShotId(0), stream_id),
            trajectory: Trajectory::default(),
            life: Life::default(),
            counts: Counts::default(),
            gates: G::default(),
            cache: Cache::new(),
        };
        sv::reset_all(new.amps_mut());
        Ok(new)
    }

    /// The amplitudes; bit `k` of an index is qubit `k`.
    pub fn amps(&self) -> &[Complex<R>] {
        self.storage.as_ref().get(..1 << self.qubit_count).unwrap_or(&[])
    }

    /// The same under another part's id.
    pub(crate) fn named(self, id: &'static str) -> Self {
        Self { id, ..self }
    }

    /// The storage behind the amplitudes.
    pub(crate) fn beyond_amps(&mut self) -> &mut [Complex<R>] {
        self.storage.as_mut().get_mut(1 << self.qubit_count..).unwrap_or(&mut [])
    }

    fn amps_mut(&mut self) -> &mut [Complex<R>] {
        self.storage.as_mut().get_mut(..1 << self.qubit_count).unwrap_or(&mut [])
    }

    /// Checks the whole batch; nothing has changed if it fails.
    #[inline]
    fn check(&self, batch: &Batch<'_>, outcomes: &Outcomes<'_>) -> Result<()> {
        self.life.check_running()?;
        if !batch.bounds().fit_matrices(self.qubit_count) {
            self.check_ops(batch)?;
        }
        outcomes.reserve(batch.result_count())
    }

    #[inline(never)]
    fn check_ops(&self, batch: &Batch<'_>) -> Result<()> {
        for (index, op) in (0..).zip(batch.ops()) {
            let mut checked = check_op_or_channel(op, self.qubit_count, &self.gates);
            if let Err(e) = &mut checked {
                e.place_at(index);
                return checked;
            }
        }
        Ok(())
    }

    /// Carries out a batch with another rule for measurements: `measure` gets the amplitudes, the
    /// storage behind them, the operation and the random stream.
    #[inline]
    pub(crate) fn apply_with(
        &mut self,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
        measure: impl FnMut(&mut [Complex<R>], &[Complex<R>], Op<'_>, &mut Stream) -> Result<bool>,
    ) -> Result<()> {
        let had = outcomes.len();
        let mut done = match self.check(batch, outcomes) {
            Ok(()) => self.run(batch, outcomes, measure),
            Err(e) => Err(e),
        };
        if let Err(e) = &mut done {
            outcomes.truncate(had);
            self.life.note(e);
            e.sign(self.id);
            return done;
        }
        self.counts.add(batch);
        Ok(())
    }

    #[inline]
    fn run(
        &mut self,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
        mut measure: impl FnMut(&mut [Complex<R>], &[Complex<R>], Op<'_>, &mut Stream) -> Result<bool>,
    ) -> Result<()> {
        let Self { storage, qubit_count, stream_id, stream, trajectory, gates, cache, .. } = self;
        let (amps, beyond) =
            storage.as_mut().split_at_mut_checked(1 << *qubit_count).unwrap_or_default();
        for (index, op) in (0..).zip(batch.ops()) {
            let mut done = match op.kind() {
                OpKind::Gate => {
                    if native::apply::<R, false>(amps, cache, op, 0) || !G::DENSE {
                        Ok(())
                    } else {
                        dense_gate(amps, gates, op)
                    }
                }
                OpKind::Measure | OpKind::MeasureLeaked => measure(amps, beyond, op, stream)
                    .and_then(|value| outcomes.push(outcome(op, value, index))),
                OpKind::Reset => {
                    reset(amps, op.qubit(0), stream);
                    Ok(())
                }
                OpKind::Postselect => postselect(amps, op.qubit(0), op.param_u64(0) == 1),
                OpKind::Channel if G::CHANNELS => {
                    trajectory.apply(amps, op, *stream_id);
                    Ok(())
                }
                OpKind::Idle | OpKind::Barrier | OpKind::Custom | OpKind::Channel => Ok(()),
            };
            if let Err(e) = &mut done {
                e.place_at(index);
                e.pass_on(0, true);
                return done;
            }
        }
        Ok(())
    }
}

#[cold]
#[inline(never)]
fn dense_gate<R: Real>(amps: &mut [Complex<R>], gates: &impl OwnGates, op: Op<'_>) -> Result<()> {
    let mut matrix = [Complex::ZERO; MATRIX_MAX];
    if native::is_built_in(op.gate()) {
        native::dense(op, &mut matrix);
    } else if !gates.matrix(op, &mut matrix)? {
        return Ok(()); // A hint that nobody knows here.
    }
    native::apply_dense::<R, false>(amps, op, 0, &matrix);
    Ok(())
}

/// 1 over the square root of `weight`, which makes the norm 1 again.
#[cfg_attr(target_pointer_width = "64", inline)]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn renormalising<R: Real>(weight: f64) -> R {
    R::from_f64(1.0 / Real::sqrt(weight))
}

fn measure<R: Real>(amps: &mut [Complex<R>], qubit: u32, stream: &mut Stream) -> bool {
    let weights = sv::weights(amps, qubit);
    let value = choose(weights, R::POSSIBLE, stream);
    sv::collapse(amps, qubit, value, renormalising(weights[usize::from(value)]));
    value
}

fn reset<R: Real>(amps: &mut [Complex<R>], qubit: u32, stream: &mut Stream) {
    let weights = sv::weights(amps, qubit);
    if choose(weights, R::POSSIBLE, stream) {
        sv::collapse_to_zero(amps, qubit, renormalising(weights[1]));
    } else {
        sv::collapse(amps, qubit, false, renormalising(weights[0]));
    }
}

/// Projects onto `value`, renormalised.
pub(crate) fn postselect<R: Real>(amps: &mut [Complex<R>], qubit: u32, value: bool) -> Result<()> {
    let weights = sv::weights(amps, qubit);
    let weight = weights[usize::from(value)];
    if !possible(weight, weights[0] + weights[1], R::POSSIBLE) {
        return Err(ErrorKind::Impossible { qubit, value: u8::from(value) }.into());
    }
    sv::collapse(amps, qubit, value, renormalising(weight));
    Ok(())
}

impl<R: Real, S: Storage<Complex<R>>, G: OwnGates> Backend for StateVector<R, S, G> {
    fn id(&self) -> &str {
        self.id
    }

    fn info(&self) -> Info {
        Info {
            qubit_count: self.qubit_count,
            // Taken, but not exactly: so no `Caps::CHANNELS`.
            op_kinds: if G::CHANNELS { OP_KINDS | OpKind::Channel.bit() } else { OP_KINDS },
            caps: Caps::STATE,
            threading: Threading::Sendable,
        }
    }

    fn takes_no_channels() -> bool {
        true
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        let done = self.life.check_between_shots();
        done.and_then(|()| self.gates.negotiate(gates, verdicts)).map_err(|e| e.in_layer(self.id()))
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.life.begin().map_err(|e| e.in_layer(self.id()))?;
        self.counts.begin();
        self.stream = Stream::of(seed, shot, self.stream_id);
        self.trajectory.begin(shot, seed);
        sv::reset_all(self.amps_mut());
        Ok(())
    }

    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        self.apply_with(batch, outcomes, |amps, _, op, stream| {
            Ok(measure(amps, op.qubit(0), stream))
        })
    }

    fn shot_end(&mut self) -> Result<()> {
        self.life.end().map_err(|e| e.in_layer(self.id()))
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        self.counts.metric(self.id(), index, size_of_val(self.amps()))
    }

    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        match query {
            StateQuery::Probabilities(qubits) => {
                check_query(qubits, self.qubit_count, 1, out.len())
                    .map_err(|e| e.in_layer(self.id()))?;
                sv::marginals(self.amps(), qubits, out);
            }
            StateQuery::Amplitudes(qubits) => {
                check_query(qubits, self.qubit_count, 2, out.len())
                    .map_err(|e| e.in_layer(self.id()))?;
                sv::amplitudes(self.amps(), qubits, out);
            }
        }
        Ok(())
    }

    fn state_digest(&mut self) -> Result<u64> {
        Ok(sv::digest(self.amps()))
    }
}

/// Places of storage for so many qubits.
pub(crate) fn cells<R: Real>(qubit_count: u32) -> Result<usize> {
    count::<R>(&SIZE, qubit_count)
}

/// The state-vector simulator as a part: `StateVectorPart<f64>` and `StateVectorPart<f32>`.
#[derive(Clone, Copy, Debug)]
pub struct StateVectorPart<R>(PhantomData<R>);

impl<R: Real> SimulatorPart for StateVectorPart<R> {
    const SPEC: PartSpec = PartSpec {
        id: if R::BYTES == 4 { "pandia.state_vector_f32" } else { "pandia.state_vector" },
        kind: PartKind::Simulator,
        version: env!("CARGO_PKG_VERSION"),
        summary: if R::BYTES == 4 {
            "All amplitudes in single precision: half the memory, about 6 decimal digits."
        } else {
            "All amplitudes in double precision: any gate, 16 bytes * 2^qubits."
        },
        params: &[],
    };
    type Cell = Complex<R>;
    const EMPTY: Complex<R> = Complex::ZERO;
    type Simulator<S: Storage<Complex<R>>> = StateVector<R, S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        cells::<R>(config.qubit_count).map_err(|e| e.in_layer(Self::SPEC.id))
    }

    fn build<S: Storage<Complex<R>>>(config: &Config<'_>, storage: S) -> Result<StateVector<R, S>> {
        config.check(&Self::SPEC)?;
        StateVector::new(config.qubit_count, config.stream, storage)
            .map_err(|e| e.in_layer(Self::SPEC.id))
    }
}
