//! The handshake about gates.

use super::circuit::Start;
use super::harness::{Harness, ensure, needs, went_well};
use super::reference::params_of;
use super::{Check, Checked};
use crate::backend::{GateDef, GateSet, UserMatrix, Verdict};
use crate::error::{ErrorKind, Result};
use crate::op::OpSink;
use crate::op::gates::{FIRST_USER_SLOT, LIST, MATRIX_MAX, slot};
use crate::real::Complex;

pub(super) const CHECKS: &[Check] = &[
    Check { name: "verdicts_must_be_as_many_as_gates", run: lengths },
    Check { name: "verdicts_do_not_change_when_asked_again", run: again },
    Check { name: "a_gate_of_another_id_or_without_meaning_is_rejected", run: strangers },
    Check { name: "rejected_gates_are_refused_by_name", run: rejected },
    Check { name: "a_user_gate_acts_as_its_matrix", run: user_gate },
];

fn lengths(h: &mut Harness<'_>) -> Checked {
    let def = [went_well("the gate list", GateDef::built_in(slot::RZ))?];
    for verdicts in [&mut [][..], &mut [Verdict::Reject; 2]] {
        let count = verdicts.len();
        let done = h.backend.negotiate(&GateSet { gates: &def }, verdicts);
        ensure(
            done.as_ref().is_err_and(|e| e.code() == ErrorKind::Argument("").code()),
            format_args!("one gate and {count} verdicts gave {done:?}"),
        )?;
    }
    Ok(())
}

fn again(h: &mut Harness<'_>) -> Checked {
    let mut defs = [went_well("the gate list", GateDef::built_in(slot::RZ))?; LIST.len()];
    for (def, gate) in defs.iter_mut().zip(LIST) {
        *def = went_well("the gate list", GateDef::built_in(gate.slot))?;
    }
    let mut verdicts = [Verdict::Reject; LIST.len()];
    let set = GateSet { gates: &defs };
    went_well("announcing all gates", h.backend.negotiate(&set, &mut verdicts))?;
    for (gate, verdict) in LIST.iter().zip(verdicts) {
        let first = h.verdict(gate.slot);
        ensure(
            verdict == first,
            format_args!("{} is {first:?} alone and {verdict:?} among all", gate.name),
        )?;
    }
    Ok(())
}

fn strangers(h: &mut Harness<'_>) -> Checked {
    let rz = went_well("the gate list", GateDef::built_in(slot::RZ))?;
    let opaque = GateDef {
        slot: FIRST_USER_SLOT + 77,
        id: "pandia.conformance_opaque/1",
        qubit_count: 1,
        param_count: 0,
        matrix: None,
    };
    for def in [GateDef { id: "pandia.rz/999", ..rz }, opaque] {
        let mut verdict = [Verdict::Native];
        let set = GateSet { gates: &[def] };
        went_well("announcing a stranger", h.backend.negotiate(&set, &mut verdict))?;
        ensure(
            verdict == [Verdict::Reject],
            format_args!("{} (slot {}) is {:?}", def.id, def.slot, verdict[0]),
        )?;
    }
    Ok(())
}

fn rejected(h: &mut Harness<'_>) -> Checked {
    let mut any = false;
    for gate in LIST.iter().filter(|gate| gate.qubit_count == 1 && gate.params.len() <= 3) {
        if h.accepts(gate.slot) {
            continue;
        }
        any = true;
        let params = [0.3; 3];
        let params = params.get(..gate.params.len()).unwrap_or(&[]);
        let code = ErrorKind::GateRefused { gate: "", slot: 0 }.code();
        h.refuses(gate.name, code, |ops| ops.gate(gate.slot, &[0], params))?;
    }
    needs(any, "every small gate is accepted")
}

/// A gate that nobody has heard of: exp(-i theta/2 X) and then S on operand 0, SWAP of both.
fn stranger(state: &mut super::reference::Reference, theta: f64) -> Checked {
    state.gate(slot::RX, &[0], &[theta])?;
    state.gate(slot::S, &[0], &[])?;
    state.gate(slot::SWAP, &[0, 1], &[])
}

fn stranger_matrix(params: &[f64], re_im: &mut [f64]) -> Result<()> {
    let theta = params.first().copied().unwrap_or(0.0);
    let mut out = [0.0; 2 * MATRIX_MAX];
    params_of(2, |state| stranger(state, theta), &mut out)
        .map_err(|_| ErrorKind::Broken("the reference does not know its own gates"))?;
    for (place, value) in re_im.iter_mut().zip(&out[..32]) {
        *place = *value;
    }
    Ok(())
}

fn user_gate(h: &mut Harness<'_>) -> Checked {
    h.needs_quantum(2)?;
    let slot = FIRST_USER_SLOT + 5;
    let def = GateDef {
        slot,
        id: "pandia.conformance_stranger/1",
        qubit_count: 2,
        param_count: 1,
        matrix: Some(UserMatrix::new(stranger_matrix)),
    };
    let mut verdict = [Verdict::Reject];
    went_well(
        "announcing a user gate",
        h.backend.negotiate(&GateSet { gates: &[def] }, &mut verdict),
    )?;
    needs(verdict != [Verdict::Reject], "user gates are not taken")?;
    for theta in [0.4, -1.3] {
        for (spread, start) in [(false, Start::Plus), (true, Start::PlusI), (true, Start::One)] {
            let mut circuit = super::circuit::Circuit::new(h.place(spread));
            circuit.start(h, 0, start)?;
            circuit.start(h, 1, Start::PlusI)?;
            let mut re_im = [0.0; 2 * MATRIX_MAX];
            went_well("the user gate's matrix", stranger_matrix(&[theta], &mut re_im))?;
            let mut matrix = [Complex::ZERO; MATRIX_MAX];
            for (entry, pair) in matrix.iter_mut().zip(re_im.chunks_exact(2)) {
                *entry = Complex::new(pair[0], pair[1]);
            }
            circuit.reference.matrix(&[0, 1], &matrix);
            let qubits = [circuit.qubit(0), circuit.qubit(1)];
            went_well("building a circuit", circuit.ops.gate(slot, &qubits, &[theta]))?;
            circuit.gate(h, slot::H, &[0], &[])?;
            circuit.gate(h, slot::H, &[1], &[])?;
            h.compare(circuit, 2, format_args!("a user gate at {theta} after {start:?}"))?;
        }
    }
    Ok(())
}
