//! `pandia trace`: looking into traces, comparing them, and writing them in other formats.

mod diff;
mod input;
mod summary;

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use pandia_core::ids::ShotId;

use self::input::{Input, broken};
use super::console::stdout;
use super::error::Failure;
use super::raw_trace::{RawSelection, RawTrace, TraceAction};
use super::run::cannot_write;
use super::trace_out::endings;
use crate::trace::{
    LINE_HEADING, QasmError, QasmProblem, QasmVersion, ShotTrace, TraceFormat, by_ending, by_name,
    circuit, line,
};

pub(super) fn trace(raw: &RawTrace) -> Result<(), Failure> {
    match &raw.action {
        TraceAction::Show { file, selection } => show(file, selection),
        TraceAction::Filter { file, output, selection } => {
            let native = by_name("native").ok_or_else(|| Failure::host("no format", "report this"));
            write(file, output, native?, selection)
        }
        TraceAction::Summary { file, selection, format } => {
            summary::summary(file, selection, *format)
        }
        TraceAction::Diff { one, other, selection, context } => {
            diff::diff([one, other], selection, *context)
        }
        TraceAction::Convert { file, output, format, selection } => {
            let chosen = match format {
                Some(name) => by_name(name),
                None => by_ending(output),
            };
            let chosen = chosen.ok_or_else(|| {
                let message = format!("-o {}: this ending means no format", output.display());
                Failure::host(message, format!("end it in {}", endings("--format")))
            });
            write(file, output, chosen?, selection)
        }
        TraceAction::Qasm { file, shot, openqasm, output } => {
            let version = if *openqasm == 2 { QasmVersion::V2 } else { QasmVersion::V3 };
            qasm(file, ShotId(*shot), version, output.as_deref())
        }
    }
}

fn show(file: &Path, selection: &RawSelection) -> Result<(), Failure> {
    let mut input = Input::open(file, selection)?;
    let mut out = stdout();
    writeln!(out, "{LINE_HEADING}")?;
    let about = input.about.clone();
    while let Some(record) = input.next()? {
        writeln!(out, "{}", line(&about, &record))?;
    }
    Ok(out.flush()?)
}

/// Bytes written at a time.
const BUFFER_BYTES: usize = 256 << 10;

fn write(
    file: &Path,
    output: &Path,
    format: &TraceFormat,
    selection: &RawSelection,
) -> Result<(), Failure> {
    let mut input = Input::open(file, selection)?;
    let is_same = |other: &Path| fs::canonicalize(other).ok() == fs::canonicalize(file).ok();
    if output.exists() && is_same(output) {
        let message = format!("{} would be overwritten while it is read", file.display());
        return Err(Failure::host(message, "name another file with -o FILE"));
    }
    let about = input.left();
    let failed = |error: std::io::Error| cannot_write(output, &error);
    let out = BufWriter::with_capacity(BUFFER_BYTES, File::create(output).map_err(failed)?);
    let mut writer = (format.make)(Box::new(out), &input.header, &about).map_err(failed)?;
    while let Some(record) = input.next()? {
        writer.record(&record).map_err(failed)?;
    }
    writer.finish().map_err(failed)
}

fn qasm(
    file: &Path,
    wanted: ShotId,
    version: QasmVersion,
    output: Option<&Path>,
) -> Result<(), Failure> {
    let mut input = Input::open(file, &RawSelection::default())?;
    let mut shot = ShotTrace::new();
    let mut text = Err(QasmError { shot: wanted, op: None, problem: QasmProblem::NoShot });
    // To the trace's end, so that damage anywhere shows.
    while input.reader.next_shot(&mut shot).map_err(|error| broken(file, &error))? {
        if shot.shot() == wanted {
            text = circuit(&input.about, &shot, version);
        }
    }
    let text = text.map_err(|error| Failure::Program {
        message: error.to_string(),
        help: Some(error.help().to_owned()),
    })?;
    match output {
        Some(path) => fs::write(path, text).map_err(|error| cannot_write(path, &error)),
        None => {
            let mut out = stdout();
            out.write_all(text.as_bytes())?;
            Ok(out.flush()?)
        }
    }
}
