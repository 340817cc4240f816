//! Every accepted gate acts as its matrix says, at every angle that the backend takes.

use super::circuit::{Axis, Circuit, Start};
use super::harness::{Harness, ensure, needs, went_well};
use super::{Check, Checked, Expects, gate_cases};
use crate::error::ErrorKind;
use crate::op::OpSink;
use crate::op::gates::{CliffordSequence, GATE_PARAMS_MAX, Gate, LIST, resolve, slot};

pub(super) const CHECKS: &[Check] = &[
    Check { name: "every_gate_acts_as_its_matrix", run: matrices },
    Check { name: "the_inverse_undoes_every_gate", run: inverses },
    Check { name: "angles_other_than_clifford_are_refused_by_name", run: not_clifford },
    Check { name: "a_gate_leaves_other_qubits_alone", run: bystander },
];

/// How near an angle of the cases is to a Clifford one if it is one: their own rounding.
const CLIFFORD_THRESHOLD: f64 = 1e-12;

/// Whether the backend can be asked for this gate with these parameters.
fn within_reach(h: &Harness<'_>, gate: &Gate, params: &[f64]) -> bool {
    h.accepts(gate.slot)
        && u32::from(gate.qubit_count) <= h.info.qubit_count
        && (h.profile.expects != Expects::Clifford || is_clifford(gate, params))
}

fn is_clifford(gate: &Gate, params: &[f64]) -> bool {
    resolve(gate.slot, params, CLIFFORD_THRESHOLD, &mut CliffordSequence::new()).is_ok()
}

/// Calls `with` for every gate and case within reach.
fn for_each_case(
    h: &mut Harness<'_>,
    with: &mut dyn FnMut(&mut Harness<'_>, &'static Gate, &[f64]) -> Checked,
) -> Checked {
    for gate in LIST {
        for index in 0..gate_cases::count(gate) {
            let mut room = [0.0; GATE_PARAMS_MAX];
            let params = gate_cases::params(gate, index, &mut room)?;
            if within_reach(h, gate, params) {
                with(h, gate, params)?;
            }
        }
    }
    Ok(())
}

/// The angles of a case for a text: the first three.
fn shown(params: &[f64]) -> &[f64] {
    params.get(..3).unwrap_or(params)
}

/// Every start and every axis of every operand, or every so many-th of them.
fn matrices(h: &mut Harness<'_>) -> Checked {
    h.needs_quantum(1)?;
    let mut compared = 0;
    for_each_case(h, &mut |h, gate, params| {
        let operands = usize::from(gate.qubit_count);
        let all = 12_usize.pow(u32::from(gate.qubit_count));
        // No common divisor with 12, so that every start meets every axis.
        let step = match (operands, h.profile.quick) {
            (3, false) => 7,
            (3, true) => 97,
            (2, true) => 5,
            _ => 1,
        };
        for choice in (0..all).step_by(step) {
            let mut circuit = Circuit::new(h.place(operands > 1 && choice % 2 == 1));
            choose(h, &mut circuit, gate, params, choice)?;
            h.compare(
                circuit,
                operands,
                format_args!("{} with {:?} (choice {choice})", gate.name, shown(params)),
            )?;
        }
        compared |= 1 << gate.slot;
        Ok(())
    })?;
    h.gates_compared |= compared;
    needs(compared != 0, "no gate is accepted")
}

/// The gate between the starts and axes that `choice` says, one digit to 12 an operand.
fn choose(
    h: &Harness<'_>,
    circuit: &mut Circuit,
    gate: &Gate,
    params: &[f64],
    choice: usize,
) -> Checked {
    let digit = |operand: u8| choice / 12_usize.pow(u32::from(operand)) % 12;
    for operand in 0..gate.qubit_count {
        circuit.start(h, operand, Start::ALL[digit(operand) % 4])?;
    }
    let operands = [0, 1, 2];
    let operands = operands.get(..usize::from(gate.qubit_count)).unwrap_or(&[]);
    circuit.gate(h, gate.slot, operands, params)?;
    for operand in 0..gate.qubit_count {
        circuit.turn(h, operand, Axis::ALL[digit(operand) / 4])?;
    }
    Ok(())
}

