//! Statements: control flow, gate calls, measurement, assignment.

use std::rc::Rc;

use super::super::ast::{Binary, Expr, ExprKind, Iterable, Stmt, StmtKind};
use super::super::lex::Tok;
use super::operand::base_type;
use super::{Language, Parse, Parser};

/// `a += b` as the operator of `a = a + b`.
fn compound(kind: Tok) -> Option<Option<Binary>> {
    Some(match kind {
        Tok::Eq => None,
        Tok::PlusEq => Some(Binary::Add),
        Tok::MinusEq => Some(Binary::Sub),
        Tok::StarEq => Some(Binary::Mul),
        Tok::StarStarEq => Some(Binary::Pow),
        Tok::SlashEq => Some(Binary::Div),
        Tok::PercentEq => Some(Binary::Rem),
        Tok::CaretEq => Some(Binary::BitXor),
        Tok::AndEq => Some(Binary::BitAnd),
        Tok::OrEq => Some(Binary::BitOr),
        Tok::ShlEq => Some(Binary::Shl),
        Tok::ShrEq => Some(Binary::Shr),
        _ => return None,
    })
}

impl Parser<'_> {
    pub(super) fn stmt(&mut self) -> Parse<Stmt> {
        let start = self.peek();
        let kind = self.deeper(|p| match start.kind {
            Tok::Ident => p.word_stmt(),
            Tok::Pragma => {
                p.bump();
                Ok(StmtKind::Ignored { what: "pragma" })
            }
            Tok::Annotation => {
                p.bump();
                Ok(StmtKind::Ignored { what: "annotation" })
            }
            Tok::LBrace if p.language == Language::Qasm3 => {
                p.bump();
                p.block_rest(start.span).map(StmtKind::Block)
            }
            Tok::Semi => {
                Err(p.error_at(start.span, "there is no statement before this `;`", "remove it"))
            }
            _ => p.expr_stmt(),
        })?;
        Ok(Stmt { kind, span: start.span.to(self.previous().span) })
    }

    fn word_stmt(&mut self) -> Parse<StmtKind> {
        let word: Rc<str> = Rc::from(self.text_of(self.peek()));
        match &*word {
            "OPENQASM" => {
                let span = self.peek().span;
                let _ = self.version();
                Err(self.error_at(
                    span,
                    "the version stands once, in the first line",
                    "move it to the top of the file, or remove it",
                ))
            }
            "include" => self.include(),
            "qreg" => self.old_register(true),
            "creg" => self.old_register(false),
            "gate" => self.gate(false),
            "opaque" => self.gate(true),
            "measure" => self.measure(),
            "reset" => {
                self.bump();
                let operand = self.operand()?;
                self.semicolon()?;
                Ok(StmtKind::Reset(operand))
            }
            "barrier" => {
                self.bump();
                let operands = self.operands()?;
                self.semicolon()?;
                Ok(StmtKind::Barrier(operands))
            }
            "if" => self.if_stmt(),
            _ if self.language == Language::Qasm3 => self.word_stmt_3(&word),
            _ => self.gate_call(),
        }
    }

    fn word_stmt_3(&mut self, word: &str) -> Parse<StmtKind> {
        match word {
            "qubit" => self.qubits(),
            "const" => self.classical(),
            "input" | "output" => self.input_output(),
            "let" => self.alias(),
            "def" => self.def(),
            "for" => self.for_stmt(),
            "while" => self.while_stmt(),
            "switch" => self.switch_stmt(),
            "delay" => self.delay(),
            "break" => self.just(StmtKind::Break),
            "continue" => self.just(StmtKind::Continue),
            "end" => self.just(StmtKind::End),
            "return" => self.return_stmt(),
            "gphase" | "inv" | "pow" | "ctrl" | "negctrl" => self.gate_call(),
            "extern" => Ok(self.unsupported("extern", "compute the value in the program itself")),
            "box" => Ok(self.unsupported(
                "box",
                "write the statements without the box; `barrier` keeps their order",
            )),
            "cal" | "defcal" | "defcalgrammar" => Ok(self.unsupported(
                "pulse calibration",
                "remove it: gates are emulated by their matrices",
            )),
            "else" => self.unexpected("a statement", "an `else` follows the body of an `if`"),
            "case" | "default" => self.unexpected("a statement", "cases stand in a `switch`"),
            "nop" => Ok(self.unsupported("nop", "remove it; it has no effect")),
            _ if base_type(word).is_some() => self.type_stmt(),
            _ => self.name_stmt(),
        }
    }

    /// A statement that begins with a type: a declaration, or an expression that begins with a cast.
    fn type_stmt(&mut self) -> Parse<StmtKind> {
        let start = self.at;
        self.type_spec()?;
        let cast = self.at(Tok::LParen);
        self.at = start;
        if cast { self.expr_stmt() } else { self.classical() }
    }

    fn just(&mut self, kind: StmtKind) -> Parse<StmtKind> {
        self.bump();
        self.semicolon()?;
        Ok(kind)
    }

    fn return_stmt(&mut self) -> Parse<StmtKind> {
        self.bump();
        let value = if self.at(Tok::Semi) { None } else { Some(self.expr()?) };
        self.semicolon()?;
        Ok(StmtKind::Return(value))
    }

    /// `measure q -> c;` or `measure q;`
    fn measure(&mut self) -> Parse<StmtKind> {
        self.bump();
        let qubits = self.operand()?;
        let mut target = None;
        if self.eat(Tok::Arrow) {
            target = Some(self.operand()?);
        } else if self.language == Language::Qasm2 {
            return self.unexpected("`->`", "a measurement is written as measure q -> c;");
        }
        self.semicolon()?;
        Ok(StmtKind::Measure { qubits, target })
    }

    pub(super) fn operands(&mut self) -> Parse<Vec<Expr>> {
        let mut operands = Vec::new();
        if self.at(Tok::Semi) {
            return Ok(operands);
        }
        loop {
            operands.push(self.operand()?);
            if !self.eat(Tok::Comma) {
                return Ok(operands);
            }
        }
    }

    fn delay(&mut self) -> Parse<StmtKind> {
        self.bump();
        self.expect(Tok::LBracket, "`[` and a duration", "a delay is written as delay[100ns] q;")?;
        let duration = self.expr()?;
        self.expect(Tok::RBracket, "`]`", "close the duration")?;
        let operands = self.operands()?;
        self.semicolon()?;
        Ok(StmtKind::Delay { duration, operands })
    }

    fn condition(&mut self) -> Parse<Expr> {
        self.expect(Tok::LParen, "`(`", "the condition stands in parentheses")?;
        let condition = self.expr()?;
        self.expect(Tok::RParen, "`)`", "close the condition")?;
        Ok(condition)
    }

    /// A block, or a single statement.
    fn body(&mut self) -> Parse<Vec<Stmt>> {
        if self.at(Tok::LBrace) {
            return self.block("the body");
        }
        Ok(vec![self.stmt()?])
    }

    fn if_stmt(&mut self) -> Parse<StmtKind> {
        self.bump();
        let condition = self.condition()?;
        if self.language == Language::Qasm2 {
            let then = vec![self.stmt()?];
            return Ok(StmtKind::If { condition, then, otherwise: Vec::new() });
        }
        let then = self.body()?;
        let mut otherwise = Vec::new();
        if self.at_word("else") {
            self.bump();
            otherwise = self.body()?;
        }
        Ok(StmtKind::If { condition, then, otherwise })
    }

    fn while_stmt(&mut self) -> Parse<StmtKind> {
        self.bump();
        let condition = self.condition()?;
        let body = self.body()?;
        Ok(StmtKind::While { condition, body })
    }

    fn for_stmt(&mut self) -> Parse<StmtKind> {
        self.bump();
        let ty = self.type_spec()?;
        let name = self.name("the loop variable")?;
        self.expect_word("in", "a loop is written as for int i in [0:3] { … }")?;
        let values = if self.at(Tok::LBrace) {
            Iterable::Set(self.set()?)
        } else if self.at(Tok::LBracket) {
            self.bump();
            let range = self.expr_or_range()?;
            self.expect(Tok::RBracket, "`]`", "close the range")?;
            match range {
                Ok(range) => Iterable::Range(Box::new(range)),
                Err(expr) => {
                    let help = "a range is written as [start:stop] or [start:step:stop]";
                    return Err(self.error_at(expr.span, "this is not a range", help));
                }
            }
        } else {
            Iterable::Value(self.expr()?)
        };
        let body = Rc::new(self.body()?);
        Ok(StmtKind::For { ty, name, values, body })
    }

    fn switch_stmt(&mut self) -> Parse<StmtKind> {
        self.bump();
        let on = self.condition()?;
        self.expect(Tok::LBrace, "`{`", "the cases stand in braces")?;
        let mut cases = Vec::new();
        let mut default = None;
        while !self.at(Tok::RBrace) {
            if self.at_word("case") && default.is_none() {
                self.bump();
                let mut labels = vec![self.expr()?];
                while self.eat(Tok::Comma) {
                    labels.push(self.expr()?);
                }
                cases.push((labels, self.block("the case")?));
            } else if self.at_word("default") && default.is_none() {
                self.bump();
                default = Some(self.block("the default")?);
            } else {
                return self.unexpected("`case`, or one `default` at the end", "");
            }
        }
        self.bump();
        Ok(StmtKind::Switch { on, cases, default })
    }

    pub(super) fn expr_stmt(&mut self) -> Parse<StmtKind> {
        if !matches!(
            self.peek().kind,
            Tok::Ident
                | Tok::Hardware
                | Tok::Int
                | Tok::Float
                | Tok::LParen
                | Tok::Minus
                | Tok::Bang
                | Tok::Tilde
                | Tok::BitStr
        ) {
            return self.unexpected("a statement", "");
        }
        let target = self.expr()?;
        if self.at(Tok::TildeEq) {
            let help = "write c = ~c;";
            return Err(self.error_at(self.peek().span, "`~=` is not supported", help));
        }
        if let Some(operator) = compound(self.peek().kind) {
            self.bump();
            let value = self.expr()?;
            self.semicolon()?;
            if !matches!(target.kind, ExprKind::Name(_) | ExprKind::Index(..)) {
                let help = "assign to a variable, a bit, or a slice of a register";
                return Err(self.error_at(target.span, "this cannot be assigned to", help));
            }
            return Ok(StmtKind::Assign { target, operator, value });
        }
        self.semicolon()?;
        Ok(StmtKind::Expr(target))
    }
}
