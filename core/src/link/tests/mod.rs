//! Both ends on one thread, with a line between them that does what it likes.

mod below;
mod cable;
mod faults;
mod line;
mod mishaps;
mod order;
mod own;
mod same;
mod traced;

use super::{AsItIs, Client, Options, Patience, Remote, Server};
use crate::backend::{Backend, GateDef, GateSet, Stack, Verdict};
use crate::error::Result;
use crate::ids::{Seed, ShotId, StreamId};
use crate::noise::{DepolarizingPart, ReadoutPart};
use crate::op::builder::OpVec;
use crate::op::gates::slot;
use crate::op::{Batch, OpSink, Outcome, Outcomes};
use crate::part::{Config, LayerPart, Setting, SimulatorPart, Value};
use crate::real::Complex;
use crate::sim::StateVector;
use line::{Line, Sizes};
use mishaps::{Dice, Fallen, Faults};
use std::boxed::Box;
use std::vec;
use std::vec::Vec;

/// Small, so that batches and replies come in pieces.
const SMALL: Sizes = Sizes { window: 4 };
type Small = Server<256, 132, 8>;
type Over<IO> = Remote<IO, AsItIs, 256, 8>;

const QUBITS: u32 = 4;
const PATIENCE: Patience = Patience { resend_ticks: 2, give_up_ticks: 200 };

/// A state vector under two error models.
fn noisy() -> Box<dyn Backend> {
    let config = Config::new(QUBITS, StreamId::of(DepolarizingPart::SPEC.id, 0)).with(DEPOLARIZING);
    under_readout(Stack::new(DepolarizingPart::build(&config, [0; 0]).unwrap(), vector()))
}

const fn rate(key: &str, value: f64) -> Setting<'_> {
    Setting { key, value: Value::Real(value) }
}

const DEPOLARIZING: &[Setting<'_>] = &[rate("p_1q", 0.05), rate("p_2q", 0.1)];
const READOUT: &[Setting<'_>] = &[rate("p_1_given_0", 0.1)];

fn vector() -> StateVector<f64, Vec<Complex<f64>>> {
    let stream = StreamId::of("pandia.state_vector", 0);
    StateVector::new(QUBITS, stream, vec![Complex::ZERO; 1 << QUBITS]).unwrap()
}

fn under_readout(below: impl Backend + 'static) -> Box<dyn Backend> {
    let config = Config::new(QUBITS, StreamId::of(ReadoutPart::SPEC.id, 0)).with(READOUT);
    let cells = vec![ReadoutPart::EMPTY; ReadoutPart::cells(&config).unwrap()];
    Box::new(Stack::new(ReadoutPart::build(&config, cells).unwrap(), below))
}

fn simulator<P: SimulatorPart>(qubit_count: u32) -> Box<dyn Backend>
where
    P::Simulator<Vec<P::Cell>>: 'static,
{
    let config = Config::new(qubit_count, StreamId::of(P::SPEC.id, 0));
    let cells = P::cells(&config).unwrap();
    Box::new(P::build(&config, vec![P::EMPTY; cells]).unwrap())
}

fn remote(line: Line) -> Over<Line> {
    Remote::open(Client::new(line, PATIENCE, 40), AsItIs, Options::default()).unwrap()
}

fn announce(backend: &mut dyn Backend) {
    for slot in [slot::PHASED_X, slot::ZZ_PHASE, slot::H] {
        let mut verdicts = [Verdict::Reject];
        let gates = [GateDef::built_in(slot).unwrap()];
        backend.negotiate(&GateSet { gates: &gates }, &mut verdicts).unwrap();
        assert_eq!(verdicts, [Verdict::Native]);
    }
    own::announce(backend);
}

/// What a shot gave: the values of its outcomes, and the digest of the state that it left.
type Given = (Vec<u64>, u64);

/// One shot of a circuit with a measurement in the middle, which later gates depend on, and a batch
/// that is longer than the other end has room for.
fn shot(backend: &mut dyn Backend, shot: u64) -> Result<Given> {
    backend.shot_begin(ShotId(shot), Seed(7))?;
    let done = in_shot(backend, shot);
    let ended = backend.shot_end();
    done.and_then(|given| ended.map(|()| given))
}

fn in_shot(backend: &mut dyn Backend, shot: u64) -> Result<Given> {
    let (mut ops, mut values) = (OpVec::new(), Vec::new());
    for round in 0..3 {
        for qubit in 0..QUBITS {
            ops.clear();
            let theta = f64::from(qubit + 1) * 0.3 + f64::from(round);
            ops.gate(slot::PHASED_X, &[qubit], &[theta, 0.1])?;
            ops.gate(slot::ZZ_PHASE, &[qubit, (qubit + 1) % QUBITS], &[0.4])?;
            apply(backend, &ops, &mut values)?;
        }
        ops.clear();
        for layer in 0..50 {
            let qubit = (layer + round) % QUBITS;
            ops.gate(slot::PHASED_X, &[qubit], &[0.2, f64::from(layer)])?;
        }
        ops.measure(round, u64::from(round) + shot % 5)?;
        apply(backend, &ops, &mut values)?;
        ops.clear();
        let theta = if values.last() == Some(&1) { 1.0 } else { 0.5 };
        ops.gate(slot::PHASED_X, &[0], &[theta, 0.0])?;
        apply(backend, &ops, &mut values)?;
    }
    ops.clear();
    own::gates(&mut ops, shot)?;
    apply(backend, &ops, &mut values)?;
    let digest = backend.state_digest()?;
    ops.clear();
    for qubit in (0..QUBITS).cycle().take(11) {
        ops.gate(slot::H, &[qubit], &[])?;
        ops.measure(qubit, u64::from(qubit))?;
    }
    apply(backend, &ops, &mut values)?;
    Ok((values, digest))
}

fn apply(backend: &mut dyn Backend, ops: &OpVec, values: &mut Vec<u64>) -> Result<()> {
    apply_batch(backend, &ops.batch(), values)
}

fn apply_batch(backend: &mut dyn Backend, batch: &Batch<'_>, values: &mut Vec<u64>) -> Result<()> {
    let mut room = [Outcome::default(); 16];
    let mut outcomes = Outcomes::new(&mut room);
    backend.apply(batch, &mut outcomes)?;
    let asked = (0..).zip(batch.ops()).filter(|(_, op)| op.kind().bears_result());
    let seen: Vec<_> = outcomes.as_slice().iter().map(|o| (o.op_index, o.id, o.kind)).collect();
    let asked: Vec<(u32, u64, u8)> =
        asked.map(|(index, op)| (index, op.result_id(), op.kind() as u8)).collect();
    assert_eq!(seen, asked, "every outcome belongs to its operation");
    values.extend(outcomes.as_slice().iter().map(|outcome| outcome.value));
    Ok(())
}
