//! The density-matrix simulator: channels are exact, measurements are still drawn.

mod channels;

use crate::backend::precheck::{OP_KINDS, check_op_or_channel};
use crate::backend::{Backend, Caps, GateSet, Info, Metric, StateQuery, Threading, Verdict};
use crate::backend::{OwnGates, UserGates};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{Seed, ShotId, StreamId};
use crate::kernel::density_matrix as dm;
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

/// Four to the power of the qubits; at most 20 qubits, whatever the memory.
const SIZE: Size = Size {
    what: "a density matrix",
    bits_per_qubit: 2,
    qubits_max: 20,
    way_out: "use fewer, or pandia.state_vector with error models that draw",
};

/// All `4^n` elements of the density matrix in `R`, over storage of the caller's choice.
///
/// Takes channels and applies them exactly. A reset is the exact channel and draws nothing. A
/// measurement draws once from the exact probabilities, projects and divides by the trace.
#[derive(Clone, Debug)]
pub struct DensityMatrix<R, S> {
    storage: S,
    qubit_count: u32,
    stream_id: StreamId,
    stream: Stream,
    life: Life,
    counts: Counts,
    gates: UserGates,
    cache: Cache<R>,
}

impl<R: Real, S: Storage<Complex<R>>> DensityMatrix<R, S> {
    /// The simulator of `qubit_count` qubits over the first `4^qubit_count` places of `storage`.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if the storage is too small or the matrix too large for memory.
    pub fn new(qubit_count: u32, stream_id: StreamId, storage: S) -> Result<Self> {
        let needed = count::<R>(&SIZE, qubit_count)?;
        let available = storage.as_ref().len();
        if available < needed {
            let (needed, available) = (needed as u64, available as u64);
            return Err(ErrorKind::Capacity { what: "matrix elements", needed, available }.into());
        }
        let mut new = Self {
            storage,
            qubit_count,
            stream_id,
            stream: Stream::of(Seed(0), ShotId(0), stream_id),
            life: Life::default(),
            counts: Counts::default(),
            gates: UserGates::default(),
            cache: Cache::new(),
        };
        sv::reset_all(new.rho_mut());
        Ok(new)
    }

    /// The elements: row `r`, column `c` at `r + c * 2^n`.
    pub fn rho(&self) -> &[Complex<R>] {
        self.storage.as_ref().get(..1 << (2 * self.qubit_count)).unwrap_or(&[])
    }

    fn rho_mut(&mut self) -> &mut [Complex<R>] {
        self.storage.as_mut().get_mut(..1 << (2 * self.qubit_count)).unwrap_or(&mut [])
    }

    fn check(&self, batch: &Batch<'_>, outcomes: &Outcomes<'_>) -> Result<()> {
        self.life.check_running()?;
        for (index, op) in (0..).zip(batch.ops()) {
            if let Err(e) = check_op_or_channel(op, self.qubit_count, &self.gates) {
                return Err(e.at_op(index));
            }
        }
        outcomes.reserve(batch.result_count())
    }

    fn run(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        let Self { storage, qubit_count, stream, gates, cache, .. } = self;
        let n = *qubit_count;
        let rho = storage.as_mut().get_mut(..1 << (2 * n)).unwrap_or(&mut []);
        for (index, op) in (0..).zip(batch.ops()) {
            let done = match op.kind() {
                OpKind::Gate => gate(rho, n, cache, gates, op),
                OpKind::Measure | OpKind::MeasureLeaked => {
                    let value = measure(rho, n, op.qubit(0), stream);
                    outcomes.push(outcome(op, value, index))
                }
                OpKind::Reset => {
                    dm::reset(rho, n, op.qubit(0));
                    Ok(())
                }
                OpKind::Postselect => postselect(rho, n, op.qubit(0), op.param_u64(0) == 1),
                OpKind::Channel => {
                    channels::apply(rho, n, op);
                    Ok(())
                }
                OpKind::Idle | OpKind::Barrier | OpKind::Custom => Ok(()),
            };
            if let Err(e) = done {
                return Err(e.at_op(index).after_partial_work());
            }
        }
        Ok(())
    }
}

/// Applies `U rho U^dagger`: the gate on the rows, its conjugate on the columns.
fn gate<R: Real>(
    rho: &mut [Complex<R>],
    n: u32,
    cache: &mut Cache<R>,
    gates: &UserGates,
    op: Op<'_>,
) -> Result<()> {
    if native::apply::<R, false>(rho, cache, op, 0) {
        native::apply::<R, true>(rho, cache, op, n);
        return Ok(());
    }
    let mut matrix = [Complex::ZERO; MATRIX_MAX];
    if native::is_built_in(op.gate()) {
        native::dense(op, &mut matrix);
    } else if !gates.matrix(op, &mut matrix)? {
        return Ok(()); // A hint that nobody knows here.
    }
    native::apply_dense::<R, false>(rho, op, 0, &matrix);
    native::apply_dense::<R, true>(rho, op, n, &matrix);
    Ok(())
}

