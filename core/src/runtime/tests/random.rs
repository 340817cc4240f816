//! Random programs, as a runtime sees them: batches, reads, and operations that depend on what was
//! read.

use crate::error::Result;
use crate::ids::{Seed, ShotId, StreamId};
use crate::op::builder::OpVec;
use crate::op::gates::{LIST, Traits, slot};
use crate::op::record::FLAG_HINT;
use crate::op::{OpKind, OpSink, Params, Parts};
use crate::rng::Stream;
use crate::runtime::Runtime;
use crate::units::DurationNs;
use std::vec::Vec;

pub(super) const QUBITS: u32 = 4;
pub(super) const RESULTS: u32 = 3;

pub(super) enum Step {
    Ops(OpVec),
    /// Reads a result, and submits the operations if it is 1.
    IfOne(u64, OpVec),
}

pub(super) struct Program {
    pub(super) steps: Vec<Step>,
}

/// What the operations are taken from.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Gates {
    All,
    /// Rz, PhasedX and ZZPhase.
    Native,
}

pub(super) fn dice(number: u64) -> Stream {
    Stream::of(Seed(number), ShotId(0), StreamId::of("test.programs", 0))
}

fn angle(dice: &mut Stream) -> f64 {
    f64::from(dice.below(2001)) * 0.005 - 5.0
}

fn gate(ops: &mut OpVec, dice: &mut Stream, gates: Gates) {
    let turns = [slot::RZ, slot::Z, slot::S, slot::SDG, slot::T, slot::PHASE];
    let pick = dice.below(3);
    let entry = match gates {
        Gates::Native => &LIST[dice.below(3) as usize],
        Gates::All if pick == 0 => {
            let slot = turns[dice.below(6) as usize];
            crate::op::gates::by_slot(slot).unwrap()
        }
        Gates::All => {
            let plain = || LIST.iter().filter(|gate| !gate.traits.has(Traits::MATRIX));
            let count = u32::try_from(plain().count()).unwrap();
            plain().nth(dice.below(count) as usize).unwrap()
        }
    };
    let first = dice.below(QUBITS);
    let step = 1 + dice.below(QUBITS - 1);
    let mut qubits = std::vec![first, (first + step) % QUBITS];
    let third = (0..QUBITS).find(|qubit| !qubits.contains(qubit)).unwrap();
    qubits.push(third);
    let params: Vec<f64> = entry.params.iter().map(|_| angle(dice)).collect();
    ops.gate(entry.slot, &qubits[..usize::from(entry.qubit_count)], &params).unwrap();
}

/// Random operations; at most `draws` of them draw.
fn operations(dice: &mut Stream, gates: Gates, count: u32, draws: &mut u32) -> OpVec {
    let mut ops = OpVec::new();
    for _ in 0..count {
        let qubit = dice.below(QUBITS);
        let id = u64::from(dice.below(RESULTS));
        match dice.below(20) {
            0 | 1 if *draws > 0 => {
                *draws -= 1;
                ops.measure(qubit, id).unwrap();
            }
            2 if *draws > 0 && gates == Gates::All => {
                *draws -= 1;
                ops.reset(qubit).unwrap();
            }
            3 if gates == Gates::All => {
                ops.idle(&[qubit], DurationNs(u64::from(dice.below(200)))).unwrap();
            }
            4 if gates == Gates::All => ops.barrier(&[qubit, (qubit + 1) % QUBITS]).unwrap(),
            5 if gates == Gates::All => ops.barrier(&[]).unwrap(),
            6 if gates == Gates::All && dice.below(4) == 0 => {
                let (kind, params) = (OpKind::Custom, Params::Words(&[7]));
                let qubits = &[u32::MAX];
                ops.push(Parts { kind, flags: FLAG_HINT, gate: 0xbeef, qubits, params }).unwrap();
            }
            _ => gate(&mut ops, dice, gates),
        }
    }
    ops
}

/// Program `number`. It draws at most `draws` times, and begins by measuring into every result.
pub(super) fn program(number: u64, gates: Gates, draws: u32) -> Program {
    let dice = &mut dice(number);
    let mut left = draws.saturating_sub(RESULTS);
    let mut steps = Vec::new();
    for id in 0..RESULTS.min(draws) {
        let mut ops = operations(dice, gates, 6, &mut 0);
        ops.measure(dice.below(QUBITS), u64::from(id)).unwrap();
        steps.push(Step::Ops(ops));
    }
    for _ in 0..3 {
        let count = 4 + dice.below(12);
        steps.push(Step::Ops(operations(dice, gates, count, &mut left)));
        if draws > 0 && dice.below(2) == 0 {
            let id = u64::from(dice.below(RESULTS));
            // Nothing in it draws, so that the script of draws is the same in every branch.
            steps.push(Step::IfOne(id, operations(dice, gates, 3, &mut 0)));
        }
    }
    Program { steps }
}

/// Runs it as one shot. Every result is read at the end.
pub(super) fn run(program: &Program, runtime: &mut dyn Runtime, shot: u64) -> Result<Vec<u64>> {
    runtime.shot_begin(ShotId(shot), Seed(11))?;
    let mut read = Vec::new();
    for step in &program.steps {
        match step {
            Step::Ops(ops) => runtime.submit(&ops.batch())?,
            Step::IfOne(id, ops) => {
                let value = runtime.result(*id, true)?.unwrap();
                read.push(value);
                if value == 1 {
                    runtime.submit(&ops.batch())?;
                }
            }
        }
    }
    for id in 0..u64::from(RESULTS) {
        read.extend(runtime.result(id, true).ok().flatten());
    }
    runtime.shot_end()?;
    Ok(read)
}
