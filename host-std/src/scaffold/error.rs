//! Why a project cannot be written.

use core::fmt::{self, Display};
use std::path::PathBuf;

/// Why a project cannot be written. Nothing of it is left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScaffoldError {
    /// The name cannot be one.
    Name {
        /// The name given.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The id cannot be one.
    Id {
        /// The id given.
        id: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// There is something already.
    Exists(PathBuf),
    /// The folder that the project's folder would lie in is not there.
    NoParent(PathBuf),
    /// The folder is no source of Pandia, which a project in Rust is built on.
    NoCheckout {
        /// The folder.
        path: PathBuf,
        /// Whether it was named, or is the one that this program was built from.
        is_named: bool,
    },
    /// The system refuses to write.
    Write {
        /// What was to be written.
        path: PathBuf,
        /// What the system says.
        problem: String,
    },
}

impl ScaffoldError {
    /// The way out.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Name { .. } => {
                "use letters, digits, - and _, beginning with a letter: drift-2".to_owned()
            }
            Self::Id { .. } => "write words with dots between them: com.example.drift".to_owned(),
            Self::Exists(_) => "give another name, or another folder with --path".to_owned(),
            Self::NoParent(path) => format!("make it first: mkdir -p {}", path.display()),
            Self::NoCheckout { .. } => {
                "give the folder of Pandia's source with --pandia, or write the plugin in C, which \
                 needs none: --lang c"
                    .to_owned()
            }
            Self::Write { .. } => "choose a folder that can be written with --path".to_owned(),
        }
    }
}

impl Display for ScaffoldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name { name, problem } => {
                write!(f, "{name:?} is no name for a plugin: {problem}")
            }
            Self::Id { id, problem } => write!(f, "{id:?} is no id for a plugin: {problem}"),
            Self::Exists(path) => write!(f, "{} is there already", path.display()),
            Self::NoParent(path) => write!(f, "there is no folder {}", path.display()),
            Self::NoCheckout { path, is_named: true } => {
                write!(f, "{} is not the folder of Pandia's source", path.display())
            }
            Self::NoCheckout { path, is_named: false } => write!(
                f,
                "a plugin in Rust is built on Pandia's source, and the folder {} that this program \
                 was built from has none any more",
                path.display()
            ),
            Self::Write { path, problem } => {
                write!(f, "{} cannot be written: {problem}", path.display())
            }
        }
    }
}

impl core::error::Error for ScaffoldError {}
