//! Why a stack cannot be had: what is wrong, where, and the way out.

use core::fmt::{self, Display};
use std::path::PathBuf;

use pandia_core::error::{Error, ErrorKind};

/// Why a stack cannot be had. [`Self::help`] is the way out, where the message does not say it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum StackError {
    /// No part has this name.
    UnknownPart {
        /// The name given.
        name: String,
        /// What kind of part was wanted: "simulator".
        role: &'static str,
        /// The most similar name that there is.
        near: Option<String>,
        /// All names of that kind.
        known: Vec<String>,
        /// Where it was asked for.
        place: Option<String>,
    },
    /// The part is not of the kind wanted.
    WrongKind {
        /// The part's id.
        part: String,
        /// What it is.
        is: &'static str,
        /// What was wanted.
        wanted: &'static str,
        /// Where it was asked for.
        place: Option<String>,
    },
    /// The part has no such parameter.
    UnknownParameter {
        /// The part's name.
        part: String,
        /// The parameter given.
        key: String,
        /// The most similar parameter that there is.
        near: Option<String>,
        /// All its parameters.
        known: Vec<String>,
        /// Where it was given.
        place: Option<String>,
    },
    /// The part refuses its settings or its size.
    Refused {
        /// The part's id.
        part: String,
        /// What it says.
        error: Box<Error>,
        /// Where it was asked for.
        place: Option<String>,
        /// The way out, if there is one.
        help: Option<String>,
    },
    /// A part with settings is not written as it must be.
    Grammar {
        /// What was given.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A stack file that cannot be read or does not say a stack.
    File {
        /// The file, with the line where it is known: `stack.toml:7`.
        place: String,
        /// What is wrong.
        problem: String,
        /// The way out, if there is one.
        help: Option<String>,
    },
    /// A library that cannot be opened or holds no parts.
    Library {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
        /// The way out, if there is one.
        help: Option<String>,
    },
    /// Two different parts have one id, or one name.
    Ambiguous {
        /// The id or the name.
        name: String,
        /// Where the two come from: a file, or "built in".
        from: [String; 2],
        /// Whether both were chosen, or the name leaves open which one is meant.
        both: bool,
    },
    /// One instance needs more memory than there is.
    Memory {
        /// The part that needs most.
        part: String,
        /// For how many qubits.
        qubit_count: u32,
        /// For how many classical bits.
        bit_count: u32,
        /// What one instance of the stack needs.
        needed_bytes: u64,
        /// What there is.
        available_bytes: u64,
    },
}

impl StackError {
    /// The way out, if the message does not say it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::UnknownPart { near, known, role, .. } => Some(match near {
                Some(near) => format!("did you mean {near}? there are: {}", known.join(", ")),
                None if known.is_empty() => format!("there is no {role} at all"),
                None => format!("there are: {}", known.join(", ")),
            }),
            Self::UnknownParameter { near, known, part, .. } => Some(match near {
                Some(near) => format!("did you mean {near}? it takes: {}", known.join(", ")),
                None if known.is_empty() => format!("{part} takes no parameters"),
                None => format!("it takes: {}", known.join(", ")),
            }),
            Self::WrongKind { is, .. } => Some(format!("give it where {} go", plural(is))),
            Self::Refused { help, .. } | Self::File { help, .. } | Self::Library { help, .. } => {
                help.clone()
            }
            Self::Grammar { .. } => Some(
                "write NAME or NAME:KEY=VALUE,KEY=VALUE, for example \
                 depolarizing:p_1q=1e-3,p_2q=5e-3"
                    .to_owned(),
            ),
            Self::Ambiguous { both: true, .. } => Some(
                "errors, metrics and random streams go by the id: use one of the two, or build one \
                 with an id of its own"
                    .to_owned(),
            ),
            Self::Ambiguous { from, .. } => {
                let file = from.iter().find(|from| *from != "built in").unwrap_or(&from[0]);
                Some(format!("give the path of the one that is meant: {file}, or {file}#ID"))
            }
            Self::Memory { qubit_count, bit_count, .. } if bit_count > qubit_count => {
                Some("use fewer qubits and classical bits".to_owned())
            }
            Self::Memory { .. } => Some(
                "use fewer qubits, or --simulator stabilizer if the program is Clifford".to_owned(),
            ),
        }
    }

    /// A part's refusal.
    pub(super) fn refused(part: &str, error: Error, place: Option<&String>) -> Self {
        Self::Refused {
            part: part.to_owned(),
            error: Box::new(error),
            place: place.cloned(),
            help: None,
        }
    }
}

fn plural(kind: &str) -> String {
    format!("{kind}s")
}

/// A number of bytes for people: `16.0 GiB`.
#[must_use]
pub(crate) fn bytes_in_words(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} bytes");
    }
    let (mut scaled, mut unit) = (bytes, 0);
    while scaled >= 1024 * 1024 && unit + 1 < UNITS.len() {
        scaled /= 1024;
        unit += 1;
    }
    let tenths = scaled * 10 / 1024;
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

struct At<'a>(&'a Option<String>);

impl Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |place| write!(f, "{place}: "))
    }
}

impl Display for StackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownPart { name, role, place, .. } => {
                write!(f, "{}there is no {role} called {name:?}", At(place))
            }
            Self::WrongKind { part, is, wanted, place } => {
                let article = if wanted.starts_with('e') { "an" } else { "a" };
                write!(f, "{}{part} is of the kind {is}, ", At(place))?;
                write!(f, "but {article} {wanted} is wanted")
            }
            Self::UnknownParameter { part, key, place, .. } => {
                write!(f, "{}{part} has no parameter {key:?}", At(place))
            }
            Self::Refused { part, error, place, .. } => {
                let mut text = String::new();
                error.write_text(&mut text)?;
                // A part that refuses a setting names itself.
                let short = part.rsplit('.').next().unwrap_or(part);
                let name = if text.starts_with(short) { "" } else { part };
                let colon = if name.is_empty() { "" } else { ": " };
                write!(f, "{}{name}{colon}{text}", At(place))
            }
            Self::Grammar { text, problem } => write!(f, "in {text:?}: {problem}"),
            Self::File { place, problem, .. } => write!(f, "{place}: {problem}"),
            Self::Library { path, problem, .. } => write!(f, "{}: {problem}", path.display()),
            Self::Ambiguous { name, from: [first, second], .. } => {
                write!(f, "two parts are called {name}: one is {first}, the other {second}")
            }
            Self::Memory { part, qubit_count, bit_count, needed_bytes, available_bytes } => write!(
                f,
                "{part} with {qubit_count} qubits and {bit_count} classical bits does not fit: one \
                 instance of the stack needs {}, and {} are available",
                bytes_in_words(*needed_bytes),
                bytes_in_words(*available_bytes)
            ),
        }
    }
}

impl core::error::Error for StackError {}

/// Whether a refusal is about size, so that another simulator may help.
pub(super) fn is_about_size(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Capacity { .. } | ErrorKind::QubitOutOfRange { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_with_the_unit_that_fits() {
        let shown = [
            (1023, "1023 bytes"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            (16 << 30, "16.0 GiB"),
            (1 << 44, "16.0 TiB"),
            (u64::MAX, "15.9 EiB"),
        ];
        for (bytes, words) in shown {
            assert_eq!(bytes_in_words(bytes), words);
        }
    }
}
