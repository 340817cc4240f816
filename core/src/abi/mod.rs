//! The contracts of [`crate::backend`] and [`crate::runtime`] as C tables, for plugins in dylibs,
//! linked in, or in a board's flash, written in Rust, C or anything that can speak C.
//!
//! Both directions: a Rust part as a table ([`Instance`], [`plugin`]), a table as a Rust part
//! ([`TableBackend`], [`TableRuntime`], [`module::check`]). So anything can be wrapped and handed
//! on, any number of times. `docs/abi.md` states the rules and what may change.
//! Not here: opening files (host), any part, any panic machinery of std.
#![expect(unsafe_code, reason = "the border to C: tables, raw pointers, in-place construction")]

mod attach;
mod calls;
mod config;
mod export;
mod export_runtime;
mod gates;
mod guard;
mod import;
mod import_runtime;
mod instance;
pub mod module;
mod params;
pub mod plugin;
pub mod policy;
pub mod raw;
mod record;
mod report;
mod services;
#[cfg(test)]
mod tests;

pub use attach::{AttachPart, AttachedStack, SendableStack};
pub use export::{BackendTable, Pair};
pub use export_runtime::RuntimeTable;
#[cfg(feature = "link")]
pub(crate) use gates::{Matrices, matrix_of};
pub use guard::{NoGuard, PanicGuard, PanicText};
pub use import::TableBackend;
pub use import_runtime::TableRuntime;
pub use instance::Instance;
pub use report::give as give_error;
