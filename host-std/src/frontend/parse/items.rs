//! Declarations and definitions: versions, includes, registers, gates, subroutines.

use std::rc::Rc;

use super::super::ast::{Def, GateDef, Name, Stmt, StmtKind};
use super::super::lex::Tok;
use super::super::source::Span;
use super::{Language, Parse, Parser};

impl Parser<'_> {
    /// The `OPENQASM 3.0;` line, if the file begins with one.
    pub(super) fn version(&mut self) -> Option<Language> {
        if !self.at_word("OPENQASM") {
            return None;
        }
        self.bump();
        let token = self.peek();
        let text = self.text_of(token).to_owned();
        let language = match (token.kind, text.as_str()) {
            (Tok::Int | Tok::Float, "2" | "2.0") => Some(Language::Qasm2),
            (Tok::Int | Tok::Float, "3" | "3.0" | "3.1") => Some(Language::Qasm3),
            _ => {
                let help = "write `OPENQASM 2.0;` or `OPENQASM 3.0;`";
                let message = if matches!(token.kind, Tok::Int | Tok::Float) {
                    format!("OpenQASM {text} is not known here: 2.0, 3.0 and 3.1 are")
                } else {
                    "expected the version of the language".to_owned()
                };
                self.error_at(token.span, message, help);
                text.starts_with('2').then_some(Language::Qasm2)
            }
        };
        if matches!(token.kind, Tok::Int | Tok::Float) {
            self.bump();
        }
        // The error, if any, is recorded.
        let _ = self.semicolon();
        language
    }

    pub(super) fn include(&mut self) -> Parse<StmtKind> {
        self.bump();
        let help = "write the file's name in quotes, as in include \"stdgates.inc\";";
        let token = self.expect(Tok::Str, "the name of a file", help).or_else(|failed| {
            // A file may be called "01".
            if self.at(Tok::BitStr) { Ok(self.bump()) } else { Err(failed) }
        })?;
        let text = self.text_of(token);
        let path: Rc<str> = Rc::from(text.get(1..text.len().saturating_sub(1)).unwrap_or(""));
        self.semicolon()?;
        Ok(StmtKind::Include(path))
    }

    /// `qreg q[2];` and `creg c[2];`
    pub(super) fn old_register(&mut self, quantum: bool) -> Parse<StmtKind> {
        let start = self.bump().span;
        let name = self.name("a register's name")?;
        let mut size = None;
        if self.eat(Tok::LBracket) {
            size = Some(self.expr()?);
            self.expect(Tok::RBracket, "`]`", "close the size")?;
        } else if self.language == Language::Qasm2 {
            return self
                .unexpected("`[` and the register's size", "a register is declared as qreg q[2];");
        }
        self.semicolon()?;
        if quantum {
            return Ok(StmtKind::Qubits { name, size });
        }
        let span = start.to(self.previous().span);
        let ty =
            super::super::ast::Type { base: super::super::ast::BaseType::Bit, width: size, span };
        Ok(StmtKind::Classical { ty, name, init: None, constant: false })
    }

    pub(super) fn qubits(&mut self) -> Parse<StmtKind> {
        let ty = self.type_spec()?;
        if self.at(Tok::Hardware) {
            let help = "declare a register as qubit[2] q; physical qubits need no declaration";
            return self.unexpected("a name", help);
        }
        let name = self.name("a register's name")?;
        self.semicolon()?;
        Ok(StmtKind::Qubits { name, size: ty.width })
    }

    fn names_until(&mut self, what: &str, end: Tok) -> Parse<Vec<Name>> {
        let mut names = Vec::new();
        while !self.at(end) {
            names.push(self.name(what)?);
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        Ok(names)
    }

    /// `gate name(params) qubits { … }` and `opaque name(params) qubits;`
    pub(super) fn gate(&mut self, opaque: bool) -> Parse<StmtKind> {
        self.bump();
        let name = self.name("the gate's name")?;
        let mut params = Vec::new();
        if self.eat(Tok::LParen) {
            params = self.names_until("a parameter's name", Tok::RParen)?;
            self.expect(Tok::RParen, "`)`", "parameters are names, separated by `,`")?;
        }
        let qubits = self.names_until("a qubit's name", Tok::LBrace)?;
        let body = if opaque {
            self.semicolon()?;
            None
        } else {
            Some(self.block("the gate's body")?)
        };
        if qubits.is_empty() {
            let help = "a gate acts on at least one qubit: gate name q { … }";
            return Err(self.error_at(
                name.span,
                format!("the gate `{}` has no qubits", name.text),
                help,
            ));
        }
        Ok(StmtKind::Gate(Rc::new(GateDef { name, params, qubits, body })))
    }

    pub(super) fn def(&mut self) -> Parse<StmtKind> {
        self.bump();
        let name = self.name("the subroutine's name")?;
        self.expect(Tok::LParen, "`(`", "parameters stand in parentheses: def f(qubit q) { … }")?;
        let mut params = Vec::new();
        while !self.at(Tok::RParen) {
            if matches!(self.text_of(self.peek()), "readonly" | "mutable") {
                let help = "pass scalars and qubits";
                return Err(self.error_at(
                    self.peek().span,
                    "array parameters are not supported",
                    help,
                ));
            }
            let ty = self.type_spec()?;
            let name = self.name("a parameter's name")?;
            params.push((ty, name));
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        self.expect(Tok::RParen, "`)`", "parameters are written as `type name`, separated by `,`")?;
        let returns = if self.eat(Tok::Arrow) { Some(self.type_spec()?) } else { None };
        let body = self.block("the subroutine's body")?;
        Ok(StmtKind::Def(Rc::new(Def { name, params, returns, body })))
    }

    pub(super) fn classical(&mut self) -> Parse<StmtKind> {
        let constant = self.at_word("const");
        if constant {
            self.bump();
        }
        let ty = self.type_spec()?;
        let name = self.name("a variable's name")?;
        let init = if self.eat(Tok::Eq) { Some(self.expr()?) } else { None };
        if constant && init.is_none() {
            let help = "write const type name = value;";
            return Err(self.error_at(name.span, "a constant needs a value", help));
        }
        self.semicolon()?;
        Ok(StmtKind::Classical { ty, name, init, constant })
    }

    pub(super) fn input_output(&mut self) -> Parse<StmtKind> {
        let input = self.at_word("input");
        self.bump();
        let ty = self.type_spec()?;
        let name = self.name("a variable's name")?;
        self.semicolon()?;
        Ok(if input { StmtKind::Input(name) } else { StmtKind::Output { ty, name } })
    }

    pub(super) fn alias(&mut self) -> Parse<StmtKind> {
        self.bump();
        let name = self.name("the alias's name")?;
        self.expect(Tok::Eq, "`=`", "an alias is written as let name = q[0:2];")?;
        let value = self.expr()?;
        self.semicolon()?;
        Ok(StmtKind::Alias { name, value })
    }

    /// A construct that is parsed over: up to its `;`, or to the end of its block.
    pub(super) fn unsupported(&mut self, what: &'static str, help: &'static str) -> StmtKind {
        let mut depth = 0_usize;
        loop {
            match self.peek().kind {
                Tok::Eof => break,
                Tok::RBrace if depth == 0 => break,
                Tok::LBrace => depth += 1,
                Tok::RBrace => {
                    depth -= 1;
                    if depth == 0 {
                        self.bump();
                        break;
                    }
                }
                Tok::Semi if depth == 0 => {
                    self.bump();
                    break;
                }
                _ => {}
            }
            self.bump();
        }
        StmtKind::Unsupported { what, help }
    }

    /// A `{ … }` of statements.
    pub(super) fn block(&mut self, what: &str) -> Parse<Vec<Stmt>> {
        let open = self.expect(Tok::LBrace, &format!("`{{` of {what}"), "")?.span;
        self.deeper(|p| p.block_rest(open))
    }

    pub(super) fn block_rest(&mut self, open: Span) -> Parse<Vec<Stmt>> {
        let mut stmts = Vec::new();
        loop {
            if self.eat(Tok::RBrace) {
                return Ok(stmts);
            }
            if self.at(Tok::Eof) {
                return Err(self.error_at(open, "this `{` is never closed", "close it with `}`"));
            }
            if self.errors.len() >= super::ERRORS_MAX {
                return Err(super::Failed);
            }
            stmts.push(self.stmt_or_recover());
        }
    }
}
