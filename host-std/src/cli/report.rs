//! `pandia report`.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde::Serialize;

use super::console::{Console, stdout};
use super::error::Failure;
use super::raw::{ListFormat, RawReport, RawReportForm, ReportAbout};
use crate::report::{
    NoiseReport, PerfReport, ReportError, noise_page, perf_page, write_noise, write_perf,
};
use crate::trace::TraceReader;

pub(super) fn report(raw: &RawReport, console: &Console) -> Result<(), Failure> {
    match &raw.about {
        ReportAbout::Noise { form, level, rows } => {
            if !(*level > 0.0 && *level < 1.0) {
                return Err(Failure::host(
                    format!("--level {level} is not a probability between 0 and 1"),
                    "give for example --level 0.99",
                ));
            }
            let mut trace = TraceReader::open(&form.trace).map_err(|e| at(form, &e.into()))?;
            let report = NoiseReport::of(&mut trace, *level).map_err(|e| at(form, &e))?;
            page(form, || noise_page(&report), console)?;
            show(form, &report, |out| write_noise(&report, *rows, out))
        }
        ReportAbout::Perf { form } => {
            let mut trace = TraceReader::open(&form.trace).map_err(|e| at(form, &e.into()))?;
            let report = PerfReport::of(&mut trace).map_err(|e| at(form, &e))?;
            page(form, || perf_page(&report), console)?;
            show(form, &report, |out| write_perf(&report, out))
        }
    }
}

/// The error with the file that it is about.
fn at(form: &RawReportForm, error: &ReportError) -> Failure {
    let message = format!("{}: {error}", form.trace.display());
    Failure::Host { message, help: error.help().map(str::to_owned) }
}

fn show<R: Serialize>(
    form: &RawReportForm,
    report: &R,
    table: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), Failure> {
    let mut out = stdout();
    match form.format {
        ListFormat::Table => table(&mut out)?,
        ListFormat::Json => {
            serde_json::to_writer_pretty(&mut out, report).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(out.flush()?)
}

fn page(
    form: &RawReportForm,
    page: impl FnOnce() -> String,
    console: &Console,
) -> Result<(), Failure> {
    let Some(path) = &form.html else { return Ok(()) };
    fs::write(path, page()).map_err(|error| cannot_write(path, &error))?;
    console.note(&format!("the page is in {}", path.display()));
    Ok(())
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::host(
        format!("--html {}: the page cannot be written: {error}", path.display()),
        "name a file in a folder that is there and may be written to",
    )
}
