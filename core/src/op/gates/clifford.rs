//! Which gate is which sequence of Clifford primitives, and at which angles.
//!
//! An angle counts as a multiple of pi/2 (pi, pi/4 where a rule says so) if it is at most a given
//! threshold in radians away from it. All of it up to a global phase.
//! Not here: the primitives and what they do ([`super::pauli`]).

use core::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

use super::facts::{Facts, facts};
use super::pauli::{CliffordSequence, Primitive};
use super::{Gate, check_params};
use crate::error::ErrorKind;

/// Whether a gate is in the Clifford group.
#[derive(Clone, Copy, Debug)]
pub enum Clifford {
    /// Never; or, for a gate that carries its matrix, never looked into.
    Never,
    /// Always: as these primitives.
    Always(&'static [Primitive]),
    /// At some angles: as the rule says.
    Angles(CliffordRule),
}

/// By which rule a gate's angles decide. A name and not a function, so that a loop in real time that
/// resolves a gate calls no pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CliffordRule {
    /// That of `phased_x`.
    PhasedX,
    /// That of `rz`, and of `phase`, which differs from it by a global phase.
    Rz,
    /// That of `rx`.
    Rx,
    /// That of `ry`.
    Ry,
    /// That of `u3`.
    U3,
    /// That of `zz_phase`.
    ZzPhase,
    /// That of `xx_phase`.
    XxPhase,
    /// That of `yy_phase`.
    YyPhase,
    /// That of `phased_xx`.
    PhasedXx,
    /// That of `crz`.
    Crz,
    /// That of `cphase`.
    Cphase,
}

impl CliffordRule {
    /// Adds the primitives of a gate with these angles, or names the angle that is in the way.
    ///
    /// # Errors
    /// [`NotAt`] with the first parameter that is at no Clifford angle.
    pub fn resolve(
        self,
        params: &[f64],
        threshold: f64,
        out: &mut CliffordSequence,
    ) -> Result<(), NotAt> {
        match self {
            Self::PhasedX => phased_x(params, threshold, out),
            Self::Rz => rz(params, threshold, out),
            Self::Rx => rx(params, threshold, out),
            Self::Ry => ry(params, threshold, out),
            Self::U3 => u3(params, threshold, out),
            Self::ZzPhase => zz_phase(params, threshold, out),
            Self::XxPhase => xx_phase(params, threshold, out),
            Self::YyPhase => yy_phase(params, threshold, out),
            Self::PhasedXx => phased_xx(params, threshold, out),
            Self::Crz => crz(params, threshold, out),
            Self::Cphase => cphase(params, threshold, out),
        }
    }
}

/// Index of the parameter that is not at a Clifford angle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAt(pub u32);

/// Replaces `out` by the primitives of the gate with this slot and these parameters.
/// `threshold`: how many radians an angle may be away from the exact one.
///
/// # Errors
/// [`ErrorKind::GateRefused`] for a gate that is not built in, is Clifford at no angle, or carries
/// its matrix; [`ErrorKind::NotFinite`] and [`ErrorKind::NotClifford`] naming the parameter.
/// `out` is then empty.
pub fn resolve(
    slot: u16,
    params: &[f64],
    threshold: f64,
    out: &mut CliffordSequence,
) -> Result<(), ErrorKind> {
    match facts(slot) {
        Some(facts) => facts.resolve_clifford(slot, params, threshold, out),
        None => {
            out.clear();
            Err(ErrorKind::GateRefused { gate: "user gate", slot })
        }
    }
}

impl Gate {
    /// As [`resolve`], for this gate.
    ///
    /// # Errors
    /// As there.
    pub fn resolve_clifford(
        &self,
        params: &[f64],
        threshold: f64,
        out: &mut CliffordSequence,
    ) -> Result<(), ErrorKind> {
        resolve(self.slot, params, threshold, out)
    }
}

