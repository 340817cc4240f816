//! Why a board cannot be had: what is wrong, where, and the way out.

use core::fmt::{self, Display};

use pandia_core::link::LinkError;
use pandia_core::{Error, ErrorKind};

use super::address::Address;

/// Why a board cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardError {
    message: String,
    help: Option<String>,
}

impl BoardError {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: Some(help.into()) }
    }

    /// The way out, if the message does not say it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    pub(super) fn of_link(address: &Address, error: LinkError, seconds: f64) -> Self {
        let help = match error {
            LinkError::Silent => {
                let message = format!("{address}: nobody answered for {seconds} s");
                let help = "is the board on, does it run the resident firmware, and is the rate of \
                            the line right? --timeout gives it more time";
                return Self::new(message, help);
            }
            LinkError::Version { .. } => "use firmware and command of one release",
            LinkError::Line(_) => "look at the cable, the port and the other end, and try again",
            LinkError::SessionLost | LinkError::Nonsense => {
                "the firmware is another one, or somebody else talks to the board"
            }
            LinkError::TooLong { .. } => "ask for less at a time",
            LinkError::Cancelled => "somebody asked that it stops",
        };
        Self::new(format!("{address}: {error}"), help)
    }

    /// The same as an error of core's, for who builds stacks: its text is short there.
    pub(super) fn to_core(&self) -> Error {
        Error::from(ErrorKind::LinkDown("the board cannot be had"))
            .in_layer(pandia_core::link::LINK_ID)
            .with_text(format_args!("{}", self.message))
    }
}

impl Display for BoardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for BoardError {}
