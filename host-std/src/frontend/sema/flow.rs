//! Choices: `if`, `else`, `switch`.
//! Not here: loops.

use super::super::ast::{Expr as Ast, Stmt};
use super::super::ir::{Expr, IntOp, Node};
use super::value::balanced;
use super::{Sem, Sema};

impl Sema<'_> {
    pub(super) fn if_else(
        &mut self,
        condition: &Ast,
        then: &[Stmt],
        otherwise: &[Stmt],
    ) -> Sem<()> {
        let condition_span = condition.span;
        let value = self.condition(condition);
        let (then_result, then) = self.apart(|sema| sema.block(then));
        let (otherwise_result, otherwise) = self.apart(|sema| sema.block(otherwise));
        let condition = value?;
        then_result.and(otherwise_result)?;
        match condition {
            Expr::Int(0) => self.out.extend(otherwise),
            Expr::Int(_) => self.out.extend(then),
            condition => {
                self.spend((then.len() + otherwise.len()) as u64, condition_span)?;
                self.emit(Node::If { condition, then, otherwise });
            }
        }
        Ok(())
    }

    pub(super) fn switch(
        &mut self,
        on: &Ast,
        cases: &[(Vec<Ast>, Vec<Stmt>)],
        default: Option<&[Stmt]>,
    ) -> Sem<()> {
        let value = self.eval(on)?;
        let value = self.int_value(value, on.span)?;
        let value = self.hold_int(value);
        let mut seen: Vec<i64> = Vec::new();
        let mut result = Ok(());
        let mut branches = Vec::with_capacity(cases.len());
        for (labels, body) in cases {
            let mut tests = Vec::with_capacity(labels.len());
            for label in labels {
                match self.const_int(label, "value of a case") {
                    Ok(number) if seen.contains(&number) => {
                        let message = format!("the case {number} stands here twice");
                        result = Err(self.error(label.span, message, "remove one of them"));
                    }
                    Ok(number) => {
                        seen.push(number);
                        tests.push(Expr::int(IntOp::Eq, value.clone(), Expr::Int(number)));
                    }
                    Err(failed) => result = Err(failed),
                }
            }
            let (compiled, nodes) = self.apart(|sema| sema.block(body));
            result = result.and(compiled);
            branches.push((balanced(IntOp::Or, tests), nodes));
        }
        let (compiled, mut otherwise) = self.apart(|sema| sema.block(default.unwrap_or(&[])));
        result.and(compiled)?;
        // A chain of `else`: each level is small, however many cases there are.
        let label = self.new_label();
        if branches.iter().all(|(test, _)| test.is_const()) {
            let taken = branches.into_iter().find(|(test, _)| *test != Expr::Int(0));
            self.out.extend(taken.map_or(otherwise, |(_, nodes)| nodes));
            return Ok(());
        }
        let mut body = Vec::with_capacity(2 * branches.len() + 1);
        for (condition, mut then) in branches {
            then.push(Node::Break(label));
            body.push(Node::If { condition, then, otherwise: Vec::new() });
        }
        body.append(&mut otherwise);
        self.emit(Node::Block { label, body });
        Ok(())
    }
}
