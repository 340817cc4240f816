//! The shot life cycle that every simulator keeps to.

use crate::error::{Class, Error, ErrorKind, Result};

/// Where a simulator stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Life {
    /// Between shots.
    #[default]
    Idle,
    /// In a shot.
    Running,
    /// In a shot that is lost: only its end may follow.
    Lost,
}

impl Life {
    /// A shot begins.
    pub(crate) fn begin(&mut self) -> Result<()> {
        if *self != Self::Idle {
            return Err(ErrorKind::State("a shot is running already; end it first").into());
        }
        *self = Self::Running;
        Ok(())
    }

    /// Whether operations may come.
    #[inline]
    pub(crate) fn check_running(self) -> Result<()> {
        if self == Self::Running { Ok(()) } else { Err(self.not_running()) }
    }

    #[cold]
    fn not_running(self) -> Error {
        ErrorKind::State(match self {
            Self::Lost => "the shot is lost; end it, the next one is good",
            Self::Idle | Self::Running => "no shot is running; begin one first",
        })
        .into()
    }

    /// Whether gates may be announced.
    pub(crate) fn check_between_shots(self) -> Result<()> {
        if self == Self::Idle {
            return Ok(());
        }
        Err(ErrorKind::State("gates are announced between shots; end the shot first").into())
    }

    /// Notes what `error` costs.
    #[cold]
    pub(crate) fn note(&mut self, error: &Error) {
        if error.class() != Class::Refused {
            *self = Self::Lost;
        }
    }

    /// As [`Self::note`], and passes it on.
    #[cold]
    pub(crate) fn failed(&mut self, error: Error) -> Error {
        self.note(&error);
        error
    }

    /// The shot ends.
    pub(crate) fn end(&mut self) -> Result<()> {
        if *self == Self::Idle {
            return Err(ErrorKind::State("no shot is running; begin one first").into());
        }
        *self = Self::Idle;
        Ok(())
    }
}
