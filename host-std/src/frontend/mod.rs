//! Front ends: OpenQASM 2 and 3 source text to a program.
//! Not here: running programs, or any knowledge of simulators.

mod ast;
mod diagnostic;
mod lex;
mod parse;
mod source;

pub use diagnostic::{Diagnostic, Diagnostics, Severity};
