//! What can go wrong between two ends of a link, and what it costs.

use super::{LINK_ID, PROTOCOL};
use crate::error::{Error, ErrorKind};
use core::fmt::{self, Display};
use embedded_io::ErrorKind as IoKind;

/// Why a request has no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// The line itself is gone.
    Line(IoKind),
    /// Whoever waited was asked to stop.
    Cancelled,
    /// Nobody answered for as long as one is ready to wait.
    Silent,
    /// The other end has begun anew and knows nothing of this session.
    SessionLost,
    /// The other end speaks another version of the protocol.
    Version {
        /// Which one.
        theirs: u8,
    },
    /// The message does not fit a frame.
    TooLong {
        /// Its bytes.
        needed: u32,
        /// How many fit.
        available: u32,
    },
    /// The reply is not one to this request.
    Nonsense,
}

impl Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Line(kind) => write!(f, "the line to the board is gone ({kind:?})"),
            Self::Cancelled => f.write_str("the call was cancelled"),
            Self::Silent => f.write_str(
                "the board does not answer; is it on, does it run the resident firmware, or does \
                 it need more time?",
            ),
            Self::SessionLost => f.write_str("the board has begun anew in the middle of a session"),
            Self::Version { theirs } => write!(
                f,
                "the board speaks version {theirs} of the link's protocol, and this is version \
                 {PROTOCOL}; use firmware and command of one release"
            ),
            Self::TooLong { needed, available } => {
                write!(f, "a message of {needed} bytes; the board takes {available}")
            }
            Self::Nonsense => f.write_str("the board's reply is none to what was asked"),
        }
    }
}

impl core::error::Error for LinkError {}

impl From<LinkError> for Error {
    fn from(error: LinkError) -> Self {
        let kind = match error {
            LinkError::Line(_) | LinkError::Version { .. } => {
                ErrorKind::LinkDown("the link to the board is down")
            }
            LinkError::Cancelled
            | LinkError::Silent
            | LinkError::SessionLost
            | LinkError::Nonsense => ErrorKind::Link("the link to the board lost the shot"),
            LinkError::TooLong { needed, available } => ErrorKind::Capacity {
                what: "bytes of one message to the board",
                needed: u64::from(needed),
                available: u64::from(available),
            },
        };
        Self::from(kind).in_layer(LINK_ID).with_text(format_args!("{error}"))
    }
}
