//! Which rotation a gate is: its nominal angle, and the same rotation by another angle.
//!
//! Not here: by how much a gate over-rotates.

use crate::error::Result;
use crate::op::gates::slot;
use crate::op::{OpBuffer, OpSink};
use core::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// Room for one rotation: at most three gates of at most two parameters.
pub(super) type Rotation = OpBuffer<12>;

/// The parameters of the gate, as far as they matter here.
pub(super) type GateParams = [f64; 2];

/// The angle by which a gate turns about its own axis, in radians; 0 for a gate without one.
pub(super) const fn nominal(gate: u16, params: GateParams) -> f64 {
    match gate {
        slot::PHASED_X
        | slot::RZ
        | slot::RX
        | slot::RY
        | slot::U3
        | slot::PHASE
        | slot::ZZ_PHASE
        | slot::XX_PHASE
        | slot::YY_PHASE
        | slot::PHASED_XX
        | slot::CRZ
        | slot::CPHASE => params[0],
        slot::X | slot::Y | slot::Z | slot::H => PI,
        slot::S | slot::SX | slot::CX | slot::CY | slot::CZ | slot::CH | slot::SWAP => FRAC_PI_2,
        slot::SDG | slot::SXDG | slot::ISWAP => -FRAC_PI_2,
        slot::T => FRAC_PI_4,
        slot::TDG => -FRAC_PI_4,
        _ => 0.0,
    }
}

/// Writes the rotation by `delta` about the axis of a one-qubit gate.
pub(super) fn turn_one(
    gate: u16,
    params: GateParams,
    qubit: u32,
    delta: f64,
    out: &mut Rotation,
) -> Result<()> {
    let q = &[qubit];
    match gate {
        slot::PHASED_X => out.inserted_gate(slot::PHASED_X, q, &[delta, params[1]]),
        // U3(theta, phi, lambda) = Rz(phi) Ry(theta) Rz(lambda) but for a phase.
        slot::U3 => out.inserted_gate(slot::PHASED_X, q, &[delta, params[1] + FRAC_PI_2]),
        slot::RX | slot::X | slot::SX | slot::SXDG => out.inserted_gate(slot::RX, q, &[delta]),
        slot::RY | slot::Y => out.inserted_gate(slot::RY, q, &[delta]),
        slot::H => {
            out.inserted_gate(slot::RY, q, &[-FRAC_PI_4])?;
            out.inserted_gate(slot::RZ, q, &[delta])?;
            out.inserted_gate(slot::RY, q, &[FRAC_PI_4])
        }
        _ => out.inserted_gate(slot::RZ, q, &[delta]),
    }
}

/// Writes the rotation by `delta` about the axis of a two-qubit gate.
pub(super) fn turn_two(
    gate: u16,
    params: GateParams,
    qubits: [u32; 2],
    delta: f64,
    out: &mut Rotation,
) -> Result<()> {
    let pair = &qubits;
    let target = &[qubits[1]];
    match gate {
        slot::XX_PHASE | slot::YY_PHASE | slot::CRZ | slot::CPHASE => {
            out.inserted_gate(gate, pair, &[delta])
        }
        slot::PHASED_XX => out.inserted_gate(gate, pair, &[delta, params[1]]),
        slot::CX => {
            out.inserted_gate(slot::H, target, &[])?;
            out.inserted_gate(slot::ZZ_PHASE, pair, &[delta])?;
            out.inserted_gate(slot::H, target, &[])
        }
        slot::CY => {
            out.inserted_gate(slot::SX, target, &[])?;
            out.inserted_gate(slot::ZZ_PHASE, pair, &[delta])?;
            out.inserted_gate(slot::SXDG, target, &[])
        }
        slot::CH => {
            out.inserted_gate(slot::RY, target, &[-FRAC_PI_4])?;
            out.inserted_gate(slot::ZZ_PHASE, pair, &[delta])?;
            out.inserted_gate(slot::RY, target, &[FRAC_PI_4])
        }
        slot::SWAP | slot::ISWAP => {
            out.inserted_gate(slot::XX_PHASE, pair, &[delta])?;
            out.inserted_gate(slot::YY_PHASE, pair, &[delta])?;
            if gate == slot::SWAP {
                out.inserted_gate(slot::ZZ_PHASE, pair, &[delta])?;
            }
            Ok(())
        }
        _ => out.inserted_gate(slot::ZZ_PHASE, pair, &[delta]),
    }
}
