//! Qubits that operations act on: names, indices, slices, physical qubits, broadcasts.
//! Not here: what is done to them.

use std::rc::Rc;

use super::super::ast::{Binary, Expr as Ast, ExprKind, Index};
use super::super::ir::{Expr, QubitRef};
use super::super::source::Span;
use super::eval::Selection;
use super::scope::{Found, Qubits, Symbol, nearest};
use super::{Sem, Sema};

/// Physical qubits are numbered below this.
const HARDWARE_MAX: u32 = 1 << 16;

impl Sema<'_> {
    /// The qubits that an operand names.
    pub(super) fn operand(&mut self, expr: &Ast) -> Sem<Qubits> {
        match &expr.kind {
            ExprKind::Name(name) => self.named_qubits(name, expr.span),
            ExprKind::Hardware(number) => self.hardware_qubit(*number, expr.span),
            ExprKind::Index(of, index) => {
                let base = self.operand(of)?;
                self.index_qubits(of, &base, index, expr.span)
            }
            ExprKind::Binary(Binary::Concat, left, right) => {
                let (a, b) = (self.operand(left)?, self.operand(right)?);
                let list = a.list.iter().chain(b.list.iter()).cloned().collect();
                Ok(Qubits { list, single: false })
            }
            _ => {
                let help = "name a qubit as q[0], or a register as q";
                Err(self.error(expr.span, "a qubit or a quantum register is needed here", help))
            }
        }
    }

    fn named_qubits(&mut self, name: &Rc<str>, span: Span) -> Sem<Qubits> {
        if let Found::Nowhere = self.scopes.find(name) {
            let known = self.scopes.names(|symbol| matches!(symbol, Symbol::Qubits(_)));
            let help = match nearest(name, &known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "declare it: qubit[2] q; (in OpenQASM 2: qreg q[2];)".to_owned(),
            };
            return Err(self.error(span, format!("`{name}` is not declared"), help));
        }
        match self.find(name, span)? {
            Symbol::Qubits(qubits) => Ok(qubits),
            other => {
                let message = format!("`{name}` is {}, a qubit is needed here", other.noun());
                Err(self.error(span, message, "name a qubit or a quantum register"))
            }
        }
    }

    fn hardware_qubit(&mut self, number: u32, span: Span) -> Sem<Qubits> {
        if self.module.qubit_count > 0 && !self.hardware {
            let help = "use either physical qubits ($0, $1, …) or registers";
            return Err(self.error(span, "this program declares quantum registers", help));
        }
        if number >= HARDWARE_MAX {
            let message =
                format!("${number} is too large: physical qubits are below {HARDWARE_MAX}");
            return Err(self.error(span, message, "number them from $0"));
        }
        self.hardware = true;
        self.module.qubit_count = self.module.qubit_count.max(number + 1);
        Ok(Qubits { list: Rc::from([QubitRef::At(number)]), single: true })
    }

    fn index_qubits(&mut self, of: &Ast, base: &Qubits, index: &Index, span: Span) -> Sem<Qubits> {
        let name = match &of.kind {
            ExprKind::Name(name) => Rc::clone(name),
            _ => Rc::from("the selection"),
        };
        if base.single {
            let message = format!("`{name}` is a single qubit");
            return Err(self.error(span, message, format!("write `{name}` without an index")));
        }
        match self.select(index, base.list.len(), &name, span)? {
            Selection::One(at) => {
                Ok(Qubits { list: Rc::from([base.list[at].clone()]), single: true })
            }
            Selection::Many(at) => {
                let list = at.into_iter().map(|at| base.list[at].clone()).collect();
                Ok(Qubits { list, single: false })
            }
            Selection::Computed(index) => {
                let ids: Option<Vec<u32>> = base
                    .list
                    .iter()
                    .map(|q| if let QubitRef::At(id) = q { Some(*id) } else { None })
                    .collect();
                let (first, len) = self.run_of(&ids.unwrap_or_default(), span)?;
                if len as usize != base.list.len() {
                    return Err(self.error(
                        span,
                        "this qubit is chosen at run time twice",
                        "index the register",
                    ));
                }
                let Expr::IntReg(index) = self.index_register(index) else {
                    return Err(super::Failed);
                };
                Ok(Qubits {
                    list: Rc::from([QubitRef::Indexed { first, len, index }]),
                    single: true,
                })
            }
        }
    }

    /// An index in a register of its own, so that it stays what it is now.
    fn index_register(&mut self, index: Expr) -> Expr {
        let register = self.new_int();
        self.emit(super::super::ir::Node::SetInt(register, index));
        Expr::IntReg(register)
    }

    /// The rows of a broadcast: registers run together, single qubits stay.
    pub(super) fn broadcast(&mut self, operands: &[(Qubits, Span)]) -> Sem<usize> {
        let mut rows = None;
        for (qubits, span) in operands {
            if qubits.single {
                continue;
            }
            let len = qubits.list.len();
            match rows {
                None => rows = Some(len),
                Some(rows) if rows == len => {}
                Some(rows) => {
                    let message =
                        format!("registers of {rows} and of {len} qubits cannot go together");
                    return Err(self.error(
                        *span,
                        message,
                        "use registers of one size, or single qubits",
                    ));
                }
            }
        }
        Ok(rows.unwrap_or(1))
    }

    /// The operands of one row; the same qubit twice is an error.
    pub(super) fn row(&mut self, operands: &[(Qubits, Span)], row: usize) -> Sem<Vec<QubitRef>> {
        let mut qubits: Vec<QubitRef> = Vec::with_capacity(operands.len());
        for (operand, span) in operands {
            let qubit = operand.list[if operand.single { 0 } else { row }].clone();
            if qubits.contains(&qubit) {
                let text = self.sources.text(*span).to_owned();
                let message = if operand.single {
                    format!("`{text}` is used twice in one operation")
                } else {
                    format!("qubit {row} of `{text}` is used twice in one operation")
                };
                return Err(self.error(*span, message, "a gate needs different qubits"));
            }
            qubits.push(qubit);
        }
        Ok(qubits)
    }
}
