//! `ctrl @`: a list of operations under one more control.
//!
//! What stands in a frame (`F … F⁻¹`) stays as it is: without the middle it cancels. Everything else
//! is brought to X, Z, Y, H, phase, Rz or a swap, of which any number of controls is known.

use core::f64::consts::{FRAC_PI_2, FRAC_PI_4};

use pandia_core::op::gates::slot;

use super::super::ir::{Expr, QubitRef, RealOp};
use super::{Op, PRIMS_MAX, Prim, Refusal, matrix, too_many};

/// The list under one more control, on qubit `control` being 1 (or 0, if `negative`).
pub(crate) fn controlled(
    prims: Vec<Prim>,
    control: &QubitRef,
    negative: bool,
) -> Result<Vec<Prim>, Refusal> {
    let flip = || Prim::native(slot::X, Vec::new(), vec![control.clone()]).framed();
    let mut out = Vec::with_capacity(prims.len() + 2);
    if negative {
        out.push(flip());
    }
    for prim in prims {
        if prim.frame || prim.op == Op::Barrier {
            out.push(prim);
            continue;
        }
        for mut part in controllable(prim)? {
            if !part.frame {
                add_control(&mut part, control)?;
            }
            out.push(part);
        }
        if out.len() > PRIMS_MAX {
            return Err(too_many());
        }
    }
    if negative {
        out.push(flip());
    }
    Ok(out)
}

fn add_control(prim: &mut Prim, control: &QubitRef) -> Result<(), Refusal> {
    match &prim.op {
        // A controlled phase of everything is a phase of the control.
        Op::Phase(angle) => {
            prim.op = Op::Native(slot::PHASE, vec![angle.clone()]);
            prim.targets = vec![control.clone()];
        }
        Op::Matrix(entries) => {
            let grown = matrix::add_control(entries).ok_or_else(|| Refusal {
                message: "a gate that is only known by its matrix cannot get so many controls"
                    .to_owned(),
                help: "matrices act on at most 3 qubits, controls included; write the gate out",
                work: 0,
            })?;
            prim.op = Op::Matrix(grown);
            // The matrix's highest qubit is the control.
            prim.targets.push(control.clone());
        }
        Op::Native(..) => prim.controls.push(control.clone()),
        Op::Barrier => {}
    }
    Ok(())
}

fn times(factor: f64, angle: &Expr) -> Expr {
    Expr::real(RealOp::Mul, Expr::Float(factor), angle.clone())
}

/// The same operation as frames around what [`super::legalise`] can control.
fn controllable(prim: Prim) -> Result<Vec<Prim>, Refusal> {
    let Op::Native(gate, params) = &prim.op else {
        return Ok(vec![prim]);
    };
    let (gate, params) = (*gate, params.clone());
    let targets = prim.targets.clone();
    let controls = prim.controls.clone();
    // An operation on the same controls; frames have none.
    let core = |slot: u16, params: Vec<Expr>, targets: Vec<QubitRef>, more: &[QubitRef]| Prim {
        op: Op::Native(slot, params),
        controls: controls.iter().chain(more).cloned().collect(),
        targets,
        frame: false,
    };
    let frame = |slot: u16, params: Vec<Expr>, targets: Vec<QubitRef>| {
        Prim::native(slot, params, targets).framed()
    };
    let float = |value: f64| vec![Expr::Float(value)];
    let all = |slot: u16, params: &[Expr]| -> Vec<Prim> {
        targets.iter().map(|t| frame(slot, params.to_vec(), vec![t.clone()])).collect()
    };
    Ok(match gate {
        slot::I => Vec::new(),
        slot::S => vec![core(slot::PHASE, float(FRAC_PI_2), targets, &[])],
        slot::SDG => vec![core(slot::PHASE, float(-FRAC_PI_2), targets, &[])],
        slot::T => vec![core(slot::PHASE, float(FRAC_PI_4), targets, &[])],
        slot::TDG => vec![core(slot::PHASE, float(-FRAC_PI_4), targets, &[])],
        slot::SX | slot::SXDG => {
            let angle = if gate == slot::SX { FRAC_PI_2 } else { -FRAC_PI_2 };
            let mut out = all(slot::H, &[]);
            out.push(core(slot::PHASE, float(angle), targets.clone(), &[]));
            out.extend(all(slot::H, &[]));
            out
        }
        slot::RX => sandwich(
            all(slot::H, &[]),
            core(slot::RZ, params, targets.clone(), &[]),
            all(slot::H, &[]),
        ),
        slot::RY => sandwich(
            all(slot::RX, &float(FRAC_PI_2)),
            core(slot::RZ, params, targets.clone(), &[]),
            all(slot::RX, &float(-FRAC_PI_2)),
        ),
        slot::PHASED_X => {
            let mut before = all(slot::RZ, &[times(-1.0, &params[1])]);
            before.extend(all(slot::H, &[]));
            let mut after = all(slot::H, &[]);
            after.extend(all(slot::RZ, &params[1..]));
            sandwich(before, core(slot::RZ, params[..1].to_vec(), targets.clone(), &[]), after)
        }
        slot::U3 => u3(&params, &targets, &core, &frame),
        slot::CX => vec![core(slot::X, params, vec![targets[1].clone()], &targets[..1])],
        slot::CY => vec![core(slot::Y, params, vec![targets[1].clone()], &targets[..1])],
        slot::CZ => vec![core(slot::Z, params, vec![targets[1].clone()], &targets[..1])],
        slot::CH => vec![core(slot::H, params, vec![targets[1].clone()], &targets[..1])],
        slot::CRZ => vec![core(slot::RZ, params, vec![targets[1].clone()], &targets[..1])],
        slot::CPHASE => vec![core(slot::PHASE, params, vec![targets[1].clone()], &targets[..1])],
        slot::CCX => vec![core(slot::X, params, vec![targets[2].clone()], &targets[..2])],
        slot::CSWAP => vec![core(slot::SWAP, params, targets[1..].to_vec(), &targets[..1])],
        slot::ZZ_PHASE | slot::XX_PHASE | slot::YY_PHASE | slot::PHASED_XX | slot::ISWAP => {
            two_qubit_rotation(gate, &params, &targets, &core, &frame)
        }
        // X, Y, Z, H, SWAP, RZ, PHASE
        _ => vec![prim],
    })
}

