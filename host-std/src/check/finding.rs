//! What became of a check: the words between the process that makes it and the one that reports.

use serde::{Deserialize, Serialize};

/// What became of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All is well.
    Passed,
    /// Something is wrong: there is at least one finding.
    Failed,
    /// It does not apply; the reason says why.
    Skipped,
    /// It applies but could not be made here; the reason says what is missing.
    NotRun,
}

impl Verdict {
    /// The verdict in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::NotRun => "not run",
        }
    }
}

/// Something that is wrong, and the command that shows it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What is wrong.
    pub text: String,
    /// The command that repeats it.
    #[serde(default)]
    pub repeat: String,
    /// The number of the random stream of operations in which it showed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<u64>,
}

/// One check and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The check's name.
    pub name: String,
    /// What became of it.
    pub verdict: Verdict,
    /// Why it was skipped or not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What is wrong.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// Good to know, and no fault.
    #[serde(default)]
    pub notes: Vec<String>,
}

impl CheckResult {
    pub(super) fn new(name: &str, verdict: Verdict) -> Self {
        Self { name: name.to_owned(), verdict, reason: None, findings: vec![], notes: vec![] }
    }

    pub(super) fn failed(name: &str, text: String) -> Self {
        let mut result = Self::new(name, Verdict::Failed);
        result.findings.push(Finding { text, repeat: String::new(), stream: None });
        result
    }

    pub(super) fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// Why a check stopped early.
#[derive(Debug)]
pub(super) enum Stop {
    /// Something is wrong.
    Failed(String),
    /// It does not apply.
    Skipped(String),
}

/// What a check gives: nothing, if it went through.
pub(super) type Checked<T = ()> = Result<T, Stop>;

/// A failure in words.
pub(super) fn failed<T>(text: impl Into<String>) -> Checked<T> {
    Err(Stop::Failed(text.into()))
}

/// Skips the check.
pub(super) fn skipped<T>(why: impl Into<String>) -> Checked<T> {
    Err(Stop::Skipped(why.into()))
}

/// Fails with the words unless `right`.
pub(super) fn ensure(right: bool, text: impl FnOnce() -> String) -> Checked {
    if right { Ok(()) } else { failed(text()) }
}

/// Turns an error of a call that should have gone well into a failure.
pub(super) fn went_well<T>(what: &str, done: pandia_core::Result<T>) -> Checked<T> {
    done.or_else(|e| failed(format!("{what} failed: {e} (status {})", e.code())))
}
