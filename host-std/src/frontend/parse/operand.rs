//! Types, operands, indices and ranges.
//! Not here: operators.

use super::super::ast::{BaseType, Expr, Index, Range, Type};
use super::super::lex::Tok;
use super::super::source::Span;
use super::{Parse, Parser, words};

impl Parser<'_> {
    /// `[ … ]` with its end.
    pub(super) fn index(&mut self) -> Parse<(Index, Span)> {
        self.expect(Tok::LBracket, "`[`", "")?;
        let index = if self.at(Tok::LBrace) {
            Index::Set(self.set()?)
        } else {
            match self.expr_or_range()? {
                Ok(range) => Index::Range(Box::new(range)),
                Err(at) => Index::At(Box::new(at)),
            }
        };
        let many = self.at(Tok::Comma);
        while self.eat(Tok::Comma) {
            let _ = self.expr_or_range()?;
        }
        let end = self.expect(Tok::RBracket, "`]`", "close the index")?;
        Ok((if many { Index::Many } else { index }, end.span))
    }

    /// `{ expr, … }`
    pub(super) fn set(&mut self) -> Parse<Vec<Expr>> {
        self.expect(Tok::LBrace, "`{`", "")?;
        let mut values = Vec::new();
        while !self.at(Tok::RBrace) {
            values.push(self.expr()?);
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        self.expect(Tok::RBrace, "`}`", "close the set")?;
        Ok(values)
    }

    /// `a`, or `a:b`, `a:step:b` with any part left out.
    pub(super) fn expr_or_range(&mut self) -> Parse<Result<Range, Expr>> {
        let start_span = self.peek().span;
        let start = if self.at(Tok::Colon) { None } else { Some(self.expr()?) };
        if !self.at(Tok::Colon) {
            return match start {
                Some(expr) => Ok(Err(expr)),
                None => self.unexpected("an index", ""),
            };
        }
        self.bump();
        let mut parts = [self.range_part()?, None];
        let stepped = self.eat(Tok::Colon);
        if stepped {
            parts[1] = self.range_part()?;
        }
        let [second, third] = parts;
        let (step, stop) = if stepped { (second, third) } else { (None, second) };
        Ok(Ok(Range { start, step, stop, span: start_span.to(self.previous().span) }))
    }

    pub(super) fn range_part(&mut self) -> Parse<Option<Expr>> {
        if matches!(self.peek().kind, Tok::Colon | Tok::RBracket | Tok::Comma) {
            Ok(None)
        } else {
            self.expr().map(Some)
        }
    }

    /// A qubit operand: a name or a physical qubit, with indices.
    pub(super) fn operand(&mut self) -> Parse<Expr> {
        let token = self.peek();
        if !matches!(token.kind, Tok::Ident | Tok::Hardware) {
            return self
                .unexpected("a qubit or register", "name a qubit as q[0], or a register as q");
        }
        if token.kind == Tok::Ident && words::is_reserved(self.language, self.text_of(token)) {
            return self
                .unexpected("a qubit or register", "name a qubit as q[0], or a register as q");
        }
        self.postfix()
    }

    /// A type with its width: `int[8]`, `bit`, `array[int, 3]`.
    pub(super) fn type_spec(&mut self) -> Parse<Type> {
        let token = self.peek();
        let base = if token.kind == Tok::Ident { base_type(self.text_of(token)) } else { None };
        let Some(base) = base else {
            return self
                .unexpected("a type", "types are bit, bool, int, uint, float, angle, duration");
        };
        self.bump();
        let mut width = None;
        let mut span = token.span;
        if self.at(Tok::LBracket) {
            self.bump();
            if matches!(base, BaseType::Array | BaseType::Complex) {
                let mut depth = 1_usize;
                while depth > 0 {
                    match self.bump().kind {
                        Tok::LBracket => depth += 1,
                        Tok::RBracket => depth -= 1,
                        Tok::Eof => return self.unexpected("`]`", "close the type"),
                        _ => {}
                    }
                }
            } else {
                width = Some(self.expr()?);
                self.expect(Tok::RBracket, "`]`", "close the width")?;
            }
            span = span.to(self.previous().span);
        }
        Ok(Type { base, width, span })
    }
}

pub(super) fn base_type(word: &str) -> Option<BaseType> {
    Some(match word {
        "bit" | "creg" => BaseType::Bit,
        "bool" => BaseType::Bool,
        "int" => BaseType::Int,
        "uint" => BaseType::Uint,
        "float" => BaseType::Float,
        "angle" => BaseType::Angle,
        "duration" => BaseType::Duration,
        "stretch" => BaseType::Stretch,
        "complex" => BaseType::Complex,
        "array" => BaseType::Array,
        "qubit" | "qreg" => BaseType::Qubit,
        _ => return None,
    })
}
