//! Leakage: qubits leave the computational space, spread that to partners and come back; the
//! readout tells a leaked qubit apart.

use crate::Failure;
use crate::runs::{SEED, Summary, announce, rate, stream};
use core::fmt::Write;
use pandia_core::backend::{Backend, Stack};
use pandia_core::ids::ShotId;
use pandia_core::noise::LeakagePart;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcome, Outcomes};
use pandia_core::part::{Config, LayerPart, SimulatorPart};
use pandia_core::real::Complex;
use pandia_core::sim::{StateVector, StateVectorPart};

const QUBITS: u32 = 3;
const ROUNDS: u32 = 4;
const SHOTS: u64 = 100;

pub(crate) fn run(out: &mut dyn Write) -> Result<(), Failure> {
    let id = StateVectorPart::<f64>::SPEC.id;
    let vector = StateVector::<f64, _>::new(QUBITS, stream(id), [Complex::ZERO; 8])?;
    let settings = [
        rate("p_leak_1q", 0.01),
        rate("p_leak_2q", 0.02),
        rate("p_spread", 0.2),
        rate("p_seep", 0.1),
    ];
    let config = Config::new(QUBITS, stream(LeakagePart::SPEC.id)).with(&settings);
    let mut stack = Stack::new(LeakagePart::build(&config, [0; 1])?, vector);
    announce(&mut stack, &[slot::H, slot::RZ, slot::ZZ_PHASE])?;

    let mut rounds = OpBuffer::<256>::new();
    for round in 0..ROUNDS {
        for qubit in 0..QUBITS {
            rounds.gate(slot::H, &[qubit], &[])?;
            rounds.gate(slot::RZ, &[qubit], &[0.2 + f64::from(round)])?;
        }
        rounds.gate(slot::ZZ_PHASE, &[0, 1], &[0.9])?;
        rounds.gate(slot::ZZ_PHASE, &[1, 2], &[0.4])?;
    }
    let mut readout = OpBuffer::<16>::new();
    for qubit in 0..QUBITS {
        readout.measure_leaked(qubit, u64::from(qubit))?;
    }

    let mut counts = [[0_u32; 3]; QUBITS as usize];
    let mut summary = Summary::default();
    for shot in 0..SHOTS {
        stack.shot_begin(ShotId(shot), SEED)?;
        let mut room = [Outcome::default(); QUBITS as usize];
        let mut outcomes = Outcomes::new(&mut room);
        stack.apply(&rounds.batch(), &mut outcomes)?;
        let state = stack.state_digest()?;
        stack.apply(&readout.batch(), &mut outcomes)?;
        stack.shot_end()?;
        let values = room.map(|outcome| match outcome.value {
            0 => 0,
            1 => 1,
            _ => 2,
        });
        for (count, value) in counts.iter_mut().zip(values) {
            count[usize::from(value)] += 1;
        }
        summary.add_shot(&values, state);
    }
    writeln!(out, "{SHOTS} shots of {ROUNDS} rounds")?;
    for (qubit, [zero, one, leaked]) in counts.iter().enumerate() {
        writeln!(out, "qubit {qubit}: 0 {zero}, 1 {one}, leaked {leaked}")?;
    }
    Ok(summary.write(out)?)
}
