//! A program to run: read from a file or standard input, compiled if it is source text.

use core::fmt::{self, Display};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use pandia_core::Error;
use pandia_core::program::{OwnedProgram, Program, format};

use crate::frontend::{Compiled, Diagnostic, Diagnostics, compile_file, compile_source};

/// A program file may have so many bytes.
const PROGRAM_BYTES_MAX: u64 = 1 << 30;

/// What a program was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgramForm {
    /// OpenQASM source text.
    Source,
    /// A file that `pandia compile` wrote.
    Compiled,
}

/// A program to run, with its name.
#[derive(Clone, Debug)]
pub struct ProgramFile {
    /// The file's name as given; `-` for standard input.
    pub name: String,
    /// What it was read from.
    pub form: ProgramForm,
    /// What the compiler wants looked at.
    pub warnings: Vec<Diagnostic>,
    program: OwnedProgram,
}

/// Why there is no program.
#[derive(Debug)]
#[non_exhaustive]
pub enum ProgramError {
    /// The file cannot be read.
    Read {
        /// The file's name.
        name: String,
        /// Why.
        problem: String,
    },
    /// The source text does not compile.
    Source(Diagnostics),
    /// A compiled program that is damaged, or of another version.
    Compiled {
        /// The file's name.
        name: String,
        /// What is wrong.
        error: Box<Error>,
    },
}

impl ProgramError {
    /// The way out, if the message does not say it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Read { .. } => {
                Some("name an OpenQASM file, a compiled program, or - for standard input".into())
            }
            Self::Compiled { .. } => Some("compile it again with pandia compile".into()),
            Self::Source(_) => None,
        }
    }
}

impl Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { name, problem } => write!(f, "{name} cannot be read: {problem}"),
            Self::Source(diagnostics) => diagnostics.fmt(f),
            Self::Compiled { name, error } => write!(f, "{name}: {error}"),
        }
    }
}

impl core::error::Error for ProgramError {}

impl ProgramFile {
    /// Reads a file, or standard input if the name is `-`. A compiled program is known by its
    /// first bytes; everything else is OpenQASM.
    ///
    /// # Errors
    /// [`ProgramError`] saying what is wrong with it, with line and column for source text.
    pub fn read(name: &str) -> Result<Self, ProgramError> {
        let read = |problem: String| ProgramError::Read { name: name.to_owned(), problem };
        let bytes = read_bytes(name).map_err(|error| read(error.to_string()))?;
        if bytes.len() as u64 > PROGRAM_BYTES_MAX {
            return Err(read(format!("it is larger than {} MiB", PROGRAM_BYTES_MAX >> 20)));
        }
        let extension = Path::new(name).extension();
        if bytes.starts_with(&format::MAGIC.to_le_bytes())
            || extension.is_some_and(|extension| extension == "pandia")
        {
            return Self::from_compiled(name, &bytes);
        }
        if name != "-" {
            return compile_file(name)
                .map_err(ProgramError::Source)
                .and_then(|compiled| Self::from_words(name, compiled));
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| read("it is neither UTF-8 text nor a compiled program".to_owned()))?;
        Self::from_source(name, &text)
    }

    /// The program that OpenQASM text means.
    ///
    /// # Errors
    /// [`ProgramError::Source`] with everything that is wrong with it.
    pub fn from_source(name: &str, text: &str) -> Result<Self, ProgramError> {
        let compiled = compile_source(name, text).map_err(ProgramError::Source)?;
        Self::from_words(name, compiled)
    }

    /// The program in the bytes of a compiled file.
    ///
    /// # Errors
    /// [`ProgramError::Compiled`] saying what is wrong with it.
    pub fn from_compiled(name: &str, bytes: &[u8]) -> Result<Self, ProgramError> {
        let program = OwnedProgram::from_bytes(bytes).map_err(|error| damaged(name, error))?;
        let (name, warnings) = (name.to_owned(), Vec::new());
        Ok(Self { name, form: ProgramForm::Compiled, warnings, program })
    }

    fn from_words(name: &str, compiled: Compiled) -> Result<Self, ProgramError> {
        let program = OwnedProgram::new(compiled.words).map_err(|error| damaged(name, error))?;
        let (name, warnings) = (name.to_owned(), compiled.warnings);
        Ok(Self { name, form: ProgramForm::Source, warnings, program })
    }

    /// The checked program.
    ///
    /// # Errors
    /// None in practice: it was checked when it was read.
    pub fn program(&self) -> Result<Program<'_>, ProgramError> {
        self.program.view().map_err(|error| damaged(&self.name, error))
    }

    /// The bytes of a compiled file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.program.to_bytes()
    }
}

fn read_bytes(name: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = PROGRAM_BYTES_MAX + 1;
    if name == "-" {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        File::open(name)?.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn damaged(name: &str, error: Error) -> ProgramError {
    ProgramError::Compiled { name: name.to_owned(), error: Box::new(error) }
}
