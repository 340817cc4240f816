//! The pass over a batch before its first operation: what it lets through is carried out.

use super::native;
use super::user_gates::OwnGates;
use crate::error::{Case, Error, ErrorKind, Result};
use crate::op::channel;
use crate::op::check::{check_gate_operands, check_operands};
use crate::op::gates::{FIRST_USER_SLOT, MATRIX_MAX, check_unitary, counts, name_of};
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
/// `CHANNELS`: whether the simulator takes channels if its gates allow it.
#[inline]
pub(crate) fn check_op<const CHANNELS: bool, G: OwnGates>(
    op: Op<'_>,
    width: u32,
    gates: &G,
) -> Result<()> {
    match op.kind() {
        OpKind::Gate => check_gate(op, width, gates),
        OpKind::Postselect => check_postselect(op, width),
        OpKind::Measure
        | OpKind::MeasureLeaked
        | OpKind::Reset
        | OpKind::Idle
        | OpKind::Barrier => check_operands(op, width),
        OpKind::Channel if CHANNELS && G::CHANNELS => check_channel(op, width),
        OpKind::Custom | OpKind::Channel => check_foreign(op),
    }
}

/// Checks a channel for a simulator that takes them: known (or a hint), its qubits, its parameters.
#[cold]
#[inline(never)]
pub(crate) fn check_channel(op: Op<'_>, width: u32) -> Result<()> {
    if channel::by_number(op.gate()).is_some() {
        check_operands(op, width)?;
    } else if op.is_hint() {
        return Ok(());
    }
    channel::check_op(op).map(|_| ())
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
        .of_case(Case::PostselectValue(op.param_u64(0))))
}

#[inline]
fn check_gate<G: OwnGates>(op: Op<'_>, width: u32, gates: &G) -> Result<()> {
    let counts = counts(op.gate());
    if counts != op.counts() {
        return if counts == 0 {
            check_user_gate(op, width, gates)
        } else {
            Err(wrong_counts(op, counts))
        };
    }
    check_gate_operands(op, width)?;
    if op.param_count() >= native::DENSE_PARAMS_MIN { check_dense(op) } else { Ok(()) }
}

#[cold]
#[inline(never)]
fn check_dense(op: Op<'_>) -> Result<()> {
    let mut matrix = [Complex::ZERO; MATRIX_MAX];
    native::dense(op, &mut matrix);
    let [qubit_count, _] = op.counts().to_le_bytes();
    check_unitary(qubit_count, &matrix)
}

#[cold]
#[inline(never)]
fn check_user_gate<G: OwnGates>(op: Op<'_>, width: u32, gates: &G) -> Result<()> {
    let slot = op.gate();
    let Some((qubits, params)) = gates.counts(slot) else {
        if op.is_hint() {
            return Ok(());
        }
        let error = Error::from(ErrorKind::GateRefused { gate: "user gate", slot });
        return Err(match slot {
            ..FIRST_USER_SLOT => error,
            _ if G::TAKEN => error.of_case(Case::NotAnnounced { slot }),
            _ => error.of_case(Case::BuiltInOnly { slot }),
        });
    };
    let counts = u16::from_le_bytes([qubits, params]);
    if counts != op.counts() {
        return Err(wrong_counts(op, counts));
    }
    check_operands(op, width)?;
    gates.matrix(op, &mut [Complex::ZERO; MATRIX_MAX]).map(|_| ())
}

/// The refusal of a gate with the wrong number of qubits or parameters.
#[cold]
pub(crate) fn wrong_counts(op: Op<'_>, counts: u16) -> Error {
    let ([qubits, params], [got_qubits, got_params]) =
        (counts.to_le_bytes(), op.counts().to_le_bytes());
    let (qubits, params) = ([qubits, got_qubits], [params, got_params]);
    let gate = name_of(op.gate()).unwrap_or("user gate");
    Error::from(ErrorKind::Argument("wrong number of qubits or parameters"))
        .of_case(Case::WrongCounts { gate, slot: op.gate(), qubits, params })
}
