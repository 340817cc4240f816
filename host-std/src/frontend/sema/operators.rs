//! Operators on values: which types meet, and what they give.
//! Not here: reading names, calling functions.

use super::super::ast::{Binary, Expr as Ast, Unary};
use super::super::ir::{Expr, IntOp, Node, RealOp};
use super::super::source::Span;
use super::bits::equal_bits;
use super::value::{IntType, Value};
use super::{Sem, Sema};

/// The comparison of an operator.
fn comparison(operator: Binary) -> Option<IntOp> {
    Some(match operator {
        Binary::Eq => IntOp::Eq,
        Binary::Ne => IntOp::Ne,
        Binary::Lt => IntOp::Lt,
        Binary::Le => IntOp::Le,
        Binary::Gt => IntOp::Gt,
        Binary::Ge => IntOp::Ge,
        _ => return None,
    })
}

fn int_op(operator: Binary) -> Option<IntOp> {
    Some(match operator {
        Binary::Add => IntOp::Add,
        Binary::Sub => IntOp::Sub,
        Binary::Mul => IntOp::Mul,
        Binary::Div => IntOp::Div,
        Binary::Rem => IntOp::Rem,
        Binary::Pow => IntOp::Pow,
        Binary::Shl => IntOp::Shl,
        Binary::Shr => IntOp::Shr,
        Binary::BitAnd => IntOp::And,
        Binary::BitOr => IntOp::Or,
        Binary::BitXor => IntOp::Xor,
        _ => return None,
    })
}

fn real_op(operator: Binary) -> Option<RealOp> {
    Some(match operator {
        Binary::Add => RealOp::Add,
        Binary::Sub => RealOp::Sub,
        Binary::Mul => RealOp::Mul,
        Binary::Div => RealOp::Div,
        Binary::Rem => RealOp::Rem,
        Binary::Pow => RealOp::Pow,
        _ => return None,
    })
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Int(Expr::Int(0), _) | Value::Bool(Expr::Int(0)) => true,
        Value::Float(Expr::Float(value)) | Value::Angle(Expr::Float(value)) => {
            value.to_bits() << 1 == 0
        }
        _ => false,
    }
}

