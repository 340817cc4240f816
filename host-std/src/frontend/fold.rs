//! Arithmetic on constants: what the machine would compute, computed now.
//! Not here: deciding what is constant.

use pandia_core::program::arithmetic;
use pandia_core::program::{IntOp, RealOp};

use super::ir::Expr;

/// `None` where the machine would stop: divisions by zero, negative shifts.
pub(crate) fn int(op: IntOp, a: i64, b: i64) -> Option<Expr> {
    arithmetic::int_op(op, a, b).ok().map(Expr::Int)
}

/// `None` where the machine would stop: divisions by zero.
pub(crate) fn real(op: RealOp, a: f64, b: f64) -> Option<Expr> {
    arithmetic::real_op(op, a, b).ok().map(Expr::Float)
}

/// `a op b` of a comparison.
pub(crate) fn compare(op: IntOp, a: f64, b: f64) -> Expr {
    Expr::bool(arithmetic::real_compare(op, a, b))
}

/// Towards zero; `None` if no 64-bit integer is there.
pub(crate) fn truncate(value: f64) -> Option<Expr> {
    arithmetic::real_to_int(value).ok().map(Expr::Int)
}

/// The lowest `bits` bits, extended.
pub(crate) fn wrap(bits: u32, signed: bool, value: i64) -> Expr {
    Expr::Int(arithmetic::wrap(value, u8::try_from(bits).unwrap_or(64), signed))
}
