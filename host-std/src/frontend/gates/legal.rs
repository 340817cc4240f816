//! Operations with any number of controls to the built-in gates.

use core::f64::consts::FRAC_PI_4;

use pandia_core::op::gates::slot;

use super::super::ir::{Expr, Node, QubitRef, RealOp};
use super::{Op, PRIMS_MAX, Prim, Refusal, too_many};

/// Appends the built-in gates of `prims` to `out`; phases of everything are dropped.
pub(crate) fn legalise(prims: Vec<Prim>, out: &mut Vec<Node>) -> Result<(), Refusal> {
    let mut writer = Writer { out, left: PRIMS_MAX };
    for prim in prims {
        writer.prim(prim)?;
    }
    Ok(())
}

struct Writer<'a> {
    out: &'a mut Vec<Node>,
    left: usize,
}

fn times(factor: f64, angle: &Expr) -> Expr {
    Expr::real(RealOp::Mul, Expr::Float(factor), angle.clone())
}

impl Writer<'_> {
    fn gate(&mut self, slot: u16, params: Vec<Expr>, qubits: Vec<QubitRef>) -> Result<(), Refusal> {
        self.left = self.left.checked_sub(1).ok_or_else(too_many)?;
        self.out.push(Node::Gate { slot, params, qubits });
        Ok(())
    }

    fn prim(&mut self, prim: Prim) -> Result<(), Refusal> {
        let Prim { op, controls, targets, .. } = prim;
        match op {
            Op::Phase(_) => Ok(()),
            Op::Barrier => {
                let at = |qubit: &QubitRef| match qubit {
                    QubitRef::At(at) => Some(*at),
                    QubitRef::Indexed { .. } => None,
                };
                // A barrier on a qubit that only the run knows holds for all.
                let qubits: Option<Vec<u32>> = targets.iter().map(at).collect();
                self.out.push(Node::Barrier(qubits.unwrap_or_default()));
                Ok(())
            }
            Op::Matrix(entries) => {
                let slot = match targets.len() {
                    1 => slot::UNITARY_1Q,
                    2 => slot::UNITARY_2Q,
                    _ => slot::UNITARY_3Q,
                };
                self.gate(slot, entries.into_iter().map(Expr::Float).collect(), targets)
            }
            Op::Native(gate, params) => self.native(gate, params, &controls, targets),
        }
    }

    fn native(
        &mut self,
        gate: u16,
        params: Vec<Expr>,
        controls: &[QubitRef],
        targets: Vec<QubitRef>,
    ) -> Result<(), Refusal> {
        let named = match (gate, controls.len()) {
            (_, 0) => Some(gate),
            (slot::X, 1) => Some(slot::CX),
            (slot::Y, 1) => Some(slot::CY),
            (slot::Z, 1) => Some(slot::CZ),
            (slot::H, 1) => Some(slot::CH),
            (slot::RZ, 1) => Some(slot::CRZ),
            (slot::PHASE, 1) => Some(slot::CPHASE),
            (slot::SWAP, 1) => Some(slot::CSWAP),
            (slot::X, 2) => Some(slot::CCX),
            _ => None,
        };
        if let Some(named) = named {
            let qubits = controls.iter().cloned().chain(targets).collect();
            return self.gate(named, params, qubits);
        }
        let one = || vec![targets[0].clone()];
        match gate {
            slot::X => self.between(slot::H, None, &targets[0], |w| {
                w.phase(&Expr::Float(core::f64::consts::PI), controls, &targets[0])
            }),
            slot::Z if controls.len() == 2 => self.between(slot::H, None, &targets[0], |w| {
                w.native(slot::X, Vec::new(), controls, one())
            }),
            slot::Z => self.phase(&Expr::Float(core::f64::consts::PI), controls, &targets[0]),
            slot::Y => {
                self.gate(slot::SDG, Vec::new(), one())?;
                self.native(slot::X, Vec::new(), controls, one())?;
                self.gate(slot::S, Vec::new(), one())
            }
            // H = Ry(π/4) Z Ry(−π/4)
            slot::H => self.between(slot::RY, Some(-FRAC_PI_4), &targets[0], |w| {
                w.native(slot::Z, Vec::new(), controls, one())
            }),
            slot::PHASE => self.phase(&params[0], controls, &targets[0]),
            slot::RZ => {
                self.gate(slot::RZ, vec![times(0.5, &params[0])], one())?;
                self.native(slot::X, Vec::new(), controls, one())?;
                self.gate(slot::RZ, vec![times(-0.5, &params[0])], one())?;
                self.native(slot::X, Vec::new(), controls, one())
            }
            slot::SWAP => {
                let (a, b) = (targets[0].clone(), targets[1].clone());
                let mut more = controls.to_vec();
                more.push(a.clone());
                self.gate(slot::CX, Vec::new(), vec![b.clone(), a.clone()])?;
                self.native(slot::X, Vec::new(), &more, vec![b.clone()])?;
                self.gate(slot::CX, Vec::new(), vec![b, a])
            }
            _ => Err(Refusal {
                message: "this gate cannot be controlled".to_owned(),
                help: "write the controlled gate out",
                work: 0,
            }),
        }
    }

    /// `F(angle) … F(−angle)` around something; without angle F is its own inverse.
    fn between(
        &mut self,
        slot: u16,
        angle: Option<f64>,
        qubit: &QubitRef,
        middle: impl FnOnce(&mut Self) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let params = |sign: f64| angle.map(|a| Expr::Float(sign * a)).into_iter().collect();
        self.gate(slot, params(1.0), vec![qubit.clone()])?;
        middle(self)?;
        self.gate(slot, params(-1.0), vec![qubit.clone()])
    }

    /// A phase under any number of controls, without further qubits: halve the angle, recurse.
    fn phase(
        &mut self,
        angle: &Expr,
        controls: &[QubitRef],
        target: &QubitRef,
    ) -> Result<(), Refusal> {
        let (last, rest) = match controls.split_last() {
            None => return self.gate(slot::PHASE, vec![angle.clone()], vec![target.clone()]),
            Some((last, [])) => {
                let qubits = vec![last.clone(), target.clone()];
                return self.gate(slot::CPHASE, vec![angle.clone()], qubits);
            }
            Some(split) => split,
        };
        let pair = || vec![last.clone(), target.clone()];
        self.gate(slot::CPHASE, vec![times(0.5, angle)], pair())?;
        self.native(slot::X, Vec::new(), rest, vec![last.clone()])?;
        self.gate(slot::CPHASE, vec![times(-0.5, angle)], pair())?;
        self.native(slot::X, Vec::new(), rest, vec![last.clone()])?;
        self.phase(&times(0.5, angle), rest, target)
    }
}
