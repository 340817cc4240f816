//! Operations for checks: coins, and random streams out of everything that a part takes.

use core::f64::consts::FRAC_PI_4;

use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::{Gate, Traits, slot};
use pandia_core::op::record::FLAG_HINT;
use pandia_core::op::{OpKind, OpSink, Params, Parts};
use pandia_core::rng::Stream;
use pandia_core::units::DurationNs;

use super::finding::{Checked, went_well};

/// A tag of custom operations that no part knows.
pub(super) const STRANGE_TAG: u16 = 0xbeef;

/// Builds operations.
pub(super) fn build(fill: impl FnOnce(&mut OpVec) -> pandia_core::Result<()>) -> Checked<OpVec> {
    let mut ops = OpVec::new();
    went_well("building a circuit", fill(&mut ops))?;
    Ok(ops)
}

/// A gate that makes a coin of |0>, and its angles.
fn coin(gates: &[&'static Gate]) -> Option<(u16, &'static [f64])> {
    const COINS: [(u16, &[f64]); 5] = [
        (slot::H, &[]),
        (slot::SX, &[]),
        (slot::RX, &[1.3]),
        (slot::U3, &[1.3, 0.2, 0.4]),
        (slot::PHASED_X, &[1.3, 0.2]),
    ];
    COINS.into_iter().find(|(slot, _)| gates.iter().any(|gate| gate.slot == *slot))
}

/// Coins, pairs and a reset on all qubits, three rounds, everything measured.
pub(super) fn coins(gates: &[&'static Gate], qubits: u32) -> Checked<OpVec> {
    let coin = coin(gates);
    let pairs = gates.iter().any(|gate| gate.slot == slot::CX);
    build(|ops| {
        let mut id = 0;
        for round in 0..3 {
            for qubit in 0..qubits {
                if let Some((slot, params)) = coin {
                    ops.gate(slot, &[qubit], params)?;
                }
                if pairs && qubit > 0 {
                    ops.gate(slot::CX, &[qubit - 1, qubit], &[])?;
                }
            }
            ops.idle(&[0], DurationNs(100))?;
            for qubit in 0..qubits {
                ops.measure(qubit, id)?;
                id += 1;
            }
            if round == 1 {
                ops.reset(0)?;
            }
        }
        Ok(())
    })
}

/// The random numbers of random stream `stream`.
pub(super) fn dice(seed: u64, stream: u64) -> Stream {
    Stream::of(Seed(seed), ShotId(stream), StreamId::of("pandia.check", 0))
}

/// One random operation that is right, of the kinds and gates that are taken.
pub(super) fn random_op(
    ops: &mut OpVec,
    dice: &mut Stream,
    gates: &[&'static Gate],
    kinds: u64,
    qubits: u32,
) -> pandia_core::Result<()> {
    let qubit = dice.below(qubits);
    let takes = |kind: OpKind| kinds & kind.bit() != 0;
    let id = u64::from(dice.next_u32());
    match dice.below(16) {
        0 | 1 => ops.measure(qubit, id),
        2 if takes(OpKind::Reset) => ops.reset(qubit),
        3 if takes(OpKind::Idle) => ops.idle(&[qubit], DurationNs(u64::from(dice.below(500)))),
        4 if takes(OpKind::Barrier) => ops.barrier(&[qubit]),
        5 if takes(OpKind::MeasureLeaked) => ops.measure_leaked(qubit, id),
        6 if takes(OpKind::Postselect) && dice.below(4) == 0 => {
            ops.postselect(qubit, dice.below(2) == 1)
        }
        7 => ops.push(Parts {
            kind: OpKind::Custom,
            flags: FLAG_HINT,
            gate: STRANGE_TAG,
            qubits: &[qubit],
            params: Params::Words(&[id]),
        }),
        _ => random_gate(ops, dice, gates, qubits),
    }
}

fn random_gate(
    ops: &mut OpVec,
    dice: &mut Stream,
    gates: &[&'static Gate],
    qubits: u32,
) -> pandia_core::Result<()> {
    let fitting: Vec<&Gate> = gates
        .iter()
        .copied()
        .filter(|gate| !gate.traits.has(Traits::MATRIX) && u32::from(gate.qubit_count) <= qubits)
        .collect();
    let count = u32::try_from(fitting.len()).unwrap_or(0);
    let Some(gate) = fitting.get(dice.below(count) as usize) else { return Ok(()) };
    let first = dice.below(qubits);
    let operands: Vec<u32> =
        (0..u32::from(gate.qubit_count)).map(|k| (first + k) % qubits).collect();
    // Multiples of a quarter turn, which stabilizers take, and now and then any angle.
    let mut angle = || {
        let eighths = f64::from(dice.below(17)) - 8.0;
        if dice.below(3) == 0 { eighths * 0.37 } else { eighths * 2.0 * FRAC_PI_4 }
    };
    let params: Vec<f64> = gate.params.iter().map(|_| angle()).collect();
    ops.gate(gate.slot, &operands, &params)
}
