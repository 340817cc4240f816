//! The classical machine's arithmetic: wrapping integers, reals with the same bits everywhere.
//!
//! Public so that a front end folds constants to exactly what the machine would have computed.

use super::instruction::{IntOp, RealOp};
use crate::error::{Error, ErrorKind, Result};
use crate::real::Real;

#[cold]
fn no_result(what: &'static str) -> Error {
    ErrorKind::Arithmetic(what).into()
}

/// `lhs op rhs` on 64-bit integers.
///
/// # Errors
/// [`ErrorKind::Arithmetic`] where there is no result: divisions by zero, negative shifts.
pub fn int_op(op: IntOp, lhs: i64, rhs: i64) -> Result<i64> {
    const SHIFT: &str = "a shift by a negative number";
    let shift = || u32::try_from(rhs).map_err(|_| no_result(SHIFT));
    Ok(match op {
        IntOp::Copy => lhs,
        IntOp::Add => lhs.wrapping_add(rhs),
        IntOp::Sub => lhs.wrapping_sub(rhs),
        IntOp::Mul => lhs.wrapping_mul(rhs),
        IntOp::Div | IntOp::Rem if rhs == 0 => return Err(no_result("a division by zero")),
        IntOp::Div => lhs.wrapping_div(rhs),
        IntOp::Rem => lhs.wrapping_rem(rhs),
        IntOp::Pow => {
            let exponent = u32::try_from(rhs)
                .map_err(|_| no_result("an integer power with a negative or huge exponent"))?;
            lhs.wrapping_pow(exponent)
        }
        IntOp::And => lhs & rhs,
        IntOp::Or => lhs | rhs,
        IntOp::Xor => lhs ^ rhs,
        IntOp::Shl if rhs >= 64 => 0,
        IntOp::Shl => lhs << shift()?,
        IntOp::Shr => lhs >> shift()?.min(63),
        IntOp::Eq => i64::from(lhs == rhs),
        IntOp::Ne => i64::from(lhs != rhs),
        IntOp::Lt => i64::from(lhs < rhs),
        IntOp::Le => i64::from(lhs <= rhs),
        IntOp::Gt => i64::from(lhs > rhs),
        IntOp::Ge => i64::from(lhs >= rhs),
        IntOp::Neg => lhs.wrapping_neg(),
        IntOp::Not => !lhs,
        IntOp::IsZero => i64::from(lhs == 0),
        IntOp::CountOnes => i64::from(lhs.count_ones()),
    })
}

/// `value` wrapped to its low `width` bits, 1 to 64.
#[must_use]
pub fn wrap(value: i64, width: u8, signed: bool) -> i64 {
    let unused = 64_u32.saturating_sub(u32::from(width)).min(63);
    let shifted = value << unused;
    if signed { shifted >> unused } else { (shifted.cast_unsigned() >> unused).cast_signed() }
}

/// `lhs op rhs` on reals. A result that is no finite number is refused where it is used.
///
/// # Errors
/// [`ErrorKind::Arithmetic`] for a division by zero.
pub fn real_op(op: RealOp, lhs: f64, rhs: f64) -> Result<f64> {
    Ok(match op {
        RealOp::Copy => lhs,
        RealOp::Add => lhs + rhs,
        RealOp::Sub => lhs - rhs,
        RealOp::Mul => lhs * rhs,
        RealOp::Div | RealOp::Rem | RealOp::Modulo if is_zero(rhs) => {
            return Err(no_result("a division by zero"));
        }
        RealOp::Div => lhs / rhs,
        RealOp::Rem => libm::fmod(lhs, rhs),
        RealOp::Modulo => {
            let rest = libm::fmod(lhs, rhs);
            if rest < 0.0 { rest + libm::fabs(rhs) } else { rest }
        }
        RealOp::Pow => libm::pow(lhs, rhs),
        RealOp::Neg => -lhs,
        RealOp::Abs => libm::fabs(lhs),
        RealOp::Sin => libm::sin(lhs),
        RealOp::Cos => libm::cos(lhs),
        RealOp::Tan => libm::tan(lhs),
        RealOp::Asin => libm::asin(lhs),
        RealOp::Acos => libm::acos(lhs),
        RealOp::Atan => libm::atan(lhs),
        RealOp::Exp => libm::exp(lhs),
        RealOp::Ln => libm::log(lhs),
        RealOp::Sqrt => Real::sqrt(lhs),
        RealOp::Floor => libm::floor(lhs),
        RealOp::Ceil => libm::ceil(lhs),
    })
}

/// `lhs op rhs` for the six comparisons; anything else is false.
#[expect(clippy::float_cmp, reason = "the program asks for exact equality")]
#[must_use]
pub fn real_compare(op: IntOp, lhs: f64, rhs: f64) -> bool {
    match op {
        IntOp::Eq => lhs == rhs,
        IntOp::Ne => lhs != rhs,
        IntOp::Lt => lhs < rhs,
        IntOp::Le => lhs <= rhs,
        IntOp::Gt => lhs > rhs,
        IntOp::Ge => lhs >= rhs,
        _ => false,
    }
}

/// `value` towards zero.
///
/// # Errors
/// [`ErrorKind::Arithmetic`] if no 64-bit integer is there.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
pub fn real_to_int(value: f64) -> Result<i64> {
    // The largest f64 below 2^63, so that the conversion cannot saturate.
    if (-9_223_372_036_854_775_808.0..=9_223_372_036_854_774_784.0).contains(&value) {
        Ok(value as i64)
    } else {
        Err(no_result("a real number that no integer can hold"))
    }
}

fn is_zero(value: f64) -> bool {
    value.to_bits() << 1 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_wrap_and_never_panic() {
        let edges = [i64::MIN, i64::MIN + 1, -65, -64, -1, 0, 1, 2, 63, 64, 65, i64::MAX];
        for &op in IntOp::ALL {
            for lhs in edges {
                for rhs in edges {
                    let _ = int_op(op, lhs, rhs);
                }
            }
        }
        assert_eq!(int_op(IntOp::Div, i64::MIN, -1).unwrap(), i64::MIN);
        assert!(int_op(IntOp::Div, 1, 0).is_err());
        assert!(int_op(IntOp::Rem, 1, 0).is_err());
        assert!(int_op(IntOp::Shl, 1, -1).is_err());
        assert_eq!(int_op(IntOp::Shr, -8, 200).unwrap(), -1);
        assert_eq!(int_op(IntOp::Pow, 3, 4).unwrap(), 81);
    }

    #[test]
    fn widths_wrap_as_twos_complement_says() {
        assert_eq!(wrap(255, 8, true), -1);
        assert_eq!(wrap(255, 8, false), 255);
        assert_eq!(wrap(256, 8, false), 0);
        assert_eq!(wrap(-1, 64, true), -1);
        assert_eq!(wrap(1, 1, true), -1);
        assert_eq!(wrap(-1, 4, false), 15);
    }

    #[test]
    fn a_real_becomes_an_integer_only_if_one_can_hold_it() {
        assert_eq!(real_to_int(-2.9).unwrap(), -2);
        for bad in [f64::NAN, f64::INFINITY, 9.3e18, -9.3e18] {
            assert!(real_to_int(bad).is_err());
        }
        assert!(real_op(RealOp::Div, 1.0, -0.0).is_err());
        assert!((real_op(RealOp::Modulo, -1.0, 3.0).unwrap() - 2.0).abs() < 1e-15);
    }
}
