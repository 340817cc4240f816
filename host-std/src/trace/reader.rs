//! Reading a native trace: header, version, truncation and every record are checked.

use core::fmt;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use pandia_core::trace::{Event, Header, Record};

use super::about::About;
use super::error::{TraceError, TraceProblem};
use super::shot::ShotTrace;
use super::stream::{RecordStream, read_up_to};

/// The text about a run may have so many bytes.
const ABOUT_BYTES_MAX: u32 = 16 << 20;

/// Reads a native trace, record by record ([`Self::next_record`]) or shot by shot
/// ([`Self::next_shot`]), in the order in which they were written: shots ascend, and the records of a
/// shot follow one another.
#[derive(Debug)]
pub struct TraceReader<R> {
    header: Header,
    about: Option<About>,
    stream: RecordStream<R>,
    /// How many records were read.
    records: u64,
    /// The record that was read last is still to be given.
    held: bool,
    ended: bool,
}

impl TraceReader<BufReader<File>> {
    /// Opens a file.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn open(path: &Path) -> Result<Self, TraceError> {
        let file = File::open(path).map_err(|e| TraceError::new(0, TraceProblem::Read(e)))?;
        Self::new(BufReader::with_capacity(256 << 10, file))
    }
}

impl<R: Read> TraceReader<R> {
    /// Reads the header. `source` should be buffered.
    ///
    /// # Errors
    /// [`TraceError`] if `source` cannot be read from, is no trace, or of another version.
    pub fn new(mut source: R) -> Result<Self, TraceError> {
        let at = TraceError::new;
        let mut bytes = Vec::with_capacity(Header::BYTES);
        let read = |source: &mut R, bytes: &mut Vec<u8>, count: usize, offset: u64| {
            let read = read_up_to(source, bytes, count);
            let read = read.map_err(|e| at(offset, TraceProblem::Read(e)))?;
            if read < count {
                return Err(at(offset + read as u64, TraceProblem::Cut));
            }
            Ok(())
        };
        let begun = read(&mut source, &mut bytes, Header::BYTES, 0);
        // What does not begin like a trace is none, however short it is.
        let magic = pandia_core::trace::MAGIC;
        if !bytes.is_empty() && !bytes.iter().zip(&magic).all(|(one, other)| one == other) {
            return Err(at(0, TraceProblem::Header("this is no trace".to_owned())));
        }
        begun?;
        let head = bytes.first_chunk().copied().unwrap_or([0; Header::BYTES]);
        let header =
            Header::decode(&head).map_err(|error| at(0, TraceProblem::Header(words_of(&error))))?;
        if header.about_bytes > ABOUT_BYTES_MAX {
            let words = format!("{} bytes are more than there may be", header.about_bytes);
            return Err(at(12, TraceProblem::About(words)));
        }
        let offset = Header::BYTES as u64;
        bytes.clear();
        let padded = usize::try_from(header.about_bytes_padded()).unwrap_or(usize::MAX);
        read(&mut source, &mut bytes, padded, offset)?;
        let padding = bytes.split_off(header.about_bytes as usize);
        if padding.iter().any(|&byte| byte != 0) {
            let words = "the padding after it is not zero".to_owned();
            return Err(at(offset, TraceProblem::About(words)));
        }
        let about = match header.about_bytes {
            0 => None,
            _ => Some(
                serde_json::from_slice(&bytes)
                    .map_err(|error| at(offset, TraceProblem::About(error.to_string())))?,
            ),
        };
        let stream = RecordStream::new(source, offset + padded as u64);
        Ok(Self { header, about, stream, records: 0, held: false, ended: false })
    }

    /// The header.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// What the trace says of its run; nothing if it comes from a board.
    pub const fn about(&self) -> Option<&About> {
        self.about.as_ref()
    }

    /// Bytes read so far: where the next record begins.
    pub const fn offset(&self) -> u64 {
        self.stream.offset()
    }

    /// The next record; `None` at the end. The trace's own end is no record.
    ///
    /// # Errors
    /// [`TraceError`] with the offset if the trace is cut off, malformed, or goes on after its end.
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, TraceError> {
        if self.advance()? { self.stream.record().map(Some) } else { Ok(None) }
    }

    /// Replaces what is in `shot` by the next shot; false at the end.
    ///
    /// # Errors
    /// As [`Self::next_record`].
    pub fn next_shot(&mut self, shot: &mut ShotTrace) -> Result<bool, TraceError> {
        shot.clear();
        while self.advance()? {
            let record = self.stream.record()?;
            if !shot.takes(&record) {
                self.held = true;
                return Ok(true);
            }
            shot.push_words(record.at.shot, self.stream.words());
        }
        Ok(!shot.is_empty())
    }

    /// Reads on to the next record; false at the end.
    fn advance(&mut self) -> Result<bool, TraceError> {
        if core::mem::take(&mut self.held) {
            return Ok(true);
        }
        if self.ended {
            return Ok(false);
        }
        if !self.stream.advance()? {
            return Err(TraceError::new(self.stream.offset(), TraceProblem::Cut));
        }
        if let Event::TraceEnd { records: said } = self.stream.record()?.event {
            self.ended = true;
            let (begin, found) = (self.stream.begin(), self.records);
            if said != found {
                return Err(TraceError::new(begin, TraceProblem::Count { said, found }));
            }
            let end = self.stream.offset();
            return if self.stream.is_at_end()? {
                Ok(false)
            } else {
                Err(TraceError::new(end, TraceProblem::Trailing))
            };
        }
        self.records += 1;
        Ok(true)
    }
}

/// The reason alone: that it is a record does not matter to who reads a header.
fn words_of(error: &pandia_core::Error) -> String {
    match error.kind() {
        pandia_core::ErrorKind::Record { reason, .. } => (*reason).to_owned(),
        _ => error.to_string(),
    }
}

impl fmt::Display for ShotTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} records of shot {}", self.len(), self.shot().0)
    }
}
