//! Why the checks could not be made at all.

use core::fmt;

/// Why the checks could not be made at all: nothing about the plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckError {
    /// There is no such file, or it cannot be read.
    File {
        /// The file.
        file: String,
        /// Why.
        why: String,
    },
    /// No check has this name.
    UnknownCheck {
        /// The name.
        name: String,
        /// The nearest that there is.
        near: Option<String>,
    },
    /// The library has no such plugin.
    UnknownPlugin {
        /// The id.
        id: String,
        /// Those that it has.
        known: Vec<String>,
    },
    /// A setting that no plugin of the library takes.
    Setting {
        /// What is wrong.
        why: String,
    },
    /// The program that makes the checks cannot be started.
    Program {
        /// The program.
        program: String,
        /// Why.
        why: String,
    },
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, why } => write!(f, "{file}: {why}"),
            Self::UnknownCheck { name, .. } => write!(f, "there is no check called {name:?}"),
            Self::UnknownPlugin { id, .. } => write!(f, "the library has no plugin called {id:?}"),
            Self::Setting { why } => f.write_str(why),
            Self::Program { program, why } => write!(f, "{program} cannot be started: {why}"),
        }
    }
}

impl CheckError {
    /// The way out.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::File { .. } => Some("give the path of a library of plugins".to_owned()),
            Self::UnknownCheck { near: Some(near), .. } => Some(format!("did you mean {near}?")),
            Self::UnknownCheck { near: None, .. } => {
                Some("pandia check --list shows those that there are".to_owned())
            }
            Self::UnknownPlugin { known, .. } => Some(format!("it has: {}", known.join(", "))),
            Self::Setting { .. } => {
                Some("write --set KEY=VALUE; pandia plugins FILE lists them".to_owned())
            }
            Self::Program { .. } => Some("say where the program `pandia` is".to_owned()),
        }
    }
}

impl core::error::Error for CheckError {}
