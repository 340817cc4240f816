//! Why the firmware did not do what it was asked for.

use core::fmt;
use pandia_core::image::Refusal;

/// Why the firmware did not do what it was asked for.
#[derive(Debug)]
pub enum Failure {
    /// Words that mean nothing.
    Words(&'static str),
    /// Runs that failed; each has been said.
    Runs {
        /// How many failed.
        failed: usize,
        /// How many there were.
        asked: usize,
    },
    /// An image that was refused, while nothing was to be run.
    Image {
        /// Its slot.
        slot: usize,
        /// Why.
        refusal: Refusal,
    },
    /// An image whose module was refused, while nothing was to be run.
    Module {
        /// Its slot.
        slot: usize,
        /// Why.
        error: pandia_core::Error,
    },
    /// The console takes no more.
    Console,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(why) => f.write_str(why),
            Self::Runs { failed, asked } => write!(f, "{failed} of {asked} runs"),
            Self::Image { slot, refusal } => write!(f, "slot {slot}: {refusal}"),
            Self::Module { slot, error } => write!(f, "slot {slot}: {error}"),
            Self::Console => f.write_str("the console takes no more text"),
        }
    }
}

impl core::error::Error for Failure {}

impl From<fmt::Error> for Failure {
    fn from(_: fmt::Error) -> Self {
        Self::Console
    }
}
