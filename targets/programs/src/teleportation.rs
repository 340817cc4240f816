//! Teleportation with feed-forward by hand: the batch after the measurements depends on them.

use crate::Failure;
use crate::runs::{SEED, Summary, announce, noise, stream};
use core::fmt::Write;
use pandia_core::backend::{Backend, Stack};
use pandia_core::ids::ShotId;
use pandia_core::noise::{Depolarizing, Drifting};
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcome, Outcomes};
use pandia_core::part::SimulatorPart;
use pandia_core::real::Complex;
use pandia_core::sim::{StateVector, StateVectorPart};

const SHOTS: u64 = 100;
const ALICE: u32 = 0;
const HERS: u32 = 1;
const BOB: u32 = 2;
const THETA: f64 = 1.1;
const PHI: f64 = 0.7;

/// Batches that it hands to the stack: three a shot.
pub const BATCHES: u64 = 3 * SHOTS;

/// What it runs on: noise over a simulator.
pub type Noisy = Stack<Depolarizing<[u64; 0], Drifting>, StateVector<f64, [Complex<f64>; 8]>>;

pub(crate) fn run(out: &mut dyn Write) -> Result<(), Failure> {
    run_on(&mut stack()?, out)
}

/// The stack that it runs on.
///
/// # Errors
/// None; its settings are right.
pub fn stack() -> Result<Noisy, Failure> {
    let id = StateVectorPart::<f64>::SPEC.id;
    let vector = StateVector::<f64, _>::new(3, stream(id), [Complex::ZERO; 8])?;
    Ok(Stack::new(noise(3, 0.002, 0.01)?, vector))
}

/// Runs it on [`stack`], with or without layers over it that change nothing: it writes the same.
///
/// # Errors
/// The first failure.
pub fn run_on(stack: &mut impl Backend, out: &mut dyn Write) -> Result<(), Failure> {
    announce(stack, &[slot::H, slot::CX, slot::X, slot::Z, slot::RY, slot::RZ])?;

    let mut send = OpBuffer::<64>::new();
    send.gate(slot::RY, &[ALICE], &[THETA])?;
    send.gate(slot::RZ, &[ALICE], &[PHI])?;
    send.gate(slot::H, &[HERS], &[])?;
    send.gate(slot::CX, &[HERS, BOB], &[])?;
    send.gate(slot::CX, &[ALICE, HERS], &[])?;
    send.gate(slot::H, &[ALICE], &[])?;
    send.measure(ALICE, 0)?;
    send.measure(HERS, 1)?;

    let (mut sent, mut arrived) = ([0_u32; 4], 0);
    let mut summary = Summary::default();
    for shot in 0..SHOTS {
        stack.shot_begin(ShotId(shot), SEED)?;
        let mut room = [Outcome::default(); 3];
        let mut outcomes = Outcomes::new(&mut room);
        stack.apply(&send.batch(), &mut outcomes)?;
        let told: [bool; 2] = [0, 1].map(|place: usize| {
            outcomes.as_slice().get(place).is_some_and(|outcome| outcome.value == 1)
        });
        let mut receive = OpBuffer::<32>::new();
        if told[1] {
            receive.gate(slot::X, &[BOB], &[])?;
        }
        if told[0] {
            receive.gate(slot::Z, &[BOB], &[])?;
        }
        receive.gate(slot::RZ, &[BOB], &[-PHI])?;
        receive.gate(slot::RY, &[BOB], &[-THETA])?;
        stack.apply(&receive.batch(), &mut outcomes)?;
        let state = stack.state_digest()?;
        let mut readout = OpBuffer::<4>::new();
        readout.measure(BOB, 2)?;
        stack.apply(&readout.batch(), &mut outcomes)?;
        stack.shot_end()?;
        let bits = room.map(|outcome| u8::from(outcome.value == 1));
        sent[usize::from(bits[0] | bits[1] << 1)] += 1;
        arrived += u32::from(bits[2] == 0);
        summary.add_shot(&bits, state);
    }
    writeln!(out, "{SHOTS} shots, sent 00 01 10 11: {sent:?}, arrived {arrived}")?;
    Ok(summary.write(out)?)
}
