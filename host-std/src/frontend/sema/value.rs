//! Types of the language, values of expressions, and conversions between them.
//! Not here: operators.

use core::f64::consts::TAU;

use super::super::ir::{Expr, IntOp, RealOp};
use super::super::source::Span;
use super::{Sem, Sema};

/// Bits of `int` without a width.
pub(super) const INT_BITS: u32 = 64;
/// Bits of `uint` without a width.
pub(super) const UINT_BITS: u32 = 32;
/// Widest `uint`: the machine's registers are signed.
pub(super) const UINT_BITS_MAX: u32 = 63;
/// Most bits that become a number.
pub(super) const PACK_BITS_MAX: usize = 63;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Bit,
    Bits(u32),
    Bool,
    Int { bits: u32, signed: bool },
    Float,
    Angle,
    Duration,
}

impl Type {
    pub(super) fn name(self) -> String {
        match self {
            Self::Bit => "bit".to_owned(),
            Self::Bits(width) => format!("bit[{width}]"),
            Self::Bool => "bool".to_owned(),
            Self::Int { bits, signed: true } => format!("int[{bits}]"),
            Self::Int { bits, signed: false } => format!("uint[{bits}]"),
            Self::Float => "float".to_owned(),
            Self::Angle => "angle".to_owned(),
            Self::Duration => "duration".to_owned(),
        }
    }
}

/// The width of an integer value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct IntType {
    pub(super) bits: u32,
    pub(super) signed: bool,
    /// A number as written: takes the width of what it meets.
    pub(super) literal: bool,
}

impl IntType {
    pub(super) const LITERAL: Self = Self { bits: INT_BITS, signed: true, literal: true };

    /// The width of what two integers give together.
    pub(super) fn with(self, other: Self) -> Self {
        match (self.literal, other.literal) {
            (true, false) => other,
            (false, true) => self,
            _ => Self {
                bits: self.bits.max(other.bits),
                signed: self.signed && other.signed,
                literal: self.literal,
            },
        }
    }

    pub(super) fn wrap(self, value: Expr) -> Expr {
        if self.literal { value } else { Expr::wrap(self.bits, self.signed, value) }
    }
}

/// What an expression gives.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Int(Expr, IntType),
    Float(Expr),
    Angle(Expr),
    Bool(Expr),
    /// Bit 0 first.
    Bits(Vec<Expr>),
    /// Nanoseconds.
    Duration(f64),
}

impl Value {
    pub(super) fn int(value: i64) -> Self {
        Self::Int(Expr::Int(value), IntType::LITERAL)
    }

    pub(super) fn noun(&self) -> String {
        match self {
            Self::Int(..) => "an integer".to_owned(),
            Self::Float(_) => "a float".to_owned(),
            Self::Angle(_) => "an angle".to_owned(),
            Self::Bool(_) => "a truth value".to_owned(),
            Self::Bits(bits) => format!("{} bits", bits.len()),
            Self::Duration(_) => "a duration".to_owned(),
        }
    }

    pub(super) fn is_const(&self) -> bool {
        match self {
            Self::Int(e, _) | Self::Float(e) | Self::Angle(e) | Self::Bool(e) => e.is_const(),
            Self::Bits(bits) => bits.iter().all(Expr::is_const),
            Self::Duration(_) => true,
        }
    }
}

/// Bits as one unsigned number; they are at most [`PACK_BITS_MAX`].
pub(super) fn pack(bits: &[Expr]) -> Expr {
    if bits.len() > 1
        && let Some(first) = contiguous(bits)
    {
        return Expr::Pack { first, width: u32::try_from(bits.len()).unwrap_or(u32::MAX) };
    }
    let shifted = bits.iter().enumerate().map(|(at, bit)| {
        let by = i64::try_from(at).unwrap_or(i64::MAX);
        Expr::int(IntOp::Shl, bit.clone(), Expr::Int(by))
    });
    shifted.reduce(|sum, bit| Expr::int(IntOp::Or, sum, bit)).unwrap_or(Expr::Int(0))
}

