//! Single operations on six qubits, each a batch of its own with angles never seen before.

use crate::{Counter, SEED, announce, depolarizing, hot, leakage, stream};
use pandia_core::Result;
use pandia_core::backend::{Backend, Stack};
use pandia_core::ids::ShotId;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcome, Outcomes};
use pandia_core::part::SimulatorPart;
use pandia_core::real::Complex;
use pandia_core::sim::{BuiltInOnly, StateVector, StateVectorPart};

pub(crate) const QUBITS: u32 = 6;
const TIMES: u32 = 256;
pub(crate) type Op = OpBuffer<8>;

pub(crate) fn run(counter: &mut dyn Counter) -> Result<()> {
    depolarized(counter)?;
    leaking(counter)
}

// Each stack in a frame of its own, or the stack's depth would be that of all of them together.
#[inline(never)]
fn depolarized(counter: &mut dyn Counter) -> Result<()> {
    let mut amps = AMPS;
    let mut stack = Stack::new(depolarizing([0.02, 0.05, 0.02, 0.0])?, vector(&mut amps)?);
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
    })
}

#[inline(never)]
fn leaking(counter: &mut dyn Counter) -> Result<()> {
    let mut amps = AMPS;
    let mut stack = Stack::new(leakage(QUBITS, [0.01, 0.02])?, vector(&mut amps)?);
    measured(counter, &mut stack, "leakage, phased_x", phased_x)
}

/// Memory of the state vector, apart from the stack, which is moved about while it is built.
pub(crate) type Amps = [Complex<f32>; 1 << QUBITS];
pub(crate) const AMPS: Amps = [Complex::ZERO; 1 << QUBITS];
pub(crate) type Vector<'a> = StateVector<f32, &'a mut Amps, BuiltInOnly>;

pub(crate) fn vector(amps: &mut Amps) -> Result<Vector<'_>> {
    let id = StateVectorPart::<f32>::SPEC.id;
    StateVector::of_built_in_gates(QUBITS, stream(id), amps)
}

fn phased_x(ops: &mut Op, time: u32) -> Result<()> {
    ops.gate(slot::PHASED_X, &[time % QUBITS], &[angle(time), angle(time + 7)])
}

pub(crate) fn angle(time: u32) -> f64 {
    f64::from(time) * 0.37 - 30.0
}

fn measured(
    counter: &mut dyn Counter,
    stack: &mut impl Backend,
    piece: &str,
    write: impl Fn(&mut Op, u32) -> Result<()>,
) -> Result<()> {
    announce(stack, &[slot::PHASED_X, slot::RZ, slot::ZZ_PHASE])?;
    counter.announce(piece, TIMES);
    stack.shot_begin(ShotId(0), SEED)?;
    for time in 0..TIMES {
        let mut ops = Op::new();
        write(&mut ops, time)?;
        let mut room = [Outcome::default(); 1];
        let mut outcomes = Outcomes::new(&mut room);
        let batch = ops.batch();
        counter.begin();
        let done = hot::apply(stack, &batch, &mut outcomes);
        counter.end();
        done?;
    }
    stack.shot_end()
}
