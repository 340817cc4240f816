//! Subroutines: compiled where they are called, with their own names.
//! Not here: the languages' own functions.

use std::rc::Rc;

use super::super::ast::{BaseType, Def, Expr as Ast, ExprKind, Stmt, StmtKind};
use super::super::ir::{Label, Node, QubitRef};
use super::super::source::Span;
use super::inspect::assigns;
use super::scope::{Found, Qubits, Symbol};
use super::value::{Type, Value};
use super::{Failed, Sem, Sema};

/// Subroutines may call each other so deep.
const INLINE_DEPTH_MAX: usize = 64;

/// What `return` means now.
#[derive(Debug)]
pub(super) struct ReturnFrame {
    leave: Label,
    ty: Option<Type>,
    place: Option<Symbol>,
    used: bool,
}

impl Sema<'_> {
    pub(super) fn define_subroutine(&mut self, def: &Rc<Def>, span: Span) -> Sem<()> {
        if !self.scopes.is_global() {
            let help = "define subroutines at the top of the program";
            return Err(self.error(span, "a subroutine cannot be defined in a block", help));
        }
        // Compiled once for its errors, with operands that stand for any.
        let before = (self.module.clone(), self.hardware);
        self.inlining.push(Rc::clone(&def.name.text));
        let (checked, _) = self.apart(|sema| sema.check_subroutine(def));
        self.inlining.pop();
        (self.module, self.hardware) = before;
        let symbol =
            if checked.is_ok() { Symbol::Subroutine(Rc::clone(def)) } else { Symbol::Broken };
        let declared = self.declare(&def.name, symbol);
        checked.and(declared)
    }

    fn check_subroutine(&mut self, def: &Rc<Def>) -> Sem<()> {
        self.scopes.push_closed();
        let result = self.check_params(def).and_then(|()| self.body(def).map(|_| ()));
        self.scopes.pop();
        result
    }

    fn check_params(&mut self, def: &Rc<Def>) -> Sem<()> {
        let mut next = 0_u32;
        for (ty, name) in &def.params {
            let symbol = if ty.base == BaseType::Qubit {
                let size = match &ty.width {
                    Some(width) => self.const_size(width, "number of qubits")?.min(1 << 20),
                    None => 1,
                };
                let list = (next..next.saturating_add(size)).map(QubitRef::At).collect();
                next = next.saturating_add(size);
                Symbol::Qubits(Qubits { list, single: ty.width.is_none() })
            } else {
                let ty = self.resolve_type(ty)?;
                self.new_variable(ty, None, name.span)?
            };
            self.declare(name, symbol)?;
        }
        Ok(())
    }

    /// A statement that is a call: its value, if any, is dropped.
    pub(super) fn call_statement(&mut self, expr: &Ast) -> Sem<()> {
        let ExprKind::Call(name, args) = &expr.kind else {
            return Err(Failed);
        };
        if let Found::Here(Symbol::Subroutine(def)) = self.scopes.find(&name.text) {
            return self.inline(&def, args, expr.span).map(|_| ());
        }
        self.call(name, args, expr.span).map(|_| ())
    }

    /// Compiles a call in place; gives the returned value.
    pub(super) fn inline(&mut self, def: &Rc<Def>, args: &[Ast], span: Span) -> Sem<Option<Value>> {
        self.spend(1, span)?;
        if self.inlining.contains(&def.name.text) || self.inlining.len() >= INLINE_DEPTH_MAX {
            let message =
                format!("the subroutine `{}` calls itself, or calls go too deep", def.name.text);
            return Err(self.error(span, message, "subroutines cannot be recursive: use a loop"));
        }
        if args.len() != def.params.len() {
            let message = format!(
                "the subroutine `{}` takes {} argument(s), {} are given",
                def.name.text,
                def.params.len(),
                args.len()
            );
            return Err(self.error(span, message, ""));
        }
        let mut symbols = Vec::with_capacity(args.len());
        for ((ty, name), arg) in def.params.iter().zip(args) {
            let symbol = if ty.base == BaseType::Qubit {
                Symbol::Qubits(self.qubit_argument(ty, arg)?)
            } else {
                let ty = self.resolve_type(ty)?;
                let value = self.eval(arg)?;
                let value = self.convert(value, ty, false, arg.span)?;
                if value.is_const() && !assigns(&def.body, &name.text) {
                    Symbol::Const(value)
                } else {
                    let symbol = self.new_variable(ty, None, arg.span)?;
                    self.store(&symbol, value, arg.span)?;
                    symbol
                }
            };
            symbols.push(symbol);
        }
        self.inlining.push(Rc::clone(&def.name.text));
        self.scopes.push_closed();
        for ((_, name), symbol) in def.params.iter().zip(symbols) {
            self.scopes.set(Rc::clone(&name.text), symbol, Some(name.span));
        }
        let result = self.body(def);
        self.scopes.pop();
        self.inlining.pop();
        result
    }

    fn qubit_argument(&mut self, ty: &super::super::ast::Type, arg: &Ast) -> Sem<Qubits> {
        let qubits = self.operand(arg)?;
        let expected = match &ty.width {
            Some(width) => self.const_size(width, "number of qubits")? as usize,
            None => 1,
        };
        if qubits.list.len() != expected {
            let message =
                format!("{expected} qubit(s) are needed here, {} are given", qubits.list.len());
            return Err(self.error(arg.span, message, "pass a register of this size, or a slice"));
        }
        Ok(Qubits { list: qubits.list, single: ty.width.is_none() })
    }

    fn body(&mut self, def: &Rc<Def>) -> Sem<Option<Value>> {
        let ty = match &def.returns {
            Some(ty) => Some(self.resolve_type(ty)?),
            None => None,
        };
        if let (Some(_), false) = (ty, returns(&def.body)) {
            let message = format!("the subroutine `{}` ends without `return`", def.name.text);
            return Err(self.error(def.name.span, message, "return a value at its end"));
        }
        let place = match ty {
            Some(ty) => Some(self.new_variable(ty, None, def.name.span)?),
            None => None,
        };
        let leave = self.new_label();
        let frame = ReturnFrame { leave, ty, place: place.clone(), used: false };
        let outer = self.returns.replace(frame);
        let loops = std::mem::take(&mut self.loops);
        let (result, nodes) = self.apart(|sema| sema.stmts(&def.body));
        self.loops = loops;
        let frame = std::mem::replace(&mut self.returns, outer);
        result?;
        if frame.is_some_and(|frame| frame.used) {
            self.emit(Node::Block { label: leave, body: nodes });
        } else {
            self.out.extend(nodes);
        }
        Ok(place.map(|place| self.value_of(&place)))
    }

    /// The value of a variable of the compiler's own.
    fn value_of(&self, symbol: &Symbol) -> Value {
        use super::super::ir::Expr;
        use super::value::IntType;
        match symbol {
            Symbol::Int(Type::Int { bits, signed }, register) => {
                let int = IntType { bits: *bits, signed: *signed, literal: false };
                Value::Int(Expr::IntReg(*register), int)
            }
            Symbol::Int(_, register) => Value::Bool(Expr::int(
                super::super::ir::IntOp::Ne,
                Expr::IntReg(*register),
                Expr::Int(0),
            )),
            Symbol::Float(Type::Angle, register) => Value::Angle(Expr::FloatReg(*register)),
            Symbol::Float(_, register) => Value::Float(Expr::FloatReg(*register)),
            Symbol::Bits(bits) if bits.single => Value::Bool(Expr::Bit(bits.list[0])),
            Symbol::Bits(bits) => Value::Bits(bits.list.iter().map(|&id| Expr::Bit(id)).collect()),
            _ => Value::int(0),
        }
    }

    pub(super) fn return_value(&mut self, value: Option<&Ast>, span: Span) -> Sem<()> {
        let Some(frame) = &mut self.returns else {
            return Err(self.error(span, "`return` stands outside of a subroutine", "use `end`"));
        };
        frame.used = true;
        let (leave, ty, place) = (frame.leave, frame.ty, frame.place.clone());
        match (value, ty, place) {
            (None, None, _) => {}
            (Some(expr), Some(ty), Some(place)) => {
                let value = self.eval(expr)?;
                let value = self.convert(value, ty, false, expr.span)?;
                self.store(&place, value, expr.span)?;
            }
            (Some(expr), _, _) => {
                let help = "declare what it gives: def f() -> bit { … }";
                return Err(self.error(expr.span, "this subroutine gives no value", help));
            }
            (None, _, _) => {
                return Err(self.error(
                    span,
                    "this subroutine must return a value",
                    "write return value;",
                ));
            }
        }
        self.emit(Node::Break(leave));
        Ok(())
    }
}

/// Whether every way through the statements ends with `return`.
fn returns(stmts: &[Stmt]) -> bool {
    stmts.iter().any(|stmt| match &stmt.kind {
        StmtKind::Return(_) | StmtKind::End | StmtKind::Broken => true,
        StmtKind::If { then, otherwise, .. } => returns(then) && returns(otherwise),
        StmtKind::Block(body) => returns(body),
        StmtKind::Switch { cases, default, .. } => {
            cases.iter().all(|(_, body)| returns(body))
                && default.as_ref().is_some_and(|body| returns(body))
        }
        _ => false,
    })
}
