//! Expressions: names, literals, indices, casts, measurements.
//! Not here: operators and functions, which work on values.

use core::f64::consts::{E, PI, TAU};
use std::rc::Rc;

use super::super::ast::{Expr as Ast, ExprKind, Index};
use super::super::ir::{Expr, HIDDEN_BITS, IntOp, Node};
use super::super::parse::Language;
use super::super::source::Span;
use super::scope::{Bits, Found, Symbol, nearest};
use super::value::{IntType, Type, Value};
use super::{Failed, Sem, Sema};

/// Where an index or a slice points in a list.
pub(super) enum Selection {
    /// One element known now.
    One(usize),
    /// One element known when the program runs.
    Computed(Expr),
    /// Several, known now.
    Many(Vec<usize>),
}

impl Sema<'_> {
    pub(super) fn eval(&mut self, expr: &Ast) -> Sem<Value> {
        match &expr.kind {
            ExprKind::Int(value) if self.real =>
            {
                #[expect(clippy::cast_precision_loss, reason = "a real number is asked for")]
                Ok(Value::Float(Expr::Float(*value as f64)))
            }
            ExprKind::Int(value) => match i64::try_from(*value) {
                Ok(value) => Ok(Value::int(value)),
                Err(_) => {
                    let help = "integers go up to 9223372036854775807; a float has a `.0`";
                    Err(self.error(
                        expr.span,
                        "this integer does not fit into 64 signed bits",
                        help,
                    ))
                }
            },
            ExprKind::Float(value) => Ok(Value::Float(Expr::Float(*value))),
            ExprKind::Bool(value) => Ok(Value::Bool(Expr::bool(*value))),
            ExprKind::BitString(bits) => {
                Ok(Value::Bits(bits.iter().map(|&bit| Expr::bool(bit)).collect()))
            }
            ExprKind::DurationNs(ns) => Ok(Value::Duration(*ns)),
            ExprKind::Name(name) => self.eval_name(name, expr.span),
            ExprKind::Index(of, index) => self.eval_index(of, index, expr.span),
            ExprKind::Unary(operator, of) => {
                let value = self.eval(of)?;
                self.unary(*operator, value, expr.span)
            }
            ExprKind::Binary(operator, left, right) => {
                self.eval_binary(*operator, left, right, expr.span)
            }
            ExprKind::Call(name, args) => self.call(name, args, expr.span),
            ExprKind::Cast(ty, of) => {
                let ty = self.resolve_type(ty)?;
                let value = self.eval(of)?;
                self.convert(value, ty, true, expr.span)
            }
            ExprKind::Measure(operand) => self.eval_measure(operand),
            other => Err(self.unsupported_value(other, expr.span)),
        }
    }

    fn unsupported_value(&mut self, kind: &ExprKind, span: Span) -> Failed {
        let (what, help) = match kind {
            ExprKind::Imaginary => ("imaginary numbers are not supported", "use floats"),
            ExprKind::DurationDt => {
                ("device cycles (dt) have no length here", "use ns, us, ms or s")
            }
            ExprKind::DurationOf => {
                ("durationof is not supported", "write the duration as a literal")
            }
            ExprKind::Array => ("lists are not supported here", "use a bit register or variables"),
            _ => ("a qubit is not a value", "measure it"),
        };
        self.error(span, what, help)
    }

    /// What a name means; unknown ones are reported with the nearest known one.
    pub(super) fn find(&mut self, name: &Rc<str>, span: Span) -> Sem<Symbol> {
        match self.scopes.find(name) {
            Found::Here(Symbol::Broken) => Err(Failed),
            Found::Here(symbol) => Ok(symbol),
            Found::Outside(symbol) => {
                let message = format!("`{name}` is {} outside of this body", symbol.noun());
                let help =
                    "pass it as a parameter; only constants, gates and subroutines are visible";
                Err(self.error(span, message, help))
            }
            Found::Nowhere => {
                let known = self.scopes.names(|symbol| {
                    !matches!(symbol, Symbol::Gate(_) | Symbol::Subroutine(_) | Symbol::Broken)
                });
                let help = match nearest(name, &known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "declare it before it is used".to_owned(),
                };
                Err(self.error(span, format!("`{name}` is not declared"), help))
            }
        }
    }

    fn eval_name(&mut self, name: &Rc<str>, span: Span) -> Sem<Value> {
        if let Found::Nowhere = self.scopes.find(name) {
            let constant = match &**name {
                "pi" | "π" => Some(PI),
                "tau" | "τ" if self.language == Language::Qasm3 => Some(TAU),
                "euler" | "ℇ" if self.language == Language::Qasm3 => Some(E),
                _ => None,
            };
            if let Some(value) = constant {
                return Ok(Value::Float(Expr::Float(value)));
            }
        }
        let symbol = self.find(name, span)?;
        match symbol {
            Symbol::Bits(bits) if bits.single => Ok(Value::Bool(Expr::Bit(bits.list[0]))),
            Symbol::Bits(bits) => {
                self.spend(bits.list.len() as u64, span)?;
                Ok(Value::Bits(bits.list.iter().map(|&id| Expr::Bit(id)).collect()))
            }
            Symbol::Int(Type::Int { bits, signed }, register) => {
                Ok(Value::Int(Expr::IntReg(register), IntType { bits, signed, literal: false }))
            }
            Symbol::Int(_, register) => {
                Ok(Value::Bool(Expr::int(IntOp::Ne, Expr::IntReg(register), Expr::Int(0))))
            }
            Symbol::Float(Type::Angle, register) => Ok(Value::Angle(Expr::FloatReg(register))),
            Symbol::Float(_, register) => Ok(Value::Float(Expr::FloatReg(register))),
            Symbol::Const(value) => Ok(value),
            other => {
                let message = format!("`{name}` is {}, not a value", other.noun());
                let help = match other {
                    Symbol::Qubits(_) => "measure it into a bit",
                    _ => "use a variable or a number",
                };
                Err(self.error(span, message, help))
            }
        }
    }

    /// A measurement as a value: into bits of the program's own.
    fn eval_measure(&mut self, operand: &Ast) -> Sem<Value> {
        let qubits = self.operand(operand)?;
        let bits = self.hidden_bits(qubits.list.len());
        for (qubit, &bit) in qubits.list.iter().zip(bits.iter()) {
            self.spend(1, operand.span)?;
            self.emit(Node::Measure { qubit: qubit.clone(), bit });
        }
        let mut values: Vec<Expr> = bits.iter().map(|&bit| Expr::Bit(bit)).collect();
        match values.pop() {
            Some(only) if qubits.single && values.is_empty() => Ok(Value::Bool(only)),
            Some(last) => {
                values.push(last);
                Ok(Value::Bits(values))
            }
            None => Err(Failed),
        }
    }

    /// Bits that no result shows.
    pub(super) fn hidden_bits(&mut self, count: usize) -> Rc<[u32]> {
        let first = HIDDEN_BITS + self.module.hidden_bit_count;
        let count =
            u32::try_from(count).unwrap_or(0).min(HIDDEN_BITS - self.module.hidden_bit_count - 1);
        self.module.hidden_bit_count += count;
        (first..first + count).collect()
    }

    fn eval_index(&mut self, of: &Ast, index: &Index, span: Span) -> Sem<Value> {
        if let ExprKind::Name(name) = &of.kind
            && let Symbol::Bits(bits) = self.find(name, of.span)?
        {
            return self.index_bits(name, &bits, index, span);
        }
        let value = self.eval(of)?;
        let (bits, dynamic) = match value {
            Value::Bits(bits) => (bits, None),
            Value::Int(expr, int) => {
                let held = if expr.is_simple() { expr } else { self.hold_int(expr) };
                let bit = |at: u32| {
                    let shifted = Expr::int(IntOp::Shr, held.clone(), Expr::Int(i64::from(at)));
                    Expr::int(IntOp::And, shifted, Expr::Int(1))
                };
                ((0..int.bits).map(bit).collect(), Some(held.clone()))
            }
            other => {
                let message = format!("this is {}: it has no elements", other.noun());
                return Err(self.error(of.span, message, "index registers and integers"));
            }
        };
        match self.select(index, bits.len(), "value", span)? {
            Selection::One(at) => Ok(Value::Bool(bits[at].clone())),
            Selection::Many(at) => {
                Ok(Value::Bits(at.into_iter().map(|i| bits[i].clone()).collect()))
            }
            Selection::Computed(at) => match dynamic {
                Some(held) => Ok(Value::Bool(Expr::int(
                    IntOp::And,
                    Expr::int(IntOp::Shr, held, at),
                    Expr::Int(1),
                ))),
                None => Err(self.computed_index(span)),
            },
        }
    }

    fn computed_index(&mut self, span: Span) -> Failed {
        let help =
            "index a declared register, or use an index that is known before the program runs";
        self.error(span, "the index into this value is only known when the program runs", help)
    }

    fn index_bits(&mut self, name: &str, bits: &Bits, index: &Index, span: Span) -> Sem<Value> {
        if bits.single {
            let message = format!("`{name}` is a single bit");
            return Err(self.error(span, message, format!("write `{name}` without an index")));
        }
        Ok(match self.select(index, bits.list.len(), name, span)? {
            Selection::One(at) => Value::Bool(Expr::Bit(bits.list[at])),
            Selection::Many(at) => {
                Value::Bits(at.into_iter().map(|i| Expr::Bit(bits.list[i])).collect())
            }
            Selection::Computed(index) => {
                let (first, width) = self.run_of(&bits.list, span)?;
                Value::Bool(Expr::BitAt { first, width, index: Box::new(index) })
            }
        })
    }

    /// A statement that is only an expression: a call, a measurement.
    pub(super) fn expression_statement(&mut self, expr: &Ast) -> Sem<()> {
        match &expr.kind {
            ExprKind::Call(name, _) => {
                if let Found::Here(Symbol::Gate(gate)) = self.scopes.find(&name.text) {
                    let message = format!("the gate `{}` needs qubits", gate.name);
                    let help = format!("write `{}(…) q[0];`", gate.name);
                    return Err(self.error(expr.span, message, help));
                }
                self.call_statement(expr)
            }
            ExprKind::Measure(_) => self.eval(expr).map(|_| ()),
            ExprKind::Name(name) => {
                let gate = matches!(self.scopes.find(name), Found::Here(Symbol::Gate(_)));
                let help = if gate { "a gate needs qubits" } else { "" };
                Err(self.error(expr.span, "this statement does nothing", help))
            }
            _ => {
                self.eval(expr)?;
                self.warn(expr.span, "the value of this statement is not used", "");
                Ok(())
            }
        }
    }

    /// The value as a constant of its type, or an error.
    pub(super) fn constant(&mut self, value: Value, span: Span, what: &str) -> Sem<Value> {
        if value.is_const() {
            return Ok(value);
        }
        let message = format!("the value of {what} must be known before the program runs");
        Err(self.error(span, message, "use literals and other constants"))
    }

    /// A copy of the value that later assignments do not change.
    pub(super) fn freeze(&mut self, value: Value) -> Value {
        match value {
            Value::Int(expr, ty) => Value::Int(self.hold_int(expr), ty),
            Value::Bool(expr) => Value::Bool(self.hold_int(expr)),
            Value::Float(expr) => Value::Float(self.hold_float(expr)),
            Value::Angle(expr) => Value::Angle(self.hold_float(expr)),
            Value::Bits(bits) => {
                Value::Bits(bits.into_iter().map(|bit| self.hold_int(bit)).collect())
            }
            Value::Duration(ns) => Value::Duration(ns),
        }
    }
}
