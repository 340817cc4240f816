//! Gates applied, with their modifiers.
//! Not here: definitions of gates.

use std::rc::Rc;

use super::super::ast::{GateCall, Modifier, Name, StmtKind};
use super::super::lex::Tok;
use super::super::source::Span;
use super::{Language, Parse, Parser};

impl Parser<'_> {
    /// A statement that begins with a name: a gate call, an assignment, a subroutine call.
    pub(super) fn name_stmt(&mut self) -> Parse<StmtKind> {
        match self.peek_at(1).kind {
            Tok::Ident | Tok::Hardware => self.gate_call(),
            Tok::LParen => {
                // `f(x) q;` is a gate, `f(x);` a subroutine.
                let (start, errors) = (self.at, self.errors.len());
                self.bump();
                let end = self.skip_parens();
                let gate = end.is_ok()
                    && matches!(self.peek().kind, Tok::Ident | Tok::Hardware | Tok::LBracket);
                self.at = start;
                self.errors.truncate(errors);
                if gate { self.gate_call() } else { self.expr_stmt() }
            }
            _ => self.expr_stmt(),
        }
    }

    pub(super) fn modifiers(&mut self) -> Parse<Vec<(Modifier, Span)>> {
        let mut modifiers = Vec::new();
        if self.language == Language::Qasm2 {
            return Ok(modifiers);
        }
        loop {
            let token = self.peek();
            let word = if token.kind == Tok::Ident { self.text_of(token) } else { "" };
            let modifier = match word {
                "inv" => {
                    self.bump();
                    Modifier::Inv
                }
                "pow" => {
                    self.bump();
                    self.expect(Tok::LParen, "`(`", "write the power as pow(2) @")?;
                    let power = self.expr()?;
                    self.expect(Tok::RParen, "`)`", "close the power")?;
                    Modifier::Pow(power)
                }
                "ctrl" | "negctrl" => {
                    let negative = word == "negctrl";
                    self.bump();
                    let mut count = None;
                    if self.eat(Tok::LParen) {
                        count = Some(self.expr()?);
                        self.expect(Tok::RParen, "`)`", "close the number of controls")?;
                    }
                    Modifier::Ctrl { count, negative }
                }
                _ => return Ok(modifiers),
            };
            self.expect(Tok::At, "`@`", "a modifier is followed by `@`: ctrl @ x a, b;")?;
            modifiers.push((modifier, token.span.to(self.previous().span)));
            if modifiers.len() > 64 {
                let help = "split the gate into several";
                return Err(self.error_at(token.span, "more than 64 modifiers on one gate", help));
            }
        }
    }

    pub(super) fn gate_call(&mut self) -> Parse<StmtKind> {
        let modifiers = self.modifiers()?;
        let token = self.peek();
        let name = if self.at_word("gphase") && self.language == Language::Qasm3 {
            self.bump();
            Name { text: Rc::from("gphase"), span: token.span }
        } else {
            self.name("a gate's name")?
        };
        let mut params = Vec::new();
        if self.at(Tok::LParen) {
            (params, _) = self.arguments()?;
        }
        if self.at(Tok::LBracket) && self.language == Language::Qasm3 {
            let help = "remove the duration in brackets: gates take the time of their error model";
            let span = self.peek().span;
            return Err(self.error_at(span, "a duration on a gate is not supported", help));
        }
        let operands = self.operands()?;
        self.semicolon()?;
        Ok(StmtKind::Call(GateCall { modifiers, name, params, operands }))
    }
}
