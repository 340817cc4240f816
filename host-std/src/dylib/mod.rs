//! Parts out of dynamic libraries: found, opened, checked, and kept in memory as long as one of
//! their instances lives.
//!
//! A library is given by its path, or by a name that is looked up in the folders of
//! [`SEARCH_VARIABLE`], then in the folder of the running program, then in the `debug` and `release`
//! folders beside that one ([`search_path`]). Before the system's loader sees a file it is checked
//! to be a whole library for this processor, because that loader may crash on one that is cut off.
//! Opening a library runs code of it: open only what you trust.
//!
//! Descriptions of parts are copied and kept until the program ends, so that they look the same as
//! those of linked-in parts: a few kilobytes for each library that is opened.
//! Not here: what a table means ([`pandia_core::abi`]), which part a stack wants ([`crate::stack`]).
#![expect(unsafe_code, reason = "opening libraries and owning the memory of their instances")]

mod describe;
mod elf;
mod error;
mod guard;
mod host;
mod instance;
mod library;
mod memory;
mod proxy;
mod search;

pub use error::DylibError;
pub use host::{LOG_LINE_BYTES, services};
pub use instance::{LoadedBackend, LoadedRuntime};
pub use library::{DylibPart, Library};
pub use proxy::{Breach, CallProxy, Tag, Violation, Watch};
pub use search::{SEARCH_VARIABLE, find, search_path};
pub(crate) use search::{chosen_folders, files_called, is_same_file};
