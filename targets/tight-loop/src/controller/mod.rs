//! What a controller board runs for good: shots of a noisy circuit on the state vector and of the
//! surface code on the tableau, both under depolarizing noise over leakage. The image with this and
//! nothing else is the one whose flash and RAM are compared with their goals.
//!
//! One stack for both: which simulator is below is decided as it is built ([`Simulator`]), so that the
//! layers are there once. It writes without `core::fmt`: a line a shot, in hexadecimal digits.

mod simulator;

use self::simulator::Simulator;
use crate::noisy::{self, QUBITS, angle};
use crate::{SEED, announce, hot, round, stream};
use pandia_core::Result;
use pandia_core::backend::{Backend, Stack};
use pandia_core::ids::ShotId;
use pandia_core::noise::{DEPOLARIZING_WORDS, Depolarizing, LEAKAGE_WORDS, Leakage};
use pandia_core::noise::{DepolarizingPart, LeakagePart};
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcome, Outcomes};
use pandia_core::part::LayerPart;

/// The rates of the two layers, worked out by `build.rs`.
struct Prepared {
    noise: [u64; DEPOLARIZING_WORDS],
    leaks: [u64; LEAKAGE_WORDS],
}

include!(concat!(env!("OUT_DIR"), "/prepared.rs"));

type Whole<'a> = Stack<Depolarizing, Stack<Leakage<[u64; 1]>, Simulator<'a>>>;
type Ops = OpBuffer<128>;

const SHOTS: u32 = 32;
const LAYERS: u32 = 4;
/// Most results of a batch.
const RESULTS_MAX: usize = 8;

/// Bytes of the larger of the two states, which are never there together.
pub const STATE_BYTES: usize = {
    let (amplitudes, tableau) = (size_of::<noisy::Amps>(), size_of::<round::Words>());
    if amplitudes > tableau { amplitudes } else { tableau }
};

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

/// Layers of rotations and interactions on six qubits.
#[inline(never)]
fn vector(print: Print<'_>) -> Result<()> {
    let mut amps = noisy::AMPS;
    let stack = &mut stack(Simulator::Vector(noisy::vector(&mut amps)?))?;
    let mut ops = Ops::new();
    for shot in 0..SHOTS {
        stack.shot_begin(ShotId(shot.into()), SEED)?;
        let mut bits = 0;
        for layer in 0..=LAYERS {
            ops.clear();
            if layer < LAYERS {
                rotations(&mut ops, shot * LAYERS + layer)?;
            } else {
                (0..QUBITS).try_for_each(|qubit| ops.measure(qubit, qubit.into()))?;
            }
            bits = measured(stack, &ops)?;
        }
        let mut line = *b"vector .. ................\n";
        hex(&mut line[7..9], bits.into());
        hex(&mut line[10..26], shot_end(stack)?);
        print(&line);
    }
    Ok(())
}

/// One layer, with angles of its own.
#[inline(never)]
fn rotations(ops: &mut Ops, time: u32) -> Result<()> {
    for qubit in 0..QUBITS {
        let pair = [qubit, (qubit + 1) % QUBITS];
        ops.gate(slot::PHASED_X, &[qubit], &[angle(time + qubit), angle(time)])?;
        if (qubit + time).is_multiple_of(2) {
            ops.gate(slot::ZZ_PHASE, &pair, &[angle(time + qubit)])?;
            ops.gate(slot::RZ, &[qubit], &[angle(time)])?;
        }
    }
    Ok(())
}

/// Rounds of the surface code; the checks of each are printed.
#[inline(never)]
fn tableau(print: Print<'_>) -> Result<()> {
    let mut words = round::TABLEAU;
    let stack = &mut stack(Simulator::Tableau(round::tableau(&mut words)?))?;
    let mut round = Ops::new();
    round::write(&mut round)?;
    for shot in 0..SHOTS {
        stack.shot_begin(ShotId(shot.into()), SEED)?;
        let mut line = *b"tableau .. .. .. .. ................\n";
        for checks in line[8..20].chunks_exact_mut(3) {
            hex(&mut checks[..2], measured(stack, &round)?.into());
        }
        hex(&mut line[20..36], shot_end(stack)?);
        print(&line);
    }
    Ok(())
}

/// Builds the stack over the simulator; the gates that the shots have are announced.
#[inline(never)]
fn stack(simulator: Simulator<'_>) -> Result<Whole<'_>> {
    let (rates, qubits, gates): (_, _, &[u16]) = match simulator {
        Simulator::Tableau(_) => (&TABLEAU, round::QUBITS, &[slot::H, slot::CX]),
        Simulator::Vector(_) => (&VECTOR, QUBITS, &[slot::PHASED_X, slot::RZ, slot::ZZ_PHASE]),
    };
    let noise = Depolarizing::of_prepared(&rates.noise, stream(DepolarizingPart::SPEC.id))?;
    let leaks = stream(LeakagePart::SPEC.id);
    let leaks = Leakage::of_prepared(qubits, &rates.leaks, leaks, [0])?;
    let mut stack = Stack::new(noise, Stack::new(leaks, simulator));
    announce(&mut stack, gates)?;
    Ok(stack)
}

/// Ends a shot and gives the digest of the state that it left.
#[inline(never)]
fn shot_end(stack: &mut Whole<'_>) -> Result<u64> {
    let digest = stack.state_digest()?;
    stack.shot_end()?;
    Ok(digest)
}

/// Carries out a batch and gives its results as bits, the first one lowest.
#[inline(never)]
fn measured(stack: &mut Whole<'_>, ops: &Ops) -> Result<u32> {
    let mut room = [Outcome::default(); RESULTS_MAX];
    let mut outcomes = Outcomes::new(&mut room);
    hot::apply(stack, &ops.batch(), &mut outcomes)?;
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