/// Start, gate, inverse, back: all zeros, in every shot.
fn inverses(h: &mut Harness<'_>) -> Checked {
    h.needs_quantum(1)?;
    for_each_case(h, &mut |h, gate, params| {
        for start in Start::ALL {
            let mut circuit = Circuit::new(h.place(true));
            let operands = [0, 1, 2];
            let operands = operands.get(..usize::from(gate.qubit_count)).unwrap_or(&[]);
            for &operand in operands {
                circuit.start(h, operand, start)?;
            }
            circuit.gate(h, gate.slot, operands, params)?;
            let mut trouble = Ok(());
            let inverted = gate.invert(params, &mut |slot, inner, params| {
                if trouble.is_ok() {
                    trouble = circuit.gate(h, slot, inner, params);
                }
                Ok(())
            });
            went_well("inverting a gate", inverted)?;
            trouble?;
            for &operand in operands {
                circuit.unstart(h, operand, start)?;
                circuit.measure(operand)?;
            }
            h.shot(&circuit.ops)?;
            ensure(
                h.outcomes().iter().all(|outcome| outcome.value == 0),
                format_args!(
                    "{} with {:?} from {start:?} is not undone by its inverse",
                    gate.name,
                    shown(params)
                ),
            )?;
        }
        Ok(())
    })
}

fn not_clifford(h: &mut Harness<'_>) -> Checked {
    needs(h.profile.expects == Expects::Clifford, "the backend takes every angle")?;
    let width = h.info.qubit_count;
    for gate in LIST.iter().filter(|gate| u32::from(gate.qubit_count) <= width) {
        for index in 0..gate_cases::count(gate) {
            let mut room = [0.0; GATE_PARAMS_MAX];
            let params = gate_cases::params(gate, index, &mut room)?;
            if !h.accepts(gate.slot) || is_clifford(gate, params) {
                continue;
            }
            let mut sequence = CliffordSequence::new();
            let code = match resolve(gate.slot, params, CLIFFORD_THRESHOLD, &mut sequence) {
                // A part that takes matrices may say in its own words which it does not take.
                Err(ErrorKind::GateRefused { .. }) | Ok(()) => continue,
                Err(kind) => kind.code(),
            };
            let qubits = [0, 1, 2];
            let qubits = qubits.get(..usize::from(gate.qubit_count)).unwrap_or(&[]);
            h.refuses(gate.name, code, |ops| ops.gate(gate.slot, qubits, params))?;
        }
    }
    Ok(())
}

/// A gate on one pair while a third qubit, entangled with a fourth or not, looks on.
fn bystander(h: &mut Harness<'_>) -> Checked {
    h.needs_quantum(3)?;
    for_each_case(h, &mut |h, gate, params| {
        if gate.qubit_count > 2 {
            return Ok(());
        }
        for spread in [false, true] {
            // The gate's operands are local qubits 2 and 0; qubit 1 is half of a pair with 0.
            let mut circuit = Circuit::new(h.place(spread));
            circuit.gate(h, slot::H, &[1], &[])?;
            circuit.gate(h, slot::CX, &[1, 0], &[])?;
            circuit.start(h, 2, Start::Plus)?;
            let operands = [2, 0];
            let operands = operands.get(..usize::from(gate.qubit_count)).unwrap_or(&[]);
            circuit.gate(h, gate.slot, operands, params)?;
            for local in 0..3 {
                circuit.turn(h, local, Axis::X)?;
            }
            h.compare(
                circuit,
                3,
                format_args!("{} with {:?} beside a pair", gate.name, shown(params)),
            )?;
        }
        Ok(())
    })
}
