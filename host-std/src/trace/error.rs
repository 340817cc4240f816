//! Why a trace cannot be read.

use core::fmt::{self, Display};
use std::io;

/// Why a trace cannot be read, and where that showed.
#[derive(Debug)]
pub struct TraceError {
    /// Bytes from the start of the trace.
    pub offset: u64,
    /// What is wrong there.
    pub problem: TraceProblem,
}

/// What is wrong with a trace.
#[derive(Debug)]
#[non_exhaustive]
pub enum TraceProblem {
    /// It cannot be read from.
    Read(io::Error),
    /// It does not begin as a trace, or is of another version.
    Header(String),
    /// It ends before its end.
    Cut,
    /// A record is not well formed.
    Record(String),
    /// The text about the run is not what it should be.
    About(String),
    /// It ends, and something follows.
    Trailing,
    /// Its end says another number of records than there are.
    Count {
        /// How many its end says.
        said: u64,
        /// How many there are.
        found: u64,
    },
}

impl TraceError {
    pub(super) const fn new(offset: u64, problem: TraceProblem) -> Self {
        Self { offset, problem }
    }

    /// The way out, if the message does not say it.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self.problem {
            TraceProblem::Read(_) => None,
            TraceProblem::Header(_) => {
                Some("name a trace in the native format, as pandia run --trace FILE.ptrace writes")
            }
            TraceProblem::Cut => {
                Some("the run that wrote it did not end well, or the copy is incomplete")
            }
            TraceProblem::Record(_)
            | TraceProblem::About(_)
            | TraceProblem::Trailing
            | TraceProblem::Count { .. } => Some("the file is damaged; write the trace again"),
        }
    }
}

impl Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            TraceProblem::Read(error) => write!(f, "the trace cannot be read: {error}")?,
            TraceProblem::Header(words) => f.write_str(words)?,
            TraceProblem::Cut => f.write_str("the trace is cut off")?,
            TraceProblem::Record(words) => write!(f, "a record is malformed: {words}")?,
            TraceProblem::About(words) => write!(f, "the text about the run is wrong: {words}")?,
            TraceProblem::Trailing => f.write_str("something follows the trace's end")?,
            TraceProblem::Count { said, found } => {
                write!(f, "the trace says that it has {said} records and has {found}")?;
            }
        }
        write!(f, " (at byte {})", self.offset)
    }
}

impl core::error::Error for TraceError {}
