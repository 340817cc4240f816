//! Loops: unrolled where that is short or needed, loops of the program otherwise.
//! Not here: choices.

use std::rc::Rc;

use super::super::ast::{self, Expr as Ast, Iterable, Name, Range, Stmt};
use super::super::ir::{Expr, IntOp, Label, Node};
use super::super::source::Span;
use super::inspect::{assigns, count, leaves, spaced};
use super::scope::Symbol;
use super::value::{IntType, Type, Value};
use super::{Failed, Sem, Sema};

/// A loop with constant bounds becomes straight operations up to so many.
const UNROLLED_NODES_MAX: usize = 512;
/// A loop that must be unrolled may run so often.
const UNROLLED_COUNT_MAX: usize = 1 << 16;

/// What `break` and `continue` mean now.
#[derive(Debug)]
pub(super) struct LoopFrame {
    leave: Label,
    next: Next,
    left: bool,
    continued: bool,
}

#[derive(Debug, Clone, Copy)]
enum Next {
    /// The loop's own step.
    Step,
    /// The end of an unrolled turn.
    End(Label),
}

/// The values that a loop runs over.
enum Values {
    Constant(Vec<Value>),
    /// Start, step, stop: not all known, or too many.
    Range(Expr, Expr, Expr),
}

impl Sema<'_> {
    pub(super) fn break_loop(&mut self, span: Span) -> Sem<()> {
        let Some(frame) = self.loops.last_mut() else {
            return Err(self.error(span, "`break` stands outside of a loop", "remove it"));
        };
        frame.left = true;
        let node = Node::Break(frame.leave);
        self.emit(node);
        Ok(())
    }

    pub(super) fn continue_loop(&mut self, span: Span) -> Sem<()> {
        let Some(frame) = self.loops.last_mut() else {
            return Err(self.error(span, "`continue` stands outside of a loop", "remove it"));
        };
        frame.continued = true;
        let node = match frame.next {
            Next::Step => Node::Continue(frame.leave),
            Next::End(label) => Node::Break(label),
        };
        self.emit(node);
        Ok(())
    }

    /// Compiles a loop's body; `break` leaves `leave`.
    fn loop_body(&mut self, leave: Label, next: Next, body: &[Stmt]) -> Sem<LoopFrame> {
        self.loops.push(LoopFrame { leave, next, left: false, continued: false });
        let result = self.block(body);
        let frame = self.loops.pop().ok_or(Failed)?;
        result.map(|()| frame)
    }

    pub(super) fn while_loop(&mut self, condition: &Ast, body: &[Stmt], span: Span) -> Sem<()> {
        let label = self.new_label();
        let (result, nodes) = self.apart(|sema| {
            let condition = sema.condition(condition);
            if let Ok(condition) = &condition
                && !matches!(condition, Expr::Int(1..))
            {
                let leave = vec![Node::Break(label)];
                sema.emit(Node::If {
                    condition: condition.clone(),
                    then: Vec::new(),
                    otherwise: leave,
                });
            }
            let body = sema.loop_body(label, Next::Step, body);
            condition.and_then(|condition| body.map(|frame| (condition, frame)))
        });
        let (condition, frame) = result?;
        if matches!(condition, Expr::Int(value) if value != 0) && !frame.left && !leaves(&nodes) {
            let help = "leave it with `break` or `end`";
            return Err(self.error(span, "this loop never ends", help));
        }
        self.emit(Node::Loop { label, body: nodes, step: Vec::new() });
        Ok(())
    }

    pub(super) fn for_loop(
        &mut self,
        ty: &ast::Type,
        name: &Name,
        values: &Iterable,
        body: &Rc<Vec<Stmt>>,
        span: Span,
    ) -> Sem<()> {
        let ty = self.resolve_type(ty)?;
        match self.values(values, ty)? {
            Values::Constant(values) => self.constant_loop(ty, name, &values, body, span),
            Values::Range(start, step, stop) => {
                self.counting_loop(ty, name, [start, step, stop], body, span)
            }
        }
    }

    /// The values of a loop in a gate: all known.
    pub(super) fn constant_values(&mut self, values: &Iterable, span: Span) -> Sem<Vec<Value>> {
        match self.values(values, Type::Int { bits: 64, signed: true })? {
            Values::Constant(values) => Ok(values),
            Values::Range(..) => {
                let help = "use constants";
                Err(self.error(span, "the values of a loop in a gate must be known and few", help))
            }
        }
    }

    fn values(&mut self, values: &Iterable, ty: Type) -> Sem<Values> {
        match values {
            Iterable::Set(set) => {
                let mut all = Vec::with_capacity(set.len());
                for expr in set {
                    let value = self.eval(expr)?;
                    let value = self.convert(value, ty, false, expr.span)?;
                    all.push(self.freeze(value));
                }
                Ok(Values::Constant(all))
            }
            Iterable::Range(range) => self.range(range, ty),
            Iterable::Value(expr) => match self.eval(expr)? {
                Value::Bits(bits) => {
                    Ok(Values::Constant(bits.into_iter().map(Value::Bool).collect()))
                }
                other => {
                    let message = format!(
                        "a loop runs over a range, a set or a register; this is {}",
                        other.noun()
                    );
                    Err(self.error(expr.span, message, "write for int i in [0:3] { … }"))
                }
            },
        }
    }

    fn range(&mut self, range: &Range, ty: Type) -> Sem<Values> {
        let (Some(start), Some(stop)) = (&range.start, &range.stop) else {
            let help = "write [start:stop] or [start:step:stop]";
            return Err(self.error(range.span, "a loop needs both ends of its range", help));
        };
        if !matches!(ty, Type::Int { .. }) {
            let message = format!("a loop over a range counts integers, not {}", ty.name());
            return Err(self.error(
                range.span,
                message,
                "use int or uint, or list the values: {0.1, 0.2}",
            ));
        }
        let mut part = |expr: &Ast| {
            let value = self.eval(expr)?;
            let value = self.int_value(value, expr.span)?;
            Ok(self.hold_int(value))
        };
        let (start, stop) = (part(start)?, part(stop)?);
        let step = match &range.step {
            Some(step) => part(step)?,
            None => Expr::Int(1),
        };
        if step == Expr::Int(0) {
            return Err(self.error(
                range.span,
                "the step of this range is 0: the loop never ends",
                "use another step",
            ));
        }
        if let (Expr::Int(first), Expr::Int(by), Expr::Int(last)) = (&start, &step, &stop) {
            let (first, by, last) = (*first, *by, *last);
            let distance = i128::from(last) - i128::from(first);
            let count = (distance / i128::from(by) + 1).max(0);
            let count = if distance != 0 && (distance > 0) != (by > 0) { 0 } else { count };
            if count <= UNROLLED_COUNT_MAX as i128 {
                let count = i64::try_from(count).unwrap_or(0);
                let values = (0..count).map(|k| Value::int(first.wrapping_add(by.wrapping_mul(k))));
                return Ok(Values::Constant(values.collect()));
            }
            if i64::try_from(i128::from(last) + i128::from(by)).is_err() {
                let help = "use smaller bounds";
                return Err(self.error(
                    range.span,
                    "the end of this range does not fit into 64 bits",
                    help,
                ));
            }
        }
        Ok(Values::Range(start, step, stop))
    }

    /// A loop over known values: unrolled, if short or if the body needs to know the value; else a
    /// loop of the program, if the values are evenly spaced.
    fn constant_loop(
        &mut self,
        ty: Type,
        name: &Name,
        values: &[Value],
        body: &Rc<Vec<Stmt>>,
        span: Span,
    ) -> Sem<()> {
        let [first, second] = [0, 1].map(|at| match values.get(at) {
            Some(Value::Int(Expr::Int(value), _)) => Some(*value),
            _ => None,
        });
        let last = match values.last() {
            Some(Value::Int(Expr::Int(value), _)) => Some(*value),
            _ => None,
        };
        let even = match (first, second, last) {
            (Some(a), Some(b), Some(z)) if b != a && spaced(values, a, b.wrapping_sub(a)) => {
                z.checked_add(b.wrapping_sub(a)).map(|_| [a, b.wrapping_sub(a), z].map(Expr::Int))
            }
            _ => None,
        };
        let (errors, warnings) = (self.errors.len(), self.warnings.len());
        if let Some(bounds) = even {
            // Is it short? One turn tells.
            let few = values.len() <= UNROLLED_NODES_MAX && !assigns(body, &name.text);
            if few {
                let (turn, nodes) =
                    self.apart(|sema| sema.turns(ty, name, &values[..1], body, span));
                let short = turn.is_ok()
                    && count(&nodes).saturating_mul(values.len()) <= UNROLLED_NODES_MAX;
                self.warnings.truncate(warnings);
                if turn.is_err() {
                    return Err(Failed);
                }
                if short {
                    return self.turns(ty, name, values, body, span);
                }
            }
            let (looped, nodes) =
                self.apart(|sema| sema.counting_loop(ty, name, bounds, body, span));
            if looped.is_ok() {
                self.out.extend(nodes);
                return Ok(());
            }
            if self.exhausted {
                return Err(Failed);
            }
            // Perhaps the body needs to know the value: then every turn is compiled for itself.
            self.errors.truncate(errors);
            self.warnings.truncate(warnings);
        }
        self.turns(ty, name, values, body, span)
    }

    /// Every turn for itself.
    fn turns(
        &mut self,
        ty: Type,
        name: &Name,
        values: &[Value],
        body: &Rc<Vec<Stmt>>,
        span: Span,
    ) -> Sem<()> {
        let leave = self.new_label();
        let assigned = assigns(body, &name.text);
        let mut left = false;
        let (result, nodes) = self.apart(|sema| {
            for value in values {
                sema.spend(1, span)?;
                let end = sema.new_label();
                let (turn, nodes) = sema.apart(|sema| {
                    sema.scopes.push();
                    let result = sema
                        .bind(ty, name, value.clone(), assigned, span)
                        .and_then(|()| sema.loop_body(leave, Next::End(end), body));
                    sema.scopes.pop();
                    result
                });
                let frame = turn?;
                left |= frame.left;
                if frame.continued {
                    sema.emit(Node::Block { label: end, body: nodes });
                } else {
                    sema.out.extend(nodes);
                }
            }
            Ok(())
        });
        result?;
        if left {
            self.emit(Node::Block { label: leave, body: nodes });
        } else {
            self.out.extend(nodes);
        }
        Ok(())
    }

    /// Gives the loop variable a value: a constant, or a variable if the body changes it.
    fn bind(&mut self, ty: Type, name: &Name, value: Value, assigned: bool, span: Span) -> Sem<()> {
        let value = self.convert(value, ty, false, span)?;
        let symbol = if assigned {
            let symbol = self.new_variable(ty, None, name.span)?;
            self.store(&symbol, value, span)?;
            symbol
        } else {
            Symbol::Const(value)
        };
        self.scopes.set(Rc::clone(&name.text), symbol, Some(name.span));
        Ok(())
    }

    /// A loop of the program.
    fn counting_loop(
        &mut self,
        ty: Type,
        name: &Name,
        [start, step, stop]: [Expr; 3],
        body: &Rc<Vec<Stmt>>,
        span: Span,
    ) -> Sem<()> {
        let Type::Int { bits, signed } = ty else {
            return Err(self.error(span, "this loop counts integers", "use int or uint"));
        };
        let counter = self.new_int();
        let count = || Expr::IntReg(counter);
        self.emit(Node::SetInt(counter, start));
        let up = Expr::int(IntOp::Le, count(), stop.clone());
        let down = Expr::int(IntOp::Ge, count(), stop);
        let goes_on = match &step {
            Expr::Int(by) if *by > 0 => up,
            Expr::Int(_) => down,
            by => {
                let rises =
                    Expr::int(IntOp::And, Expr::int(IntOp::Gt, by.clone(), Expr::Int(0)), up);
                let falls =
                    Expr::int(IntOp::And, Expr::int(IntOp::Lt, by.clone(), Expr::Int(0)), down);
                Expr::int(IntOp::Or, rises, falls)
            }
        };
        let label = self.new_label();
        let assigned = assigns(body, &name.text);
        let (result, nodes) = self.apart(|sema| {
            let leave = vec![Node::Break(label)];
            sema.emit(Node::If { condition: goes_on, then: Vec::new(), otherwise: leave });
            sema.scopes.push();
            let int = IntType { bits, signed, literal: false };
            let symbol = if assigned {
                let copy = sema.new_int();
                sema.emit(Node::SetInt(copy, int.wrap(count())));
                Symbol::Int(ty, copy)
            } else {
                Symbol::Const(Value::Int(count(), int))
            };
            sema.scopes.set(Rc::clone(&name.text), symbol, Some(name.span));
            let result = sema.loop_body(label, Next::Step, body);
            sema.scopes.pop();
            result
        });
        result?;
        let step = vec![Node::SetInt(counter, Expr::int(IntOp::Add, count(), step))];
        self.emit(Node::Loop { label, body: nodes, step });
        Ok(())
    }
}
