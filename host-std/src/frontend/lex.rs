//! Source text to tokens: Qiskit's lexer, plus what it leaves to its parser (operators of several
//! characters, checks of literals) and the repairs that `docs/adr/0004-openqasm-front-end.md` names.
//! Not here: keywords; which words are reserved depends on the language version.

use oq3_lexer::{Cursor, LiteralKind, TokenKind};

use super::source::{FileId, Span};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tok {
    Ident,
    Hardware,
    Int,
    Float,
    Str,
    BitStr,
    Pragma,
    Annotation,
    Semi,
    Comma,
    Colon,
    Dot,
    At,
    LParen,
    RParen,
    LBrace,
    RBrace,
    LBracket,
    RBracket,
    Tilde,
    Bang,
    Eq,
    EqEq,
    NotEq,
    Lt,
    Le,
    Gt,
    Ge,
    Shl,
    Shr,
    Plus,
    PlusPlus,
    Minus,
    Star,
    StarStar,
    Slash,
    Percent,
    Caret,
    And,
    AndAnd,
    Or,
    OrOr,
    Arrow,
    PlusEq,
    MinusEq,
    StarEq,
    StarStarEq,
    SlashEq,
    PercentEq,
    CaretEq,
    AndEq,
    OrEq,
    TildeEq,
    ShlEq,
    ShrEq,
    Eof,
}

/// A token with its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Tok,
    pub(crate) span: Span,
    /// Nothing, not even a blank, lies between it and the token before.
    pub(crate) joint: bool,
}

/// A place that is no token, with what to say.
#[derive(Debug)]
pub(crate) struct LexError {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) help: &'static str,
}

/// Operators of several characters, longest first.
const OPERATORS: [(&str, Tok); 25] = [
    ("**=", Tok::StarStarEq),
    ("<<=", Tok::ShlEq),
    (">>=", Tok::ShrEq),
    ("==", Tok::EqEq),
    ("!=", Tok::NotEq),
    ("<=", Tok::Le),
    (">=", Tok::Ge),
    ("<<", Tok::Shl),
    (">>", Tok::Shr),
    ("++", Tok::PlusPlus),
    ("**", Tok::StarStar),
    ("&&", Tok::AndAnd),
    ("||", Tok::OrOr),
    ("->", Tok::Arrow),
    ("+=", Tok::PlusEq),
    ("-=", Tok::MinusEq),
    ("*=", Tok::StarEq),
    ("/=", Tok::SlashEq),
    ("%=", Tok::PercentEq),
    ("^=", Tok::CaretEq),
    ("&=", Tok::AndEq),
    ("|=", Tok::OrEq),
    ("~=", Tok::TildeEq),
    ("=", Tok::Eq),
    ("~", Tok::Tilde),
];

struct Lexer<'a> {
    file: FileId,
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
    errors: Vec<LexError>,
    joint: bool,
}

/// All tokens of `text`, ending with [`Tok::Eof`], and what is no token.
pub(crate) fn tokens(file: FileId, text: &str) -> (Vec<Token>, Vec<LexError>) {
    let mut lexer =
        Lexer { file, text, at: 0, tokens: Vec::new(), errors: Vec::new(), joint: false };
    if text.starts_with('\u{feff}') {
        lexer.at = '\u{feff}'.len_utf8();
    }
    while lexer.at < text.len() {
        lexer.next();
    }
    lexer.push(Tok::Eof, 0);
    (lexer.tokens, lexer.errors)
}

