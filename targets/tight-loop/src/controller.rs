//! What a controller board runs for good: shots of a noisy circuit on the state vector, whose qubits
//! also leak, and of the surface code on the tableau. The image with this and nothing else is the one
//! whose flash and RAM are compared with their goals.
//!
//! It writes without `core::fmt`: a line for each shot and stack, in hexadecimal digits.

use crate::noisy::{self, QUBITS, angle};
use crate::{SEED, depolarizing, hot, leakage, round};
use core::fmt::{self, Write};
use pandia_core::backend::{Backend, Stack};
use pandia_core::ids::ShotId;
use pandia_core::op::gates::slot;
use pandia_core::op::{Batch, OpBuffer, OpSink, Outcome, Outcomes};
use pandia_core::{Error, Result};

const SHOTS: u32 = 32;
const LAYERS: u32 = 4;
const ROUNDS: u32 = 4;
/// Most results of a batch.
const RESULTS_MAX: usize = 8;

/// Why the loop was left.
#[derive(Debug)]
pub enum Ended {
    /// A part refused.
    Refused(Error),
    /// The console is gone.
    Console,
}

impl From<Error> for Ended {
    #[cold]
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<fmt::Error> for Ended {
    fn from(_: fmt::Error) -> Self {
        Self::Console
    }
}

/// Runs all shots and writes what was measured and, for the state vector, the digest of the state.
///
/// # Errors
/// The first refusal of a part, or a console that is gone.
pub fn run(out: &mut dyn Write) -> core::result::Result<(), Ended> {
    vector(out)?;
    tableau(out)
}

/// Layers of rotations and interactions on six qubits under depolarizing noise over leakage.
fn vector(out: &mut dyn Write) -> core::result::Result<(), Ended> {
    let leaking = Stack::new(leakage(QUBITS, [0.01, 0.02])?, noisy::vector()?);
    let mut stack = Stack::new(depolarizing([0.02, 0.05, 0.02, 0.0])?, leaking);
    crate::announce(&mut stack, &[slot::PHASED_X, slot::RZ, slot::ZZ_PHASE])?;
    let mut ops = OpBuffer::<64>::new();
    for shot in 0..SHOTS {
        stack.shot_begin(ShotId(shot.into()), SEED)?;
        for layer in 0..LAYERS {
            rotations(&mut ops, shot * LAYERS + layer)?;
            measured(&mut stack, &ops.batch())?;
        }
        ops.clear();
        for qubit in 0..QUBITS {
            ops.measure(qubit, qubit.into())?;
        }
        let bits = measured(&mut stack, &ops.batch())?;
        let state = stack.state_digest()?;
        stack.shot_end()?;
        out.write_str("vector ")?;
        hex(out, bits.into(), 2)?;
        out.write_str(" ")?;
        hex(out, state, 16)?;
        out.write_str("\n")?;
    }
    Ok(())
}

/// One layer, with angles of its own.
fn rotations(ops: &mut OpBuffer<64>, time: u32) -> Result<()> {
    ops.clear();
    for qubit in 0..QUBITS {
        ops.gate(slot::PHASED_X, &[qubit], &[angle(time + qubit), angle(time)])?;
    }
    for qubit in 0..QUBITS / 2 {
        let first = 2 * qubit + time % 2;
        let pair = [first % QUBITS, (first + 1) % QUBITS];
        ops.gate(slot::ZZ_PHASE, &pair, &[angle(time + qubit)])?;
        ops.gate(slot::RZ, &[qubit], &[angle(time)])?;
    }
    Ok(())
}

/// Rounds of the surface code under depolarizing noise; the checks of each round are printed.
fn tableau(out: &mut dyn Write) -> core::result::Result<(), Ended> {
    let mut stack = Stack::new(depolarizing([0.002, 0.004, 0.002, 0.0])?, round::tableau()?);
    crate::announce(&mut stack, &[slot::H, slot::CX])?;
    let round = round::round()?;
    for shot in 0..SHOTS {
        stack.shot_begin(ShotId(shot.into()), SEED)?;
        out.write_str("tableau")?;
        for _ in 0..ROUNDS {
            let checks = measured(&mut stack, &round.batch())?;
            out.write_str(" ")?;
            hex(out, checks.into(), 2)?;
        }
        out.write_str("\n")?;
        stack.shot_end()?;
    }
    Ok(())
}

/// Carries out a batch and gives its results as bits, the first one lowest.
fn measured(stack: &mut impl Backend, batch: &Batch<'_>) -> Result<u32> {
    let mut room = [Outcome::default(); RESULTS_MAX];
    let mut outcomes = Outcomes::new(&mut room);
    hot::apply(stack, batch, &mut outcomes)?;
    let bits = outcomes.as_slice().iter().rev();
    Ok(bits.fold(0, |bits, outcome| bits << 1 | u32::from(outcome.value == 1)))
}

/// Writes so many lowest digits of a number, in hexadecimal.
fn hex(out: &mut dyn Write, number: u64, digits: u32) -> fmt::Result {
    const DIGITS: &str = "0123456789abcdef";
    (0..digits).rev().try_for_each(|digit| {
        let value = (number >> (4 * digit) & 0xf) as usize;
        out.write_str(DIGITS.get(value..=value).unwrap_or_default())
    })
}
