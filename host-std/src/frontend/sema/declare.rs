//! Declarations: registers, variables, constants, aliases, gates.
//! Not here: subroutines' bodies, which are compiled where they are called.

use std::rc::Rc;

use super::super::ast::{self, Expr as Ast, ExprKind, Name};
use super::super::ir::{Expr, Node, QubitRef, Register};
use super::super::source::Span;
use super::scope::{Bits, Qubits, Symbol};
use super::value::{Type, Value};
use super::{Failed, Sem, Sema};

/// Most qubits of a program, and most classical bits.
const COUNT_MAX: u32 = 1 << 20;

impl Sema<'_> {
    /// Binds a name, or says that it is taken.
    pub(super) fn declare(&mut self, name: &Name, symbol: Symbol) -> Sem<()> {
        let taken = match self.scopes.here(&name.text) {
            Some((Symbol::Broken, _)) | None => None,
            Some((old, span)) => Some((old.noun(), *span)),
        };
        let gate = self.scopes.gate(&name.text).filter(|(gate, _)| !gate.built_in);
        let gate = gate.filter(|_| self.scopes.is_global()).map(|(_, span)| ("a gate", span));
        if let Some((noun, span)) = taken.or(gate) {
            return Err(self.taken(name, noun, span));
        }
        self.scopes.set(Rc::clone(&name.text), symbol, Some(name.span));
        Ok(())
    }

    pub(super) fn taken(&mut self, name: &Name, noun: &str, since: Option<Span>) -> Failed {
        let line = since.map(|span| format!(" since line {}", self.sources.line(span)));
        let message = format!("`{}` is {noun} already{}", name.text, line.unwrap_or_default());
        self.error(name.span, message, "choose another name")
    }

    /// Marks a name whose declaration failed, so that its uses are not reported.
    fn poison<T>(&mut self, name: &Name, result: Sem<T>) -> Sem<T> {
        if result.is_err() && self.scopes.here(&name.text).is_none() {
            self.scopes.set(Rc::clone(&name.text), Symbol::Broken, Some(name.span));
        }
        result
    }

    pub(super) fn declare_qubits(
        &mut self,
        name: &Name,
        size: Option<&Ast>,
        span: Span,
    ) -> Sem<()> {
        let result = self.new_qubits(name, size, span);
        self.poison(name, result)
    }

    fn new_qubits(&mut self, name: &Name, size: Option<&Ast>, span: Span) -> Sem<()> {
        if !self.scopes.is_global() {
            let help = "declare qubits at the top of the program";
            return Err(self.error(span, "qubits cannot be declared in a block", help));
        }
        if self.hardware {
            let help = "use either physical qubits ($0, $1, …) or registers";
            return Err(self.error(span, "this program uses physical qubits already", help));
        }
        let count = match size {
            Some(size) => self.const_size(size, "number of qubits")?,
            None => 1,
        };
        let first = self.module.qubit_count;
        if count > COUNT_MAX - first {
            let message = format!(
                "{} qubits are too many: at most {COUNT_MAX}",
                u64::from(first) + u64::from(count)
            );
            return Err(self.error(span, message, "use fewer qubits"));
        }
        self.module.qubit_count += count;
        let list = (first..first + count).map(QubitRef::At).collect();
        self.declare(name, Symbol::Qubits(Qubits { list, single: size.is_none() }))
    }

    pub(super) fn declare_classical(
        &mut self,
        ty: &ast::Type,
        name: &Name,
        init: Option<&Ast>,
        constant: bool,
    ) -> Sem<()> {
        let result = self.new_classical(ty, name, init, constant);
        self.poison(name, result)
    }

    fn new_classical(
        &mut self,
        ty: &ast::Type,
        name: &Name,
        init: Option<&Ast>,
        constant: bool,
    ) -> Sem<()> {
        let ty = self.resolve_type(ty)?;
        if let (Some(init), false) = (init, constant)
            && let ExprKind::Measure(operand) = &init.kind
            && matches!(ty, Type::Bit | Type::Bits(_))
        {
            return self.new_measured(ty, name, operand);
        }
        let value = match init {
            Some(init) => {
                let value = self.eval(init)?;
                Some((self.convert(value, ty, false, init.span)?, init.span))
            }
            None => None,
        };
        if constant || ty == Type::Duration {
            let Some((value, span)) = value else {
                let help = "durations are constants: duration d = 100ns;";
                return Err(self.error(name.span, "a duration needs a value", help));
            };
            let value = self.constant(value, span, "a constant")?;
            return self.declare(name, Symbol::Const(value));
        }
        let symbol = self.new_variable(ty, self.shown().then_some(name), name.span)?;
        self.declare(name, symbol.clone())?;
        if let Some((value, span)) = value {
            return self.store(&symbol, value, span);
        }
        // A block may run again: a variable without a value is then 0 again, as at the first time.
        if !self.scopes.is_global() {
            let zero = match ty {
                Type::Bits(width) => Value::Bits(vec![Expr::Int(0); width as usize]),
                Type::Float | Type::Angle => Value::Float(Expr::Float(0.0)),
                _ => Value::int(0),
            };
            let zero = self.convert(zero, ty, true, name.span)?;
            return self.store(&symbol, zero, name.span);
        }
        Ok(())
    }

    /// `bit[2] c = measure q;`, straight into the bits.
    fn new_measured(&mut self, ty: Type, name: &Name, operand: &Ast) -> Sem<()> {
        let qubits = self.operand(operand)?;
        let symbol = self.new_variable(ty, self.shown().then_some(name), name.span)?;
        self.declare(name, symbol.clone())?;
        let Symbol::Bits(bits) = symbol else {
            return Err(Failed);
        };
        self.measure_into(&qubits, &bits.list, name.span)
    }

    /// Bits that are declared here are part of the results.
    fn shown(&self) -> bool {
        self.scopes.is_global() && !self.declared_outputs
    }

    /// Room for a variable; bits of a `shown` one are part of the results.
    pub(super) fn new_variable(
        &mut self,
        ty: Type,
        shown: Option<&Name>,
        span: Span,
    ) -> Sem<Symbol> {
        let width = match ty {
            Type::Bit => 1,
            Type::Bits(width) => width,
            Type::Bool | Type::Int { .. } => return Ok(Symbol::Int(ty, self.new_int())),
            Type::Float | Type::Angle => return Ok(Symbol::Float(ty, self.new_float())),
            Type::Duration => {
                let help = "write the duration where it is used";
                return Err(self.error(span, "durations cannot change", help));
            }
        };
        let used = self.module.bit_count.max(self.module.hidden_bit_count);
        if width > COUNT_MAX || used > COUNT_MAX - width {
            let message = format!("more than {COUNT_MAX} classical bits");
            return Err(self.error(span, message, "use fewer bits"));
        }
        let list: Rc<[u32]> = match shown {
            Some(name) => {
                let first = self.module.bit_count;
                self.module.bit_count += width;
                let register = Register { name: name.text.to_string(), first, width };
                self.module.registers.push(register);
                (first..first + width).collect()
            }
            None => self.hidden_bits(width as usize),
        };
        Ok(Symbol::Bits(Bits { list, single: ty == Type::Bit }))
    }

    pub(super) fn input(&mut self, name: &Name, span: Span) -> Sem<()> {
        let message =
            format!("the input `{}` has no value: programs run without inputs", name.text);
        let help =
            format!("give it a value: declare `{}` with `= …` instead of `input`", name.text);
        let refused = Err(self.error(span, message, help));
        self.poison(name, refused)
    }

    pub(super) fn declare_output(&mut self, ty: &ast::Type, name: &Name) -> Sem<()> {
        let result = self.new_output(ty, name);
        self.poison(name, result)
    }

    fn new_output(&mut self, ty: &ast::Type, name: &Name) -> Sem<()> {
        let resolved = self.resolve_type(ty)?;
        if !matches!(resolved, Type::Bit | Type::Bits(_)) {
            let message = format!("outputs of type {} are not shown", resolved.name());
            return Err(self.error(ty.span, message, "copy the value into bits: output bit[8] o;"));
        }
        let symbol = self.new_variable(resolved, Some(name), name.span)?;
        self.declare(name, symbol)
    }

    pub(super) fn alias(&mut self, name: &Name, value: &Ast) -> Sem<()> {
        let result = self.new_alias(name, value);
        self.poison(name, result)
    }

    fn new_alias(&mut self, name: &Name, value: &Ast) -> Sem<()> {
        let symbol = match self.alias_bits(value)? {
            Some(bits) => Symbol::Bits(bits),
            None => Symbol::Qubits(self.operand(value)?),
        };
        self.declare(name, symbol)
    }

    /// The classical bits that an alias names, or nothing if it names qubits.
    fn alias_bits(&mut self, value: &Ast) -> Sem<Option<Bits>> {
        let base = |expr: &Ast| match &expr.kind {
            ExprKind::Name(name) => Some(Rc::clone(name)),
            ExprKind::Index(of, _) => match &of.kind {
                ExprKind::Name(name) => Some(Rc::clone(name)),
                _ => None,
            },
            _ => None,
        };
        if let ExprKind::Binary(ast::Binary::Concat, left, right) = &value.kind {
            let (Some(a), Some(b)) = (self.alias_bits(left)?, self.alias_bits(right)?) else {
                return Ok(None);
            };
            let list = a.list.iter().chain(b.list.iter()).copied().collect();
            return Ok(Some(Bits { list, single: false }));
        }
        let Some(name) = base(value) else {
            return Ok(None);
        };
        let Symbol::Bits(_) = self.find(&name, value.span)? else {
            return Ok(None);
        };
        let evaluated = self.eval(value)?;
        let (exprs, single) = match evaluated {
            Value::Bits(bits) => (bits, false),
            Value::Bool(bit) => (vec![bit], true),
            _ => return Ok(None),
        };
        let ids: Option<Rc<[u32]>> =
            exprs.iter().map(|e| if let Expr::Bit(id) = e { Some(*id) } else { None }).collect();
        match ids {
            Some(list) => Ok(Some(Bits { list, single })),
            None => {
                let help = "use an index that is known before the program runs";
                Err(self.error(value.span, "an alias cannot be chosen at run time", help))
            }
        }
    }

    /// Gives a variable its value.
    pub(super) fn store(&mut self, symbol: &Symbol, value: Value, span: Span) -> Sem<()> {
        match (symbol, value) {
            (Symbol::Int(_, register), Value::Int(expr, _) | Value::Bool(expr)) => {
                self.emit(Node::SetInt(*register, expr));
            }
            (Symbol::Float(_, register), Value::Float(expr) | Value::Angle(expr)) => {
                self.emit(Node::SetFloat(*register, expr));
            }
            (Symbol::Bits(bits), Value::Bool(expr)) if bits.list.len() == 1 => {
                self.emit(Node::SetBit(bits.list[0], expr));
            }
            (Symbol::Bits(bits), Value::Bits(values)) if bits.list.len() == values.len() => {
                self.store_bits(&bits.list.clone(), values);
            }
            (_, other) => {
                let message = format!("{} cannot be stored here", other.noun());
                return Err(self.error(span, message, "assign a value of the variable's type"));
            }
        }
        Ok(())
    }

    /// Sets bits; the values may be made of the same bits.
    fn store_bits(&mut self, ids: &[u32], values: Vec<Expr>) {
        let overlaps = values.iter().zip(ids).any(|(value, id)| {
            !value.is_const()
                && *value != Expr::Bit(*id)
                && !matches!(value, Expr::Bit(other) if !ids.contains(other))
        });
        let values: Vec<Expr> = if overlaps && ids.len() > 1 {
            values.into_iter().map(|value| self.hold_int(value)).collect()
        } else {
            values
        };
        for (value, &id) in values.into_iter().zip(ids) {
            if value != Expr::Bit(id) {
                self.emit(Node::SetBit(id, value));
            }
        }
    }
}
