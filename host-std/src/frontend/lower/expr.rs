//! Expressions to instructions on scratch variables.
//! Not here: operations and control flow.

use pandia_core::Result;
use pandia_core::program::Instruction;

use super::super::ir::{Expr, IntOp, RealOp};
use super::Lower;

impl Lower {
    /// A scratch variable that this statement has not used yet.
    fn scratch_int(&mut self) -> u32 {
        if self.ints_used == self.ints.len() {
            self.ints.push(self.builder.int());
        }
        self.ints_used += 1;
        self.ints[self.ints_used - 1]
    }

    fn scratch_real(&mut self) -> u32 {
        if self.reals_used == self.reals.len() {
            self.reals.push(self.builder.real());
        }
        self.reals_used += 1;
        self.reals[self.reals_used - 1]
    }

    /// The variable that holds the value of an integer expression.
    pub(super) fn int(&mut self, expr: &Expr) -> Result<u32> {
        if let Expr::IntReg(register) = expr {
            return Ok(*register);
        }
        let (ints, reals) = (self.ints_used, self.reals_used);
        let dst = self.scratch_int();
        self.int_into(dst, expr)?;
        // What the operands used is free again; the result is kept.
        self.ints_used = ints + 1;
        self.reals_used = reals;
        Ok(dst)
    }

    /// The variable that holds the value of a real expression.
    pub(super) fn real(&mut self, expr: &Expr) -> Result<u32> {
        if let Expr::FloatReg(register) = expr {
            return Ok(*register);
        }
        let (ints, reals) = (self.ints_used, self.reals_used);
        let dst = self.scratch_real();
        self.real_into(dst, expr)?;
        self.ints_used = ints;
        self.reals_used = reals + 1;
        Ok(dst)
    }

    pub(super) fn int_into(&mut self, dst: u32, expr: &Expr) -> Result<()> {
        let instruction = match expr {
            Expr::Int(value) => Instruction::IntSet { dst, value: *value },
            Expr::IntReg(register) if *register == dst => return Ok(()),
            Expr::IntReg(register) => {
                Instruction::IntOp { op: IntOp::Copy, dst, lhs: *register, rhs: *register }
            }
            Expr::Bit(bit) => Instruction::BitLoad { dst, bit: self.bit(*bit) },
            Expr::Pack { first, width } => {
                Instruction::Pack { dst, first: self.bit(*first), count: *width }
            }
            Expr::BitAt { first, width, index } => {
                let index = self.int(index)?;
                Instruction::BitLoadAt { dst, index, base: self.bit(*first), limit: *width }
            }
            // A truth value turned around needs no constant.
            Expr::IntOp(IntOp::Xor, of, one) if **one == Expr::Int(1) && of.is_truth() => {
                let lhs = self.int(of)?;
                Instruction::IntOp { op: IntOp::IsZero, dst, lhs, rhs: lhs }
            }
            Expr::IntOp(op, left, right) => {
                let (lhs, rhs) = (self.int(left)?, self.int(right)?);
                Instruction::IntOp { op: *op, dst, lhs, rhs }
            }
            Expr::IntFn(op, of) => {
                let lhs = self.int(of)?;
                Instruction::IntOp { op: *op, dst, lhs, rhs: lhs }
            }
            Expr::RealCompare(op, left, right) => {
                let (lhs, rhs) = (self.real(left)?, self.real(right)?);
                Instruction::RealCompare { op: *op, dst, lhs, rhs }
            }
            Expr::ToInt(of) => Instruction::RealToInt { dst, src: self.real(of)? },
            Expr::Wrap { bits, signed, of } => {
                let width = u8::try_from(*bits).unwrap_or(64);
                Instruction::IntWrap { dst, src: self.int(of)?, width, signed: *signed }
            }
            // A real where an integer is meant: its whole part.
            Expr::Float(_)
            | Expr::FloatReg(_)
            | Expr::RealOp(..)
            | Expr::RealFn(..)
            | Expr::ToFloat(_) => Instruction::RealToInt { dst, src: self.real(expr)? },
        };
        self.builder.classical(instruction)
    }

    pub(super) fn real_into(&mut self, dst: u32, expr: &Expr) -> Result<()> {
        let instruction = match expr {
            Expr::Float(value) => Instruction::RealSet { dst, value: *value },
            Expr::FloatReg(register) if *register == dst => return Ok(()),
            Expr::FloatReg(register) => {
                Instruction::RealOp { op: RealOp::Copy, dst, lhs: *register, rhs: *register }
            }
            Expr::RealOp(op, left, right) => {
                let (lhs, rhs) = (self.real(left)?, self.real(right)?);
                Instruction::RealOp { op: *op, dst, lhs, rhs }
            }
            Expr::RealFn(op, of) => {
                let lhs = self.real(of)?;
                Instruction::RealOp { op: *op, dst, lhs, rhs: lhs }
            }
            Expr::ToFloat(of) => Instruction::IntToReal { dst, src: self.int(of)? },
            int => Instruction::IntToReal { dst, src: self.int(int)? },
        };
        self.builder.classical(instruction)
    }
}