/// The first of bits that follow each other in memory.
fn contiguous(bits: &[Expr]) -> Option<u32> {
    let Some(Expr::Bit(first)) = bits.first() else {
        return None;
    };
    let follows = |(at, bit): (usize, &Expr)| {
        let expected = u32::try_from(at).ok().and_then(|at| first.checked_add(at));
        matches!(bit, Expr::Bit(id) if Some(*id) == expected)
    };
    bits.iter().enumerate().all(follows).then_some(*first)
}

/// An angle brought into [0, 2 pi).
pub(super) fn wrap_angle(value: Expr) -> Expr {
    if let Expr::Float(angle) = value
        && (0.0..TAU).contains(&angle)
    {
        return value;
    }
    Expr::real(RealOp::Modulo, value, Expr::Float(TAU))
}

impl Sema<'_> {
    /// As an integer without change of value.
    pub(super) fn int_value(&mut self, value: Value, span: Span) -> Sem<Expr> {
        Ok(match value {
            Value::Int(expr, _) | Value::Bool(expr) => expr,
            Value::Bits(bits) if bits.len() <= PACK_BITS_MAX => pack(&bits),
            Value::Bits(bits) => {
                let message = format!(
                    "{} bits do not fit into an integer: at most {PACK_BITS_MAX} do",
                    bits.len()
                );
                return Err(self.error(span, message, "use a slice of the register"));
            }
            Value::Float(Expr::Float(value)) if is_whole(value) => {
                match Expr::to_int(Expr::Float(value)) {
                    Some(expr) => expr,
                    None => {
                        let message = format!("{value} is no 64-bit integer");
                        return Err(self.error(span, message, "use a smaller number"));
                    }
                }
            }
            other => {
                let message = format!("an integer is needed here, this is {}", other.noun());
                return Err(self.error(span, message, "cast it: int(…) drops the fraction"));
            }
        })
    }

    /// As a real number: a parameter, a float.
    pub(super) fn real_value(&mut self, value: Value, span: Span) -> Sem<Expr> {
        let expr = match value {
            Value::Float(expr) | Value::Angle(expr) => expr,
            Value::Int(expr, _) | Value::Bool(expr) => Expr::to_float(expr),
            Value::Bits(_) => {
                let help = "cast them to a number: uint[8](…)";
                return Err(self.error(span, "bits are not a number", help));
            }
            Value::Duration(_) => {
                let help = "durations only say how long a delay is";
                return Err(self.error(span, "a duration is not a number", help));
            }
        };
        if let Expr::Float(value) = expr
            && !value.is_finite()
        {
            let what = if value.is_nan() { "not a number (NaN)" } else { "infinite" };
            return Err(self.error(
                span,
                format!("this value is {what}"),
                "check divisions by zero, roots and logarithms of negative numbers",
            ));
        }
        Ok(expr)
    }

    /// As a condition.
    pub(super) fn bool_value(&mut self, value: Value, span: Span) -> Sem<Expr> {
        Ok(match value {
            Value::Bool(expr) => expr,
            Value::Int(expr, _) => Expr::truth(expr),
            Value::Bits(bits) => balanced(IntOp::Or, bits),
            Value::Float(expr) | Value::Angle(expr) => {
                Expr::real_compare(IntOp::Ne, expr, Expr::Float(0.0))
            }
            Value::Duration(_) => {
                return Err(self.error(span, "a duration is no condition", "compare two values"));
            }
        })
    }

    /// For assignment to a variable of type `ty`, or a cast to it.
    pub(super) fn convert(&mut self, value: Value, ty: Type, cast: bool, span: Span) -> Sem<Value> {
        Ok(match ty {
            Type::Bool => Value::Bool(self.bool_value(value, span)?),
            Type::Bit => Value::Bool(self.one_bit(value, cast, span)?),
            Type::Bits(width) => Value::Bits(self.bits_value(value, width, cast, span)?),
            Type::Int { bits, signed } => {
                let value = match value {
                    Value::Float(expr) | Value::Angle(expr) if cast => match Expr::to_int(expr) {
                        Some(expr) => expr,
                        None => {
                            return Err(self.error(
                                span,
                                "this float is no 64-bit integer",
                                "use a smaller number",
                            ));
                        }
                    },
                    other => self.int_value(other, span)?,
                };
                let int = IntType { bits, signed, literal: false };
                Value::Int(int.wrap(value), int)
            }
            Type::Float => Value::Float(self.real_value(value, span)?),
            Type::Angle => {
                if let Value::Bits(bits) = &value {
                    // The bits are a fraction of a full turn.
                    let turn = libm::scalbn(TAU, -i32::try_from(bits.len()).unwrap_or(i32::MAX));
                    let number = Expr::to_float(self.int_value(value, span)?);
                    return Ok(Value::Angle(Expr::real(RealOp::Mul, Expr::Float(turn), number)));
                }
                let angle = self.real_value(value, span)?;
                let angle = if angle.is_simple() { angle } else { self.hold_float(angle) };
                Value::Angle(wrap_angle(angle))
            }
            Type::Duration => match value {
                Value::Duration(ns) => Value::Duration(ns),
                other => {
                    let message = format!("a duration is needed here, this is {}", other.noun());
                    return Err(self.error(span, message, "write it with a unit, as in 100ns"));
                }
            },
        })
    }

    fn one_bit(&mut self, value: Value, cast: bool, span: Span) -> Sem<Expr> {
        match value {
            Value::Bool(expr) => Ok(expr),
            Value::Bits(bits) if bits.len() == 1 => Ok(bits[0].clone()),
            Value::Int(expr, _) if cast || !expr.is_const() || matches!(expr, Expr::Int(0 | 1)) => {
                Ok(Expr::truth(expr))
            }
            other => {
                let message = format!("a single bit is needed here, this is {}", other.noun());
                Err(self.error(span, message, "use 0, 1, true, false or one bit of a register"))
            }
        }
    }

    fn bits_value(&mut self, value: Value, width: u32, cast: bool, span: Span) -> Sem<Vec<Expr>> {
        match value {
            Value::Bits(bits) if bits.len() == width as usize => Ok(bits),
            Value::Bool(expr) if width == 1 => Ok(vec![expr]),
            Value::Int(expr, _) if width as usize <= PACK_BITS_MAX => {
                if let Some(value) = expr.as_int()
                    && !cast
                    && (value < 0 || value >> width != 0)
                {
                    let message = format!("{value} does not fit into {width} bits");
                    return Err(self.error(
                        span,
                        message,
                        "use a wider register or a smaller number",
                    ));
                }
                let held = if expr.is_simple() { expr } else { self.hold_int(expr) };
                let bit = |at: u32| {
                    let shifted = Expr::int(IntOp::Shr, held.clone(), Expr::Int(i64::from(at)));
                    Expr::int(IntOp::And, shifted, Expr::Int(1))
                };
                Ok((0..width).map(bit).collect())
            }
            other => {
                let message = format!("{width} bits are needed here, this is {}", other.noun());
                Err(self.error(span, message, "make both the same width, or use a slice"))
            }
        }
    }
}

/// No fraction is lost as an integer.
#[expect(clippy::float_cmp, reason = "exactly whole is meant")]
fn is_whole(value: f64) -> bool {
    value.trunc() == value
}

/// All values joined by an operator, as a tree of small depth.
pub(super) fn balanced(op: IntOp, mut values: Vec<Expr>) -> Expr {
    if values.is_empty() {
        return Expr::Int(0);
    }
    while values.len() > 1 {
        let mut joined = Vec::with_capacity(values.len().div_ceil(2));
        let mut rest = values.into_iter();
        while let Some(left) = rest.next() {
            joined.push(match rest.next() {
                Some(right) => Expr::int(op, left, right),
                None => left,
            });
        }
        values = joined;
    }
    values.pop().unwrap_or(Expr::Int(0))
}
