//! A Bell pair with depolarizing noise on state vectors, single and double precision.

use crate::Failure;
use crate::runs::{SEED, Summary, announce, noise, stream};
use core::fmt::Write;
use pandia_core::backend::{Backend, Stack};
use pandia_core::ids::ShotId;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcome, Outcomes};
use pandia_core::part::SimulatorPart;
use pandia_core::real::{Complex, Real};
use pandia_core::sim::{StateVector, StateVectorPart};

const SHOTS: u64 = 100;
/// Four turns of the pair, so that the amplitudes are not only 0 and a square root.
const ANGLES: [f64; 4] = [0.1, 0.7, 1.3, 2.9];

pub(crate) fn run(out: &mut dyn Write) -> Result<(), Failure> {
    in_precision::<f32>("f32", out)?;
    in_precision::<f64>("f64", out)
}

fn in_precision<R: Real>(name: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let id = StateVectorPart::<R>::SPEC.id;
    let vector = StateVector::<R, _>::new(2, stream(id), [Complex::ZERO; 4])?;
    let mut stack = Stack::new(noise(2, 0.02, 0.05)?, vector);
    announce(&mut stack, &[slot::H, slot::CX, slot::PHASED_X, slot::RZ, slot::ZZ_PHASE])?;

    let mut pair = OpBuffer::<64>::new();
    pair.gate(slot::H, &[0], &[])?;
    pair.gate(slot::CX, &[0, 1], &[])?;
    for angle in ANGLES {
        pair.gate(slot::PHASED_X, &[0], &[angle, 0.3])?;
        pair.gate(slot::RZ, &[1], &[angle])?;
        pair.gate(slot::ZZ_PHASE, &[0, 1], &[angle])?;
    }
    let mut readout = OpBuffer::<8>::new();
    readout.measure(0, 0)?;
    readout.measure(1, 1)?;

    let mut counts = [0_u32; 4];
    let mut summary = Summary::default();
    for shot in 0..SHOTS {
        stack.shot_begin(ShotId(shot), SEED)?;
        let mut room = [Outcome::default(); 2];
        let mut outcomes = Outcomes::new(&mut room);
        stack.apply(&pair.batch(), &mut outcomes)?;
        let state = stack.state_digest()?;
        stack.apply(&readout.batch(), &mut outcomes)?;
        stack.shot_end()?;
        let bits = [u8::from(room[0].value == 1), u8::from(room[1].value == 1)];
        counts[usize::from(bits[0] | bits[1] << 1)] += 1;
        summary.add_shot(&bits, state);
    }
    writeln!(out, "{name}: {SHOTS} shots")?;
    for (bits, count) in counts.iter().enumerate() {
        writeln!(out, "{bits:02b} {count}")?;
    }
    Ok(summary.write(out)?)
}
