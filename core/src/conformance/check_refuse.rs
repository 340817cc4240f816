//! Operations that must be refused, by the right name and without a trace.

use super::harness::{Harness, build, ensure, needs, went_well};
use super::{Check, Checked};
use crate::backend::{Caps, StateQuery};
use crate::error::ErrorKind;
use crate::op::gates::{FIRST_USER_SLOT, Gate, LIST, Traits, slot};
use crate::op::record::FLAG_HINT;
use crate::op::{OpKind, OpSink, Params, Parts, channel};

pub(super) const CHECKS: &[Check] = &[
    Check { name: "a_qubit_out_of_range_is_refused", run: out_of_range },
    Check { name: "the_same_qubit_twice_is_refused", run: same_qubit },
    Check { name: "an_angle_that_is_no_number_is_refused", run: not_finite },
    Check { name: "a_matrix_that_is_not_unitary_is_refused", run: not_unitary },
    Check { name: "an_unknown_gate_is_refused", run: unknown_gate },
    Check { name: "wrong_numbers_of_operands_are_refused", run: wrong_counts },
    Check { name: "an_unknown_custom_operation_is_refused", run: custom },
    Check { name: "an_unknown_hint_is_skipped", run: hint },
    Check { name: "postselecting_anything_but_0_and_1_is_refused", run: postselect_value },
    Check { name: "a_channel_that_is_none_is_refused", run: bad_channel },
];

fn out_of_range(h: &mut Harness<'_>) -> Checked {
    let width = h.info.qubit_count;
    let code = ErrorKind::QubitOutOfRange { qubit: 0, width }.code();
    for qubit in [width, u32::MAX] {
        h.refuses("measuring a qubit out of range", code, |ops| ops.measure(qubit, 0))?;
        h.refuses("resetting a qubit out of range", code, |ops| ops.reset(qubit))?;
        for gate in accepted(h) {
            let params = some_params(gate);
            if let Some(params) = params.get(..gate.params.len()) {
                let mut qubits = [0, 1, 2];
                let last = usize::from(gate.qubit_count) - 1;
                qubits[last] = qubit;
                if last > width as usize {
                    continue;
                }
                let what = "a gate on a qubit out of range";
                h.refuses(what, code, |ops| ops.gate(gate.slot, &qubits[..=last], params))?;
            }
        }
    }
    Ok(())
}

/// The gates that the backend takes, but for those that carry a matrix.
fn accepted(h: &Harness<'_>) -> impl Iterator<Item = &'static Gate> + use<> {
    let bits = LIST
        .iter()
        .filter(|gate| h.accepts(gate.slot) && !gate.traits.has(Traits::MATRIX))
        .fold(0_u64, |bits, gate| bits | 1 << gate.slot);
    LIST.iter().filter(move |gate| bits >> gate.slot & 1 == 1)
}

/// Angles that every gate takes, also a stabilizer's.
const fn some_params(_: &Gate) -> [f64; 3] {
    [0.0; 3]
}

fn same_qubit(h: &mut Harness<'_>) -> Checked {
    let code = ErrorKind::SameQubit { qubit: 0 }.code();
    let mut any = false;
    for gate in accepted(h).filter(|gate| gate.qubit_count > 1) {
        if h.info.qubit_count + 1 < u32::from(gate.qubit_count) {
            continue;
        }
        any = true;
        let params = some_params(gate);
        let params = params.get(..gate.params.len()).unwrap_or(&[]);
        let qubits: &[u32] = if gate.qubit_count == 2 { &[0, 0] } else { &[0, 1, 0] };
        h.refuses("a gate on the same qubit twice", code, |ops| {
            ops.gate(gate.slot, qubits, params)
        })?;
    }
    needs(any, "no gate on several qubits is accepted")
}

fn not_finite(h: &mut Harness<'_>) -> Checked {
    let code = ErrorKind::NotFinite { param: 0 }.code();
    let mut any = false;
    for gate in accepted(h).filter(|gate| !gate.params.is_empty()) {
        if h.info.qubit_count < u32::from(gate.qubit_count) {
            continue;
        }
        any = true;
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for index in 0..gate.params.len() {
                let mut params = some_params(gate);
                params[index] = bad;
                let params = params.get(..gate.params.len()).unwrap_or(&[]);
                let qubits = [0, 1, 2];
                let qubits = qubits.get(..usize::from(gate.qubit_count)).unwrap_or(&[]);
                h.refuses("an angle that is no number", code, |ops| {
                    ops.gate(gate.slot, qubits, params)
                })?;
            }
        }
    }
    needs(any, "no gate with an angle is accepted")
}

fn not_unitary(h: &mut Harness<'_>) -> Checked {
    needs(h.accepts(slot::UNITARY_1Q), "matrices are not taken")?;
    let params = [1.0, 0.0, 0.5, 0.0, 0.0, 0.0, 1.0, 0.0];
    let code = ErrorKind::NotUnitary { deviation: 0.0 }.code();
    h.refuses("a matrix that is not unitary", code, |ops| ops.gate(slot::UNITARY_1Q, &[0], &params))
}

fn unknown_gate(h: &mut Harness<'_>) -> Checked {
    let code = ErrorKind::GateRefused { gate: "", slot: 0 }.code();
    for slot in [0, FIRST_USER_SLOT - 1, FIRST_USER_SLOT + 900, u16::MAX] {
        h.refuses("an unknown gate", code, |ops| ops.gate(slot, &[0], &[]))?;
    }
    Ok(())
}

