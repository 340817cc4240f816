//! What each gate is made of: one level down, and all the way to the native set.
//!
//! The native set is phased_x, rz, zz_phase: every gate that does not carry a two- or three-qubit
//! matrix comes down to it. Levels: ccx and cswap over cx; swap, iswap over cx; cx, cy, ch over cz
//! and one-qubit gates; the rest straight to natives. So [`expand`] ends after four levels at most.
//! Everything here is up to a global phase.

use core::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

use super::{GATE_QUBITS_MAX, Gate, by_slot, slot};
use crate::error::{ErrorKind, Result};
use crate::real::{Complex, Real, atan2};

/// Takes one gate of a sequence: slot, operands (indices into the operands of the gate that is
/// replaced), parameters.
pub type Emit<'a> = dyn FnMut(u16, &[u8], &[f64]) -> Result<()> + 'a;

/// Emits what a gate with these parameters is made of.
pub type StepsFn = fn(params: &[f64], emit: &mut Emit<'_>) -> Result<()>;

/// The operands of a gate in their own order.
pub(super) const OPERANDS: [u8; GATE_QUBITS_MAX] = [0, 1, 2];

/// What a gate is made of.
#[derive(Clone, Copy, Debug)]
pub enum Decomposition {
    /// It is in the native set.
    Native,
    /// A sequence of other gates.
    Into {
        /// The slots that may occur in it.
        targets: &'static [u16],
        /// Emits it.
        steps: StepsFn,
    },
    /// None is known.
    Unknown,
}

/// The native set.
pub const NATIVE: [u16; 3] = [slot::PHASED_X, slot::RZ, slot::ZZ_PHASE];

/// Whether `gate` can be done with gates that `accepts` takes.
pub fn can_expand(gate: &Gate, accepts: &dyn Fn(u16) -> bool) -> bool {
    if accepts(gate.slot) {
        return true;
    }
    match gate.decomposition {
        Decomposition::Into { targets, .. } => {
            targets.iter().all(|&target| by_slot(target).is_some_and(|t| can_expand(t, accepts)))
        }
        Decomposition::Native | Decomposition::Unknown => false,
    }
}

/// Emits `gate` as a sequence of gates that `accepts` takes; what it takes is not taken apart.
///
/// # Errors
/// [`ErrorKind::Argument`] for a wrong number of parameters, [`ErrorKind::NotFinite`],
/// [`ErrorKind::GateRefused`] naming the gate that is neither accepted nor can be taken apart, and
/// whatever `emit` gives.
pub fn expand(
    gate: &Gate,
    params: &[f64],
    accepts: &dyn Fn(u16) -> bool,
    emit: &mut Emit<'_>,
) -> Result<()> {
    gate.check_params(params)?;
    if accepts(gate.slot) {
        let operands = OPERANDS.get(..usize::from(gate.qubit_count)).unwrap_or(&OPERANDS);
        return emit(gate.slot, operands, params);
    }
    let Decomposition::Into { steps, .. } = gate.decomposition else {
        return Err(ErrorKind::GateRefused { gate: gate.name, slot: gate.slot }.into());
    };
    steps(params, &mut |slot, outer, params| {
        let Some(step) = by_slot(slot) else {
            return Err(ErrorKind::GateRefused { gate: gate.name, slot }.into());
        };
        expand(step, params, accepts, &mut |slot, inner, params| {
            let mut operands = [0; GATE_QUBITS_MAX];
            for (place, &index) in operands.iter_mut().zip(inner) {
                *place = outer.get(usize::from(index)).copied().unwrap_or(0);
            }
            emit(slot, operands.get(..inner.len()).unwrap_or(&[]), params)
        })
    })
}

/// Emits `gate` in the native set.
///
/// # Errors
/// As [`expand`].
pub fn expand_to_native(gate: &Gate, params: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    expand(gate, params, &|slot| NATIVE.contains(&slot), emit)
}

const QUARTER: f64 = FRAC_PI_2;

fn angle(params: &[f64], index: usize) -> f64 {
    params.get(index).copied().unwrap_or(0.0)
}

fn turn_x(emit: &mut Emit<'_>, operand: u8, theta: f64) -> Result<()> {
    emit(slot::PHASED_X, &[operand], &[theta, 0.0])
}

fn turn_y(emit: &mut Emit<'_>, operand: u8, theta: f64) -> Result<()> {
    emit(slot::PHASED_X, &[operand], &[theta, QUARTER])
}

fn turn_z(emit: &mut Emit<'_>, operand: u8, theta: f64) -> Result<()> {
    emit(slot::RZ, &[operand], &[theta])
}

/// Declares a function that emits one turn about an axis.
macro_rules! turns {
    ($($name:ident: $turn:ident($theta:expr);)*) => {
        $(pub(super) fn $name(params: &[f64], emit: &mut Emit<'_>) -> Result<()> {
            let theta: fn(&[f64]) -> f64 = $theta;
            $turn(emit, 0, theta(params))
        })*
    };
}

turns! {
    rx: turn_x(|params| angle(params, 0));
    ry: turn_y(|params| angle(params, 0));
    phase: turn_z(|params| angle(params, 0));
    x: turn_x(|_| PI);
    y: turn_y(|_| PI);
    z: turn_z(|_| PI);
    s: turn_z(|_| QUARTER);
    sdg: turn_z(|_| -QUARTER);
    t: turn_z(|_| FRAC_PI_4);
    tdg: turn_z(|_| -FRAC_PI_4);
    sx: turn_x(|_| QUARTER);
    sxdg: turn_x(|_| -QUARTER);
}

pub(super) fn i(_: &[f64], _: &mut Emit<'_>) -> Result<()> {
    Ok(())
}

pub(super) fn h(_: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    turn_z(emit, 0, PI)?;
    turn_y(emit, 0, QUARTER)
}

/// Rz(phi) Ry(theta) Rz(lambda), the second Z turn pulled through the Y turn.
pub(super) fn u3(params: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    let (phi, lambda) = (angle(params, 1), angle(params, 2));
    emit(slot::PHASED_X, &[0], &[angle(params, 0), QUARTER - lambda])?;
    turn_z(emit, 0, phi + lambda)
}

/// The angles of the matrix as a U3. Where an entry is (nearly) zero its phase does not matter,
/// and the other two decide.
pub(super) fn unitary_1q(params: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    let entry = |index: usize| Complex::new(angle(params, 2 * index), angle(params, 2 * index + 1));
    let [u00, u01, u10, u11] = [0, 1, 2, 3].map(entry);
    let (cos, sin) = (Real::sqrt(u00.norm_sqr()), Real::sqrt(u10.norm_sqr()));
    let argument = |z: Complex<f64>| atan2(z.im, z.re);
    // u10 / u00 has the phase phi, -u01 / u00 lambda, u11 / u00 both.
    let (phi, lambda) = if cos >= sin {
        let both = argument(u11 * u00.conj());
        let phi = if sin > 0.0 { argument(u10 * u00.conj()) } else { 0.0 };
        (phi, both - phi)
    } else {
        // The difference is the phase of u10 / -u01; the sum matters as far as cos does.
        let difference = argument(u10 * (-u01).conj());
        let phi = if cos > 0.0 { argument(u10 * u00.conj()) } else { difference };
        (phi, phi - difference)
    };
    emit(slot::U3, &[0], &[2.0 * atan2(sin, cos), phi, lambda])
}

/// Both operands turned back from the axis at `phi` to Z, the ZZ turn, and both turned forth.
fn between_turns(emit: &mut Emit<'_>, theta: f64, turns: [f64; 2], axis: f64) -> Result<()> {
    for operand in [0, 1] {
        emit(slot::PHASED_X, &[operand], &[turns[0], axis])?;
    }
    emit(slot::ZZ_PHASE, &[0, 1], &[theta])?;
    for operand in [0, 1] {
        emit(slot::PHASED_X, &[operand], &[turns[1], axis])?;
    }
    Ok(())
}

pub(super) fn xx_phase(params: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    between_turns(emit, angle(params, 0), [-QUARTER, QUARTER], QUARTER)
}

pub(super) fn yy_phase(params: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    between_turns(emit, angle(params, 0), [QUARTER, -QUARTER], 0.0)
}

pub(super) fn phased_xx(params: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    between_turns(emit, angle(params, 0), [-QUARTER, QUARTER], angle(params, 1) + QUARTER)
}

pub(super) fn cz(_: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    emit(slot::ZZ_PHASE, &[0, 1], &[QUARTER])?;
    turn_z(emit, 0, -QUARTER)?;
    turn_z(emit, 1, -QUARTER)
}

pub(super) fn cx(_: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    turn_y(emit, 1, -QUARTER)?;
    emit(slot::CZ, &[0, 1], &[])?;
    turn_y(emit, 1, QUARTER)
}

pub(super) fn cy(_: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    turn_x(emit, 1, QUARTER)?;
    emit(slot::CZ, &[0, 1], &[])?;
    turn_x(emit, 1, -QUARTER)
}

pub(super) fn ch(_: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    turn_y(emit, 1, -FRAC_PI_4)?;
    emit(slot::CZ, &[0, 1], &[])?;
    turn_y(emit, 1, FRAC_PI_4)
}

pub(super) fn crz(params: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    let half = 0.5 * angle(params, 0);
    turn_z(emit, 1, half)?;
    emit(slot::ZZ_PHASE, &[0, 1], &[-half])
}

pub(super) fn cphase(params: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    let half = 0.5 * angle(params, 0);
    turn_z(emit, 0, half)?;
    turn_z(emit, 1, half)?;
    emit(slot::ZZ_PHASE, &[0, 1], &[-half])
}

/// Emits gates without parameters.
fn fixed(emit: &mut Emit<'_>, steps: &[(u16, &[u8])]) -> Result<()> {
    steps.iter().try_for_each(|&(slot, operands)| emit(slot, operands, &[]))
}

pub(super) fn swap(_: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    fixed(emit, &[(slot::CX, &[0, 1]), (slot::CX, &[1, 0]), (slot::CX, &[0, 1])])
}

pub(super) fn iswap(_: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    fixed(
        emit,
        &[
            (slot::S, &[0]),
            (slot::S, &[1]),
            (slot::H, &[0]),
            (slot::CX, &[0, 1]),
            (slot::CX, &[1, 0]),
            (slot::H, &[1]),
        ],
    )
}

pub(super) fn ccx(_: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    fixed(
        emit,
        &[
            (slot::H, &[2]),
            (slot::CX, &[1, 2]),
            (slot::TDG, &[2]),
            (slot::CX, &[0, 2]),
            (slot::T, &[2]),
            (slot::CX, &[1, 2]),
            (slot::TDG, &[2]),
            (slot::CX, &[0, 2]),
            (slot::T, &[1]),
            (slot::T, &[2]),
            (slot::H, &[2]),
            (slot::CX, &[0, 1]),
            (slot::T, &[0]),
            (slot::TDG, &[1]),
            (slot::CX, &[0, 1]),
        ],
    )
}

pub(super) fn cswap(_: &[f64], emit: &mut Emit<'_>) -> Result<()> {
    fixed(emit, &[(slot::CX, &[2, 1]), (slot::CCX, &[0, 1, 2]), (slot::CX, &[2, 1])])
}
