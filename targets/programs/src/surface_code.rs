//! Rounds of the distance-3 rotated surface code on the tableau, with depolarizing noise.
//!
//! Data qubits 0 to 8 row by row; ancillas 9 to 12 for the Z checks and 13 to 16 for the X checks.
//! The logical Z is that of the first row. The last readout is corrected by the lightest error
//! that explains its Z checks.

use crate::Failure;
use crate::runs::{SEED, Summary, announce, noise, stream};
use core::fmt::Write;
use pandia_core::Result;
use pandia_core::backend::{Backend, Stack};
use pandia_core::ids::ShotId;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcome, Outcomes};
use pandia_core::part::{Config, SimulatorPart};
use pandia_core::sim::{Stabilizer, StabilizerPart};

const QUBITS: u32 = 17;
const DATA: usize = 9;
const ROUNDS: usize = 3;
const SHOTS: u64 = 100;
/// Words of 17 rows and of what a collapse needs; the simulator refuses less than it needs.
const TABLEAU_WORDS: usize = 128;
/// Angles this close to a Clifford angle count as one, in radians.
const THRESHOLD: f64 = 1e-9;

const Z_CHECKS: [&[u32]; 4] = [&[0, 1, 3, 4], &[4, 5, 7, 8], &[2, 5], &[3, 6]];
const X_CHECKS: [&[u32]; 4] = [&[1, 2, 4, 5], &[3, 4, 6, 7], &[0, 1], &[7, 8]];
const LOGICAL_Z: u32 = 0b111;

pub(crate) fn run(out: &mut dyn Write) -> core::result::Result<(), Failure> {
    let id = StabilizerPart::SPEC.id;
    let needed = StabilizerPart::cells(&Config::new(QUBITS, stream(id)))?;
    let tableau = Stabilizer::new(QUBITS, THRESHOLD, stream(id), [0; TABLEAU_WORDS])?;
    let mut stack = Stack::new(noise(QUBITS, 0.002, 0.004)?, tableau);
    announce(&mut stack, &[slot::H, slot::CX])?;
    let (round, readout) = (round()?, readout()?);

    let (mut fired, mut raw, mut corrected) = (0_u32, 0_u32, 0_u32);
    let mut summary = Summary::default();
    for shot in 0..SHOTS {
        stack.shot_begin(ShotId(shot), SEED)?;
        let mut bits = [0_u8; ROUNDS * 8 + DATA];
        let mut before = 0;
        for checks in bits[..ROUNDS * 8].chunks_exact_mut(8) {
            let now = measured(&mut stack, &round, checks)? & 0xf;
            fired += (now ^ before).count_ones();
            before = now;
        }
        let data = measured(&mut stack, &readout, &mut bits[ROUNDS * 8..])?;
        let state = stack.state_digest()?;
        stack.shot_end()?;
        raw += parity(data & LOGICAL_Z);
        corrected += parity((data ^ lightest_error(syndrome(data))) & LOGICAL_Z);
        summary.add_shot(&bits, state);
    }
    writeln!(out, "{SHOTS} shots of {ROUNDS} rounds, {needed} words of tableau")?;
    writeln!(out, "Z checks that changed {fired}")?;
    writeln!(out, "logical flips {raw}, after correction {corrected}")?;
    Ok(summary.write(out)?)
}

/// One round: every check on its own ancilla, results 0 to 7.
fn round() -> Result<OpBuffer<256>> {
    let mut ops = OpBuffer::new();
    for (ancilla, check) in (9..).zip(Z_CHECKS) {
        ops.reset(ancilla)?;
        for &data in check {
            ops.gate(slot::CX, &[data, ancilla], &[])?;
        }
    }
    for (ancilla, check) in (13..).zip(X_CHECKS) {
        ops.reset(ancilla)?;
        ops.gate(slot::H, &[ancilla], &[])?;
        for &data in check {
            ops.gate(slot::CX, &[ancilla, data], &[])?;
        }
        ops.gate(slot::H, &[ancilla], &[])?;
    }
    for ancilla in 9..QUBITS {
        ops.measure(ancilla, u64::from(ancilla - 9))?;
    }
    Ok(ops)
}

/// All data qubits, results 0 to 8.
fn readout() -> Result<OpBuffer<32>> {
    let mut ops = OpBuffer::new();
    for data in 0..9 {
        ops.measure(data, u64::from(data))?;
    }
    Ok(ops)
}

/// Runs `ops` and gives its results as bits of `bits` and of a number.
fn measured<const WORDS: usize>(
    stack: &mut impl Backend,
    ops: &OpBuffer<WORDS>,
    bits: &mut [u8],
) -> Result<u32> {
    let mut room = [Outcome::default(); DATA];
    let mut outcomes = Outcomes::new(&mut room);
    stack.apply(&ops.batch(), &mut outcomes)?;
    let mut number = 0;
    for (place, (bit, outcome)) in bits.iter_mut().zip(outcomes.as_slice()).enumerate() {
        *bit = u8::from(outcome.value == 1);
        number |= u32::from(*bit) << place;
    }
    Ok(number)
}

const fn parity(word: u32) -> u32 {
    word.count_ones() & 1
}

/// The Z checks that data bits violate.
fn syndrome(data: u32) -> u32 {
    let violated = |check: &[u32]| check.iter().fold(0, |sum, qubit| sum ^ (data >> qubit & 1));
    (0..).zip(Z_CHECKS).fold(0, |all, (place, check)| all | violated(check) << place)
}

/// Of the flips of data bits that explain `wanted`, the lightest, and of those the least number.
fn lightest_error(wanted: u32) -> u32 {
    let explaining = (0..1 << DATA).filter(|&error| syndrome(error) == wanted);
    explaining.min_by_key(|error: &u32| error.count_ones()).unwrap_or(0)
}
