//! The formats of traces: one line each in [`TRACE_FORMATS`].

use std::io::{self, Write};
use std::path::Path;

use pandia_core::trace::{Header, Record};

use super::about::About;
use super::jsonl::JsonLines;
use super::native::Native;
use super::shot::ShotTrace;

/// Writes a trace, record by record, in the order in which they are given: shots ascend, and the
/// records of a shot follow one another.
pub trait TraceWriter {
    /// Writes one record. [`pandia_core::trace::Event::TraceEnd`] is never among them.
    ///
    /// # Errors
    /// If it cannot be written; the trace is then lost.
    fn record(&mut self, record: &Record<'_>) -> io::Result<()>;

    /// Writes the end.
    ///
    /// # Errors
    /// As [`Self::record`].
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// Writes a trace shot by shot, for formats that must see a whole shot; [`ByShot`] makes a
/// [`TraceWriter`] of it.
pub trait ShotWriter {
    /// Writes one shot.
    ///
    /// # Errors
    /// If it cannot be written; the trace is then lost.
    fn shot(&mut self, shot: &ShotTrace) -> io::Result<()>;

    /// Writes the end.
    ///
    /// # Errors
    /// As [`Self::shot`].
    fn finish(&mut self) -> io::Result<()>;
}

/// Collects records to shots.
#[derive(Clone, Debug, Default)]
pub struct ByShot<W> {
    writer: W,
    shot: ShotTrace,
}

impl<W> ByShot<W> {
    /// Nothing collected yet.
    pub fn new(writer: W) -> Self {
        Self { writer, shot: ShotTrace::new() }
    }
}

impl<W: ShotWriter> TraceWriter for ByShot<W> {
    fn record(&mut self, record: &Record<'_>) -> io::Result<()> {
        if !self.shot.takes(record) {
            self.writer.shot(&self.shot)?;
            self.shot.clear();
        }
        self.shot.push(record);
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        if !self.shot.is_empty() {
            self.writer.shot(&self.shot)?;
        }
        self.writer.finish()
    }
}

/// How a writer is made over a buffered output.
pub type MakeWriter = fn(Box<dyn Write>, &Header, &About) -> io::Result<Box<dyn TraceWriter>>;

/// One format.
#[derive(Clone, Copy, Debug)]
pub struct TraceFormat {
    /// Its name, for `--trace-format`.
    pub name: &'static str,
    /// Endings of file names that mean it, without the dot.
    pub endings: &'static [&'static str],
    /// One line of help.
    pub help: &'static str,
    /// Makes its writer, which has written the beginning.
    pub make: MakeWriter,
}

/// Every format, the native one first.
pub const TRACE_FORMATS: &[TraceFormat] = &[
    TraceFormat {
        name: "native",
        endings: &["ptrace"],
        help: "every record, as small as it gets; what pandia reads again",
        make: Native::make,
    },
    TraceFormat {
        name: "jsonl",
        endings: &["jsonl", "ndjson"],
        help: "every record as a JSON object, one a line; docs/trace.schema.json",
        make: JsonLines::make,
    },
];

/// The format of this name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static TraceFormat> {
    TRACE_FORMATS.iter().find(|format| format.name == name)
}

/// The format that a file's ending means. Endings of more than one piece (`x.y`) count as a whole,
/// the longest first.
#[must_use]
pub fn by_ending(path: &Path) -> Option<&'static TraceFormat> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let ends = |ending: &&str| {
        name.strip_suffix(*ending).is_some_and(|stem| stem.len() > 1 && stem.ends_with('.'))
    };
    let longest = |format: &TraceFormat| {
        format.endings.iter().copied().filter(|ending| ends(ending)).map(str::len).max()
    };
    let fitting = TRACE_FORMATS.iter().filter_map(|format| Some((longest(format)?, format)));
    fitting.max_by_key(|(length, _)| *length).map(|(_, format)| format)
}
