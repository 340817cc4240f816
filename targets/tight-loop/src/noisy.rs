//! Single operations on six qubits, each a batch of its own with angles never seen before.

use crate::{Counter, SEED, rate, stream};
use pandia_core::Result;
use pandia_core::backend::{Backend, GateDef, GateSet, Stack, Verdict};
use pandia_core::ids::ShotId;
use pandia_core::noise::{DepolarizingPart, LeakagePart};
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcome, Outcomes};
use pandia_core::part::{Config, LayerPart, SimulatorPart};
use pandia_core::real::Complex;
use pandia_core::sim::{StateVector, StateVectorPart};

const QUBITS: u32 = 6;
const TIMES: u32 = 256;
type Op = OpBuffer<8>;

pub(crate) fn run(counter: &mut dyn Counter) -> Result<()> {
    let rates = [rate("p_1q", 0.02), rate("p_2q", 0.05), rate("p_meas", 0.02)];
    let config = Config::new(QUBITS, stream(DepolarizingPart::SPEC.id)).with(&rates);
    let mut stack = Stack::new(DepolarizingPart::build(&config, [0; 0])?, vector()?);
    measured(counter, &mut stack, "depolarizing, phased_x", phased_x)?;
    measured(counter, &mut stack, "depolarizing, rz", |ops, time| {
        ops.gate(slot::RZ, &[time % QUBITS], &[angle(time)])
    })?;
    measured(counter, &mut stack, "depolarizing, zz_phase", |ops, time| {
        ops.gate(slot::ZZ_PHASE, &[time % QUBITS, (time + 1) % QUBITS], &[angle(time)])
    })?;
    measured(counter, &mut stack, "depolarizing, phased_x and measure", |ops, time| {
        phased_x(ops, time)?;
        ops.measure(time % QUBITS, 0)
    })?;

    let rates = [rate("p_leak_1q", 0.01), rate("p_leak_2q", 0.02), rate("p_seep", 0.5)];
    let config = Config::new(QUBITS, stream(LeakagePart::SPEC.id)).with(&rates);
    let mut stack = Stack::new(LeakagePart::build(&config, [0; 1])?, vector()?);
    measured(counter, &mut stack, "leakage, phased_x", phased_x)
}

fn vector() -> Result<StateVector<f32, [Complex<f32>; 1 << QUBITS]>> {
    StateVector::new(QUBITS, stream(StateVectorPart::<f32>::SPEC.id), [Complex::ZERO; 1 << QUBITS])
}

fn phased_x(ops: &mut Op, time: u32) -> Result<()> {
    ops.gate(slot::PHASED_X, &[time % QUBITS], &[angle(time), angle(time + 7)])
}

fn angle(time: u32) -> f64 {
    f64::from(time) * 0.37 - 30.0
}

fn measured(
    counter: &mut dyn Counter,
    stack: &mut impl Backend,
    piece: &str,
    write: impl Fn(&mut Op, u32) -> Result<()>,
) -> Result<()> {
    for slot in [slot::PHASED_X, slot::RZ, slot::ZZ_PHASE] {
        stack.negotiate(&GateSet { gates: &[GateDef::built_in(slot)?] }, &mut [Verdict::Reject])?;
    }
    counter.announce(piece, TIMES);
    stack.shot_begin(ShotId(0), SEED)?;
    for time in 0..TIMES {
        let mut ops = Op::new();
        write(&mut ops, time)?;
        let mut room = [Outcome::default(); 1];
        let mut outcomes = Outcomes::new(&mut room);
        let batch = ops.batch();
        counter.begin();
        let done = stack.apply(&batch, &mut outcomes);
        counter.end();
        done?;
    }
    stack.shot_end()
}
