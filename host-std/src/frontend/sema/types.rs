//! Types as they are written, and constants that they need.
//! Not here: values and their conversion.

use super::super::ast;
use super::value::{INT_BITS, Type, UINT_BITS, UINT_BITS_MAX};
use super::{Sem, Sema};

impl Sema<'_> {
    /// The type that is written, with its width computed.
    pub(super) fn resolve_type(&mut self, ty: &ast::Type) -> Sem<Type> {
        let width = match &ty.width {
            Some(width) => Some(self.const_size(width, "width")?),
            None => None,
        };
        let bounded = |sema: &mut Self, most: u32, default: u32| match width {
            Some(width) if width > most => Err(sema.error(
                ty.span,
                format!("{width} bits are too many here: at most {most} fit"),
                "use a smaller width",
            )),
            width => Ok(width.unwrap_or(default)),
        };
        Ok(match ty.base {
            ast::BaseType::Bit => width.map_or(Type::Bit, Type::Bits),
            ast::BaseType::Bool => Type::Bool,
            ast::BaseType::Int => {
                Type::Int { bits: bounded(self, INT_BITS, INT_BITS)?, signed: true }
            }
            ast::BaseType::Uint => {
                Type::Int { bits: bounded(self, UINT_BITS_MAX, UINT_BITS)?, signed: false }
            }
            ast::BaseType::Float => {
                if !matches!(width, None | Some(32 | 64)) {
                    return Err(self.error(ty.span, "floats have 32 or 64 bits", "use float[64]"));
                }
                Type::Float
            }
            ast::BaseType::Angle => {
                bounded(self, 64, 64)?;
                Type::Angle
            }
            ast::BaseType::Duration => Type::Duration,
            other => {
                let (what, help) = match other {
                    ast::BaseType::Stretch => {
                        ("stretch", "give delays a length, as in delay[100ns]")
                    }
                    ast::BaseType::Complex => ("complex", "use two floats"),
                    ast::BaseType::Array => {
                        ("array", "use a bit register, or a variable for each element")
                    }
                    _ => ("qubit", "qubits are declared, or passed to subroutines"),
                };
                return Err(self.error(
                    ty.span,
                    format!("the type `{what}` is not supported here"),
                    help,
                ));
            }
        })
    }

    /// A constant above zero.
    pub(super) fn const_size(&mut self, expr: &ast::Expr, what: &str) -> Sem<u32> {
        let value = self.const_int(expr, what)?;
        match u32::try_from(value) {
            Ok(size) if size > 0 => Ok(size),
            _ => Err(self.error(
                expr.span,
                format!("the {what} is {value}: it must be at least 1 and below 2^32"),
                "use a positive number",
            )),
        }
    }

    /// A constant integer.
    pub(super) fn const_int(&mut self, expr: &ast::Expr, what: &str) -> Sem<i64> {
        let value = self.eval(expr)?;
        let value = self.int_value(value, expr.span)?;
        match value.as_int() {
            Some(value) => Ok(value),
            None => Err(self.error(
                expr.span,
                format!("the {what} must be known before the program runs"),
                "use a literal or a `const`",
            )),
        }
    }
}
