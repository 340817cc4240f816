//! Tokens to syntax tree: a recursive-descent parser for both languages, with bounded depth.
//! Every error is recorded with its place, and parsing goes on behind the next `;`.
//! Not here: types, names, gates: whatever needs to know a declaration.

mod expr;
mod gate;
mod items;
mod operand;
mod stmt;
mod words;

use std::rc::Rc;

use super::ast::{Name, Stmt, StmtKind};
use super::lex::{self, Tok, Token};
use super::source::{FileId, Span};

/// Blocks, parentheses and operators may nest so deep.
pub(crate) const DEPTH_MAX: u32 = 200;
/// After so many errors parsing stops.
const ERRORS_MAX: usize = 100;

/// The version of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Qasm2,
    Qasm3,
}

/// A message with its place, not yet bound to the texts.
#[derive(Debug)]
pub(crate) struct Complaint {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// A parsed file.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) language: Language,
    /// The language was guessed: there is no `OPENQASM` line.
    pub(crate) guessed: bool,
    pub(crate) stmts: Vec<Stmt>,
    pub(crate) errors: Vec<Complaint>,
}

/// An error was recorded; the caller recovers.
#[derive(Debug)]
pub(crate) struct Failed;
pub(crate) type Parse<T> = Result<T, Failed>;

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    language: Language,
    depth: u32,
    errors: Vec<Complaint>,
}

/// Parses a file. `language` is what the including file speaks; a file that is not included says it
/// itself in its first line, or is recognised by what it uses.
pub(crate) fn parse(file: FileId, text: &str, language: Option<Language>) -> Parsed {
    let (tokens, lex_errors) = lex::tokens(file, text);
    let errors = lex_errors
        .into_iter()
        .map(|e| Complaint { span: e.span, message: e.message, help: Some(e.help.to_owned()) })
        .take(ERRORS_MAX)
        .collect();
    let guess = language.unwrap_or_else(|| guess_language(text, &tokens));
    let mut parser = Parser { text, tokens, at: 0, language: guess, depth: 0, errors };
    let declared = parser.version();
    if let Some(declared) = declared {
        parser.language = declared;
    }
    let stmts = parser.file();
    Parsed {
        language: parser.language,
        guessed: declared.is_none() && language.is_none(),
        stmts,
        errors: parser.errors,
    }
}

/// A file without version: OpenQASM 2 if it uses words that only 2 has and none that only 3 has.
fn guess_language(text: &str, tokens: &[Token]) -> Language {
    let mut old = false;
    for token in tokens {
        let word = text.get(token.span.start as usize..token.span.end as usize).unwrap_or("");
        match (token.kind, word) {
            (Tok::Ident, "qubit" | "bit" | "let" | "gphase" | "ctrl" | "inv" | "negctrl") => {
                return Language::Qasm3;
            }
            (Tok::Str, "\"stdgates.inc\"" | "'stdgates.inc'") => return Language::Qasm3,
            (Tok::Ident, "qreg" | "creg" | "opaque") | (Tok::Str, "\"qelib1.inc\"") => old = true,
            _ => {}
        }
    }
    if old { Language::Qasm2 } else { Language::Qasm3 }
}

/// What may follow in the text, as a person would call it.
fn describe(token: Token, text: &str) -> String {
    match token.kind {
        Tok::Eof => "the end of the file".to_owned(),
        _ => {
            let shown: String = text.chars().take(40).collect();
            format!("`{}`", shown.escape_debug())
        }
    }
}

