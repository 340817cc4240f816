//! One round of the distance-3 surface code on the tableau: 17 qubits, 8 checks, noisy.

use crate::{Counter, SEED, announce, depolarizing, hot, stream};
use pandia_core::Result;
use pandia_core::backend::{Backend, Stack};
use pandia_core::ids::ShotId;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcome, Outcomes};
use pandia_core::part::SimulatorPart;
use pandia_core::sim::{Stabilizer, StabilizerPart};

pub(crate) const QUBITS: u32 = 17;
const ROUNDS: u32 = 64;
/// Two rows of three words for each qubit, and one row more.
const TABLEAU_WORDS: usize = 6 * QUBITS as usize + 3;
/// A round's records: 40 of two words, and 8 measurements of three.
type Round = OpBuffer<104>;
/// Memory of the tableau.
pub(crate) type Words = [u64; TABLEAU_WORDS];
pub(crate) const TABLEAU: Words = [0; TABLEAU_WORDS];
const THRESHOLD: f64 = 1e-9;
const Z_CHECKS: [&[u32]; 4] = [&[0, 1, 3, 4], &[4, 5, 7, 8], &[2, 5], &[3, 6]];
const X_CHECKS: [&[u32]; 4] = [&[1, 2, 4, 5], &[3, 4, 6, 7], &[0, 1], &[7, 8]];

#[inline(never)]
pub(crate) fn run(counter: &mut dyn Counter) -> Result<()> {
    let mut words = TABLEAU;
    let mut stack = Stack::new(depolarizing([0.002, 0.004, 0.002, 0.0])?, tableau(&mut words)?);
    announce(&mut stack, &[slot::H, slot::CX])?;
    let mut round = Round::new();
    write(&mut round)?;
    counter.announce("surface code, round", ROUNDS);
    stack.shot_begin(ShotId(0), SEED)?;
    for _ in 0..ROUNDS {
        let mut room = [Outcome::default(); 8];
        let mut outcomes = Outcomes::new(&mut room);
        let batch = round.batch();
        counter.begin();
        let done = hot::apply(&mut stack, &batch, &mut outcomes);
        counter.end();
        done?;
    }
    stack.shot_end()
}

pub(crate) type Tableau<'a> = Stabilizer<&'a mut Words>;

#[inline(never)]
pub(crate) fn tableau(words: &mut Words) -> Result<Tableau<'_>> {
    let id = StabilizerPart::SPEC.id;
    Stabilizer::new(QUBITS, THRESHOLD, stream(id), words)
}

#[inline(never)]
fn gate<const WORDS: usize>(ops: &mut OpBuffer<WORDS>, slot: u16, qubits: &[u32]) -> Result<()> {
    ops.gate(slot, qubits, &[])
}

/// Every check on its own ancilla, reset before.
#[inline(never)]
pub(crate) fn write<const WORDS: usize>(ops: &mut OpBuffer<WORDS>) -> Result<()> {
    for (ancilla, check) in (9..).zip(Z_CHECKS.iter().chain(&X_CHECKS)) {
        let of_x = ancilla >= 13;
        ops.reset(ancilla)?;
        if of_x {
            gate(ops, slot::H, &[ancilla])?;
        }
        for &data in *check {
            let [control, target] = if of_x { [ancilla, data] } else { [data, ancilla] };
            gate(ops, slot::CX, &[control, target])?;
        }
        if of_x {
            gate(ops, slot::H, &[ancilla])?;
        }
    }
    for ancilla in 9..QUBITS {
        ops.measure(ancilla, u64::from(ancilla - 9))?;
    }
    Ok(())
}
