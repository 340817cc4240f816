//! `pandia compile`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::console::{Console, stdout};
use super::error::Failure;
use super::raw::RawCompile;
use crate::runner::{ProgramFile, ProgramForm};

pub(super) fn compile(raw: &RawCompile, console: &Console) -> Result<(), Failure> {
    let output = output(raw)?;
    let file = ProgramFile::read(&raw.program)?;
    if file.form == ProgramForm::Compiled {
        let message = format!("{} is a compiled program already", raw.program);
        return Err(Failure::host(message, "give its OpenQASM source, or run it as it is"));
    }
    for warning in &file.warnings {
        console.diagnostic(&warning.to_string());
    }
    let program = file.program()?;
    let bytes = file.to_bytes();
    let summary = format!(
        "{}: {} qubits, {} classical bits, {} gates in use, {} bytes",
        output.display(),
        program.qubit_count(),
        program.bit_count(),
        program.gate_slots().len(),
        bytes.len()
    );
    if output.as_os_str() == "-" {
        let mut out = io::stdout().lock();
        out.write_all(&bytes)?;
        out.flush()?;
        console.note(&summary);
        return Ok(());
    }
    fs::write(&output, &bytes).map_err(|error| {
        let message = format!("{} cannot be written: {error}", output.display());
        Failure::host(message, "name a file in a folder that exists and can be written to")
    })?;
    let mut out = stdout();
    writeln!(out, "{summary}")?;
    Ok(out.flush()?)
}

fn output(raw: &RawCompile) -> Result<PathBuf, Failure> {
    let output = match (&raw.output, raw.program.as_str()) {
        (Some(output), _) => output.clone(),
        (None, "-") => {
            let message = "the program comes from standard input, so its file has no name";
            return Err(Failure::host(
                message,
                "name one with -o FILE, or -o - for standard output",
            ));
        }
        (None, program) => Path::new(program).with_extension("pandia"),
    };
    if output == Path::new(&raw.program) && raw.program != "-" {
        let message = format!("{} would be overwritten by its compiled form", raw.program);
        return Err(Failure::host(message, "name another file with -o FILE"));
    }
    Ok(output)
}
