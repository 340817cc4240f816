//! Taps at every joint of a noisy stack, which share one ring in fixed memory: each record as a line,
//! and what a ring that is too small drops. And a stack that stops in the midst of a shot, for who
//! wants to see that the last records outlive it.

use crate::Failure;
use crate::runs::{SEED, announce, noise, rate, stream};
use core::fmt::Write;
use pandia_core::backend::{Backend, Layer, Stack};
use pandia_core::error::ErrorKind;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::noise::ReadoutPart;
use pandia_core::op::gates::slot;
use pandia_core::op::{Batch, OpBuffer, OpSink, Outcome, Outcomes};
use pandia_core::part::{Config, LayerPart, SimulatorPart};
use pandia_core::real::Complex;
use pandia_core::runtime::{Durations, Runtime, Simple};
use pandia_core::sim::{StateVector, StateVectorPart};
use pandia_core::trace::{Event, ProgramTap, Recorder, Tap};
use pandia_core::units::DurationNs;
use pandia_core::{Error, Result};
use pandia_records::{RECORDS, Shared};

const QUBITS: u32 = 2;
/// Shots that it runs.
pub const SHOTS: u64 = 3;
/// Far too few for what the taps see in a shot.
const SMALL_WORDS: usize = 96;

pub(crate) fn run(out: &mut dyn Write) -> core::result::Result<(), Failure> {
    writeln!(out, "shot joint sequence what")?;
    let kept = shots(&RECORDS, out)?;
    if dropped(&RECORDS)? != 0 {
        return Err(ErrorKind::Broken("the ring is too small for a shot").into());
    }
    writeln!(out, "{kept} records, none dropped")?;

    writeln!(out, "a ring of {SMALL_WORDS} words")?;
    let small = Shared::new([0; SMALL_WORDS]);
    let kept = shots(&small, out)?;
    Ok(writeln!(out, "{kept} records, {} dropped", dropped(&small)?)?)
}

fn dropped<const WORDS: usize>(ring: &Shared<[u64; WORDS]>) -> Result<u64> {
    ring.dropped().ok_or_else(taken)
}

/// Nothing interrupts this program, so nobody but itself can hold the lock.
fn taken() -> Error {
    ErrorKind::Broken("somebody holds the ring").into()
}

/// Runs the shots and writes after each what the ring holds then: how many records, those that say
/// what is missing left out.
fn shots<const WORDS: usize>(
    ring: &Shared<[u64; WORDS]>,
    out: &mut dyn Write,
) -> core::result::Result<u64, Failure> {
    let mut kept = 0;
    let mut runtime = runtime(ring, |stack| stack)?;
    for number in 0..SHOTS {
        shot(&mut runtime, ShotId(number))?;
        let is_free = ring.drain(|record| {
            kept += u64::from(!matches!(record.event, Event::Dropped { .. }));
            Ok::<_, Failure>(writeln!(out, "{record}")?)
        })?;
        if !is_free {
            return Err(taken().into());
        }
    }
    Ok(kept)
}

/// Runs the same shots for a recorder of somebody's own.
///
/// # Errors
/// None; its settings are right.
pub fn run_with(recorder: impl Recorder + Copy) -> Result<()> {
    let mut runtime = runtime(recorder, |stack| stack)?;
    (0..SHOTS).try_for_each(|number| shot(&mut runtime, ShotId(number)))
}

/// Runs shots, recorded in [`RECORDS`], until `stop`, which the simulator's side calls in the midst of
/// the second one, ends the image.
///
/// # Errors
/// None before `stop` is called.
pub fn until(stop: impl FnMut()) -> Result<()> {
    let mut runtime =
        runtime(&RECORDS, |stack| Stack::new(Stopping { stop, is_due: false }, stack))?;
    (0..SHOTS).try_for_each(|number| shot(&mut runtime, ShotId(number)))
}

/// A runtime over readout over depolarizing noise over what `on` makes of a simulator, with a tap at
/// every joint.
fn runtime<B: Backend>(
    recorder: impl Recorder + Copy,
    on: impl FnOnce(StateVector<f64, [Complex<f64>; 4]>) -> B,
) -> Result<impl Runtime> {
    let id = StateVectorPart::<f64>::SPEC.id;
    let vector = StateVector::<f64, _>::new(QUBITS, stream(id), [Complex::ZERO; 4])?;
    let stack = Tap::new(on(vector), 3, recorder);
    let stack = Tap::new(Stack::new(noise(QUBITS, 0.2, 0.4)?, stack), 2, recorder);
    let misread = [rate("p_1_given_0", 0.3), rate("p_0_given_1", 0.3)];
    let misread = Config::new(QUBITS, stream(ReadoutPart::SPEC.id)).with(&misread);
    let stack = Stack::new(ReadoutPart::build(&misread, [0; 0])?, stack);
    let mut stack = Tap::new(stack, 1, recorder);
    announce(&mut stack, &[slot::H, slot::CX, slot::X])?;
    let durations = Durations { measure: DurationNs(700), ..Durations::default() };
    Ok(ProgramTap::new(Simple::new(stack, durations, [Outcome::default(); 4]), recorder))
}

/// A Bell pair; what one half gives decides what is done to the other.
fn shot(runtime: &mut impl Runtime, number: ShotId) -> Result<()> {
    runtime.shot_begin(number, SEED)?;
    let mut ops = OpBuffer::<32>::new();
    ops.gate(slot::H, &[0], &[])?;
    ops.gate(slot::CX, &[0, 1], &[])?;
    ops.measure(0, 0)?;
    runtime.submit(&ops.batch())?;
    ops.clear();
    if runtime.result(0, true)? == Some(1) {
        ops.gate(slot::X, &[1], &[])?;
    }
    ops.measure(1, 1)?;
    runtime.submit(&ops.batch())?;
    runtime.result(1, true)?;
    runtime.shot_end()
}

/// Calls `stop` before the measurement with which the second shot ends.
struct Stopping<F> {
    stop: F,
    is_due: bool,
}

impl<F: FnMut()> Layer for Stopping<F> {
    fn id(&self) -> &str {
        "pandia.stopping"
    }

    fn shot_begin(&mut self, shot: ShotId, _seed: Seed) -> Result<()> {
        self.is_due = shot.0 > 0;
        Ok(())
    }

    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        if self.is_due
            && batch.ops().iter().any(|op| op.kind().bears_result() && op.result_id() == 1)
        {
            (self.stop)();
        }
        child.apply(batch, outcomes)
    }
}
