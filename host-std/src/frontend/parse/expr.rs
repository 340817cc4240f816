//! Expressions: precedence climbing, calls, casts, indices, ranges.

use std::rc::Rc;

use super::super::ast::{Binary, Expr, ExprKind, Name, Unary};
use super::super::lex::{Tok, Token};
use super::super::source::Span;
use super::operand::base_type;
use super::{Language, Parse, Parser, words};

/// Precedence of `**`, and of `^` in OpenQASM 2: above the unary operators, right to left.
const POWER: u8 = 13;
const UNARY: u8 = 12;

/// Operator and precedence; all but the power associate to the left.
fn binary(language: Language, kind: Tok) -> Option<(Binary, u8)> {
    Some(match kind {
        Tok::StarStar => (Binary::Pow, POWER),
        Tok::Caret if language == Language::Qasm2 => (Binary::Pow, POWER),
        Tok::Star => (Binary::Mul, 11),
        Tok::Slash => (Binary::Div, 11),
        Tok::Percent => (Binary::Rem, 11),
        Tok::Plus => (Binary::Add, 10),
        Tok::Minus => (Binary::Sub, 10),
        Tok::Shl => (Binary::Shl, 9),
        Tok::Shr => (Binary::Shr, 9),
        Tok::Lt => (Binary::Lt, 8),
        Tok::Le => (Binary::Le, 8),
        Tok::Gt => (Binary::Gt, 8),
        Tok::Ge => (Binary::Ge, 8),
        Tok::EqEq => (Binary::Eq, 7),
        Tok::NotEq => (Binary::Ne, 7),
        Tok::And => (Binary::BitAnd, 6),
        Tok::Caret => (Binary::BitXor, 5),
        Tok::Or => (Binary::BitOr, 4),
        Tok::AndAnd => (Binary::And, 3),
        Tok::OrOr => (Binary::Or, 2),
        Tok::PlusPlus => (Binary::Concat, 1),
        _ => return None,
    })
}