impl Facts {
    fn resolve_clifford(
        &self,
        slot: u16,
        params: &[f64],
        threshold: f64,
        out: &mut CliffordSequence,
    ) -> Result<(), ErrorKind> {
        out.clear();
        match self.clifford {
            Clifford::Never => Err(ErrorKind::GateRefused { gate: self.name(), slot }),
            Clifford::Always(primitives) => {
                out.extend(primitives);
                Ok(())
            }
            Clifford::Angles(rule) => {
                check_params(usize::from(self.param_count), params)?;
                rule.resolve(params, threshold, out).map_err(|NotAt(param)| {
                    out.clear();
                    let theta = params.get(param as usize).copied().unwrap_or(0.0);
                    ErrorKind::NotClifford { gate: self.name(), param, theta }
                })
            }
        }
    }
}

/// Beyond so many units an angle's own rounding decides which multiple it is near.
const UNITS_MAX: f64 = 4_294_967_296.0;

/// How many `unit`s `angle` is, modulo 8, if it is within `threshold` of a multiple.
fn units(angle: f64, unit: f64, threshold: f64) -> Option<u8> {
    let count = libm::rint(angle / unit);
    if libm::fabs(count) <= UNITS_MAX && libm::fabs(angle - count * unit) <= threshold {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^33")]
        let count = count as i64;
        u8::try_from(count.rem_euclid(8)).ok()
    } else {
        None
    }
}

/// Quarter turns of parameter `index`, 0 to 3.
fn quarters(params: &[f64], index: u32, threshold: f64) -> Result<u8, NotAt> {
    multiple(params, index, FRAC_PI_2, threshold).map(|count| count % 4)
}

#[inline(never)]
fn multiple(params: &[f64], index: u32, unit: f64, threshold: f64) -> Result<u8, NotAt> {
    let angle = params.get(index as usize).copied().unwrap_or(0.0);
    units(angle, unit, threshold).ok_or(NotAt(index))
}

/// `quarters` quarter turns about one axis: the quarter, half and three-quarter turn are given.
fn turn(out: &mut CliffordSequence, quarters: u8, turns: [Primitive; 3]) {
    if let Some(&primitive) = turns.get(usize::from(quarters % 4).wrapping_sub(1)) {
        out.push(primitive);
    }
}

fn turn_x(out: &mut CliffordSequence, quarters: u8, q: u8) {
    turn(out, quarters, [Primitive::SqrtX(q), Primitive::X(q), Primitive::SqrtXdg(q)]);
}

fn turn_y(out: &mut CliffordSequence, quarters: u8, q: u8) {
    turn(out, quarters, [Primitive::SqrtY(q), Primitive::Y(q), Primitive::SqrtYdg(q)]);
}

fn turn_z(out: &mut CliffordSequence, quarters: u8, q: u8) {
    turn(out, quarters, [Primitive::S(q), Primitive::Z(q), Primitive::Sdg(q)]);
}

/// The half turn about the axis at `eighths` times pi/4 between X and Y.
fn half_turn_between(out: &mut CliffordSequence, eighths: u8, q: u8) {
    match eighths % 4 {
        0 => out.push(Primitive::X(q)),
        1 => out.extend(&[Primitive::X(q), Primitive::S(q)]),
        2 => out.push(Primitive::Y(q)),
        _ => out.extend(&[Primitive::X(q), Primitive::Sdg(q)]),
    }
}

fn rx(params: &[f64], threshold: f64, out: &mut CliffordSequence) -> Result<(), NotAt> {
    turn_x(out, quarters(params, 0, threshold)?, 0);
    Ok(())
}

fn ry(params: &[f64], threshold: f64, out: &mut CliffordSequence) -> Result<(), NotAt> {
    turn_y(out, quarters(params, 0, threshold)?, 0);
    Ok(())
}

fn rz(params: &[f64], threshold: f64, out: &mut CliffordSequence) -> Result<(), NotAt> {
    turn_z(out, quarters(params, 0, threshold)?, 0);
    Ok(())
}

/// A full turn does nothing about any axis; a half turn is Clifford about axes at multiples of
/// pi/4, a quarter turn about X and Y only.
fn phased_x(params: &[f64], threshold: f64, out: &mut CliffordSequence) -> Result<(), NotAt> {
    let theta = quarters(params, 0, threshold)?;
    match theta {
        0 => {}
        2 => half_turn_between(out, multiple(params, 1, FRAC_PI_4, threshold)?, 0),
        _ => match quarters(params, 1, threshold)? {
            0 => turn_x(out, theta, 0),
            1 => turn_y(out, theta, 0),
            2 => turn_x(out, 4 - theta, 0),
            _ => turn_y(out, 4 - theta, 0),
        },
    }
    Ok(())
}

