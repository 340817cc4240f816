//! Definitions of gates: what a body may hold, checked without unfolding it.
//! Not here: gates applied.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::ast::{self, GateDef, StmtKind};
use super::super::gates;
use super::super::ir::{Expr, QubitRef};
use super::super::parse::Language;
use super::super::source::Span;
use super::scope::{Gate, GateKind, Qubits, Symbol};
use super::value::Value;
use super::{Failed, Sem, Sema};

impl Sema<'_> {
    /// The gates that each language has without an include.
    pub(super) fn declare_built_in(&mut self) {
        use pandia_core::op::gates::slot;
        let mut add = |name: &str, kind, param_count, qubit_count| {
            let language = self.language;
            let origin = self.scopes.next_origin(self.including[0]);
            let gate = Gate {
                name: Rc::from(name),
                kind,
                param_count,
                qubit_count,
                language,
                built_in: true,
                origin,
            };
            self.scopes.add_gate(Rc::from(name), Some(Rc::new(gate)), origin, None, true);
        };
        match self.language {
            Language::Qasm2 => {
                add("U", GateKind::Native(slot::U3), 3, 1);
                add("CX", GateKind::Native(slot::CX), 0, 2);
            }
            Language::Qasm3 => {
                add("U", GateKind::PhasedU, 3, 1);
                add("gphase", GateKind::Phase, 1, 0);
            }
        }
    }

    pub(super) fn define_gate(&mut self, def: &Rc<GateDef>, span: Span) -> Sem<()> {
        if !self.scopes.is_global() {
            let help = "define gates at the top of the program";
            return Err(self.error(span, "a gate cannot be defined in a block", help));
        }
        let built_in = self.sources.get(span.file).built_in;
        let native = if built_in { gates::native(&def.name.text) } else { None };
        let kind = match (&def.body, native) {
            (None, Some(slot)) => GateKind::Native(slot),
            (None, None) => GateKind::Opaque,
            (Some(_), _) => GateKind::Defined(Rc::clone(def)),
        };
        let old = self.scopes.gate(&def.name.text).map(|(gate, span)| (gate.built_in, span));
        match old {
            // Of two of our include files, the first defines a gate for the program.
            Some((true, _)) if built_in => {}
            Some((false, since)) => return Err(self.taken(&def.name, "a gate", since)),
            Some((true, _)) => {
                let message =
                    format!("this definition replaces the built-in gate `{}`", def.name.text);
                self.warn(def.name.span, message, "");
            }
            None => {}
        }
        let other = self.scopes.here(&def.name.text);
        if let Some((noun, since)) = other.map(|(symbol, span)| (symbol.noun(), *span))
            && !built_in
        {
            return Err(self.taken(&def.name, noun, since));
        }
        let origin = self.scopes.next_origin(span.file);
        let gate = Gate {
            name: Rc::clone(&def.name.text),
            kind,
            param_count: def.params.len(),
            qubit_count: def.qubits.len(),
            language: self.language,
            built_in,
            origin,
        };
        let outside = self.inside.replace(origin);
        let checked = if built_in { Ok(()) } else { self.check_gate(def) };
        self.inside = outside;
        let gate = checked.is_ok().then(|| Rc::new(gate));
        let visible = !built_in || old.is_none();
        let name = Rc::clone(&def.name.text);
        self.scopes.add_gate(name, gate, origin, Some(def.name.span), visible);
        checked
    }

    /// Checks a definition without unfolding it.
    pub(super) fn check_gate(&mut self, def: &Rc<GateDef>) -> Sem<()> {
        let mut seen = BTreeSet::new();
        for name in def.params.iter().chain(&def.qubits) {
            if !seen.insert(&name.text) {
                let message = format!("`{}` is named twice in this gate", name.text);
                return Err(self.error(name.span, message, "give each its own name"));
            }
        }
        self.scopes.push_closed();
        for param in &def.params {
            // Any value that is not known now stands for the parameter.
            let value = Value::Float(Expr::FloatReg(u32::MAX));
            self.scopes.set(Rc::clone(&param.text), Symbol::Const(value), Some(param.span));
        }
        for (at, qubit) in def.qubits.iter().enumerate() {
            let list = Rc::from([QubitRef::At(u32::try_from(at).unwrap_or(u32::MAX))]);
            let symbol = Symbol::Qubits(Qubits { list, single: true });
            self.scopes.set(Rc::clone(&qubit.text), symbol, Some(qubit.span));
        }
        let (result, _) =
            self.apart(|sema| sema.check_gate_body(def, def.body.as_deref().unwrap_or(&[])));
        self.scopes.pop();
        result
    }

    pub(super) fn check_gate_body(&mut self, def: &Rc<GateDef>, body: &[ast::Stmt]) -> Sem<()> {
        let mut result = Ok(());
        for stmt in body {
            self.spend(1, stmt.span)?;
            let checked = match &stmt.kind {
                StmtKind::Call(call) => self.check_call_in(def, call),
                StmtKind::Barrier(operands) => {
                    operands.iter().try_for_each(|operand| self.operand(operand).map(|_| ()))
                }
                StmtKind::For { ty, name, body, .. } => {
                    self.scopes.push();
                    let result = self.resolve_type(ty).and_then(|_| {
                        let value =
                            Value::Int(Expr::IntReg(u32::MAX), super::value::IntType::LITERAL);
                        self.scopes.set(
                            Rc::clone(&name.text),
                            Symbol::Const(value),
                            Some(name.span),
                        );
                        self.check_gate_body(def, body)
                    });
                    self.scopes.pop();
                    result
                }
                StmtKind::Ignored { what } => {
                    self.warn(stmt.span, format!("this {what} is not known and has no effect"), "");
                    Ok(())
                }
                StmtKind::Broken => Err(Failed),
                _ => {
                    let help = "a gate holds gates, barriers and loops with constant bounds";
                    Err(self.error(stmt.span, "this cannot stand in a gate", help))
                }
            };
            result = result.and(checked);
        }
        result
    }

    pub(super) fn check_call_in(&mut self, def: &Rc<GateDef>, call: &ast::GateCall) -> Sem<()> {
        if call.name.text == def.name.text {
            let message = format!("the gate `{}` uses itself", def.name.text);
            return Err(self.error(
                call.name.span,
                message,
                "gates cannot be recursive: write it out",
            ));
        }
        self.check_call(call)
    }
}