impl Lexer<'_> {
    fn span(&self, bytes: usize) -> Span {
        let start = u32::try_from(self.at).unwrap_or(u32::MAX);
        let end = u32::try_from(self.at + bytes).unwrap_or(u32::MAX);
        Span { file: self.file, start, end }
    }

    fn push(&mut self, kind: Tok, bytes: usize) {
        let span = self.span(bytes);
        self.tokens.push(Token { kind, span, joint: self.joint });
        self.at += bytes;
        self.joint = true;
    }

    fn skip(&mut self, bytes: usize) {
        self.at += bytes;
        self.joint = false;
    }

    fn error(&mut self, bytes: usize, message: String, help: &'static str) {
        let span = self.span(bytes);
        self.errors.push(LexError { span, message, help });
        self.skip(bytes);
    }

    fn next(&mut self) {
        let rest = &self.text[self.at..];
        if let Some(comment) = rest.strip_prefix("/*") {
            // Qiskit's lexer nests block comments; OpenQASM does not.
            return match comment.find("*/") {
                Some(end) => self.skip(end + 4),
                None => self.error(
                    rest.len(),
                    "this block comment is never closed".to_owned(),
                    "close it with `*/`",
                ),
            };
        }
        let token = Cursor::new(rest).advance_token();
        let bytes = (token.len as usize).clamp(1, rest.len());
        let text = rest.get(..bytes).unwrap_or(rest);
        let bytes = text.len();
        match token.kind {
            TokenKind::Whitespace | TokenKind::LineComment => self.skip(bytes),
            // In release builds Qiskit's lexer takes this word for a name.
            TokenKind::Ident if text == "pragma" => {
                let line = rest.find('\n').unwrap_or(rest.len());
                self.pragma(rest.get(..line).unwrap_or(text));
            }
            TokenKind::Ident => self.push(Tok::Ident, bytes),
            TokenKind::HardwareIdent => self.push(Tok::Hardware, bytes),
            TokenKind::Pragma => self.pragma(text),
            TokenKind::Annotation => self.annotation(text),
            TokenKind::Literal { kind, .. } => match split_exponent(text, rest) {
                Some(bytes) => self.push(Tok::Float, bytes),
                None => self.literal(kind, text),
            },
            _ => self.symbol(rest, text),
        }
    }

    fn pragma(&mut self, text: &str) {
        let word = text.trim_start_matches('#');
        let after = word.get("pragma".len()..).and_then(|t| t.chars().next());
        if after.is_some_and(oq3_lexer::is_id_continue) && word.len() == text.len() {
            // `pragmatic` is a name.
            let bytes = word.find(|c| !oq3_lexer::is_id_continue(c)).unwrap_or(word.len());
            self.push(Tok::Ident, bytes);
        } else {
            self.push(Tok::Pragma, text.trim_end().len());
        }
    }

    fn annotation(&mut self, text: &str) {
        let modifier = self.tokens.last().is_some_and(|last| {
            last.kind == Tok::RParen
                || matches!(
                    self.text.get(last.span.start as usize..last.span.end as usize),
                    Some("inv" | "ctrl" | "negctrl" | "pow")
                )
        });
        // `ctrl @x a, b;`: a modifier's `@`, not an annotation's.
        if modifier {
            self.push(Tok::At, 1);
        } else {
            self.push(Tok::Annotation, text.trim_end().len());
        }
    }

    fn literal(&mut self, kind: LiteralKind, text: &str) {
        let bytes = text.len();
        match kind {
            LiteralKind::Int { empty_int: false, .. } => self.push(Tok::Int, bytes),
            LiteralKind::Int { empty_int: true, .. } => self.error(
                bytes,
                format!("the number `{text}` has no digits after its prefix"),
                "write digits after 0x, 0o or 0b",
            ),
            LiteralKind::Float { empty_exponent: false, .. } => self.push(Tok::Float, bytes),
            LiteralKind::Float { empty_exponent: true, .. } => self.error(
                bytes,
                format!("the number `{text}` has no digits in its exponent"),
                "write the exponent, as in 1e-3",
            ),
            LiteralKind::BitStr { terminated: true, consecutive_underscores: false } => {
                self.push(Tok::BitStr, bytes);
            }
            LiteralKind::BitStr { terminated: true, .. } => self.error(
                bytes,
                "two underscores follow each other in this bit string".to_owned(),
                "put at most one `_` between bits",
            ),
            LiteralKind::Str { terminated: true } => self.push(Tok::Str, bytes),
            LiteralKind::Byte { .. } | LiteralKind::Str { .. } | LiteralKind::BitStr { .. } => {
                let line = text.find('\n').unwrap_or(bytes).max(1);
                self.error(line, "this string is never closed".to_owned(), "close it with `\"`");
            }
        }
    }

    fn symbol(&mut self, rest: &str, text: &str) {
        for (operator, kind) in OPERATORS {
            if rest.starts_with(operator) {
                return self.push(kind, operator.len());
            }
        }
        let kind = match text {
            ";" => Tok::Semi,
            "," => Tok::Comma,
            ":" => Tok::Colon,
            "." => return self.leading_dot(rest),
            "@" => Tok::At,
            "(" => Tok::LParen,
            ")" => Tok::RParen,
            "{" => Tok::LBrace,
            "}" => Tok::RBrace,
            "[" => Tok::LBracket,
            "]" => Tok::RBracket,
            "!" => Tok::Bang,
            "<" => Tok::Lt,
            ">" => Tok::Gt,
            "+" => Tok::Plus,
            "-" => Tok::Minus,
            "*" => Tok::Star,
            "/" => Tok::Slash,
            "%" => Tok::Percent,
            "^" => Tok::Caret,
            "&" => Tok::And,
            "|" => Tok::Or,
            "'" => return self.single_quoted(rest),
            _ => {
                let shown: String = text.chars().take(20).collect();
                return self.error(
                    text.len(),
                    format!("`{}` is no part of the language", shown.escape_debug()),
                    "remove it",
                );
            }
        };
        self.push(kind, text.len());
    }

    /// `.5`, which Qiskit's lexer sees as a dot and a five.
    fn leading_dot(&mut self, rest: &str) {
        let digits = rest[1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - 1);
        if digits == 0 {
            return self.push(Tok::Dot, 1);
        }
        let mut bytes = 1 + digits;
        let exponent = rest[bytes..].strip_prefix(['e', 'E']);
        if let Some(exponent) = exponent {
            let sign = usize::from(exponent.starts_with(['+', '-']));
            let tail = &exponent[sign..];
            let digits = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
            if digits > 0 {
                bytes += 1 + sign + digits;
            }
        }
        self.push(Tok::Float, bytes);
    }

    /// `include 'file';`
    fn single_quoted(&mut self, rest: &str) {
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        match line[1..].find('\'') {
            Some(end) => self.push(Tok::Str, end + 2),
            None => self.error(
                line.trim_end().len().max(1),
                "this string is never closed".to_owned(),
                "close it with `'`",
            ),
        }
    }
}

