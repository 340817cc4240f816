//! Projects to begin with: `pandia new` writes a plugin in Rust or C that builds, with a test of its
//! own.
//!
//! The plugins are the examples of `host-ffi/examples`, word for word but for the id and the text on
//! top, so that what is written is what is tested there; the rest of a project lies in `templates/`.
//! A project is written into a folder beside its own and then renamed: it is there wholly or not at
//! all, and nothing is ever overwritten.
//!
//! ```
//! use pandia::scaffold::{Language, Project};
//! use pandia_core::part::PartKind;
//!
//! let folder = tempfile::tempdir()?;
//! let project = Project::new(PartKind::Tap, Language::C, "watch")?;
//! let files = project.write(&folder.path().join("watch"))?;
//! assert!(files.iter().any(|file| file.ends_with("watch.c")));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//! Not here: what a plugin is (`docs/writing-a-plugin.md`), the command line ([`crate::cli`]).

mod checkout;
mod error;
mod files;
mod name;
mod project;

pub use error::ScaffoldError;
pub use project::{Language, Project};
