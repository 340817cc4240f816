//! Gates of the program's own, known by slot and matrix function after the handshake.

use super::DENSE_PARAMS_MIN;
use crate::backend::{GateDef, GateSet, RE_IM_MAX, UserMatrix, Verdict, unitary_from_re_im};
use crate::error::{Error, ErrorKind, Result};
use crate::kernel::digest::Fnv;
use crate::op::Op;
use crate::op::gates::{FIRST_USER_SLOT, GATE_QUBITS_MAX, MATRIX_MAX, facts};
use crate::real::Complex;

/// Most gates of a program's own that a simulator remembers.
pub(crate) const USER_GATES_MAX: usize = 32;
/// Most parameters of a gate that goes through its matrix function.
const PARAMS: usize = 16;

/// One gate of the program's own.
#[derive(Clone, Copy, Debug)]
struct UserGate {
    slot: u16,
    qubit_count: u8,
    param_count: u8,
    id_hash: u64,
    matrix: UserMatrix,
}

/// What a simulator of matrices makes of gates of a program's own: [`UserGates`] or [`BuiltInOnly`].
pub trait OwnGates: Clone + core::fmt::Debug + Default + sealed::Sealed {
    /// Whether there can be any.
    const TAKEN: bool;
    /// Whether the simulator also takes channels; one for a board's tightest loop does not.
    const CHANNELS: bool;
    /// Whether it takes the built-in gates whose matrix is in the record; one for a board does not.
    const DENSE: bool;
    /// Qubit and parameter counts of the gate in this slot.
    fn counts(&self, slot: u16) -> Option<(u8, u8)>;
    /// Works out and checks the matrix of the gate in `op`; whether there is such a gate.
    ///
    /// # Errors
    /// What the gate's matrix function refuses; [`ErrorKind::NotUnitary`].
    fn matrix(&self, op: Op<'_>, out: &mut [Complex<f64>; MATRIX_MAX]) -> Result<bool>;
    /// Answers a handshake. Changes nothing if it fails.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`], [`ErrorKind::Capacity`].
    fn negotiate(&mut self, set: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::UserGates {}
    impl Sealed for super::BuiltInOnly {}
}

/// No gates that bring a matrix, neither as a function nor in their records: for a board whose loop must
/// call nothing through a pointer, and which has no room to remember them.
#[derive(Clone, Copy, Debug, Default)]
pub struct BuiltInOnly;

impl OwnGates for BuiltInOnly {
    const TAKEN: bool = false;
    const CHANNELS: bool = false;
    const DENSE: bool = false;

    fn counts(&self, _slot: u16) -> Option<(u8, u8)> {
        None
    }

    fn matrix(&self, _op: Op<'_>, _out: &mut [Complex<f64>; MATRIX_MAX]) -> Result<bool> {
        Ok(false)
    }

    fn negotiate(&mut self, set: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        check_lengths(set, verdicts)?;
        for (gate, verdict) in set.gates.iter().zip(verdicts) {
            let is_dense = usize::from(gate.param_count) >= DENSE_PARAMS_MIN;
            *verdict = if is_dense { Verdict::Reject } else { built_in(gate) };
        }
        Ok(())
    }
}

/// The gates announced so far.
#[derive(Clone, Debug, Default)]
pub struct UserGates {
    gates: heapless::Vec<UserGate, USER_GATES_MAX>,
}

fn hash(id: &str) -> u64 {
    id.bytes().fold(Fnv::new(), |h, byte| h.with_bytes(u64::from(byte), 1)).finish()
}

impl UserGates {
    fn find(&self, slot: u16) -> Option<&UserGate> {
        self.gates.iter().find(|gate| gate.slot == slot)
    }
}

fn check_lengths(set: &GateSet<'_>, verdicts: &[Verdict]) -> Result<()> {
    if set.gates.len() == verdicts.len() {
        Ok(())
    } else {
        Err(ErrorKind::Argument("one verdict per gate is needed").into())
    }
}

fn built_in(gate: &GateDef<'_>) -> Verdict {
    let known = facts(gate.slot).is_some_and(|built_in| built_in.id == gate.id);
    if known { Verdict::Native } else { Verdict::Reject }
}

impl OwnGates for UserGates {
    const TAKEN: bool = true;
    const CHANNELS: bool = true;
    const DENSE: bool = true;

    fn counts(&self, slot: u16) -> Option<(u8, u8)> {
        self.find(slot).map(|gate| (gate.qubit_count, gate.param_count))
    }

    fn matrix(&self, op: Op<'_>, out: &mut [Complex<f64>; MATRIX_MAX]) -> Result<bool> {
        self.find(op.gate()).map_or(Ok(false), |gate| gate.matrix(op, out).map(|()| true))
    }

    /// Built-in gates are native, gates that bring a matrix for at most three qubits go through it.
    fn negotiate(&mut self, set: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        check_lengths(set, verdicts)?;
        let mut gates = self.gates.clone();
        for (gate, verdict) in set.gates.iter().zip(verdicts.iter_mut()) {
            *verdict = announce(&mut gates, gate)?;
        }
        self.gates = gates;
        Ok(())
    }
}

fn announce(
    gates: &mut heapless::Vec<UserGate, USER_GATES_MAX>,
    gate: &GateDef<'_>,
) -> Result<Verdict> {
    if gate.slot < FIRST_USER_SLOT {
        return Ok(built_in(gate));
    }
    let Some(matrix) = gate.matrix else { return Ok(Verdict::Reject) };
    let sizes = 1..=GATE_QUBITS_MAX;
    if !sizes.contains(&usize::from(gate.qubit_count)) || usize::from(gate.param_count) > PARAMS {
        return Ok(Verdict::Reject);
    }
    let new = UserGate {
        slot: gate.slot,
        qubit_count: gate.qubit_count,
        param_count: gate.param_count,
        id_hash: hash(gate.id),
        matrix,
    };
    if let Some(old) = gates.iter_mut().find(|old| old.slot == gate.slot) {
        if old.id_hash != new.id_hash {
            return Err(slot_taken(gate));
        }
        *old = new;
    } else {
        gates.push(new).map_err(|_| ErrorKind::Capacity {
            what: "gates of the program's own",
            needed: USER_GATES_MAX as u64 + 1,
            available: USER_GATES_MAX as u64,
        })?;
    }
    Ok(Verdict::Matrix)
}

#[cold]
fn slot_taken(gate: &GateDef<'_>) -> Error {
    Error::from(ErrorKind::Argument("a gate slot is taken")).with_text(format_args!(
        "gate {} cannot have slot {}: another gate was announced there; give each its own",
        gate.id, gate.slot
    ))
}

impl UserGate {
    /// Works out the matrix for the record's parameters and checks it.
    #[cold]
    #[inline(never)]
    fn matrix(&self, op: Op<'_>, out: &mut [Complex<f64>; MATRIX_MAX]) -> Result<()> {
        let mut params = [0.0; PARAMS];
        let params = &mut params[..usize::from(self.param_count).min(PARAMS)];
        for (index, param) in params.iter_mut().enumerate() {
            *param = op.param_f64(index);
        }
        let mut re_im = [0.0; RE_IM_MAX];
        let numbers = 2 << (2 * self.qubit_count);
        self.matrix.evaluate(params, &mut re_im[..numbers])?;
        unitary_from_re_im(self.qubit_count, &re_im[..numbers], out)
    }
}