impl Sema<'_> {
    pub(super) fn unary(&mut self, operator: Unary, value: Value, span: Span) -> Sem<Value> {
        Ok(match (operator, value) {
            (Unary::Plus, value) => value,
            (Unary::Not, value) => Value::Bool(Expr::not(self.bool_value(value, span)?)),
            (Unary::Neg, Value::Int(expr, ty)) => {
                Value::Int(ty.wrap(Expr::int_fn(IntOp::Neg, expr)), ty)
            }
            (Unary::Neg, Value::Float(expr)) => Value::Float(Expr::neg_real(expr)),
            (Unary::Neg, Value::Angle(expr)) => Value::Angle(Expr::neg_real(expr)),
            (Unary::Neg, value @ (Value::Bool(_) | Value::Bits(_))) => {
                Value::Int(Expr::int_fn(IntOp::Neg, self.int_value(value, span)?), IntType::LITERAL)
            }
            (Unary::BitNot, Value::Bool(expr)) => Value::Bool(Expr::not(expr)),
            (Unary::BitNot, Value::Bits(bits)) => {
                Value::Bits(bits.into_iter().map(Expr::not).collect())
            }
            (Unary::BitNot, Value::Int(expr, ty)) => {
                Value::Int(ty.wrap(Expr::int_fn(IntOp::Not, expr)), ty)
            }
            (Unary::Neg, Value::Duration(_)) => {
                return Err(self.error(span, "a duration cannot be negative", "remove the minus"));
            }
            (Unary::BitNot, other) => {
                let message = format!("`~` turns bits around; this is {}", other.noun());
                return Err(self.error(span, message, "use it on bits and integers"));
            }
        })
    }

    pub(super) fn eval_binary(
        &mut self,
        operator: Binary,
        left: &Ast,
        right: &Ast,
        span: Span,
    ) -> Sem<Value> {
        if matches!(operator, Binary::And | Binary::Or) {
            return self.logical(operator == Binary::And, left, right);
        }
        let left_value = self.eval(left)?;
        let emitted = self.out.len();
        let (right_value, nodes) = self.apart(|sema| sema.eval(right));
        let right_value = right_value?;
        // What is on the right runs first if it does something; the left must be read before that.
        let left_value = if nodes.iter().any(|n| !matches!(n, Node::Line(_))) {
            self.freeze(left_value)
        } else {
            left_value
        };
        debug_assert!(self.out.len() >= emitted);
        self.out.extend(nodes);
        self.binary(operator, left_value, right_value, span, right.span)
    }

    /// `&&` and `||`: the right side runs only if it decides.
    fn logical(&mut self, and: bool, left: &Ast, right: &Ast) -> Sem<Value> {
        let value = self.eval(left)?;
        let left_value = self.bool_value(value, left.span)?;
        let (right_value, nodes) = self.apart(|sema| {
            let value = sema.eval(right)?;
            sema.bool_value(value, right.span)
        });
        let right_value = right_value?;
        match (left_value.as_int(), and) {
            (Some(0), true) | (Some(1), false) => return Ok(Value::Bool(left_value)),
            (Some(_), _) => {
                self.out.extend(nodes);
                return Ok(Value::Bool(right_value));
            }
            _ => {}
        }
        if nodes.is_empty() && cannot_fail(&right_value) {
            let op = if and { IntOp::And } else { IntOp::Or };
            return Ok(Value::Bool(Expr::int(
                op,
                Expr::truth(left_value),
                Expr::truth(right_value),
            )));
        }
        let register = self.new_int();
        self.emit(Node::SetInt(register, left_value));
        let mut decides = nodes;
        decides.push(Node::SetInt(register, right_value));
        let (then, otherwise) = if and { (decides, Vec::new()) } else { (Vec::new(), decides) };
        self.emit(Node::If { condition: Expr::IntReg(register), then, otherwise });
        Ok(Value::Bool(Expr::IntReg(register)))
    }

    pub(super) fn binary(
        &mut self,
        operator: Binary,
        left: Value,
        right: Value,
        span: Span,
        right_span: Span,
    ) -> Sem<Value> {
        if matches!(operator, Binary::Div | Binary::Rem) && is_zero(&right) {
            return Err(self.error(right_span, "division by zero", "divide by something else"));
        }
        if let Some(cmp) = comparison(operator) {
            return self.compare(cmp, left, right, span).map(Value::Bool);
        }
        match (operator, left, right) {
            (Binary::Concat, left, right) => self.concat(left, right, span),
            (_, Value::Duration(a), Value::Duration(b)) => self.durations(operator, a, b, span),
            (Binary::Mul | Binary::Div, Value::Duration(a), number)
            | (Binary::Mul, number, Value::Duration(a)) => {
                let factor = self.real_value(number, span)?;
                let Expr::Float(factor) = factor else {
                    let help = "durations must be known before the program runs";
                    return Err(self.error(span, "a duration times a variable", help));
                };
                Ok(Value::Duration(if operator == Binary::Mul { a * factor } else { a / factor }))
            }
            (
                Binary::BitAnd | Binary::BitOr | Binary::BitXor,
                left @ (Value::Bits(_) | Value::Bool(_)),
                right @ (Value::Bits(_) | Value::Bool(_)),
            ) => self.bitwise(operator, left, right, span),
            (Binary::Shl | Binary::Shr, Value::Bits(bits), by) => {
                self.shift_bits(operator == Binary::Shl, &bits, by, right_span)
            }
            (_, left, right) => self.arithmetic(operator, left, right, span),
        }
    }

    fn arithmetic(
        &mut self,
        operator: Binary,
        left: Value,
        right: Value,
        span: Span,
    ) -> Sem<Value> {
        let reals = matches!(left, Value::Float(_) | Value::Angle(_))
            || matches!(right, Value::Float(_) | Value::Angle(_));
        if reals {
            return self.real_arithmetic(operator, left, right, span);
        }
        let Some(op) = int_op(operator) else {
            return Err(self.no_such(operator, &left, &right, span));
        };
        let ty = |value: &Value| match value {
            Value::Int(_, ty) => *ty,
            _ => IntType::LITERAL,
        };
        let (left_type, right_type) = (ty(&left), ty(&right));
        let joined = if matches!(operator, Binary::Shl | Binary::Shr | Binary::Pow) {
            left_type
        } else {
            left_type.with(right_type)
        };
        let (a, b) = (self.int_value(left, span)?, self.int_value(right, span)?);
        match (operator, &a, &b) {
            (Binary::Shl | Binary::Shr, _, Expr::Int(by)) if *by < 0 => {
                Err(self.error(span, "a shift by a negative number", "shift the other way"))
            }
            // As for a literal exponent: a negative power is a real number.
            (Binary::Pow, _, Expr::Int(by)) if *by < 0 => {
                let power = Expr::real(RealOp::Pow, Expr::to_float(a), Expr::to_float(b));
                Ok(Value::Float(power))
            }
            (Binary::Div, Expr::Int(x), Expr::Int(y))
                if joined.literal && x.checked_rem(*y) != Some(0) =>
            {
                let message =
                    format!("{x}/{y} is a division of integers and gives {}", x.wrapping_div(*y));
                self.warn(span, message, "write one of them as a float, as in 1.0/2");
                Ok(Value::Int(Expr::int(op, a, b), joined))
            }
            (Binary::Mul | Binary::Add | Binary::Sub | Binary::Pow, Expr::Int(x), Expr::Int(y))
                if checked(op, *x, *y).is_none() =>
            {
                let help = "write one of them as a float, as in 1.0";
                Err(self.error(span, "the result does not fit into 64 bits", help))
            }
            _ => Ok(Value::Int(joined.wrap(Expr::int(op, a, b)), joined)),
        }
    }

    fn real_arithmetic(
        &mut self,
        operator: Binary,
        left: Value,
        right: Value,
        span: Span,
    ) -> Sem<Value> {
        let Some(op) = real_op(operator) else {
            return Err(self.no_such(operator, &left, &right, span));
        };
        // An angle stays one if it is added to one, or scaled.
        let angles = (matches!(left, Value::Angle(_)), matches!(right, Value::Angle(_)));
        let angle = match operator {
            Binary::Add | Binary::Sub => angles.0 && angles.1,
            Binary::Mul => angles.0 != angles.1,
            Binary::Div => angles.0 && !angles.1,
            _ => false,
        };
        let (a, b) = (self.real_value(left, span)?, self.real_value(right, span)?);
        let value = Expr::real(op, a, b);
        if let Expr::Float(number) = value
            && !number.is_finite()
        {
            let what = if number.is_nan() { "not a number (NaN)" } else { "infinite" };
            return Err(self.error(span, format!("this value is {what}"), "use other numbers"));
        }
        Ok(if angle { Value::Angle(value) } else { Value::Float(value) })
    }

    fn no_such(
        &mut self,
        operator: Binary,
        left: &Value,
        right: &Value,
        span: Span,
    ) -> super::Failed {
        let message =
            format!("`{}` does not join {} and {}", operator.symbol(), left.noun(), right.noun());
        self.error(span, message, "cast one of them, as in int(…), float(…) or bit[4](…)")
    }

    fn compare(&mut self, op: IntOp, left: Value, right: Value, span: Span) -> Sem<Expr> {
        match (left, right) {
            (Value::Duration(a), Value::Duration(b)) => {
                Ok(Expr::real_compare(op, Expr::Float(a), Expr::Float(b)))
            }
            (Value::Bits(a), Value::Bits(b)) if a.len() != b.len() => {
                let message = format!("{} bits are compared with {} bits", a.len(), b.len());
                Err(self.error(span, message, "compare registers of one width, or use a slice"))
            }
            (Value::Bits(a), Value::Bits(b))
                if matches!(op, IntOp::Eq | IntOp::Ne) && a.len() > 63 =>
            {
                Ok(equal_bits(op, a, b))
            }
            // A wide register against a number: its bits, the missing ones being 0.
            (Value::Bits(bits), Value::Int(Expr::Int(value), _))
            | (Value::Int(Expr::Int(value), _), Value::Bits(bits))
                if matches!(op, IntOp::Eq | IntOp::Ne) && bits.len() > 63 && value >= 0 =>
            {
                let digits =
                    (0..bits.len()).map(|at| Expr::Int(if at < 63 { value >> at & 1 } else { 0 }));
                let digits = digits.collect();
                Ok(equal_bits(op, bits, digits))
            }
            (left, right)
                if matches!(left, Value::Float(_) | Value::Angle(_))
                    || matches!(right, Value::Float(_) | Value::Angle(_)) =>
            {
                let (a, b) = (self.real_value(left, span)?, self.real_value(right, span)?);
                Ok(Expr::real_compare(op, a, b))
            }
            (left, right) => {
                let (a, b) = (self.int_value(left, span)?, self.int_value(right, span)?);
                Ok(simplify(op, a, b))
            }
        }
    }

    fn durations(&mut self, operator: Binary, a: f64, b: f64, span: Span) -> Sem<Value> {
        match operator {
            Binary::Add => Ok(Value::Duration(a + b)),
            Binary::Sub => Ok(Value::Duration(a - b)),
            Binary::Div => Ok(Value::Float(Expr::Float(a / b))),
            _ => {
                let message = format!("`{}` does not join durations", operator.symbol());
                Err(self.error(span, message, "durations are added, subtracted and divided"))
            }
        }
    }
}

