//! Meaning: names, types, constants, gates' definitions, broadcasts and control flow, from syntax
//! trees to the typed form in [`super::ir`].
//! Not here: reading tokens, writing the program format.

mod assign;
mod bits;
mod call;
mod declare;
mod define;
mod eval;
mod flow;
mod functions;
mod include;
mod inspect;
mod loops;
mod operand;
mod operators;
mod scope;
mod select;
mod subroutine;
mod types;
mod unfold;
mod value;

pub(crate) use include::read_text;

use std::rc::Rc;
use std::sync::Arc;

use super::ast::{Stmt, StmtKind};
use super::diagnostic::{Diagnostic, Severity};
use super::ir::{Expr, Label, Module, Node, Reg};
use super::parse::{Language, Parsed};
use super::source::{FileId, Sources, Span};
use loops::LoopFrame;
use scope::Scopes;
use subroutine::ReturnFrame;

/// Statements that may be compiled, repetitions by unrolling and inlining included.
pub(crate) const WORK_MAX: u64 = 1 << 23;
/// Operations and classical steps of a program.
const NODES_MAX: usize = 1 << 22;
/// Blocks, subroutines and gates may nest so deep in all.
const NESTING_MAX: u32 = 1_000;
/// Errors after which compilation stops.
const ERRORS_MAX: usize = 100;

/// An error was reported; what needed the value is skipped.
#[derive(Debug)]
pub(crate) struct Failed;
pub(crate) type Sem<T> = Result<T, Failed>;

/// What the semantic pass hands on.
#[derive(Debug)]
pub(crate) struct Analysed {
    pub(crate) module: Module,
    pub(crate) errors: Vec<Diagnostic>,
    pub(crate) warnings: Vec<Diagnostic>,
}

struct Sema<'a> {
    sources: &'a mut Sources,
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
    module: Module,
    /// Where operations go now.
    out: Vec<Node>,
    scopes: Scopes,
    /// Of the text that is compiled now.
    language: Language,
    /// Integers in this expression are real numbers (parameters in OpenQASM 2).
    real: bool,
    /// Where to report errors inside a gate's definition: at its call.
    call_site: Option<(Span, Rc<str>)>,
    including: Vec<FileId>,
    /// Of our own include files, those that were included.
    libraries: Vec<Arc<str>>,
    /// The gate whose body is compiled now.
    inside: Option<scope::Origin>,
    loops: Vec<LoopFrame>,
    returns: Option<ReturnFrame>,
    inlining: Vec<Rc<str>>,
    labels: Label,
    work_left: u64,
    exhausted: bool,
    nesting: u32,
    hardware: bool,
    declared_outputs: bool,
}

/// Analyses a parsed file and what it includes.
pub(crate) fn analyse(
    sources: &mut Sources,
    file: FileId,
    parsed: Parsed,
    work_max: u64,
) -> Analysed {
    let mut sema = Sema {
        sources,
        errors: Vec::new(),
        warnings: Vec::new(),
        module: Module::default(),
        out: Vec::new(),
        scopes: Scopes::default(),
        language: parsed.language,
        real: false,
        call_site: None,
        including: vec![file],
        libraries: Vec::new(),
        inside: None,
        loops: Vec::new(),
        returns: None,
        inlining: Vec::new(),
        labels: 0,
        work_left: work_max,
        exhausted: false,
        nesting: 0,
        hardware: false,
        declared_outputs: parsed
            .stmts
            .iter()
            .any(|stmt| matches!(stmt.kind, StmtKind::Output { .. })),
    };
    sema.declare_built_in();
    sema.complain(parsed.errors);
    sema.global(&parsed.stmts);
    sema.finish(file)
}

