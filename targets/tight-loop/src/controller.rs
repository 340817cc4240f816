//! What a controller board runs for good: shots of a noisy circuit on the state vector, whose qubits
//! also leak, and of the surface code on the tableau. The image with this and nothing else is the one
//! whose flash and RAM are compared with their goals.
//!
//! It writes without `core::fmt`: a line for each shot and stack, in hexadecimal digits.

use crate::noisy::{self, QUBITS, angle};
use crate::{SEED, announce, depolarizing, hot, leakage, round};
use pandia_core::Result;
use pandia_core::backend::{Backend, Stack};
use pandia_core::ids::ShotId;
use pandia_core::op::gates::slot;
use pandia_core::op::{Batch, OpBuffer, OpSink, Outcome, Outcomes};

const SHOTS: u32 = 32;
const LAYERS: u32 = 4;
const ROUNDS: usize = 4;
/// Most results of a batch.
const RESULTS_MAX: usize = 8;

/// Takes a line.
pub type Print<'a> = &'a mut dyn FnMut(&[u8]);

/// Runs all shots and writes what was measured and, for the state vector, the digest of the state.
///
/// # Errors
/// The first refusal of a part.
pub fn run(print: Print<'_>) -> Result<()> {
    vector(print)?;
    tableau(print)
}

/// Layers of rotations and interactions on six qubits under depolarizing noise over leakage.
#[inline(never)]
fn vector(print: Print<'_>) -> Result<()> {
    let leaking = Stack::new(leakage(QUBITS, [0.01, 0.02])?, noisy::vector()?);
    let mut stack = Stack::new(depolarizing([0.02, 0.05, 0.02, 0.0])?, leaking);
    announce(&mut stack, &[slot::PHASED_X, slot::RZ, slot::ZZ_PHASE])?;
    let mut ops = OpBuffer::<64>::new();
    for shot in 0..SHOTS {
        let mut bits = 0;
        let digest = with_shot(&mut stack, shot, |stack| {
            for layer in 0..LAYERS {
                rotations(&mut ops, shot * LAYERS + layer)?;
                measured(stack, &ops.batch())?;
            }
            readout(&mut ops)?;
            bits = measured(stack, &ops.batch())?;
            Ok(())
        })?;
        let mut line = *b"vector .. ................\n";
        hex(&mut line[7..9], bits.into());
        hex(&mut line[10..26], digest);
        print(&line);
    }
    Ok(())
}

/// One layer, with angles of its own.
#[inline(never)]
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

/// All qubits of the state vector.
#[inline(never)]
fn readout(ops: &mut OpBuffer<64>) -> Result<()> {
    ops.clear();
    (0..QUBITS).try_for_each(|qubit| ops.measure(qubit, qubit.into()))
}

/// Rounds of the surface code under depolarizing noise; the checks of each round are printed.
#[inline(never)]
fn tableau(print: Print<'_>) -> Result<()> {
    let mut stack = Stack::new(depolarizing([0.002, 0.004, 0.002, 0.0])?, round::tableau()?);
    announce(&mut stack, &[slot::H, slot::CX])?;
    let round = round::round()?;
    for shot in 0..SHOTS {
        let mut line = *b"tableau .. .. .. .. ................\n";
        let digest = with_shot(&mut stack, shot, |stack| {
            (0..ROUNDS).try_for_each(|round_index| {
                let checks = measured(stack, &round.batch())?;
                hex(&mut line[8 + 3 * round_index..][..2], checks.into());
                Ok(())
            })
        })?;
        hex(&mut line[20..36], digest);
        print(&line);
    }
    Ok(())
}

/// A shot in which `body` happens, and the digest of the state that it leaves.
#[inline(never)]
fn with_shot<B: Backend>(
    stack: &mut B,
    shot: u32,
    body: impl FnOnce(&mut B) -> Result<()>,
) -> Result<u64> {
    stack.shot_begin(ShotId(shot.into()), SEED)?;
    body(stack)?;
    let digest = stack.state_digest()?;
    stack.shot_end()?;
    Ok(digest)
}

/// Carries out a batch and gives its results as bits, the first one lowest.
#[inline(never)]
fn measured(stack: &mut impl Backend, batch: &Batch<'_>) -> Result<u32> {
    let mut room = [Outcome::default(); RESULTS_MAX];
    let mut outcomes = Outcomes::new(&mut room);
    hot::apply(stack, batch, &mut outcomes)?;
    let bits = outcomes.as_slice().iter().rev();
    Ok(bits.fold(0, |bits, outcome| bits << 1 | u32::from(outcome.value == 1)))
}

/// Writes the lowest digits of a number, in hexadecimal.
#[inline(never)]
fn hex(digits: &mut [u8], mut number: u64) {
    for digit in digits.iter_mut().rev() {
        let value = (number & 0xf) as u8;
        *digit = value + if value < 10 { b'0' } else { b'a' - 10 };
        number >>= 4;
    }
}
