//! For tests of models that know time: windows, simulators below a layer, means over shots.

use crate::backend::{Backend, Layer, Stack, StateQuery};
use crate::ids::{Seed, ShotId, StreamId};
use crate::op::builder::OpVec;
use crate::op::{Outcome, Outcomes};
use crate::part::{Config, SimulatorPart};
use crate::units::{DurationNs, TimeNs};
use std::vec::Vec;

/// One batch with its window: start, length, operations.
pub(crate) struct Window(pub(crate) u64, pub(crate) u64, pub(crate) OpVec);

/// A batch of what `fill` writes.
pub(crate) fn window(start: u64, length: u64, fill: impl FnOnce(&mut OpVec)) -> Window {
    let mut ops = OpVec::new();
    fill(&mut ops);
    Window(start, length, ops)
}

/// Runs windows as a shot that stays open; gives the outcomes' values.
pub(crate) fn shot<B: Backend>(backend: &mut B, windows: &[Window], shot: u64) -> Vec<u64> {
    let mut values = Vec::new();
    backend.shot_begin(ShotId(shot), Seed(11)).unwrap();
    for Window(start, length, ops) in windows {
        let batch = ops.batch().at(TimeNs(*start), DurationNs(*length));
        let mut memory = [Outcome::default(); 8];
        let mut outcomes = Outcomes::new(&mut memory);
        backend.apply(&batch, &mut outcomes).unwrap();
        values.extend(outcomes.as_slice().iter().map(|outcome| outcome.value));
    }
    values
}

/// The layer over a simulator of four qubits.
pub(crate) fn over<P: SimulatorPart, L: Layer>(layer: L) -> Stack<L, P::Simulator<Vec<P::Cell>>> {
    let config = Config::new(4, StreamId::of(P::SPEC.id, 0));
    let storage = std::vec![P::EMPTY; P::cells(&config).unwrap()];
    Stack::new(layer, P::build(&config, storage).unwrap())
}

/// The probability of 1.
pub(crate) fn p_one<B: Backend>(backend: &mut B, qubit: u32) -> f64 {
    let mut out = [0.0; 2];
    backend.state(StateQuery::Probabilities(&[qubit]), &mut out).unwrap();
    out[1]
}

/// The probabilities of all values of the first two qubits.
pub(crate) fn marginals<B: Backend>(backend: &mut B) -> [f64; 4] {
    let mut out = [0.0; 4];
    backend.state(StateQuery::Probabilities(&[0, 1]), &mut out).unwrap();
    out
}

/// Means over shots against exact probabilities, within five sigma of numbers in [0, 1].
pub(crate) fn converges<B: Backend>(backend: &mut B, windows: &[Window], exact: [f64; 4]) {
    let shots = 20_000_u32;
    let mut sums = [0.0; 4];
    for number in 0..u64::from(shots) {
        shot(backend, windows, number);
        for (sum, p) in sums.iter_mut().zip(marginals(backend)) {
            *sum += p;
        }
        backend.shot_end().unwrap();
    }
    for (sum, p) in sums.into_iter().zip(exact) {
        let mean = sum / f64::from(shots);
        let bound = 5.0 * libm::sqrt(p * (1.0 - p) / f64::from(shots)) + 1e-9;
        assert!((mean - p).abs() < bound, "{mean} {p}");
    }
}
