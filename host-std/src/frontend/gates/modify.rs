//! `inv @` and `pow(k) @`.

use core::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

use pandia_core::op::gates::slot;

use super::super::ir::{Expr, QubitRef, RealOp};
use super::{Op, PRIMS_MAX, Prim, Refusal, matrix, too_many};

/// The list undone.
pub(crate) fn inverse(prims: Vec<Prim>) -> Vec<Prim> {
    prims.into_iter().rev().flat_map(inverse_of).collect()
}

fn times(factor: f64, angle: &Expr) -> Expr {
    Expr::real(RealOp::Mul, Expr::Float(factor), angle.clone())
}

fn negated(angle: &Expr) -> Expr {
    Expr::neg_real(angle.clone())
}

fn inverse_of(mut prim: Prim) -> Vec<Prim> {
    prim.op = match prim.op {
        Op::Phase(angle) => Op::Phase(negated(&angle)),
        Op::Matrix(entries) => Op::Matrix(matrix::adjoint(&entries)),
        Op::Barrier => Op::Barrier,
        Op::Native(gate, mut params) => match gate {
            slot::S => Op::Native(slot::SDG, params),
            slot::SDG => Op::Native(slot::S, params),
            slot::T => Op::Native(slot::TDG, params),
            slot::TDG => Op::Native(slot::T, params),
            slot::SX => Op::Native(slot::SXDG, params),
            slot::SXDG => Op::Native(slot::SX, params),
            slot::U3 => {
                let [theta, phi, lambda] = [&params[0], &params[1], &params[2]];
                Op::Native(gate, vec![negated(theta), negated(lambda), negated(phi)])
            }
            slot::ISWAP => {
                let back = |rotation| Prim {
                    op: Op::Native(rotation, vec![Expr::Float(FRAC_PI_2)]),
                    controls: prim.controls.clone(),
                    targets: prim.targets.clone(),
                    frame: prim.frame,
                };
                return vec![back(slot::XX_PHASE), back(slot::YY_PHASE)];
            }
            _ => {
                if let Some(angle) = params.first_mut() {
                    *angle = negated(angle);
                }
                Op::Native(gate, params)
            }
        },
    };
    vec![prim]
}

/// The list to a constant power.
pub(crate) fn power(prims: Vec<Prim>, exponent: f64) -> Result<Vec<Prim>, Refusal> {
    let single = match prims.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    if let Some(scaled) = single.and_then(|prim| scaled(prim, exponent)) {
        return Ok(scaled);
    }
    if prims.is_empty() || exponent.fract().abs() <= 0.0 {
        return repeated(prims, exponent);
    }
    if let Some(rooted) = single.and_then(|prim| rooted(prim, exponent)) {
        return Ok(rooted);
    }
    let qubits = matrix::qubits(&prims);
    let matrix = matrix::of(&prims, &qubits).and_then(|m| matrix::power(&m, exponent));
    match matrix {
        Some(entries) => Ok(vec![Prim {
            op: Op::Matrix(entries),
            controls: Vec::new(),
            targets: qubits,
            frame: false,
        }]),
        None => Err(Refusal {
            message: format!("the power {exponent} of this gate is not known"),
            help: "powers that are no whole numbers need a rotation, or a gate on at most 3 \
                   different qubits with constant parameters",
            work: 0,
        }),
    }
}

fn repeated(prims: Vec<Prim>, exponent: f64) -> Result<Vec<Prim>, Refusal> {
    let once = if exponent < 0.0 { inverse(prims) } else { prims };
    let count = exponent.abs();
    #[expect(clippy::cast_precision_loss, reason = "a bound, far below 2^53")]
    let total = count * once.len() as f64;
    #[expect(clippy::cast_precision_loss, reason = "a bound, far below 2^53")]
    let bound = PRIMS_MAX as f64;
    // A NaN must not pass: it compares false.
    if !(total <= bound && count <= bound) {
        return Err(too_many());
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole and bounded"
    )]
    let count = count as usize;
    let mut out = Vec::with_capacity(once.len() * count);
    for _ in 0..count {
        out.extend_from_slice(&once);
    }
    Ok(out)
}

