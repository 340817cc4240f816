//! The quantum Fourier transform and its inverse on state vectors, single and double precision.

use crate::Failure;
use crate::runs::{SEED, Summary, announce, stream};
use core::f64::consts::PI;
use core::fmt::Write;
use pandia_core::Result;
use pandia_core::backend::Backend;
use pandia_core::ids::ShotId;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcome, Outcomes};
use pandia_core::part::SimulatorPart;
use pandia_core::real::{Complex, Real};
use pandia_core::sim::{StateVector, StateVectorPart};

const QUBITS: u32 = 5;
const STATES: usize = 1 << QUBITS;

pub(crate) fn run(out: &mut dyn Write) -> core::result::Result<(), Failure> {
    in_precision::<f32>("f32", out)?;
    in_precision::<f64>("f64", out)
}

/// Transforms every number there and back; between the two stands the state that is digested.
fn in_precision<R: Real>(name: &str, out: &mut dyn Write) -> core::result::Result<(), Failure> {
    let id = StateVectorPart::<R>::SPEC.id;
    let mut vector = StateVector::<R, _>::new(QUBITS, stream(id), [Complex::ZERO; STATES])?;
    announce(&mut vector, &[slot::X, slot::H, slot::CPHASE, slot::SWAP])?;
    let (there, back) = (transform(1.0)?, transform(-1.0)?);

    let mut summary = Summary::default();
    let mut returned = 0;
    for number in 0..1_u32 << QUBITS {
        vector.shot_begin(ShotId(u64::from(number)), SEED)?;
        let mut room = [Outcome::default(); QUBITS as usize];
        let mut outcomes = Outcomes::new(&mut room);
        let mut flips = OpBuffer::<16>::new();
        let mut readout = OpBuffer::<16>::new();
        for qubit in 0..QUBITS {
            if number >> qubit & 1 == 1 {
                flips.gate(slot::X, &[qubit], &[])?;
            }
            readout.measure(qubit, u64::from(qubit))?;
        }
        vector.apply(&flips.batch(), &mut outcomes)?;
        vector.apply(&there.batch(), &mut outcomes)?;
        let state = vector.state_digest()?;
        vector.apply(&back.batch(), &mut outcomes)?;
        vector.apply(&readout.batch(), &mut outcomes)?;
        vector.shot_end()?;
        let bits = room.map(|outcome| u8::from(outcome.value == 1));
        let read = (0..).zip(bits).fold(0, |read, (place, bit)| read | u32::from(bit) << place);
        returned += u32::from(read == number);
        summary.add_shot(&bits, state);
    }
    writeln!(out, "{name}: {returned} of {STATES} numbers came back")?;
    Ok(summary.write(out)?)
}

/// The transform (`sign` 1) or its inverse (-1). The swaps come first in the inverse.
fn transform(sign: f64) -> Result<OpBuffer<128>> {
    let mut ops = OpBuffer::new();
    if sign < 0.0 {
        reverse(&mut ops)?;
    }
    for place in 0..QUBITS {
        let target = if sign > 0.0 { QUBITS - 1 - place } else { place };
        if sign > 0.0 {
            ops.gate(slot::H, &[target], &[])?;
        }
        for lower in 0..target {
            let angle = sign * PI / f64::from(1_u32 << (target - lower));
            ops.gate(slot::CPHASE, &[lower, target], &[angle])?;
        }
        if sign < 0.0 {
            ops.gate(slot::H, &[target], &[])?;
        }
    }
    if sign > 0.0 {
        reverse(&mut ops)?;
    }
    Ok(ops)
}

fn reverse(ops: &mut OpBuffer<128>) -> Result<()> {
    (0..QUBITS / 2).try_for_each(|low| ops.gate(slot::SWAP, &[low, QUBITS - 1 - low], &[]))
}
