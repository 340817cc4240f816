//! One round of the distance-3 surface code on the tableau: 17 qubits, 8 checks, noisy.

use crate::{Counter, SEED, rate, stream};
use pandia_core::Result;
use pandia_core::backend::{Backend, GateDef, GateSet, Stack, Verdict};
use pandia_core::ids::ShotId;
use pandia_core::noise::DepolarizingPart;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcome, Outcomes};
use pandia_core::part::{Config, LayerPart, SimulatorPart};
use pandia_core::sim::{Stabilizer, StabilizerPart};

const QUBITS: u32 = 17;
const ROUNDS: u32 = 64;
const TABLEAU_WORDS: usize = 128;
const THRESHOLD: f64 = 1e-9;
const Z_CHECKS: [&[u32]; 4] = [&[0, 1, 3, 4], &[4, 5, 7, 8], &[2, 5], &[3, 6]];
const X_CHECKS: [&[u32]; 4] = [&[1, 2, 4, 5], &[3, 4, 6, 7], &[0, 1], &[7, 8]];

pub(crate) fn run(counter: &mut dyn Counter) -> Result<()> {
    let rates = [rate("p_1q", 0.002), rate("p_2q", 0.004), rate("p_meas", 0.002)];
    let config = Config::new(QUBITS, stream(DepolarizingPart::SPEC.id)).with(&rates);
    let id = StabilizerPart::SPEC.id;
    let tableau = Stabilizer::new(QUBITS, THRESHOLD, stream(id), [0; TABLEAU_WORDS])?;
    let mut stack = Stack::new(DepolarizingPart::build(&config, [0; 0])?, tableau);
    for slot in [slot::H, slot::CX] {
        stack.negotiate(&GateSet { gates: &[GateDef::built_in(slot)?] }, &mut [Verdict::Reject])?;
    }
    let round = round()?;
    counter.announce("surface code, round", ROUNDS);
    stack.shot_begin(ShotId(0), SEED)?;
    for _ in 0..ROUNDS {
        let mut room = [Outcome::default(); 8];
        let mut outcomes = Outcomes::new(&mut room);
        let batch = round.batch();
        counter.begin();
        let done = stack.apply(&batch, &mut outcomes);
        counter.end();
        done?;
    }
    stack.shot_end()
}

/// Every check on its own ancilla, reset before.
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
