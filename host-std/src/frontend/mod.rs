//! Front ends: OpenQASM 2 and 3 source text to a program.
//!
//! Text → tokens (`lex`) → syntax tree (`parse`, `ast`) → meaning (`sema`, `gates`) → typed form
//! (`ir`) → the words of a [`pandia_core::program`] (`lower`). What is supported is listed in
//! `docs/openqasm.md`, and why it is built so in `docs/adr/0004-openqasm-front-end.md`.
//! Not here: running programs, or any knowledge of simulators.

mod ast;
mod compile;
mod diagnostic;
mod fold;
mod gates;
mod ir;
mod lex;
mod lower;
mod parse;
mod sema;
mod source;

pub use compile::{Compiled, compile_file, compile_source, compile_source_within};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};

#[cfg(test)]
mod tests;
