//! The pass over a batch before its first operation: what it lets through is carried out.

use super::native;
use super::user_gates::UserGates;
use crate::error::{Error, ErrorKind, Result};
use crate::op::check::check_operands;
use crate::op::gates::{FIRST_USER_SLOT, MATRIX_MAX, by_slot, check_unitary};
use crate::op::record::OpKinds;
use crate::op::{Op, OpKind};
use crate::real::Complex;

/// The kinds that every simulator takes.
pub(crate) const OP_KINDS: OpKinds = OpKind::Gate.bit()
    | OpKind::Measure.bit()
    | OpKind::Reset.bit()
    | OpKind::Postselect.bit()
    | OpKind::MeasureLeaked.bit()
    | OpKind::Idle.bit()
    | OpKind::Barrier.bit();

/// Checks one operation for a simulator of matrices: support, then counts, qubits, parameters.
#[inline]
pub(crate) fn check_op(op: Op<'_>, width: u32, gates: &UserGates) -> Result<()> {
    match op.kind() {
        OpKind::Gate => check_gate(op, width, gates),
        OpKind::Postselect => check_postselect(op, width),
        OpKind::Measure
        | OpKind::MeasureLeaked
        | OpKind::Reset
        | OpKind::Idle
        | OpKind::Barrier => check_operands(op, width),
        OpKind::Custom | OpKind::Channel => check_foreign(op),
    }
}

/// An operation of a kind that the simulator does not take: skipped if it is a hint.
#[cold]
pub(crate) fn check_foreign(op: Op<'_>) -> Result<()> {
    if op.is_hint() {
        return Ok(());
    }
    Err(match op.kind() {
        OpKind::Channel => ErrorKind::Unsupported(
            "channels are not taken by this simulator; use pandia.density_matrix or an error model \
             that draws",
        ),
        OpKind::Gate
        | OpKind::Measure
        | OpKind::Reset
        | OpKind::Postselect
        | OpKind::MeasureLeaked
        | OpKind::Idle
        | OpKind::Custom
        | OpKind::Barrier => ErrorKind::Unsupported(
            "a custom operation that this simulator does not know; flag it as a hint to have it \
             skipped",
        ),
    }
    .into())
}

/// A projection: one qubit and 0 or 1.
pub(crate) fn check_postselect(op: Op<'_>, width: u32) -> Result<()> {
    check_operands(op, width)?;
    if op.param_u64(0) <= 1 {
        return Ok(());
    }
    Err(Error::from(ErrorKind::Argument("postselect takes the value 0 or 1"))
        .with_text(format_args!("postselect takes the value 0 or 1, not {}", op.param_u64(0))))
}

#[inline]
fn check_gate(op: Op<'_>, width: u32, gates: &UserGates) -> Result<()> {
    let Some((qubits, params)) = native::shape(op.gate()) else {
        return check_user_gate(op, width, gates);
    };
    if op.qubit_count() != usize::from(qubits) || op.param_count() != usize::from(params) {
        return Err(wrong_counts(op, qubits, params));
    }
    check_operands(op, width)?;
    if params >= native::DENSE_PARAMS_MIN { check_dense(op, qubits) } else { Ok(()) }
}

#[cold]
#[inline(never)]
fn check_dense(op: Op<'_>, qubit_count: u8) -> Result<()> {
    let mut matrix = [Complex::ZERO; MATRIX_MAX];
    native::dense(op, &mut matrix);
    check_unitary(qubit_count, &matrix)
}

#[cold]
#[inline(never)]
fn check_user_gate(op: Op<'_>, width: u32, gates: &UserGates) -> Result<()> {
    let slot = op.gate();
    let Some(gate) = gates.find(slot) else {
        if op.is_hint() {
            return Ok(());
        }
        let error = Error::from(ErrorKind::GateRefused { gate: "user gate", slot });
        return Err(if slot < FIRST_USER_SLOT {
            error
        } else {
            error.with_text(format_args!(
                "gate slot {slot} is a program's own and was not announced with a matrix; announce \
                 it before the first shot"
            ))
        });
    };
    let (qubits, params) = (gate.qubit_count, gate.param_count);
    if op.qubit_count() != usize::from(qubits) || op.param_count() != usize::from(params) {
        return Err(wrong_counts(op, qubits, params));
    }
    check_operands(op, width)?;
    gate.matrix(op, &mut [Complex::ZERO; MATRIX_MAX])
}

/// The refusal of a gate with the wrong number of qubits or parameters.
#[cold]
pub(crate) fn wrong_counts(op: Op<'_>, qubits: u8, params: u8) -> Error {
    let name = by_slot(op.gate()).map_or("user gate", |gate| gate.name);
    Error::from(ErrorKind::Argument("wrong number of qubits or parameters")).with_text(
        format_args!(
            "gate {name} (slot {}) takes {qubits} qubits and {params} parameters, not {} and {}",
            op.gate(),
            op.qubit_count(),
            op.param_count()
        ),
    )
}
