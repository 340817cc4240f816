//! Why a run could not be done at all. A shot that fails is no such error.

use core::fmt::{self, Display};
use std::io;

use pandia_core::Error;

use crate::stack::StackError;

/// Why a run could not be done.
#[derive(Debug)]
#[non_exhaustive]
pub enum RunError {
    /// The stack cannot be had in this size.
    Stack(StackError),
    /// The stack cannot run this program.
    Program(Box<Error>),
    /// The results could not be passed on.
    Sink(io::Error),
    /// The trace could not be kept or written.
    Trace(io::Error),
    /// A thread could not be started.
    Thread(io::Error),
    /// A part panicked while it was built or asked for its size.
    Panicked(String),
    /// A worker process could not be started.
    Spawn(io::Error),
    /// What a worker process says that it cannot do.
    Refused {
        /// What it is, in its words.
        message: String,
        /// The way out, if the message does not say it.
        help: Option<String>,
    },
    /// Worker processes end before they have run a shot.
    Worker {
        /// What became of the last one: "was ended by SIGSEGV …".
        problem: String,
        /// How many in a row.
        attempts: u32,
    },
    /// There are no worker processes on this system.
    NoIsolation,
}

impl RunError {
    /// The way out, if the message does not say it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Stack(error) => error.help(),
            Self::Thread(_) => Some("use fewer with --threads N".to_owned()),
            Self::Panicked(_) => {
                Some("this is a mistake in the part; please report it with the command".to_owned())
            }
            Self::Refused { help, .. } => help.clone(),
            Self::Worker { .. } => Some(
                "this is a mistake in a part of the stack; choose another, or report it with the \
                 command"
                    .to_owned(),
            ),
            Self::NoIsolation => Some("run it without isolation".to_owned()),
            Self::Trace(_) => {
                Some("make room on the disk, or trace fewer shots with --shot K".to_owned())
            }
            Self::Program(_) | Self::Sink(_) | Self::Spawn(_) => None,
        }
    }
}

impl Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stack(error) => error.fmt(f),
            Self::Program(error) => write!(f, "this stack cannot run the program: {error}"),
            Self::Sink(error) => write!(f, "the results cannot be written: {error}"),
            Self::Trace(error) => write!(f, "the trace cannot be written: {error}"),
            Self::Thread(error) => write!(f, "a thread cannot be started: {error}"),
            Self::Panicked(text) => write!(f, "a part broke down: {text}"),
            Self::Spawn(error) => write!(f, "a worker process cannot be started: {error}"),
            Self::Refused { message, .. } => f.write_str(message),
            Self::Worker { problem, attempts: 1 } => write!(f, "a worker process {problem}"),
            Self::Worker { problem, attempts } => {
                write!(f, "no worker process lives until a shot; the last of {attempts} {problem}")
            }
            Self::NoIsolation => {
                f.write_str("shots in processes of their own are for Unix systems only")
            }
        }
    }
}

impl core::error::Error for RunError {}

impl From<StackError> for RunError {
    fn from(error: StackError) -> Self {
        Self::Stack(error)
    }
}
