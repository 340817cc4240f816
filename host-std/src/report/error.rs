//! Why there is no report.

use core::fmt::{self, Display};

use crate::trace::TraceError;

/// Why there is no report.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReportError {
    /// The trace cannot be read.
    Trace(TraceError),
    /// The trace does not say of which run it is: it comes from a board.
    NoRun,
    /// Nothing in the trace was measured.
    NotTimed,
    /// There is no operation in the trace.
    Empty,
    /// The trace names a part with settings that this command's part of that name refuses.
    Part {
        /// Its id.
        part: String,
        /// What is wrong.
        problem: String,
    },
}

impl ReportError {
    /// The way out, if there is one.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Trace(error) => error.help(),
            Self::NoRun => Some(
                "a report needs to know the stack: trace the run on the desktop, with pandia run \
                 --trace FILE.ptrace",
            ),
            Self::NotTimed => Some(
                "run it again with --trace-time: pandia run PROGRAM --trace FILE.ptrace --trace-time",
            ),
            Self::Empty => Some("trace a run whose program does something"),
            Self::Part { .. } => {
                Some("read the trace with the version of pandia that wrote it, or write it again")
            }
        }
    }
}

impl Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trace(error) => error.fmt(f),
            Self::NoRun => f.write_str("the trace does not say of which run it is"),
            Self::NotTimed => f.write_str("the trace has no measured times"),
            Self::Empty => f.write_str("the trace has no operations"),
            Self::Part { part, problem } => {
                write!(f, "the trace names {part} with settings that it does not take: {problem}")
            }
        }
    }
}

impl core::error::Error for ReportError {}

impl From<TraceError> for ReportError {
    fn from(error: TraceError) -> Self {
        Self::Trace(error)
    }
}
