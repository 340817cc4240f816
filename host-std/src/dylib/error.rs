//! Why a library gives no parts.

use core::fmt;
use std::path::{Path, PathBuf};

/// Why a library gives no parts: what is wrong with which file, and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DylibError {
    path: PathBuf,
    problem: String,
    help: Option<String>,
    is_ambiguous: bool,
}

impl DylibError {
    pub(super) fn new(path: &Path, problem: impl Into<String>) -> Self {
        Self { path: path.to_owned(), problem: problem.into(), help: None, is_ambiguous: false }
    }

    /// The same as the refusal of a name that stands for several files.
    pub(super) const fn ambiguous(mut self) -> Self {
        self.is_ambiguous = true;
        self
    }

    /// Whether there are several libraries of the name that was looked for.
    #[must_use]
    pub const fn is_ambiguous(&self) -> bool {
        self.is_ambiguous
    }

    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The file, or the name that was looked for.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// The way out, where the problem does not say it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

impl fmt::Display for DylibError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.problem)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "; {help}"))
    }
}

impl core::error::Error for DylibError {}
