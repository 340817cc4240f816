//! Unfolding: a gate with its modifiers as built-in operations.
//! Not here: what modifiers do to those ([`super::super::gates`]).

use std::rc::Rc;

use super::super::ast::{self, GateDef, StmtKind};
use super::super::gates::{self, Op, Prim, Refusal};
use super::super::ir::{Expr, QubitRef, RealOp};
use super::super::source::Span;
use super::call::Modify;
use super::scope::{Gate, GateKind, Qubits, Symbol};
use super::value::Value;
use super::{Failed, Sem, Sema};

/// Gates may be defined by gates so deep.
const UNFOLD_DEPTH_MAX: u32 = 256;

impl Sema<'_> {
    pub(super) fn refuse(&mut self, refusal: Refusal, span: Span) -> Failed {
        self.work_left = self.work_left.saturating_sub(refusal.work);
        self.error(span, refusal.message, refusal.help)
    }

    /// A gate with its modifiers as built-in operations. `qubits` begins with the controls.
    pub(super) fn unfold(
        &mut self,
        gate: &Rc<Gate>,
        params: &[Expr],
        qubits: &[QubitRef],
        modifiers: &[Modify],
        depth: u32,
        span: Span,
    ) -> Sem<Vec<Prim>> {
        let own = qubits.len() - controls(modifiers).min(qubits.len());
        let (control_qubits, targets) = qubits.split_at(qubits.len() - own);
        let mut prims = match &gate.kind {
            GateKind::Native(slot) => {
                let mut params = params.to_vec();
                params.truncate(gates::native_param_count(*slot));
                vec![Prim::native(*slot, params, targets.to_vec())]
            }
            GateKind::PhasedU => {
                let half = Expr::real(RealOp::Mul, Expr::Float(0.5), params[0].clone());
                let slot = pandia_core::op::gates::slot::U3;
                vec![Prim::phase(half), Prim::native(slot, params.to_vec(), targets.to_vec())]
            }
            GateKind::Phase => vec![Prim::phase(params[0].clone())],
            GateKind::Defined(def) => self.unfold_body(gate, def, params, targets, depth)?,
            GateKind::Opaque => return Err(Failed),
        };
        self.spend(prims.len() as u64, span)?;
        // The innermost modifier stands last, its controls too.
        let mut left = control_qubits;
        for modifier in modifiers.iter().rev() {
            let result = match modifier {
                Modify::Inverse => Ok(gates::inverse(prims)),
                Modify::Power(exponent) => gates::power(prims, *exponent),
                Modify::Control { count, negative } => {
                    let (rest, these) = left.split_at(left.len() - count);
                    left = rest;
                    these
                        .iter()
                        .try_fold(prims, |prims, qubit| gates::controlled(prims, qubit, *negative))
                }
            };
            prims = match result {
                Ok(prims) => prims,
                Err(refusal) => return Err(self.refuse(refusal, span)),
            };
        }
        if prims.len() > gates::PRIMS_MAX {
            let refusal = gates::too_many();
            return Err(self.refuse(refusal, span));
        }
        self.spend(prims.len() as u64, span)?;
        Ok(prims)
    }

    pub(super) fn unfold_body(
        &mut self,
        gate: &Gate,
        def: &GateDef,
        params: &[Expr],
        targets: &[QubitRef],
        depth: u32,
    ) -> Sem<Vec<Prim>> {
        if depth > UNFOLD_DEPTH_MAX {
            let message =
                format!("gates are defined by gates more than {UNFOLD_DEPTH_MAX} levels deep");
            return Err(self.error(def.name.span, message, "write some of them out"));
        }
        let language = std::mem::replace(&mut self.language, gate.language);
        let real = std::mem::replace(&mut self.real, false);
        let outside = self.inside.replace(gate.origin);
        self.scopes.push_closed();
        for (name, value) in def.params.iter().zip(params) {
            let value = Symbol::Const(Value::Float(value.clone()));
            self.scopes.set(Rc::clone(&name.text), value, None);
        }
        for (name, qubit) in def.qubits.iter().zip(targets) {
            let list = Rc::from([qubit.clone()]);
            self.scopes.set(
                Rc::clone(&name.text),
                Symbol::Qubits(Qubits { list, single: true }),
                None,
            );
        }
        let mut prims = Vec::new();
        let result = self.unfold_stmts(def.body.as_deref().unwrap_or(&[]), &mut prims, depth);
        self.scopes.pop();
        self.language = language;
        self.real = real;
        self.inside = outside;
        result.map(|()| prims)
    }

    pub(super) fn unfold_stmts(
        &mut self,
        body: &[ast::Stmt],
        prims: &mut Vec<Prim>,
        depth: u32,
    ) -> Sem<()> {
        for stmt in body {
            self.spend(1, stmt.span)?;
            self.nested(stmt.span, |sema| sema.unfold_stmt(stmt, prims, depth))?;
            if prims.len() > gates::PRIMS_MAX {
                let refusal = gates::too_many();
                return Err(self.refuse(refusal, stmt.span));
            }
        }
        Ok(())
    }

    pub(super) fn unfold_stmt(
        &mut self,
        stmt: &ast::Stmt,
        prims: &mut Vec<Prim>,
        depth: u32,
    ) -> Sem<()> {
        match &stmt.kind {
            StmtKind::Call(call) => {
                let gate = self.find_gate(call)?;
                let modifiers = self.modifiers(call)?;
                let params = self.params(call, &gate)?;
                let operands = self.operands(&call.operands)?;
                self.check_count(call, &gate, controls(&modifiers), operands.len())?;
                let qubits = self.row(&operands, 0)?;
                let params = self.hold_params(&gate, &modifiers, params);
                prims.extend(self.unfold(
                    &gate,
                    &params,
                    &qubits,
                    &modifiers,
                    depth + 1,
                    stmt.span,
                )?);
            }
            StmtKind::Barrier(operands) => {
                let operands = self.operands(operands)?;
                let targets = operands.iter().flat_map(|(q, _)| q.list.iter().cloned()).collect();
                prims.push(Prim { op: Op::Barrier, controls: Vec::new(), targets, frame: false });
            }
            StmtKind::For { ty, name, values, body } => {
                let ty = self.resolve_type(ty)?;
                for value in self.constant_values(values, stmt.span)? {
                    let value = self.convert(value, ty, false, stmt.span)?;
                    self.scopes.push();
                    self.scopes.set(Rc::clone(&name.text), Symbol::Const(value), None);
                    let result = self.unfold_stmts(body, prims, depth);
                    self.scopes.pop();
                    result?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

pub(super) fn controls(modifiers: &[Modify]) -> usize {
    let count = |modifier: &Modify| match modifier {
        Modify::Control { count, .. } => *count,
        _ => 0,
    };
    modifiers.iter().map(count).sum()
}
