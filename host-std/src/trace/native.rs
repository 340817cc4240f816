//! Writing a native trace: header, text about the run, records, end.

use std::io::{self, Write};

use pandia_core::trace::{At, Event, Header, Record};

use super::about::About;
use super::format::TraceWriter;

/// Writes a native trace.
pub(super) struct Native {
    out: Box<dyn Write>,
    records: u64,
    /// The record that is being written: one call for all of it.
    bytes: Vec<u8>,
}

impl Native {
    pub(super) fn make(
        mut out: Box<dyn Write>,
        header: &Header,
        about: &About,
    ) -> io::Result<Box<dyn TraceWriter>> {
        let mut text = serde_json::to_vec(about)?;
        let about_bytes = u32::try_from(text.len())
            .map_err(|_| io::Error::other("the text about the run is too long"))?;
        text.resize(text.len().next_multiple_of(8), 0);
        out.write_all(&Header { about_bytes, ..*header }.encode())?;
        out.write_all(&text)?;
        Ok(Box::new(Self { out, records: 0, bytes: Vec::new() }))
    }

    fn put(&mut self, record: &Record<'_>) -> io::Result<()> {
        self.bytes.clear();
        record.encode(|words| {
            for word in words {
                self.bytes.extend_from_slice(&word.to_le_bytes());
            }
        });
        self.out.write_all(&self.bytes)
    }
}

impl TraceWriter for Native {
    fn record(&mut self, record: &Record<'_>) -> io::Result<()> {
        self.records += 1;
        self.put(record)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let event = Event::TraceEnd { records: self.records };
        self.put(&Record { at: At::default(), sequence: 0, event })?;
        self.out.flush()
    }
}
