//! The languages' own functions.
//! Not here: subroutines of the program.

use super::super::ast::{Binary, Expr as Ast, Name};
use super::super::ir::{Expr, IntOp, RealOp};
use super::super::parse::Language;
use super::super::source::Span;
use super::scope::{Found, Symbol, nearest};
use super::value::{IntType, Value, pack};
use super::{Sem, Sema};
use std::rc::Rc;

/// Functions of one real number.
fn real_function(name: &str) -> Option<RealOp> {
    Some(match name {
        "sin" => RealOp::Sin,
        "cos" => RealOp::Cos,
        "tan" => RealOp::Tan,
        "arcsin" | "asin" => RealOp::Asin,
        "arccos" | "acos" => RealOp::Acos,
        "arctan" | "atan" => RealOp::Atan,
        "exp" => RealOp::Exp,
        "ln" | "log" => RealOp::Ln,
        "sqrt" => RealOp::Sqrt,
        "floor" => RealOp::Floor,
        "ceiling" => RealOp::Ceil,
        _ => return None,
    })
}

const NAMES_3: [&str; 17] = [
    "sin", "cos", "tan", "arcsin", "arccos", "arctan", "exp", "log", "sqrt", "floor", "ceiling",
    "mod", "pow", "popcount", "rotl", "rotr", "sizeof",
];
const NAMES_2: [&str; 9] = ["sin", "cos", "tan", "exp", "ln", "sqrt", "acos", "atan", "asin"];

impl Sema<'_> {
    /// A call in an expression: a function of the language or a subroutine.
    pub(super) fn call(&mut self, name: &Name, args: &[Ast], span: Span) -> Sem<Value> {
        if let Found::Here(symbol) | Found::Outside(symbol) = self.scopes.find(&name.text) {
            return match symbol {
                Symbol::Subroutine(def) => match self.inline(&def, args, span)? {
                    Some(value) => Ok(value),
                    None => {
                        let message = format!("the subroutine `{}` gives no value", name.text);
                        Err(self.error(
                            span,
                            message,
                            "give it a return type: def f() -> int { … }",
                        ))
                    }
                },
                Symbol::Broken => Err(super::Failed),
                other => {
                    let message =
                        format!("`{}` is {}, it cannot be called", name.text, other.noun());
                    Err(self.error(name.span, message, ""))
                }
            };
        }
        if self.inlining.contains(&name.text) {
            let message = format!("the subroutine `{}` calls itself", name.text);
            return Err(self.error(span, message, "subroutines cannot be recursive: use a loop"));
        }
        let expected = self.check_function(name)?;
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            values.push(self.eval(arg)?);
        }
        if values.len() != expected {
            let message =
                format!("`{}` takes {expected} argument(s), {} are given", name.text, values.len());
            return Err(self.error(span, message, ""));
        }
        self.apply(&name.text, values, span)
    }

    /// How many arguments the function takes.
    fn check_function(&mut self, name: &Name) -> Sem<usize> {
        let known: &[&str] = match self.language {
            Language::Qasm2 => &NAMES_2,
            Language::Qasm3 => &NAMES_3,
        };
        if real_function(&name.text).is_some() || known.contains(&&*name.text) {
            return Ok(match &*name.text {
                "mod" | "pow" | "rotl" | "rotr" => 2,
                _ => 1,
            });
        }
        let all: Vec<Rc<str>> = known.iter().copied().map(Rc::from).collect();
        let help = match nearest(&name.text, &all) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("functions are {}", known.join(", ")),
        };
        Err(self.error(name.span, format!("the function `{}` is not known", name.text), help))
    }

    fn apply(&mut self, name: &str, values: Vec<Value>, span: Span) -> Sem<Value> {
        let mut values = values.into_iter();
        let Some(first) = values.next() else {
            return Err(super::Failed);
        };
        match (name, values.next()) {
            ("mod", Some(second)) => self.modulo(first, second, span),
            ("pow", Some(second)) => self.binary(Binary::Pow, first, second, span, span),
            ("rotl", Some(by)) => self.rotate(first, by, true, span),
            ("rotr", Some(by)) => self.rotate(first, by, false, span),
            ("popcount", _) => self.popcount(first, span),
            ("sizeof", _) => match first {
                Value::Bits(bits) => Ok(Value::int(i64::try_from(bits.len()).unwrap_or(i64::MAX))),
                other => {
                    let message =
                        format!("sizeof counts the bits of a register; this is {}", other.noun());
                    Err(self.error(span, message, ""))
                }
            },
            (real, _) => {
                let op = real_function(real).unwrap_or(RealOp::Copy);
                let argument = self.real_value(first, span)?;
                let value = Expr::real_fn(op, argument.clone());
                if let (Expr::Float(of), Expr::Float(result)) = (&argument, &value)
                    && !result.is_finite()
                {
                    let message = format!("{real}({of}) is no finite number");
                    return Err(self.error(span, message, "use an argument within its range"));
                }
                Ok(Value::Float(value))
            }
        }
    }

    fn modulo(&mut self, a: Value, b: Value, span: Span) -> Sem<Value> {
        self.binary(Binary::Rem, a, b, span, span)
    }

    fn popcount(&mut self, value: Value, span: Span) -> Sem<Value> {
        let ty = IntType { bits: super::value::UINT_BITS, signed: false, literal: false };
        let bits = match value {
            Value::Bits(bits) => bits,
            Value::Bool(bit) => vec![bit],
            other => {
                let value = self.int_value(other, span)?;
                return Ok(Value::Int(Expr::int_fn(IntOp::CountOnes, value), ty));
            }
        };
        let counts = bits.chunks(super::value::PACK_BITS_MAX);
        let counts = counts.map(|chunk| Expr::int_fn(IntOp::CountOnes, pack(chunk))).collect();
        Ok(Value::Int(super::value::balanced(IntOp::Add, counts), ty))
    }

    fn rotate(&mut self, value: Value, by: Value, left: bool, span: Span) -> Sem<Value> {
        let by = self.int_value(by, span)?;
        let (Value::Bits(bits), Some(by)) = (value, by.as_int()) else {
            let help = "rotate a bit register by a constant";
            return Err(self.error(span, "this cannot be rotated", help));
        };
        let len = i64::try_from(bits.len()).unwrap_or(i64::MAX).max(1);
        let up = if left { by } else { by.wrapping_neg() }.rem_euclid(len);
        let at = |to: i64| {
            let from = usize::try_from((to - up).rem_euclid(len)).unwrap_or(0);
            bits[from].clone()
        };
        Ok(Value::Bits((0..len).map(at).collect()))
    }
}