/// `1.e-3`, which Qiskit's lexer ends behind the `e`: its length.
fn split_exponent(text: &str, rest: &str) -> Option<usize> {
    text.strip_suffix(['e', 'E'])?.strip_suffix('.')?;
    let tail = &rest[text.len()..];
    let digits = tail.strip_prefix(['+', '-'])?;
    let count = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    (count > 0).then_some(text.len() + 1 + count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Tok> {
        let (tokens, errors) = tokens(FileId(0), text);
        assert!(errors.is_empty(), "{errors:?}");
        tokens.into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn operators_of_several_characters_are_one_token() {
        use Tok::{Arrow, Eof, Eq, Ident, Int, Minus, Shl, ShrEq, StarStar};
        assert_eq!(kinds("a ** 2 -> b"), [Ident, StarStar, Int, Arrow, Ident, Eof]);
        assert_eq!(kinds("a>>=1<<2"), [Ident, ShrEq, Int, Shl, Int, Eof]);
        assert_eq!(kinds("a=-1"), [Ident, Eq, Minus, Int, Eof]);
    }

    #[test]
    fn what_the_lexer_library_gets_wrong_is_repaired() {
        use Tok::{Annotation, At, Comma, Eof, Float, Ident, Semi, Str};
        assert_eq!(kinds("/* /* */ x"), [Ident, Eof], "block comments do not nest");
        assert_eq!(kinds(".5 .25e-3"), [Float, Float, Eof]);
        assert_eq!(kinds("1.e-3 2.E+4 3.e5"), [Float, Float, Float, Eof]);
        assert_eq!(kinds("ctrl @x a, b;"), [Ident, At, Ident, Ident, Comma, Ident, Semi, Eof]);
        assert_eq!(kinds("@note x\ny"), [Annotation, Ident, Eof]);
        assert_eq!(kinds("pragmatic q;"), [Ident, Ident, Semi, Eof]);
        assert_eq!(kinds("pragma any text\nx"), [Tok::Pragma, Ident, Eof]);
        assert_eq!(kinds("#pragma any text"), [Tok::Pragma, Eof]);
        assert_eq!(kinds("'a.inc'"), [Str, Eof]);
    }

    #[test]
    fn what_is_no_token_is_an_error_with_its_place() {
        for text in ["/* never", "\"never", "0x", "1e", "'never", "a ? b", "`", "\u{1F600}"] {
            let (_, errors) = tokens(FileId(0), text);
            assert_eq!(errors.len(), 1, "{text}");
        }
    }

    #[test]
    fn every_byte_of_any_text_is_passed_once() {
        let text = "\u{feff}qubit q; ½ €\u{0} $ $1 #pragma x\n# \"01\n";
        let (tokens, _) = tokens(FileId(0), text);
        assert_eq!(tokens.last().map(|token| token.kind), Some(Tok::Eof));
        for pair in tokens.windows(2) {
            assert!(pair[0].span.end <= pair[1].span.start);
        }
    }
}