/// `None` if the exact result does not fit.
fn checked(op: IntOp, a: i64, b: i64) -> Option<i64> {
    match op {
        IntOp::Add => a.checked_add(b),
        IntOp::Sub => a.checked_sub(b),
        IntOp::Mul => a.checked_mul(b),
        IntOp::Pow => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
        _ => None,
    }
}

/// The comparison of truth values with constants without an instruction of its own.
fn simplify(op: IntOp, a: Expr, b: Expr) -> Expr {
    match (op, &a, &b) {
        (IntOp::Eq, Expr::Bit(_) | Expr::BitAt { .. }, Expr::Int(1))
        | (IntOp::Ne, Expr::Bit(_) | Expr::BitAt { .. }, Expr::Int(0)) => a,
        (IntOp::Eq, Expr::Bit(_) | Expr::BitAt { .. }, Expr::Int(0))
        | (IntOp::Ne, Expr::Bit(_) | Expr::BitAt { .. }, Expr::Int(1)) => Expr::not(a),
        _ => Expr::int(op, a, b),
    }
}

/// Whether computing the value can stop the shot.
fn cannot_fail(value: &Expr) -> bool {
    match value {
        Expr::Int(_) | Expr::Float(_) | Expr::IntReg(_) | Expr::FloatReg(_) | Expr::Bit(_) => true,
        Expr::Pack { .. } => true,
        Expr::BitAt { .. } | Expr::ToInt(_) => false,
        Expr::IntOp(op, a, b) => {
            !matches!(op, IntOp::Div | IntOp::Rem | IntOp::Pow | IntOp::Shl | IntOp::Shr)
                && cannot_fail(a)
                && cannot_fail(b)
        }
        Expr::RealOp(op, a, b) => {
            !matches!(op, RealOp::Div | RealOp::Rem | RealOp::Modulo)
                && cannot_fail(a)
                && cannot_fail(b)
        }
        Expr::RealCompare(_, a, b) => cannot_fail(a) && cannot_fail(b),
        Expr::IntFn(_, of) | Expr::RealFn(_, of) | Expr::ToFloat(of) | Expr::Wrap { of, .. } => {
            cannot_fail(of)
        }
    }
}