impl Sema<'_> {
    fn finish(mut self, file: FileId) -> Analysed {
        if self.module.qubit_count == 0 && self.errors.is_empty() {
            let span = Span { file, start: 0, end: 0 };
            let help = "declare some: qubit[2] q; (in OpenQASM 2: qreg q[2];)";
            self.error(span, "the program has no qubits", help);
        }
        self.module.body = self.out;
        Analysed { module: self.module, errors: self.errors, warnings: self.warnings }
    }

    fn complain(&mut self, complaints: Vec<super::parse::Complaint>) {
        for complaint in complaints {
            let diagnostic = Diagnostic::new(
                Severity::Error,
                self.sources,
                complaint.span,
                complaint.message,
                complaint.help,
            );
            self.errors.push(diagnostic);
        }
    }

    fn error(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) -> Failed {
        let (span, message) = match &self.call_site {
            Some((site, gate)) => (*site, format!("in the gate `{gate}`: {}", message.into())),
            None => (span, message.into()),
        };
        let help = Some(help.into()).filter(|help| !help.is_empty());
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(Diagnostic::new(Severity::Error, self.sources, span, message, help));
        } else {
            self.exhausted = true;
        }
        Failed
    }

    fn warn(&mut self, span: Span, message: impl Into<String>, help: &str) {
        if self.warnings.len() >= ERRORS_MAX {
            return;
        }
        let help = Some(help.to_owned()).filter(|help| !help.is_empty());
        let warning = Diagnostic::new(Severity::Warning, self.sources, span, message.into(), help);
        // What is compiled several times is said once.
        let same = |other: &Diagnostic| {
            other.span == warning.span
                && other.file == warning.file
                && other.message == warning.message
        };
        if !self.warnings.iter().any(same) {
            self.warnings.push(warning);
        }
    }

    /// Counts a level of nesting, so that the stack is deep enough for every program.
    fn nested<T>(&mut self, span: Span, inner: impl FnOnce(&mut Self) -> Sem<T>) -> Sem<T> {
        if self.nesting >= NESTING_MAX {
            let message = format!("blocks and calls nest more than {NESTING_MAX} levels deep");
            return Err(self.error(span, message, "flatten some of them"));
        }
        self.nesting += 1;
        let result = inner(self);
        self.nesting -= 1;
        result
    }

    /// Counts work, so that no short text can take for ever.
    fn spend(&mut self, work: u64, span: Span) -> Sem<()> {
        if self.exhausted {
            return Err(Failed);
        }
        if self.work_left < work || self.out.len() > NODES_MAX {
            self.exhausted = true;
            return Err(self.error(
                span,
                format!("the program unfolds into more than {NODES_MAX} operations"),
                "use fewer repetitions, or loops with variables as bounds, which are not unfolded",
            ));
        }
        self.work_left -= work;
        Ok(())
    }

    fn emit(&mut self, node: Node) {
        self.out.push(node);
    }

    /// What `inner` emits, apart.
    fn apart<T>(&mut self, inner: impl FnOnce(&mut Self) -> T) -> (T, Vec<Node>) {
        let outside = std::mem::take(&mut self.out);
        let result = inner(self);
        (result, std::mem::replace(&mut self.out, outside))
    }

    fn new_label(&mut self) -> Label {
        self.labels += 1;
        self.labels
    }

    fn new_int(&mut self) -> Reg {
        self.module.int_count += 1;
        self.module.int_count - 1
    }

    fn new_float(&mut self) -> Reg {
        self.module.float_count += 1;
        self.module.float_count - 1
    }

    /// The value in a register that nothing else changes.
    fn hold_int(&mut self, value: Expr) -> Expr {
        if value.is_const() {
            return value;
        }
        let register = self.new_int();
        self.emit(Node::SetInt(register, value));
        Expr::IntReg(register)
    }

    fn hold_float(&mut self, value: Expr) -> Expr {
        if value.is_const() {
            return value;
        }
        let register = self.new_float();
        self.emit(Node::SetFloat(register, value));
        Expr::FloatReg(register)
    }

    /// Statements of a file, where declarations of everything are allowed.
    fn global(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            if self.exhausted {
                return;
            }
            // Whatever went wrong is reported; the next statement may have errors of its own.
            let _ = self.stmt(stmt);
        }
    }

    /// Statements of a block; all are tried, and one failure fails the block.
    fn block(&mut self, stmts: &[Stmt]) -> Sem<()> {
        self.scopes.push();
        let result = self.stmts(stmts);
        self.scopes.pop();
        result
    }

    fn stmts(&mut self, stmts: &[Stmt]) -> Sem<()> {
        let mut result = Ok(());
        for stmt in stmts {
            if self.stmt(stmt).is_err() {
                result = Err(Failed);
            }
            if self.exhausted {
                return Err(Failed);
            }
        }
        result
    }

    fn stmt(&mut self, stmt: &Stmt) -> Sem<()> {
        self.spend(1, stmt.span)?;
        // Lines are those of the program's own file.
        if stmt.span.file != self.including[0] {
            return self.nested(stmt.span, |sema| sema.stmt_kind(stmt));
        }
        let line = self.sources.line(stmt.span);
        self.emit(Node::Line(line));
        let marked = self.out.len();
        let result = self.nested(stmt.span, |sema| sema.stmt_kind(stmt));
        if self.out.len() == marked {
            self.out.pop();
        }
        result
    }

    fn stmt_kind(&mut self, stmt: &Stmt) -> Sem<()> {
        let span = stmt.span;
        match &stmt.kind {
            StmtKind::Include(path) => self.include(path, span),
            StmtKind::Qubits { name, size } => self.declare_qubits(name, size.as_ref(), span),
            StmtKind::Classical { ty, name, init, constant } => {
                self.declare_classical(ty, name, init.as_ref(), *constant)
            }
            StmtKind::Input(name) => self.input(name, span),
            StmtKind::Output { ty, name } => self.declare_output(ty, name),
            StmtKind::Gate(def) => self.define_gate(def, span),
            StmtKind::Def(def) => self.define_subroutine(def, span),
            StmtKind::Call(call) => self.gate_call(call, span),
            StmtKind::Measure { qubits, target } => self.measure(qubits, target.as_ref(), span),
            StmtKind::Assign { target, operator, value } => {
                self.assign(target, *operator, value, span)
            }
            StmtKind::Reset(operand) => self.reset(operand),
            StmtKind::Barrier(operands) => self.barrier(operands, span),
            StmtKind::Delay { duration, operands } => self.delay(duration, operands),
            StmtKind::If { condition, then, otherwise } => self.if_else(condition, then, otherwise),
            StmtKind::While { condition, body } => self.while_loop(condition, body, span),
            StmtKind::For { ty, name, values, body } => self.for_loop(ty, name, values, body, span),
            StmtKind::Switch { on, cases, default } => self.switch(on, cases, default.as_deref()),
            StmtKind::Block(body) => self.block(body),
            StmtKind::Break => self.break_loop(span),
            StmtKind::Continue => self.continue_loop(span),
            StmtKind::End => {
                self.emit(Node::End);
                Ok(())
            }
            StmtKind::Return(value) => self.return_value(value.as_ref(), span),
            StmtKind::Alias { name, value } => self.alias(name, value),
            StmtKind::Expr(expr) => self.expression_statement(expr),
            StmtKind::Ignored { what } => {
                self.warn(span, format!("this {what} is not known and has no effect"), "");
                Ok(())
            }
            StmtKind::Unsupported { what, help } => {
                Err(self.error(span, format!("`{what}` is not supported"), *help))
            }
            StmtKind::Broken => Err(Failed),
        }
    }
}