/// U3 is Rz(phi) Ry(theta) Rz(lambda): after no Y turn only the sum of the Z turns counts, after a
/// half turn only their difference.
fn u3(params: &[f64], threshold: f64, out: &mut CliffordSequence) -> Result<(), NotAt> {
    let angle = |index: usize| params.get(index).copied().unwrap_or(0.0);
    let (phi, lambda) = (angle(1), angle(2));
    let quarters_of =
        |angle: f64| units(angle, FRAC_PI_2, threshold).map(|count| count % 4).ok_or(NotAt(1));
    match quarters(params, 0, threshold)? {
        0 => turn_z(out, quarters_of(phi + lambda)?, 0),
        2 => {
            let after = quarters_of(phi - lambda)?;
            out.push(Primitive::Y(0));
            turn_z(out, after, 0);
        }
        theta => {
            let (phi, lambda) = (quarters(params, 1, threshold)?, quarters(params, 2, threshold)?);
            turn_z(out, lambda, 0);
            turn_y(out, theta, 0);
            turn_z(out, phi, 0);
        }
    }
    Ok(())
}

fn zz_phase(params: &[f64], threshold: f64, out: &mut CliffordSequence) -> Result<(), NotAt> {
    let theta = quarters(params, 0, threshold)?;
    turn_z(out, theta, 0);
    turn_z(out, theta, 1);
    if theta % 2 == 1 {
        out.push(Primitive::Cz(0, 1));
    }
    Ok(())
}

fn turn_xx(out: &mut CliffordSequence, theta: u8) {
    turn_x(out, theta, 0);
    turn_x(out, theta, 1);
    if theta % 2 == 1 {
        out.extend(&[Primitive::H(0), Primitive::Cx(0, 1), Primitive::H(0)]);
    }
}

fn turn_yy(out: &mut CliffordSequence, theta: u8) {
    turn_y(out, theta, 0);
    turn_y(out, theta, 1);
    if theta % 2 == 1 {
        out.extend(&[Primitive::SqrtX(0), Primitive::Cy(0, 1), Primitive::SqrtXdg(0)]);
    }
}

fn xx_phase(params: &[f64], threshold: f64, out: &mut CliffordSequence) -> Result<(), NotAt> {
    turn_xx(out, quarters(params, 0, threshold)?);
    Ok(())
}

fn yy_phase(params: &[f64], threshold: f64, out: &mut CliffordSequence) -> Result<(), NotAt> {
    turn_yy(out, quarters(params, 0, threshold)?);
    Ok(())
}

/// As [`phased_x`], on both operands: two signs of the axis cancel.
fn phased_xx(params: &[f64], threshold: f64, out: &mut CliffordSequence) -> Result<(), NotAt> {
    let theta = quarters(params, 0, threshold)?;
    match theta {
        0 => {}
        2 => {
            let eighths = multiple(params, 1, FRAC_PI_4, threshold)?;
            half_turn_between(out, eighths, 0);
            half_turn_between(out, eighths, 1);
        }
        _ if quarters(params, 1, threshold)? % 2 == 0 => turn_xx(out, theta),
        _ => turn_yy(out, theta),
    }
    Ok(())
}

/// Clifford at multiples of pi: a phase of minus or plus i on the control comes along.
fn crz(params: &[f64], threshold: f64, out: &mut CliffordSequence) -> Result<(), NotAt> {
    match multiple(params, 0, PI, threshold)? % 4 {
        0 => {}
        1 => out.extend(&[Primitive::Cz(0, 1), Primitive::Sdg(0)]),
        2 => out.push(Primitive::Z(0)),
        _ => out.extend(&[Primitive::Cz(0, 1), Primitive::S(0)]),
    }
    Ok(())
}

/// Clifford at multiples of pi.
fn cphase(params: &[f64], threshold: f64, out: &mut CliffordSequence) -> Result<(), NotAt> {
    if multiple(params, 0, PI, threshold)? % 2 == 1 {
        out.push(Primitive::Cz(0, 1));
    }
    Ok(())
}
