//! `--trace`: which format, and the file that a run's trace goes to.

use core::ops::Range;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use pandia_core::program::Program;
use pandia_core::trace::Header;

use super::error::Failure;
use super::raw::RawRun;
use crate::stack::StackPlan;
use crate::trace::{
    About, TRACE_FORMATS, TraceFormat, TraceOptions, TracePiece, TraceWriter, by_ending, by_name,
};

/// Bytes written at a time.
const BUFFER_BYTES: usize = 256 << 10;

/// What is traced, and to where.
#[derive(Debug)]
pub(super) struct TraceArgs {
    pub(super) path: PathBuf,
    pub(super) format: &'static TraceFormat,
    pub(super) options: TraceOptions,
}

impl TraceArgs {
    pub(super) fn check(raw: &RawRun) -> Result<Option<Self>, Failure> {
        let Some(path) = &raw.trace else { return Ok(None) };
        if raw.isolate {
            return Err(Failure::host(
                "--trace: shots in processes of their own are not traced: a process that ends takes \
                 with it what it recorded",
                "leave --isolate out; a shot gives the same outcomes without it",
            ));
        }
        let format = match &raw.trace_format {
            Some(name) => by_name(name),
            None => by_ending(path),
        };
        let Some(format) = format else {
            let message = format!("--trace {}: this ending means no format", path.display());
            return Err(Failure::host(message, format!("end it in {}", endings())));
        };
        let options = TraceOptions { timed: raw.trace_time };
        Ok(Some(Self { path: path.clone(), format, options }))
    }
}

/// Every ending with its format, in words.
fn endings() -> String {
    let ending = |format: &TraceFormat| {
        format.endings.first().map(|ending| format!(".{ending} ({})", format.name))
    };
    let all: Vec<String> = TRACE_FORMATS.iter().filter_map(ending).collect();
    format!("{}, or choose one with --trace-format", all.join(", "))
}

/// The names of all formats.
pub(super) fn format_names() -> impl Iterator<Item = clap::builder::PossibleValue> {
    TRACE_FORMATS
        .iter()
        .map(|format| clap::builder::PossibleValue::new(format.name).help(format.help))
}

/// The file that a run's trace goes to.
pub(super) struct TraceOut<'a> {
    path: &'a Path,
    writer: Box<dyn TraceWriter>,
}

impl<'a> TraceOut<'a> {
    /// Creates the file and writes the trace's beginning.
    pub(super) fn create(
        args: &'a TraceArgs,
        program: (&str, &Program<'_>),
        plan: &StackPlan,
        (shots, seed): (&Range<u64>, u64),
    ) -> Result<Self, Failure> {
        let path = args.path.as_path();
        let (name, program) = program;
        let about = About::new(name, program.qubit_count(), plan, shots, seed);
        let header = Header { unit: args.options.unit(), ..Header::default() };
        let made = File::create(path).and_then(|file| {
            let out = BufWriter::with_capacity(BUFFER_BYTES, file);
            (args.format.make)(Box::new(out), &header, &about)
        });
        let writer = made.map_err(|error| super::run::cannot_write(path, &error))?;
        Ok(Self { path, writer })
    }

    pub(super) fn write(&mut self, piece: &mut TracePiece<'_>) -> io::Result<()> {
        piece.write_to(&mut *self.writer)
    }

    /// Writes the end.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let path = self.path;
        self.writer.finish().map_err(|error| super::run::cannot_write(path, &error))
    }
}