fn wrong_counts(h: &mut Harness<'_>) -> Checked {
    let code = ErrorKind::Argument("").code();
    for gate in accepted(h) {
        let (qubits, params) = (usize::from(gate.qubit_count), gate.params.len());
        let all = [0, 1, 2, 3];
        let reals = [0.0; 4];
        let variants = [
            (qubits + 1, params),
            (qubits, params + 1),
            (qubits, params.wrapping_sub(1)),
            (qubits - 1, params),
        ];
        for (qubits, params) in variants {
            // A gate on no qubit is no record; fewer parameters than none are none.
            let (Some(qubits), Some(params)) = (all.get(..qubits), reals.get(..params)) else {
                continue;
            };
            if !qubits.is_empty() && qubits.len() <= h.info.qubit_count as usize {
                h.refuses(gate.name, code, |ops| ops.gate(gate.slot, qubits, params))?;
            }
        }
    }
    Ok(())
}

/// A tag that no part uses.
const STRANGE_TAG: u16 = 0xbeef;

fn custom(h: &mut Harness<'_>) -> Checked {
    let code = ErrorKind::Unsupported("").code();
    let parts = |flags, params| {
        let (kind, gate) = (OpKind::Custom, STRANGE_TAG);
        Parts { kind, flags, gate, qubits: &[0], params: Params::Words(params) }
    };
    h.refuses("an unknown custom operation", code, |ops| ops.push(parts(0, &[])))?;
    h.refuses("an unknown custom operation", code, |ops| ops.push(parts(0, &[u64::MAX; 9])))
}

fn hint(h: &mut Harness<'_>) -> Checked {
    let mut circuit = h.circuit();
    let quantum = h.profile.is_quantum() && circuit.gate(h, slot::X, &[0], &[]).is_ok();
    let (kind, gate, flags) = (OpKind::Custom, STRANGE_TAG, FLAG_HINT);
    // A hint is nobody's business: not even its qubits are looked at.
    for qubits in [&[][..], &[0], &[u32::MAX, 0, 0]] {
        let parts = Parts { kind, flags, gate, qubits, params: Params::Words(&[1, 2, 3]) };
        went_well("building a circuit", circuit.ops.push(parts))?;
    }
    circuit.measure(0)?;
    h.shot(&circuit.ops)?;
    ensure(!quantum || h.value(0) == 1, format_args!("skipping a hint changed the state"))
}

fn postselect_value(h: &mut Harness<'_>) -> Checked {
    needs(h.info.op_kinds & OpKind::Postselect.bit() != 0, "postselection is not taken")?;
    let code = ErrorKind::Argument("").code();
    for value in [2, u64::MAX] {
        h.refuses("postselecting a value that no qubit has", code, |ops| {
            let (qubits, params) = (&[0], Params::Words(&[value]));
            ops.push(Parts { kind: OpKind::Postselect, flags: 0, gate: 0, qubits, params })
        })?;
    }
    Ok(())
}

fn bad_channel(h: &mut Harness<'_>) -> Checked {
    needs(h.info.op_kinds & OpKind::Channel.bit() != 0, "channels are not taken")?;
    let push = |ops: &mut super::circuit::Ops, gate, params: &[f64]| {
        let (kind, qubits, params) = (OpKind::Channel, &[0], Params::Reals(params));
        ops.push(Parts { kind, flags: 0, gate, qubits, params })
    };
    let bad: [(&str, u16, &[f64], ErrorKind); 5] = [
        ("a channel of no number", 999, &[], ErrorKind::Unsupported("")),
        ("too few probabilities", channel::PAULI_1Q, &[0.1], ErrorKind::Argument("")),
        (
            "a negative probability",
            channel::PAULI_1Q,
            &[0.1, -0.1, 0.0],
            ErrorKind::NotAProbability { value: 0.0 },
        ),
        (
            "probabilities above 1",
            channel::PAULI_1Q,
            &[0.5, 0.5, 0.5],
            ErrorKind::NotAProbability { value: 0.0 },
        ),
        (
            "incomplete Kraus operators",
            channel::KRAUS_1Q,
            &[0.5; 8],
            ErrorKind::NotUnitary { deviation: 0.0 },
        ),
    ];
    for (what, number, params, kind) in bad {
        h.refuses(what, kind.code(), |ops| push(ops, number, params))?;
    }
    // A channel that certainly flips is a flip, whether it is exact or drawn. A replay may not be
    // able to follow one.
    if !h.profile.is_quantum() {
        return Ok(());
    }
    let ops = build(|ops| {
        push(ops, channel::PAULI_1Q, &[1.0, 0.0, 0.0])?;
        ops.measure(0, 0)
    })?;
    h.shot(&ops)?;
    ensure(h.value(0) == 1, format_args!("a channel that certainly flips does not"))?;
    if !(h.info.caps.has(Caps::CHANNELS) && h.info.caps.has(Caps::STATE)) {
        return Ok(());
    }
    // Whoever says that its channels are exact has the mixture, not one of its halves.
    let ops = build(|ops| push(ops, channel::PAULI_1Q, &[0.5, 0.0, 0.0]))?;
    h.begin()?;
    h.apply(&ops)?;
    let mut halves = [0.0; 2];
    let asked = h.backend.state(StateQuery::Probabilities(&[0]), &mut halves);
    went_well("asking for probabilities", asked)?;
    h.end()?;
    let [zero, one] = halves;
    ensure(
        (zero - 0.5).abs() < 1e-5 && (one - 0.5).abs() < 1e-5,
        format_args!("channels are not exact: a flip with 1/2 leaves {zero} and {one}"),
    )
}
