//! What the front ends say about a program: message, place, excerpt, way out.
//! Not here: deciding that something is wrong.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::source::{Sources, Span, line_column};

/// At most so many messages of a compilation are shown.
const SHOWN_MAX: usize = 20;
/// Lines longer than this are not shown as an excerpt.
const EXCERPT_LINE_BYTES_MAX: usize = 400;

/// Whether compilation can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The program is refused.
    Error,
    /// The program is accepted; something in it deserves a look.
    Warning,
}

/// One message about a program.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// The file's name, as given.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// The place in bytes of the file.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: Option<String>,
    text: Arc<str>,
}

impl Diagnostic {
    pub(crate) fn new(
        severity: Severity,
        sources: &Sources,
        span: Span,
        message: String,
        help: Option<String>,
    ) -> Self {
        let source = sources.get(span.file);
        let (line, column) = line_column(&source.text, span.start as usize);
        Self {
            severity,
            file: source.name.to_string(),
            line,
            column,
            span: span.start as usize..span.end as usize,
            message,
            help,
            text: Arc::clone(&source.text),
        }
    }

    /// A message about a file that has no text to point at.
    pub(crate) fn about_file(file: &str, message: String, help: Option<String>) -> Self {
        Self {
            severity: Severity::Error,
            file: file.to_owned(),
            line: 1,
            column: 1,
            span: 0..0,
            message,
            help,
            text: Arc::from(""),
        }
    }

    /// The line of the place, and the place within it.
    fn excerpt(&self) -> Option<(&str, Range<usize>)> {
        let text: &str = &self.text;
        let start = self.span.start.min(text.len());
        if text.is_empty() || !text.is_char_boundary(start) {
            return None;
        }
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line = &text[line_start..line_end];
        if line.len() > EXCERPT_LINE_BYTES_MAX {
            return None;
        }
        let from = start - line_start;
        let mut to = self.span.end.clamp(start, line_end) - line_start;
        while !line.is_char_boundary(to) {
            to -= 1;
        }
        Some((line, from..to))
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, level) = match self.severity {
            Severity::Error => ("error", Level::ERROR),
            Severity::Warning => ("warning", Level::WARNING),
        };
        write!(f, "{}:{}:{}: {word}: {}", self.file, self.line, self.column, self.message)?;
        if let Some((line, place)) = self.excerpt() {
            let snippet = Snippet::source(line)
                .line_start(self.line as usize)
                .annotation(AnnotationKind::Primary.span(place));
            let group = Group::with_level(level).element(snippet);
            write!(f, "\n{}", Renderer::plain().render(&[group]))?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

/// Everything that is wrong with a program, in the order of its text.
#[derive(Debug, Clone)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
}

impl Diagnostics {
    pub(crate) fn new(mut items: Vec<Diagnostic>) -> Self {
        items.dedup_by(|a, b| a.message == b.message && a.span == b.span && a.file == b.file);
        Self { items }
    }

    /// The messages.
    #[must_use]
    pub fn items(&self) -> &[Diagnostic] {
        &self.items
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.items.iter().take(SHOWN_MAX).enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{item}")?;
        }
        let hidden = self.items.len().saturating_sub(SHOWN_MAX);
        if hidden > 0 {
            write!(f, "\nand {hidden} more; fix the first ones and compile again")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}
