//! The pass over a batch before its first operation: what it lets through is carried out.
//!
//! Simulators make it before they change anything, and runtimes that hold operations back before they
//! take them. Not here: what only one simulator refuses, like an angle that is not Clifford.

mod user_gates;

pub use user_gates::{BuiltInOnly, OwnGates, UserGates};

use crate::error::{Case, Error, ErrorKind, Result};
use crate::op::channel::{self, by_number};
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

/// Gates with as many parameters or more carry their matrix.
pub(crate) const DENSE_PARAMS_MIN: usize = 8;

/// Reads the matrix that a record carries.
pub(crate) fn dense(op: Op<'_>, out: &mut [Complex<f64>; MATRIX_MAX]) {
    let (pairs, _) = op.params().as_chunks::<2>();
    for (entry, [re, im]) in out.iter_mut().zip(pairs) {
        *entry = Complex::new(f64::from_bits(*re), f64::from_bits(*im));
    }
}

/// Checks one operation for a simulator of matrices: support, then counts, qubits, parameters.
#[inline]
pub(crate) fn check_op<G: OwnGates>(op: Op<'_>, width: u32, gates: &G) -> Result<()> {
    check_with::<false, G>(op, width, gates)
}

/// As [`check_op`], for a simulator that takes channels if its gates allow it.
#[inline]
pub(crate) fn check_op_or_channel<G: OwnGates>(op: Op<'_>, width: u32, gates: &G) -> Result<()> {
    check_with::<true, G>(op, width, gates)
}

#[inline]
fn check_with<const CHANNELS: bool, G: OwnGates>(op: Op<'_>, width: u32, gates: &G) -> Result<()> {
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

/// Checks a channel: known (or a hint), its qubits, its parameters.
pub(crate) fn check_channel(op: Op<'_>, width: u32) -> Result<()> {
    if by_number(op.gate()).is_some() {
        check_operands(op, width)?;
    } else if op.is_hint() {
        return Ok(());
    }
    channel::check_op(op).map(|_| ())
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

/// A gate: known (or a hint), its counts, its qubits, its parameters.
#[inline]
pub(crate) fn check_gate<G: OwnGates>(op: Op<'_>, width: u32, gates: &G) -> Result<()> {
    let counts = counts(op.gate());
    if counts != op.counts() {
        return if counts == 0 {
            check_user_gate(op, width, gates)
        } else {
            Err(wrong_counts(op, counts))
        };
    }
    check_gate_operands(op, width)?;
    match op.param_count() {
        ..DENSE_PARAMS_MIN => Ok(()),
        _ if G::DENSE => check_dense(op),
        _ => Err(refused_matrix(op)),
    }
}

#[cold]
#[inline(never)]
fn check_dense(op: Op<'_>) -> Result<()> {
    let mut matrix = [Complex::ZERO; MATRIX_MAX];
    dense(op, &mut matrix);
    let [qubit_count, _] = op.counts().to_le_bytes();
    check_unitary(qubit_count, &matrix)
}

#[cold]
#[inline(never)]
fn refused_matrix(op: Op<'_>) -> Error {
    let (gate, slot) = (name_of(op.gate()).unwrap_or("gate"), op.gate());
    Error::from(ErrorKind::GateRefused { gate, slot }).of_case(Case::NoMatrices { gate, slot })
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
