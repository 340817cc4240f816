//! Arithmetic on constants, with the same results as the machine that runs the program.
//! Not here: deciding what is constant.

use pandia_core::real::{self, Real};

use super::ir::{Cmp, FloatFn, FloatOp, IntOp};

/// `None` for a division by zero and for shifts that are out of range.
pub(crate) fn int(op: IntOp, a: i64, b: i64) -> Option<i64> {
    let shift = u32::try_from(b).ok().filter(|&by| by < 64);
    Some(match op {
        IntOp::Add => a.wrapping_add(b),
        IntOp::Sub => a.wrapping_sub(b),
        IntOp::Mul => a.wrapping_mul(b),
        IntOp::Div if b == 0 => return None,
        IntOp::Div => a.wrapping_div(b),
        IntOp::Rem if b == 0 => return None,
        IntOp::Rem => a.wrapping_rem(b),
        IntOp::And => a & b,
        IntOp::Or => a | b,
        IntOp::Xor => a ^ b,
        IntOp::Shl => a.wrapping_shl(shift?),
        IntOp::Shr => a.wrapping_shr(shift?),
    })
}

pub(crate) fn compare<T: PartialOrd>(cmp: Cmp, a: &T, b: &T) -> bool {
    match cmp {
        Cmp::Eq => a == b,
        Cmp::Ne => a != b,
        Cmp::Lt => a < b,
        Cmp::Le => a <= b,
        Cmp::Gt => a > b,
        Cmp::Ge => a >= b,
    }
}

pub(crate) fn float(op: FloatOp, a: f64, b: f64) -> f64 {
    match op {
        FloatOp::Add => a + b,
        FloatOp::Sub => a - b,
        FloatOp::Mul => a * b,
        FloatOp::Div => a / b,
        // Exact in IEEE arithmetic, hence the same everywhere.
        FloatOp::Rem => a % b,
        FloatOp::Pow => real::pow(a, b),
    }
}

pub(crate) fn function(function: FloatFn, a: f64) -> f64 {
    match function {
        FloatFn::Sin => Real::sin_cos(a).0,
        FloatFn::Cos => Real::sin_cos(a).1,
        FloatFn::Tan => libm::tan(a),
        FloatFn::Asin => libm::asin(a),
        FloatFn::Acos => libm::acos(a),
        FloatFn::Atan => libm::atan(a),
        FloatFn::Exp => real::exp(a),
        FloatFn::Ln => real::ln(a),
        FloatFn::Sqrt => Real::sqrt(a),
        FloatFn::Floor => a.floor(),
        FloatFn::Ceil => a.ceil(),
    }
}

/// Towards zero; `None` if no 64-bit integer is there.
pub(crate) fn truncate(value: f64) -> Option<i64> {
    let whole = value.trunc();
    // 2^63 is exact in f64; every float below it and not below -2^63 fits.
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole) {
        #[expect(clippy::cast_possible_truncation, reason = "whole, and checked against the range")]
        Some(whole as i64)
    } else {
        None
    }
}

/// The lowest `bits` bits, extended.
pub(crate) fn wrap(bits: u32, signed: bool, value: i64) -> i64 {
    if bits >= 64 {
        return value;
    }
    let shift = 64 - bits;
    let up = value.wrapping_shl(shift);
    if signed { up.wrapping_shr(shift) } else { up.cast_unsigned().wrapping_shr(shift).cast_signed() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_wrap_at_their_width() {
        assert_eq!(wrap(8, true, 200), -56);
        assert_eq!(wrap(8, false, -1), 255);
        assert_eq!(wrap(64, true, -1), -1);
        assert_eq!(wrap(1, true, 1), -1);
    }

    #[test]
    fn what_has_no_value_has_none() {
        assert_eq!(int(IntOp::Div, 1, 0), None);
        assert_eq!(int(IntOp::Rem, 1, 0), None);
        assert_eq!(int(IntOp::Shl, 1, 64), None);
        assert_eq!(int(IntOp::Div, i64::MIN, -1), Some(i64::MIN));
        assert_eq!(truncate(f64::NAN), None);
        assert_eq!(truncate(9.3e18), None);
        assert_eq!(truncate(-2.9), Some(-2));
    }
}
