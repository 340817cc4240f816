//! Three layers over one simulator: wrong readout over over-rotation over depolarizing noise.

use crate::Failure;
use crate::runs::{SEED, Summary, announce, noise, rate, stream};
use core::fmt::Write;
use pandia_core::backend::{Backend, Stack};
use pandia_core::ids::ShotId;
use pandia_core::noise::{CoherentPart, ReadoutPart};
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcome, Outcomes};
use pandia_core::part::{Config, LayerPart, SimulatorPart};
use pandia_core::real::Complex;
use pandia_core::sim::{StateVector, StateVectorPart};

const QUBITS: u32 = 4;
const SHOTS: u64 = 50;

pub(crate) fn run(out: &mut dyn Write) -> Result<(), Failure> {
    let id = StateVectorPart::<f32>::SPEC.id;
    let vector = StateVector::<f32, _>::new(QUBITS, stream(id), [Complex::ZERO; 16])?;
    let turns = [rate("fraction_1q", 0.01), rate("offset_2q", 0.02)];
    let turns = Config::new(QUBITS, stream(CoherentPart::SPEC.id)).with(&turns);
    let misread = [rate("p_1_given_0", 0.02), rate("p_0_given_1", 0.05)];
    let misread = Config::new(QUBITS, stream(ReadoutPart::SPEC.id)).with(&misread);
    let stack = Stack::new(noise(QUBITS, 0.01, 0.02)?, vector);
    let stack = Stack::new(CoherentPart::build(&turns, [0; 0])?, stack);
    let mut stack = Stack::new(ReadoutPart::build(&misread, [0; 0])?, stack);
    announce(&mut stack, &[slot::PHASED_X, slot::RZ, slot::ZZ_PHASE])?;

    let mut circuit = OpBuffer::<256>::new();
    for layer in 0..4 {
        for qubit in 0..QUBITS {
            let angle = 0.3 + 0.2 * f64::from(layer + qubit);
            circuit.gate(slot::PHASED_X, &[qubit], &[angle, 0.5])?;
            circuit.gate(slot::RZ, &[qubit], &[-angle])?;
        }
        for qubit in 1..QUBITS {
            circuit.gate(slot::ZZ_PHASE, &[qubit - 1, qubit], &[0.7])?;
        }
    }
    let mut readout = OpBuffer::<16>::new();
    for qubit in 0..QUBITS {
        readout.measure(qubit, u64::from(qubit))?;
    }

    let mut ones = [0_u32; QUBITS as usize];
    let mut summary = Summary::default();
    for shot in 0..SHOTS {
        stack.shot_begin(ShotId(shot), SEED)?;
        let mut room = [Outcome::default(); QUBITS as usize];
        let mut outcomes = Outcomes::new(&mut room);
        stack.apply(&circuit.batch(), &mut outcomes)?;
        let state = stack.state_digest()?;
        stack.apply(&readout.batch(), &mut outcomes)?;
        stack.shot_end()?;
        let bits = room.map(|outcome| u8::from(outcome.value == 1));
        for (count, bit) in ones.iter_mut().zip(bits) {
            *count += u32::from(bit);
        }
        summary.add_shot(&bits, state);
    }
    writeln!(out, "{SHOTS} shots, ones per qubit {ones:?}")?;
    Ok(summary.write(out)?)
}