/// Gates of one angle: the power multiplies it, whatever the power.
fn scaled(prim: &Prim, exponent: f64) -> Option<Vec<Prim>> {
    let op = match &prim.op {
        Op::Phase(angle) => Op::Phase(times(exponent, angle)),
        Op::Native(gate, params) => match *gate {
            slot::RX
            | slot::RY
            | slot::RZ
            | slot::PHASE
            | slot::CRZ
            | slot::CPHASE
            | slot::XX_PHASE
            | slot::YY_PHASE
            | slot::ZZ_PHASE
            | slot::PHASED_X
            | slot::PHASED_XX => {
                let mut params = params.clone();
                params[0] = times(exponent, &params[0]);
                Op::Native(*gate, params)
            }
            slot::I => Op::Native(slot::I, Vec::new()),
            _ => return None,
        },
        Op::Matrix(_) | Op::Barrier => return None,
    };
    Some(vec![Prim { op, ..prim.clone() }])
}

/// Fractional powers of gates without parameters: the principal ones, by name of what they turn.
fn rooted(prim: &Prim, exponent: f64) -> Option<Vec<Prim>> {
    let Op::Native(gate, _) = prim.op else {
        return None;
    };
    let turn = |angle: f64, controls: Vec<QubitRef>, target: &QubitRef| Prim {
        op: Op::Native(slot::PHASE, vec![Expr::Float(angle * exponent)]),
        controls,
        targets: vec![target.clone()],
        frame: false,
    };
    let frame = |slot: u16, params: &[f64], targets: &[QubitRef]| {
        let params = params.iter().copied().map(Expr::Float).collect();
        Prim::native(slot, params, targets.to_vec()).framed()
    };
    let with = |more: &[QubitRef]| -> Vec<QubitRef> {
        prim.controls.iter().chain(more).cloned().collect()
    };
    let targets = &prim.targets;
    let last = targets.last()?;
    let others = &targets[..targets.len() - 1];
    let one = core::slice::from_ref(last);
    Some(match gate {
        slot::Z | slot::CZ => vec![turn(PI, with(others), last)],
        slot::S => vec![turn(FRAC_PI_2, with(&[]), last)],
        slot::SDG => vec![turn(-FRAC_PI_2, with(&[]), last)],
        slot::T => vec![turn(FRAC_PI_4, with(&[]), last)],
        slot::TDG => vec![turn(-FRAC_PI_4, with(&[]), last)],
        slot::X | slot::CX | slot::CCX | slot::SX | slot::SXDG => {
            let angle = match gate {
                slot::SX => FRAC_PI_2,
                slot::SXDG => -FRAC_PI_2,
                _ => PI,
            };
            vec![
                frame(slot::H, &[], one),
                turn(angle, with(others), last),
                frame(slot::H, &[], one),
            ]
        }
        slot::Y | slot::CY => vec![
            frame(slot::RX, &[FRAC_PI_2], one),
            turn(PI, with(others), last),
            frame(slot::RX, &[-FRAC_PI_2], one),
        ],
        slot::H | slot::CH => vec![
            frame(slot::RY, &[-FRAC_PI_4], one),
            turn(PI, with(others), last),
            frame(slot::RY, &[FRAC_PI_4], one),
        ],
        slot::SWAP | slot::CSWAP => {
            let (a, b) = (&targets[targets.len() - 2], last);
            let mut controls = with(&targets[..targets.len() - 2]);
            controls.push(a.clone());
            let cx = frame(slot::CX, &[], &[b.clone(), a.clone()]);
            vec![
                cx.clone(),
                frame(slot::H, &[], one),
                turn(PI, controls, b),
                frame(slot::H, &[], one),
                cx,
            ]
        }
        slot::ISWAP => [slot::XX_PHASE, slot::YY_PHASE]
            .into_iter()
            .map(|rotation| Prim {
                op: Op::Native(rotation, vec![Expr::Float(-FRAC_PI_2 * exponent)]),
                ..prim.clone()
            })
            .collect(),
        _ => return None,
    })
}