impl Parser<'_> {
    fn peek(&self) -> Token {
        self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn peek_at(&self, ahead: usize) -> Token {
        self.tokens[(self.at + ahead).min(self.tokens.len() - 1)]
    }

    fn previous(&self) -> Token {
        self.tokens[self.at.saturating_sub(1).min(self.tokens.len() - 1)]
    }

    fn text_of(&self, token: Token) -> &str {
        self.text.get(token.span.start as usize..token.span.end as usize).unwrap_or("")
    }

    fn bump(&mut self) -> Token {
        let token = self.peek();
        if token.kind != Tok::Eof {
            self.at += 1;
        }
        token
    }

    fn at(&self, kind: Tok) -> bool {
        self.peek().kind == kind
    }

    fn eat(&mut self, kind: Tok) -> bool {
        let found = self.at(kind);
        if found {
            self.bump();
        }
        found
    }

    /// The current token is this word.
    fn at_word(&self, word: &str) -> bool {
        self.at(Tok::Ident) && self.text_of(self.peek()) == word
    }

    fn error_at(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Failed {
        if self.errors.len() < ERRORS_MAX {
            let help = Some(help.into()).filter(|help| !help.is_empty());
            self.errors.push(Complaint { span, message: message.into(), help });
        }
        Failed
    }

    /// `expected` as in "a gate name".
    fn unexpected<T>(&mut self, expected: &str, help: &str) -> Parse<T> {
        let token = self.peek();
        let found = describe(token, self.text_of(token));
        Err(self.error_at(token.span, format!("expected {expected}, found {found}"), help))
    }

    fn expect(&mut self, kind: Tok, what: &str, help: &str) -> Parse<Token> {
        if self.at(kind) { Ok(self.bump()) } else { self.unexpected(what, help) }
    }

    fn expect_word(&mut self, word: &str, help: &str) -> Parse<Token> {
        if self.at_word(word) {
            Ok(self.bump())
        } else {
            self.unexpected(&format!("`{word}`"), help)
        }
    }

    /// The `;` that ends a statement. Where it is missing, nothing is skipped: the next line is
    /// probably fine.
    fn semicolon(&mut self) -> Parse<()> {
        if self.eat(Tok::Semi) {
            return Ok(());
        }
        let last = self.previous().span;
        let next = self.peek();
        let between = self.text.get(last.end as usize..next.span.start as usize).unwrap_or("");
        if between.contains('\n') || matches!(next.kind, Tok::Eof | Tok::RBrace) {
            self.error_at(last.after(), "a `;` is missing here", "end the statement with `;`");
            return Ok(());
        }
        self.unexpected("`;`", "end the statement with `;`")
    }

    fn name(&mut self, what: &str) -> Parse<Name> {
        let token = self.peek();
        if token.kind != Tok::Ident {
            return self.unexpected(what, "a name starts with a letter or `_`");
        }
        let text: Rc<str> = Rc::from(self.text_of(token));
        if words::is_reserved(self.language, &text) {
            let message = format!("expected {what}, found the word `{text}`");
            return Err(self.error_at(
                token.span,
                message,
                "choose a name that the language does not use",
            ));
        }
        self.bump();
        Ok(Name { text, span: token.span })
    }

    /// One level deeper, within the bound.
    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.depth >= DEPTH_MAX {
            let span = self.peek().span;
            return Err(self.error_at(
                span,
                format!("this is nested more than {DEPTH_MAX} levels deep"),
                "split it: name parts of an expression, or use gates for parts of a block",
            ));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn file(&mut self) -> Vec<Stmt> {
        let mut stmts = Vec::new();
        while !self.at(Tok::Eof) && self.errors.len() < ERRORS_MAX {
            if self.at(Tok::RBrace) {
                let span = self.bump().span;
                self.error_at(span, "this `}` closes nothing", "remove it");
                continue;
            }
            stmts.push(self.stmt_or_recover());
        }
        stmts
    }

    /// A statement; where it is broken, the tokens up to its end are skipped.
    fn stmt_or_recover(&mut self) -> Stmt {
        let start = self.at;
        let depth = self.depth;
        match self.stmt() {
            Ok(stmt) => stmt,
            Err(Failed) => {
                self.depth = depth;
                let token = self.tokens[start];
                let span = token.span;
                self.hint_version(token);
                self.recover(start);
                Stmt { kind: StmtKind::Broken, span: span.to(self.previous().span) }
            }
        }
    }

    fn else_follows(&self) -> bool {
        let next = self.peek_at(1);
        next.kind == Tok::Ident && self.text_of(next) == "else"
    }

    /// A broken statement of OpenQASM 2 that begins with a word of OpenQASM 3.
    fn hint_version(&mut self, token: Token) {
        let word = self.text_of(token);
        if self.language == Language::Qasm2 && words::is_reserved(Language::Qasm3, word) {
            let help =
                format!("if `{word}` is meant as in OpenQASM 3, begin the file with OPENQASM 3.0;");
            let known = words::is_reserved(Language::Qasm2, word);
            if let Some(last) = self.errors.last_mut()
                && !known
            {
                last.help = Some(help);
            }
        }
    }

    /// Skips to behind the next `;` or block, but not out of the block we are in.
    fn recover(&mut self, start: usize) {
        let mut depth = 0_usize;
        // Braces that the broken statement had already opened.
        for token in &self.tokens[start..self.at] {
            match token.kind {
                Tok::LBrace => depth += 1,
                Tok::RBrace => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        let finished = self.at > start && depth == 0 && self.previous().kind == Tok::Semi;
        if finished {
            return;
        }
        loop {
            match self.peek().kind {
                Tok::Eof => break,
                Tok::Semi if depth == 0 => {
                    self.bump();
                    // What follows belongs to the broken statement still.
                    if !self.at_word("else") {
                        break;
                    }
                }
                Tok::LBrace => depth += 1,
                Tok::RBrace if depth == 0 => break,
                Tok::RBrace => {
                    depth -= 1;
                    if depth == 0 && !self.else_follows() {
                        self.bump();
                        break;
                    }
                }
                _ => {}
            }
            self.bump();
        }
        if self.at == start {
            self.bump();
        }
    }
}
