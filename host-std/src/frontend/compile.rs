//! The entry points: a file or a text in, a checked program or everything that is wrong with it out.
//! Not here: any of the steps.

use std::path::Path;
use std::sync::Arc;
use std::thread;

use super::diagnostic::{Diagnostic, Diagnostics, Severity};
use super::parse::{self, Language};
use super::sema;
use super::source::{SOURCE_BYTES_MAX, Source, Sources, Span};

/// Stack of the thread that compiles: syntax trees are walked recursively, to a bounded depth.
const STACK_BYTES: usize = 64 << 20;

/// A compiled program.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The program's words, checked: see [`pandia_core::program`].
    pub words: Vec<u64>,
    /// What deserves a look, though the program is accepted.
    pub warnings: Vec<Diagnostic>,
    /// The name of the source, as given.
    pub source: String,
}

/// Compiles an OpenQASM file. Files that it includes are looked up beside it.
///
/// # Errors
/// Everything that is wrong with the program, or that the file cannot be read.
pub fn compile_file(path: impl AsRef<Path>) -> Result<Compiled, Diagnostics> {
    let path = path.as_ref();
    let name = path.to_string_lossy();
    let text = sema::read_text(path).map_err(|reason| {
        let help = Some("name an OpenQASM file that can be read".to_owned());
        Diagnostics::new(vec![Diagnostic::about_file(
            &name,
            format!("cannot be read: {reason}"),
            help,
        )])
    })?;
    compile(&name, &text, Some(path), sema::WORK_MAX)
}

/// Compiles OpenQASM text; `name` stands in messages. It can only include the built-in files.
///
/// # Errors
/// Everything that is wrong with the program.
pub fn compile_source(name: &str, text: &str) -> Result<Compiled, Diagnostics> {
    compile(name, text, None, sema::WORK_MAX)
}

/// As [`compile_source`], for texts of strangers: at most `work_max` statements and operations are
/// unfolded, which bounds time and memory. A program that needs more is refused.
///
/// # Errors
/// Everything that is wrong with the program.
pub fn compile_source_within(
    name: &str,
    text: &str,
    work_max: u64,
) -> Result<Compiled, Diagnostics> {
    compile(name, text, None, work_max.min(sema::WORK_MAX))
}

fn compile(
    name: &str,
    text: &str,
    path: Option<&Path>,
    work_max: u64,
) -> Result<Compiled, Diagnostics> {
    if text.len() > SOURCE_BYTES_MAX {
        let message = format!("the program is larger than {} MiB", SOURCE_BYTES_MAX >> 20);
        let help = Some("use loops and gate definitions instead of repetition".to_owned());
        return Err(Diagnostics::new(vec![Diagnostic::about_file(name, message, help)]));
    }
    let run = || compile_here(name, text, path, work_max);
    // A thread of its own, so that the depth of a program does not depend on the caller's stack.
    let result = thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(STACK_BYTES);
        builder.spawn_scoped(scope, run).map(|thread| thread.join())
    });
    match result {
        Ok(Ok(compiled)) => compiled,
        Ok(Err(_)) | Err(_) => {
            let message = "the compiler stopped, which is a mistake of its own".to_owned();
            let help = Some("please report it with the program".to_owned());
            Err(Diagnostics::new(vec![Diagnostic::about_file(name, message, help)]))
        }
    }
}

fn compile_here(
    name: &str,
    text: &str,
    path: Option<&Path>,
    work_max: u64,
) -> Result<Compiled, Diagnostics> {
    let mut sources = Sources::default();
    let file = sources.add(Source {
        name: Arc::from(name),
        text: Arc::from(text),
        path: path.map(Path::to_path_buf),
        built_in: false,
    });
    let parsed = parse::parse(file, text, None);
    let guessed = parsed.guessed.then_some(parsed.language);
    let mut analysed = sema::analyse(&mut sources, file, parsed, work_max);
    if let Some(language) = guessed {
        let (shown, line) = match language {
            Language::Qasm2 => ("2", "OPENQASM 2.0;"),
            Language::Qasm3 => ("3", "OPENQASM 3.0;"),
        };
        let span = Span { file, start: 0, end: 0 };
        let message = format!("no version is given: read as OpenQASM {shown}");
        let help = Some(format!("begin the file with `{line}`"));
        let warning = Diagnostic::new(Severity::Warning, &sources, span, message, help);
        analysed.warnings.insert(0, warning);
    }
    if !analysed.errors.is_empty() {
        let mut errors = analysed.errors;
        // In the order of the text; errors in included files stay where they were found.
        errors.sort_by_key(|error| if error.file == name { error.span.start } else { usize::MAX });
        return Err(Diagnostics::new(errors));
    }
    let words = super::lower::lower(&analysed.module).map_err(|error| {
        let help = Some("split the operation, or use constant operands".to_owned());
        Diagnostics::new(vec![Diagnostic::about_file(name, error.to_string(), help)])
    })?;
    Ok(Compiled { words, warnings: analysed.warnings, source: name.to_owned() })
}
