//! Channels on a state vector: quantum trajectories.
//!
//! A channel is a set of operators `K` with the weights `|K psi|^2` that the state gives them. One is
//! drawn by weight, applied and the state renormalised; the mean of `|psi><psi|` over the draws is the
//! channel (Dalibard, Castin, Mølmer, PRL 68, 580, 1992). Which channels there are and what their
//! parameters mean: [`channel`].
//! Not here: checks ([`crate::backend::precheck`]); exact channels ([`crate::sim::DensityMatrix`]).

use super::renormalising;
use crate::ids::{Seed, ShotId, StreamId};
use crate::kernel::state_vector as sv;
use crate::op::Op;
use crate::op::channel;
use crate::real::{Complex, Real};
use crate::rng::Stream;
use crate::sim::born::possible;

/// What the simulator's stream is mixed with to give the stream of its channels.
const CHANNELS: StreamId = StreamId::of("pandia.channels", 0);

/// The draws of a shot's channels. The stream is made at the first channel, since most shots have
/// none.
#[derive(Clone, Debug, Default)]
pub(super) struct Trajectory {
    shot: ShotId,
    seed: Seed,
    stream: Option<Stream>,
}

impl Trajectory {
    /// Stands at the beginning of a shot.
    pub(super) fn begin(&mut self, shot: ShotId, seed: Seed) {
        *self = Self { shot, seed, stream: None };
    }

    /// Applies a channel that was checked. `simulator` is the stream of the simulator's measurements.
    #[cold]
    #[inline(never)]
    pub(super) fn apply<R: Real>(
        &mut self,
        amps: &mut [Complex<R>],
        op: Op<'_>,
        simulator: StreamId,
    ) {
        let (shot, seed) = (self.shot, self.seed);
        let fresh = || Stream::of(seed, shot, StreamId(simulator.0 ^ CHANNELS.0));
        let stream = self.stream.get_or_insert_with(fresh);
        match op.gate() {
            channel::PAULI_1Q | channel::PAULI_2Q => {
                let code = pick(op.param_count(), stream, |index| op.param_f64(index));
                pauli(amps, op.qubit(0), code & 3);
                pauli(amps, op.qubit(1), code >> 2);
            }
            channel::AMPLITUDE_DAMPING => damp(amps, op.qubit(0), op.param_f64(0), stream),
            channel::DEPOLARIZING => depolarize(amps, op, stream),
            channel::KRAUS_1Q => {
                let m = kraus::<R, 2, 4>(amps, op, &[op.qubit(0)], stream);
                sv::matrix_1q(amps, op.qubit(0), m);
            }
            channel::KRAUS_2Q => {
                let qubits = [op.qubit(0), op.qubit(1)];
                let m = kraus::<R, 4, 16>(amps, op, &qubits, stream);
                sv::matrix_2q(amps, qubits[0], qubits[1], &m);
            }
            _ => {} // A hint that nobody knows here.
        }
    }
}

/// 1 plus the index of the drawn one of `count` probabilities, or 0 for their rest to 1.
fn pick(count: usize, stream: &mut Stream, chance: impl Fn(usize) -> f64) -> usize {
    let draw = stream.unit_f64();
    let mut sum = 0.0;
    for index in 0..count {
        sum += chance(index);
        if draw < sum {
            return index + 1;
        }
    }
    0
}

fn pauli<R: Real>(amps: &mut [Complex<R>], qubit: u32, number: usize) {
    match number {
        1 => sv::x(amps, qubit),
        2 => sv::y(amps, qubit, false),
        3 => sv::z(amps, qubit),
        _ => {}
    }
}

/// With the weight `gamma p(1)` the qubit has decayed and is 0; otherwise it has not, which makes 1
/// less likely by `1 - gamma`. One draw.
fn damp<R: Real>(amps: &mut [Complex<R>], qubit: u32, gamma: f64, stream: &mut Stream) {
    let [zero, one] = sv::weights(amps, qubit);
    let total = zero + one;
    let decayed = gamma * one;
    let stays = zero + (1.0 - gamma) * one;
    let below = stream.unit_f64() * total < decayed;
    if below && possible(decayed, total, R::POSSIBLE) || !possible(stays, total, R::POSSIBLE) {
        sv::collapse_to_zero(amps, qubit, renormalising(one));
        return;
    }
    let norm = 1.0 / Real::sqrt(stays);
    let real = |value: f64| Complex::new(R::from_f64(value), R::ZERO);
    sv::diagonal(amps, qubit, real(norm), real(norm * Real::sqrt(1.0 - gamma)));
}

/// A draw for whether; then two bits an operand, drawn again while all are the identity.
fn depolarize<R: Real>(amps: &mut [Complex<R>], op: Op<'_>, stream: &mut Stream) {
    if stream.unit_f64() >= op.param_f64(0) {
        return;
    }
    let mut any = false;
    while !any {
        for qubit in op.qubits() {
            let number = (stream.next_u32() >> 30) as usize;
            any |= number != 0;
            pauli(amps, qubit, number);
        }
    }
}

/// The operator drawn, row-major and divided by the root of its weight. One draw.
fn kraus<R: Real, const SIZE: usize, const ENTRIES: usize>(
    amps: &[Complex<R>],
    op: Op<'_>,
    qubits: &[u32],
    stream: &mut Stream,
) -> [Complex<R>; ENTRIES] {
    let rho = sv::reduced::<R, SIZE>(amps, qubits);
    let total = (0..SIZE).map(|k| rho[k][k].re).sum::<f64>();
    let draw = stream.unit_f64() * total;
    let (mut sum, mut drawn) = (0.0, [Complex::ZERO; ENTRIES]);
    for words in op.params().chunks_exact(2 * ENTRIES) {
        let (pairs, _) = words.as_chunks::<2>();
        let entry = |k: usize| {
            pairs.get(k).map_or(Complex::ZERO, |[re, im]| {
                Complex::new(f64::from_bits(*re), f64::from_bits(*im))
            })
        };
        // tr(K rho K^dagger)
        let mut weight = 0.0;
        for row in 0..SIZE {
            for (a, of_a) in rho.iter().enumerate() {
                for (b, value) in of_a.iter().enumerate() {
                    let product = entry(row * SIZE + a) * *value * entry(row * SIZE + b).conj();
                    weight += product.re;
                }
            }
        }
        sum += weight;
        if possible(weight, total, R::POSSIBLE) {
            // The last possible one also takes what rounding leaves above the sum.
            let by = 1.0 / Real::sqrt(weight);
            drawn = core::array::from_fn(|k| entry(k).scale(by).cast());
            if draw < sum {
                break;
            }
        }
    }
    drawn
}
