//! Assignments, measurements, resets, barriers, delays.
//! Not here: gates.

use super::super::ast::{Binary, Expr as Ast, ExprKind};
use super::super::ir::{Expr, IntOp, Node, QubitRef};
use super::super::source::Span;
use super::eval::Selection;
use super::scope::{Bits, Qubits, Symbol};
use super::value::{Type, Value};
use super::{Sem, Sema};

/// Longest delay, in nanoseconds: a little over a day.
const DELAY_NS_MAX: f64 = 1e14;
/// A barrier on more qubits than an operation can name is one on all.
const BARRIER_QUBITS_MAX: usize = 255;

/// What an assignment writes to.
enum Target {
    Whole(Symbol),
    Bits(Bits),
    /// One bit of `first..first + width`, chosen at run time.
    BitAt {
        first: u32,
        width: u32,
        index: Expr,
    },
}

impl Sema<'_> {
    pub(super) fn assign(
        &mut self,
        target: &Ast,
        operator: Option<Binary>,
        value: &Ast,
        span: Span,
    ) -> Sem<()> {
        // Straight into the bits, without a copy.
        if let (None, ExprKind::Measure(qubits)) = (operator, &value.kind)
            && self.is_bits(target)
        {
            return self.measure(qubits, Some(target), span);
        }
        let place = self.target(target)?;
        let new = self.eval(value)?;
        let new = match operator {
            None => new,
            Some(operator) => {
                let old = self.eval(target)?;
                self.binary(operator, old, new, span, value.span)?
            }
        };
        match place {
            Target::Whole(symbol) => {
                let ty = type_of(&symbol);
                let Some(ty) = ty else {
                    let message = format!("{} cannot be assigned to", symbol.noun());
                    return Err(self.error(target.span, message, "assign to a variable or a bit"));
                };
                let new = self.convert(new, ty, false, value.span)?;
                self.store(&symbol, new, value.span)
            }
            Target::Bits(bits) => {
                let width = u32::try_from(bits.list.len()).unwrap_or(u32::MAX);
                let ty = if bits.single { Type::Bit } else { Type::Bits(width) };
                let new = self.convert(new, ty, false, value.span)?;
                self.store(&Symbol::Bits(bits), new, value.span)
            }
            Target::BitAt { first, width, index } => {
                let Value::Bool(value) = self.convert(new, Type::Bit, false, value.span)? else {
                    return Err(super::Failed);
                };
                self.emit(Node::SetBitAt { first, width, index, value });
                Ok(())
            }
        }
    }

    /// The target is a bit, a register or a part of one.
    fn is_bits(&mut self, target: &Ast) -> bool {
        let base = match &target.kind {
            ExprKind::Index(of, _) => of,
            _ => target,
        };
        let ExprKind::Name(name) = &base.kind else {
            return false;
        };
        matches!(self.scopes.find(name), super::scope::Found::Here(Symbol::Bits(_)))
    }

    fn target(&mut self, target: &Ast) -> Sem<Target> {
        match &target.kind {
            ExprKind::Name(name) => self.find(name, target.span).map(Target::Whole),
            ExprKind::Index(of, index) => {
                let ExprKind::Name(name) = &of.kind else {
                    let help = "index the register itself";
                    return Err(self.error(target.span, "this cannot be assigned to", help));
                };
                let symbol = self.find(name, of.span)?;
                let Symbol::Bits(bits) = symbol else {
                    let message =
                        format!("`{name}` is {}: its parts cannot be assigned", symbol.noun());
                    return Err(self.error(target.span, message, "use a bit register: bit[8] c;"));
                };
                if bits.single {
                    let message = format!("`{name}` is a single bit");
                    return Err(self.error(
                        target.span,
                        message,
                        format!("write `{name}` without an index"),
                    ));
                }
                Ok(match self.select(index, bits.list.len(), name, target.span)? {
                    Selection::One(at) => {
                        Target::Bits(Bits { list: [bits.list[at]].into(), single: true })
                    }
                    Selection::Many(at) => {
                        let list = at.into_iter().map(|at| bits.list[at]).collect();
                        Target::Bits(Bits { list, single: false })
                    }
                    Selection::Computed(index) => {
                        let (first, width) = self.run_of(&bits.list, target.span)?;
                        let index = if index.is_simple() { index } else { self.hold_int(index) };
                        Target::BitAt { first, width, index }
                    }
                })
            }
            _ => Err(self.error(
                target.span,
                "this cannot be assigned to",
                "assign to a variable or a bit",
            )),
        }
    }

    pub(super) fn measure(&mut self, qubits: &Ast, target: Option<&Ast>, span: Span) -> Sem<()> {
        let measured = self.operand(qubits);
        let place = match target {
            Some(target) => Some((self.target(target)?, target.span)),
            None => None,
        };
        let measured = measured?;
        let bits = match place {
            None => self.hidden_bits(measured.list.len()),
            Some((Target::Whole(Symbol::Bits(bits)) | Target::Bits(bits), target_span)) => {
                return self.measure_into(&measured, &bits.list, target_span);
            }
            Some((Target::BitAt { first, width, index }, target_span)) => {
                if measured.list.len() != 1 {
                    let message =
                        format!("{} qubits are measured into one bit", measured.list.len());
                    return Err(self.error(target_span, message, "measure one qubit"));
                }
                let bit = self.hidden_bits(1)[0];
                self.spend(2, span)?;
                self.emit(Node::Measure { qubit: measured.list[0].clone(), bit });
                self.emit(Node::SetBitAt { first, width, index, value: Expr::Bit(bit) });
                return Ok(());
            }
            Some((Target::Whole(other), target_span)) => {
                let message = format!("a measurement goes into bits; this is {}", other.noun());
                return Err(self.error(
                    target_span,
                    message,
                    "declare a classical register: bit[2] c;",
                ));
            }
        };
        self.measure_into(&measured, &bits, span)
    }

    /// Measures as many qubits as there are bits.
    pub(super) fn measure_into(&mut self, qubits: &Qubits, bits: &[u32], span: Span) -> Sem<()> {
        let (from, to) = (qubits.list.len(), bits.len());
        if from != to {
            let message = format!("{from} qubit(s) are measured into {to} bit(s)");
            return Err(self.error(span, message, "use as many bits as qubits"));
        }
        self.spend(from as u64, span)?;
        for (qubit, &bit) in qubits.list.iter().zip(bits) {
            self.emit(Node::Measure { qubit: qubit.clone(), bit });
        }
        Ok(())
    }

    pub(super) fn reset(&mut self, operand: &Ast) -> Sem<()> {
        let qubits = self.operand(operand)?;
        self.spend(qubits.list.len() as u64, operand.span)?;
        for qubit in qubits.list.iter() {
            self.emit(Node::Reset(qubit.clone()));
        }
        Ok(())
    }

    pub(super) fn barrier(&mut self, operands: &[Ast], span: Span) -> Sem<()> {
        let mut qubits = Vec::new();
        let mut all = operands.is_empty();
        for operand in operands {
            for qubit in self.operand(operand)?.list.iter() {
                match qubit {
                    QubitRef::At(at) if !qubits.contains(at) && !all => qubits.push(*at),
                    QubitRef::At(_) => {}
                    // A qubit that only the run knows: a barrier on all covers it.
                    QubitRef::Indexed { .. } => all = true,
                }
                all |= qubits.len() > BARRIER_QUBITS_MAX;
            }
        }
        self.spend(1, span)?;
        if all {
            qubits.clear();
        }
        self.emit(Node::Barrier(qubits));
        Ok(())
    }

    pub(super) fn delay(&mut self, duration: &Ast, operands: &[Ast]) -> Sem<()> {
        let ns = match self.eval(duration)? {
            Value::Duration(ns) => ns,
            other => {
                let message = format!("a delay needs a duration, this is {}", other.noun());
                return Err(self.error(
                    duration.span,
                    message,
                    "write it with a unit, as in delay[100ns] q;",
                ));
            }
        };
        // A NaN must not pass: it compares false.
        if !(0.0..=DELAY_NS_MAX).contains(&ns) {
            let message = format!("a delay of {ns} ns is out of range: 0 to {DELAY_NS_MAX} ns");
            return Err(self.error(duration.span, message, "use a shorter delay"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked above"
        )]
        let whole_ns = (ns + 0.5) as u64;
        let mut qubits: Vec<QubitRef> = Vec::new();
        for operand in operands {
            for qubit in self.operand(operand)?.list.iter() {
                if qubits.contains(qubit) {
                    let message = "the same qubit is delayed twice in one statement";
                    return Err(self.error(operand.span, message, "name each qubit once"));
                }
                qubits.push(qubit.clone());
            }
        }
        if operands.is_empty() {
            qubits = (0..self.module.qubit_count).map(QubitRef::At).collect();
        }
        self.spend(qubits.len() as u64, duration.span)?;
        for chunk in qubits.chunks(BARRIER_QUBITS_MAX) {
            self.emit(Node::Idle { qubits: chunk.to_vec(), ns: whole_ns });
        }
        Ok(())
    }

    /// A condition, as 0 or 1.
    pub(super) fn condition(&mut self, condition: &Ast) -> Sem<Expr> {
        let value = self.eval(condition)?;
        let value = self.bool_value(value, condition.span)?;
        Ok(match value {
            Expr::IntOp(IntOp::Ne, of, zero) if *zero == Expr::Int(0) => *of,
            value => value,
        })
    }
}

/// The type of a variable.
fn type_of(symbol: &Symbol) -> Option<Type> {
    match symbol {
        Symbol::Int(ty, _) | Symbol::Float(ty, _) => Some(*ty),
        Symbol::Bits(bits) if bits.single => Some(Type::Bit),
        Symbol::Bits(bits) => Some(Type::Bits(u32::try_from(bits.list.len()).unwrap_or(u32::MAX))),
        _ => None,
    }
}
