//! Why a command ended without success.

use core::fmt::{self, Display};
use std::io;

use crate::check::CheckError;
use crate::link::BoardError;
use crate::runner::{ProgramError, RunError};
use crate::scaffold::ScaffoldError;
use crate::stack::StackError;

/// Why a command ended without success.
#[derive(Debug)]
pub(super) enum Failure {
    /// The emulated program failed; what is to be said has been said by then.
    Program {
        /// What failed.
        message: String,
        /// The way out.
        help: Option<String>,
    },
    /// Wrong arguments, or the machine does not give what is needed.
    Host {
        /// What happened.
        message: String,
        /// The way out.
        help: Option<String>,
    },
    /// Source text that does not compile: messages that need no heading.
    Source(String),
    /// Standard output cannot be written.
    Output(io::Error),
    /// The user stopped the run.
    Interrupted {
        /// How many shots were done by then.
        done: u64,
        /// How many were asked for.
        asked: u64,
    },
}

impl Failure {
    pub(super) fn host(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Host { message: message.into(), help: Some(help.into()) }
    }

    pub(super) const fn exit_code(&self) -> u8 {
        match self {
            Self::Program { .. } => 1,
            Self::Host { .. } | Self::Source(_) | Self::Output(_) => 2,
            Self::Interrupted { .. } => 130,
        }
    }

    pub(super) fn help(&self) -> Option<&str> {
        match self {
            Self::Program { help, .. } | Self::Host { help, .. } => help.as_deref(),
            Self::Source(_) | Self::Output(_) | Self::Interrupted { .. } => None,
        }
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program { message, .. } | Self::Host { message, .. } | Self::Source(message) => {
                f.write_str(message)
            }
            Self::Output(error) => write!(f, "standard output cannot be written: {error}"),
            Self::Interrupted { done, asked } => {
                write!(f, "interrupted after {done} of {asked} shots")
            }
        }
    }
}

impl From<StackError> for Failure {
    fn from(error: StackError) -> Self {
        Self::Host { message: error.to_string(), help: error.help() }
    }
}

impl From<ProgramError> for Failure {
    fn from(error: ProgramError) -> Self {
        match error {
            ProgramError::Source(diagnostics) => Self::Source(diagnostics.to_string()),
            other => Self::Host { message: other.to_string(), help: other.help() },
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Sink(error) => Self::Output(error),
            other => Self::Host { message: other.to_string(), help: other.help() },
        }
    }
}

impl From<CheckError> for Failure {
    fn from(error: CheckError) -> Self {
        Self::Host { message: error.to_string(), help: error.help() }
    }
}

impl From<BoardError> for Failure {
    fn from(error: BoardError) -> Self {
        Self::Host { message: error.to_string(), help: error.help().map(str::to_owned) }
    }
}

impl From<ScaffoldError> for Failure {
    fn from(error: ScaffoldError) -> Self {
        Self::host(error.to_string(), error.help())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