/// Projects onto `value` and divides by the block's trace.
fn project<R: Real>(rho: &mut [Complex<R>], n: u32, qubit: u32, value: bool, weight: f64) {
    sv::collapse(rho, qubit, value, R::ONE);
    sv::collapse(rho, qubit + n, value, R::from_f64(1.0 / weight));
}

/// What rounding leaves of a probability that should be 0 is of its own size, not squared as in a
/// state vector, so the floor is the tolerance of probabilities.
fn measure<R: Real>(rho: &mut [Complex<R>], n: u32, qubit: u32, stream: &mut Stream) -> bool {
    let weights = dm::weights(rho, n, qubit);
    let value = choose(weights, R::TOLERANCE, stream);
    project(rho, n, qubit, value, weights[usize::from(value)]);
    value
}

fn postselect<R: Real>(rho: &mut [Complex<R>], n: u32, qubit: u32, value: bool) -> Result<()> {
    let weights = dm::weights(rho, n, qubit);
    let weight = weights[usize::from(value)];
    if !possible(weight, weights[0] + weights[1], R::TOLERANCE) {
        return Err(ErrorKind::Impossible { qubit, value: u8::from(value) }.into());
    }
    project(rho, n, qubit, value, weight);
    Ok(())
}

impl<R: Real, S: Storage<Complex<R>>> Backend for DensityMatrix<R, S> {
    fn id(&self) -> &str {
        DensityMatrixPart::SPEC.id
    }

    fn info(&self) -> Info {
        Info {
            qubit_count: self.qubit_count,
            op_kinds: OP_KINDS | OpKind::Channel.bit(),
            caps: Caps::STATE.with(Caps::CHANNELS),
            threading: Threading::Sendable,
        }
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        let done = self.life.check_between_shots();
        done.and_then(|()| self.gates.negotiate(gates, verdicts)).map_err(|e| e.in_layer(self.id()))
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.life.begin().map_err(|e| e.in_layer(self.id()))?;
        self.counts.begin();
        self.stream = Stream::of(seed, shot, self.stream_id);
        sv::reset_all(self.rho_mut());
        Ok(())
    }

    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        let had = outcomes.len();
        let done = self.check(batch, outcomes).and_then(|()| self.run(batch, outcomes));
        done.map(|()| self.counts.add(batch)).map_err(|e| {
            outcomes.truncate(had);
            self.life.failed(e).in_layer(self.id())
        })
    }

    fn shot_end(&mut self) -> Result<()> {
        self.life.end().map_err(|e| e.in_layer(self.id()))
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        self.counts.metric(self.id(), index, size_of_val(self.rho()))
    }

    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        let StateQuery::Probabilities(qubits) = query else {
            let e = ErrorKind::Unsupported(
                "a density matrix has no amplitudes; ask for probabilities, or use \
                 pandia.state_vector",
            );
            return Err(Error::from(e).in_layer(self.id()));
        };
        check_query(qubits, self.qubit_count, 1, out.len()).map_err(|e| e.in_layer(self.id()))?;
        dm::marginals(self.rho(), self.qubit_count, qubits, out);
        Ok(())
    }

    fn state_digest(&mut self) -> Result<u64> {
        Ok(sv::digest(self.rho()))
    }
}

/// The density-matrix simulator as a part, in double precision.
#[derive(Clone, Copy, Debug)]
pub struct DensityMatrixPart;

impl SimulatorPart for DensityMatrixPart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.density_matrix",
        kind: PartKind::Simulator,
        version: env!("CARGO_PKG_VERSION"),
        summary: "The whole density matrix: error models' channels are exact, 16 bytes * 4^qubits.",
        params: &[],
    };
    type Cell = Complex<f64>;
    const EMPTY: Complex<f64> = Complex::ZERO;
    type Simulator<S: Storage<Complex<f64>>> = DensityMatrix<f64, S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        count::<f64>(&SIZE, config.qubit_count).map_err(|e| e.in_layer(Self::SPEC.id))
    }

    fn build<S: Storage<Complex<f64>>>(
        config: &Config<'_>,
        storage: S,
    ) -> Result<DensityMatrix<f64, S>> {
        config.check(&Self::SPEC)?;
        DensityMatrix::new(config.qubit_count, config.stream, storage)
            .map_err(|e| e.in_layer(Self::SPEC.id))
    }
}

#[cfg(test)]
mod tests;