impl Parser<'_> {
    pub(super) fn expr(&mut self) -> Parse<Expr> {
        self.expr_above(0)
    }

    fn expr_above(&mut self, least: u8) -> Parse<Expr> {
        self.deeper(|p| {
            let mut left = p.prefix()?;
            while let Some((operator, precedence)) = binary(p.language, p.peek().kind) {
                if precedence <= least {
                    break;
                }
                let at = p.bump().span;
                let right_to_left = precedence == POWER;
                let right = p.expr_above(precedence - u8::from(right_to_left))?;
                let span = left.span.to(right.span);
                left = Expr::new(ExprKind::Binary(operator, Box::new(left), Box::new(right)), span);
                if left.depth > super::DEPTH_MAX {
                    return Err(p.error_at(
                        at,
                        format!("more than {} operators follow each other here", super::DEPTH_MAX),
                        "split the expression into several assignments",
                    ));
                }
            }
            Ok(left)
        })
    }

    fn prefix(&mut self) -> Parse<Expr> {
        let operator = match self.peek().kind {
            Tok::Minus => Unary::Neg,
            Tok::Plus if self.language == Language::Qasm2 => Unary::Plus,
            Tok::Bang => Unary::Not,
            Tok::Tilde => Unary::BitNot,
            _ => return self.postfix(),
        };
        let start = self.bump().span;
        let operand = self.expr_above(UNARY)?;
        let span = start.to(operand.span);
        Ok(Expr::new(ExprKind::Unary(operator, Box::new(operand)), span))
    }

    pub(super) fn postfix(&mut self) -> Parse<Expr> {
        let mut expr = self.atom()?;
        let mut chain = 0;
        while self.at(Tok::LBracket) && chain < 8 {
            let (index, end) = self.index()?;
            let span = expr.span.to(end);
            expr = Expr::new(ExprKind::Index(Box::new(expr), index), span);
            chain += 1;
        }
        Ok(expr)
    }

    fn atom(&mut self) -> Parse<Expr> {
        let token = self.peek();
        let kind = match token.kind {
            Tok::Int | Tok::Float => return self.number(),
            Tok::BitStr => {
                self.bump();
                let bits: Rc<[bool]> =
                    self.text_of(token).bytes().rev().filter_map(bit_of).collect();
                ExprKind::BitString(bits)
            }
            Tok::Hardware => {
                self.bump();
                match self.text_of(token).trim_start_matches('$').replace('_', "").parse() {
                    Ok(number) => ExprKind::Hardware(number),
                    Err(_) => {
                        let help = "number physical qubits from $0";
                        return Err(self.error_at(
                            token.span,
                            "this qubit number is too large",
                            help,
                        ));
                    }
                }
            }
            Tok::LParen => {
                self.bump();
                let inner = self.expr()?;
                let end = self.expect(Tok::RParen, "`)`", "close the parenthesis")?;
                return Ok(Expr::new(inner.kind, token.span.to(end.span)));
            }
            Tok::LBrace | Tok::LBracket => return self.array(),
            Tok::Str => {
                let help = "strings are only used by `include`; bit strings hold 0 and 1";
                return Err(self.error_at(token.span, "a string cannot be used here", help));
            }
            Tok::Ident => return self.word(token),
            _ => {
                let help =
                    "an expression is a number, a name, or a call, and operators between them";
                return self.unexpected("an expression", help);
            }
        };
        Ok(Expr::new(kind, token.span))
    }

    /// An array literal: parsed over, refused by the semantic pass.
    fn array(&mut self) -> Parse<Expr> {
        let start = self.bump();
        let close = if start.kind == Tok::LBrace { Tok::RBrace } else { Tok::RBracket };
        while !self.at(close) {
            self.expr()?;
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        let end = self.expect(close, "the end of the list", "close the list")?;
        Ok(Expr::new(ExprKind::Array, start.span.to(end.span)))
    }

    /// An expression that begins with a word.
    fn word(&mut self, token: Token) -> Parse<Expr> {
        let text: Rc<str> = Rc::from(self.text_of(token));
        let span = token.span;
        if self.language == Language::Qasm3 {
            match &*text {
                "true" | "false" => {
                    self.bump();
                    return Ok(Expr::new(ExprKind::Bool(&*text == "true"), span));
                }
                "measure" => {
                    self.bump();
                    let operand = self.operand()?;
                    let span = span.to(operand.span);
                    return Ok(Expr::new(ExprKind::Measure(Box::new(operand)), span));
                }
                "durationof" => {
                    self.bump();
                    let end = self.skip_parens()?;
                    return Ok(Expr::new(ExprKind::DurationOf, span.to(end)));
                }
                _ if base_type(&text).is_some() => {
                    let ty = self.type_spec()?;
                    let help = "a cast is written as int[8](value)";
                    self.expect(Tok::LParen, "`(` of a cast", help)?;
                    let value = self.expr()?;
                    let end = self.expect(Tok::RParen, "`)`", "close the parenthesis")?;
                    let kind = ExprKind::Cast(Box::new(ty), Box::new(value));
                    return Ok(Expr::new(kind, span.to(end.span)));
                }
                _ => {}
            }
        }
        // `pow(a, b)` is a function here, although `pow` is a modifier's word.
        if self.peek_at(1).kind == Tok::LParen && !words::is_reserved_but_pow(self.language, &text)
        {
            self.bump();
            let (args, end) = self.arguments()?;
            let name = Name { text, span };
            return Ok(Expr::new(ExprKind::Call(name, args), span.to(end)));
        }
        let name = self.name("an expression")?;
        Ok(Expr::new(ExprKind::Name(name.text), span))
    }

    /// `( expr, … )` with its end.
    pub(super) fn arguments(&mut self) -> Parse<(Vec<Expr>, Span)> {
        self.expect(Tok::LParen, "`(`", "write the arguments in parentheses")?;
        let mut args = Vec::new();
        while !self.at(Tok::RParen) {
            args.push(self.expr()?);
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        let end = self.expect(Tok::RParen, "`)`", "close the parenthesis")?;
        Ok((args, end.span))
    }

    /// Skips a balanced parenthesis.
    pub(super) fn skip_parens(&mut self) -> Parse<Span> {
        self.expect(Tok::LParen, "`(`", "")?;
        let mut depth = 1_usize;
        while depth > 0 {
            match self.bump().kind {
                Tok::LParen => depth += 1,
                Tok::RParen => depth -= 1,
                Tok::Eof => return self.unexpected("`)`", "close the parenthesis"),
                _ => {}
            }
        }
        Ok(self.previous().span)
    }

    /// A number, or a number with a unit of time.
    fn number(&mut self) -> Parse<Expr> {
        let token = self.bump();
        let text = self.text_of(token).replace('_', "");
        let value = if token.kind == Tok::Int { integer(&text) } else { Ok(None) };
        let next = self.peek();
        let unit =
            if next.kind == Tok::Ident { self.text_of(next).to_owned() } else { String::new() };
        let scale_ns = match unit.as_str() {
            "ns" => Some(1.0),
            "us" | "µs" | "μs" => Some(1e3),
            "ms" => Some(1e6),
            "s" => Some(1e9),
            _ => None,
        };
        let float = || match &value {
            Ok(Some(int)) => {
                #[expect(clippy::cast_precision_loss, reason = "a duration, not a count")]
                let float = *int as f64;
                Some(float)
            }
            _ => text.parse::<f64>().ok(),
        };
        let timed = self.language == Language::Qasm3
            && (scale_ns.is_some() || matches!(unit.as_str(), "dt" | "im"));
        if timed {
            let span = token.span.to(self.bump().span);
            let kind = match (scale_ns, float()) {
                (Some(scale), Some(number)) => ExprKind::DurationNs(number * scale),
                _ if unit == "im" => ExprKind::Imaginary,
                _ => ExprKind::DurationDt,
            };
            return Ok(Expr::new(kind, span));
        }
        let kind = match value {
            Ok(Some(value)) => ExprKind::Int(value),
            Ok(None) => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => ExprKind::Float(number),
                Ok(_) => {
                    let help = "the largest is about 1.8e308";
                    return Err(self.error_at(token.span, "this number is too large", help));
                }
                Err(_) => {
                    let message = format!("`{}` is not a number", self.text_of(token));
                    return Err(self.error_at(
                        token.span,
                        message,
                        "write it as 12, 0x1f, 0.5 or 1e-3",
                    ));
                }
            },
            Err(message) => {
                let help = "integers have at most 64 bits; write a larger number as 1e20";
                return Err(self.error_at(token.span, message, help));
            }
        };
        Ok(Expr::new(kind, token.span))
    }
}

fn bit_of(byte: u8) -> Option<bool> {
    match byte {
        b'0' => Some(false),
        b'1' => Some(true),
        _ => None,
    }
}

/// The value of an integer literal, or what is wrong with it; `None` if it is no integer at all.
fn integer(text: &str) -> Result<Option<u64>, String> {
    let (digits, radix) = match text.get(..2) {
        Some("0x" | "0X") => (&text[2..], 16),
        Some("0o" | "0O") => (&text[2..], 8),
        Some("0b" | "0B") => (&text[2..], 2),
        _ => (text, 10),
    };
    match u64::from_str_radix(digits, radix) {
        Ok(value) => Ok(Some(value)),
        Err(error) if *error.kind() == std::num::IntErrorKind::PosOverflow => {
            Err(format!("the integer {text} does not fit into 64 bits"))
        }
        Err(_) if radix != 10 => Err(format!("`{text}` has a digit that its base does not have")),
        Err(_) => Ok(None),
    }
}