fn sandwich(mut before: Vec<Prim>, middle: Prim, after: Vec<Prim>) -> Vec<Prim> {
    before.push(middle);
    before.extend(after);
    before
}

type Core<'a> = dyn Fn(u16, Vec<Expr>, Vec<QubitRef>, &[QubitRef]) -> Prim + 'a;
type Frame<'a> = dyn Fn(u16, Vec<Expr>, Vec<QubitRef>) -> Prim + 'a;

/// U3(θ, φ, λ) = e^{i(φ+λ)/2} Rz(φ) Ry(θ) Rz(λ), and
/// Rz(φ) Ry(θ) Rz(λ) = A · Rz-part · A⁻¹ with one controlled Z rotation, one controlled Y rotation.
fn u3(params: &[Expr], targets: &[QubitRef], core: &Core<'_>, frame: &Frame<'_>) -> Vec<Prim> {
    let [theta, phi, lambda] = [&params[0], &params[1], &params[2]];
    let t = || targets.to_vec();
    let sum = Expr::real(RealOp::Add, phi.clone(), lambda.clone());
    // Rz(φ) Ry(θ) Rz(λ) = Rz(φ) [Ry(θ) Rz(φ+λ)] Rz(−φ): the outer two are a frame. The phase
    // e^{i(φ+λ)/2} turns Rz(φ+λ) into a phase gate.
    vec![
        frame(slot::RZ, vec![times(-1.0, phi)], t()),
        core(slot::PHASE, vec![sum], t(), &[]),
        frame(slot::RX, vec![Expr::Float(FRAC_PI_2)], t()),
        core(slot::RZ, vec![theta.clone()], t(), &[]),
        frame(slot::RX, vec![Expr::Float(-FRAC_PI_2)], t()),
        frame(slot::RZ, vec![phi.clone()], t()),
    ]
}

/// A rotation about a product of two Paulis: a Z rotation between frames.
fn two_qubit_rotation(
    gate: u16,
    params: &[Expr],
    targets: &[QubitRef],
    core: &Core<'_>,
    frame: &Frame<'_>,
) -> Vec<Prim> {
    let each = |slot: u16, params: Vec<Expr>| -> Vec<Prim> {
        targets.iter().map(|t| frame(slot, params.clone(), vec![t.clone()])).collect()
    };
    // V with V Z V⁻¹ = the Pauli: `before` is V⁻¹, `after` is V.
    let (before, after) = match gate {
        slot::XX_PHASE => (each(slot::H, Vec::new()), each(slot::H, Vec::new())),
        slot::YY_PHASE => {
            let quarter = |sign: f64| vec![Expr::Float(sign * FRAC_PI_2)];
            (each(slot::RX, quarter(1.0)), each(slot::RX, quarter(-1.0)))
        }
        slot::PHASED_XX => {
            let mut before = each(slot::RZ, vec![times(-1.0, &params[1])]);
            before.extend(each(slot::H, Vec::new()));
            let mut after = each(slot::H, Vec::new());
            after.extend(each(slot::RZ, params[1..].to_vec()));
            (before, after)
        }
        slot::ISWAP => {
            // iSWAP = exp(iπ/4 (XX + YY)), and XX and YY commute.
            let angle = [Expr::Float(-FRAC_PI_2)];
            let mut out = two_qubit_rotation(slot::XX_PHASE, &angle, targets, core, frame);
            out.extend(two_qubit_rotation(slot::YY_PHASE, &angle, targets, core, frame));
            return out;
        }
        _ => (Vec::new(), Vec::new()),
    };
    let cx = || frame(slot::CX, Vec::new(), targets.to_vec());
    let mut out = before;
    out.push(cx());
    out.push(core(slot::RZ, params[..1].to_vec(), vec![targets[1].clone()], &[]));
    out.push(cx());
    out.extend(after);
    out
}
