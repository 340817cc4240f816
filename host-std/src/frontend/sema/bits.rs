//! Operators on bit registers, bit by bit.
//! Not here: numbers.

use super::super::ast::Binary;
use super::super::ir::{Expr, IntOp};
use super::super::source::Span;
use super::value::{Value, balanced};
use super::{Sem, Sema};

impl Sema<'_> {
    pub(super) fn concat(&mut self, left: Value, right: Value, span: Span) -> Sem<Value> {
        let bits = |sema: &mut Self, value: Value| match value {
            Value::Bits(bits) => Ok(bits),
            Value::Bool(bit) => Ok(vec![bit]),
            other => {
                let message = format!("`++` joins registers; this is {}", other.noun());
                Err(sema.error(span, message, "use bits on both sides"))
            }
        };
        let mut all = bits(self, left)?;
        all.extend(bits(self, right)?);
        Ok(Value::Bits(all))
    }

    pub(super) fn bitwise(
        &mut self,
        operator: Binary,
        left: Value,
        right: Value,
        span: Span,
    ) -> Sem<Value> {
        let op = match operator {
            Binary::BitAnd => IntOp::And,
            Binary::BitOr => IntOp::Or,
            _ => IntOp::Xor,
        };
        match (left, right) {
            (Value::Bool(a), Value::Bool(b)) => {
                Ok(Value::Bool(Expr::int(op, Expr::truth(a), Expr::truth(b))))
            }
            (Value::Bits(a), Value::Bits(b)) if a.len() == b.len() => {
                self.spend(a.len() as u64, span)?;
                let joined = a.into_iter().zip(b).map(|(a, b)| Expr::int(op, a, b));
                Ok(Value::Bits(joined.collect()))
            }
            (left, right) => {
                let message =
                    format!("`{}` joins {} and {}", operator.symbol(), left.noun(), right.noun());
                Err(self.error(span, message, "use the same number of bits on both sides"))
            }
        }
    }

    pub(super) fn shift_bits(
        &mut self,
        left: bool,
        bits: &[Expr],
        by: Value,
        span: Span,
    ) -> Sem<Value> {
        let by = self.int_value(by, span)?;
        let Some(by) = by.as_int().and_then(|by| usize::try_from(by).ok()) else {
            let help = "shift an integer: uint[8](c) << n";
            return Err(self.error(
                span,
                "bits are shifted by a constant that is not negative",
                help,
            ));
        };
        let len = bits.len();
        let at = |to: usize| {
            let from = if left { to.checked_sub(by) } else { to.checked_add(by) };
            from.and_then(|from| bits.get(from).cloned()).unwrap_or(Expr::Int(0))
        };
        Ok(Value::Bits((0..len).map(at).collect()))
    }
}

/// All bits equal (or, for `Ne`, not all).
pub(super) fn equal_bits(op: IntOp, a: Vec<Expr>, b: Vec<Expr>) -> Expr {
    let differ = a.into_iter().zip(b).map(|(a, b)| Expr::int(IntOp::Xor, a, b)).collect();
    let any = balanced(IntOp::Or, differ);
    if op == IntOp::Eq { Expr::not(any) } else { any }
}
