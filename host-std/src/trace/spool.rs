//! Records on their way: in memory up to a limit, beyond it in a file that has no name.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use pandia_core::trace::Record;

use super::format::TraceWriter;
use super::stream::RecordStream;

/// So many bytes stay in memory.
const MEMORY_BYTES: usize = 1 << 20;
/// Bytes copied at a time.
const COPY_BYTES: usize = 64 << 10;

/// Records on their way. Trouble with the file is kept until somebody reads.
#[derive(Debug)]
pub(crate) struct Spool {
    /// What came last; what came before it is in the file.
    bytes: Vec<u8>,
    file: Option<File>,
    file_bytes: u64,
    trouble: Option<io::Error>,
    limit: usize,
}

impl Spool {
    pub(crate) const fn new() -> Self {
        Self::with_limit(MEMORY_BYTES)
    }

    pub(super) const fn with_limit(limit: usize) -> Self {
        Self { bytes: Vec::new(), file: None, file_bytes: 0, trouble: None, limit }
    }

    /// Adds a record.
    pub(super) fn push(&mut self, record: &Record<'_>) {
        record.encode(|words| {
            for word in words {
                self.bytes.extend_from_slice(&word.to_le_bytes());
            }
        });
        if self.bytes.len() >= self.limit {
            self.spill();
        }
    }

    /// Moves what is in memory to the file.
    fn spill(&mut self) {
        let written = match &mut self.file {
            Some(file) => file.write_all(&self.bytes),
            None => {
                tempfile::tempfile().and_then(|file| self.file.insert(file).write_all(&self.bytes))
            }
        };
        match written {
            Ok(()) => self.file_bytes += self.bytes.len() as u64,
            Err(error) => {
                self.trouble.get_or_insert(error);
            }
        }
        self.bytes.clear();
    }

    fn add_bytes(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(COPY_BYTES) {
            self.bytes.extend_from_slice(piece);
            if self.bytes.len() >= self.limit {
                self.spill();
            }
        }
    }

    /// Moves all of `other` to the end of this one.
    pub(super) fn append(&mut self, other: &mut Self) {
        let copied = other.check().and_then(|()| {
            let file = rewound(other.file.as_mut(), other.file_bytes)?;
            let Some(mut file) = file else { return Ok(()) };
            let mut piece = vec![0; COPY_BYTES];
            loop {
                let count = file.read(&mut piece)?;
                let Some(bytes) = piece.get(..count).filter(|bytes| !bytes.is_empty()) else {
                    return Ok(());
                };
                self.add_bytes(bytes);
            }
        });
        if let Err(error) = copied {
            self.trouble.get_or_insert(error);
        }
        self.add_bytes(&other.bytes);
        other.clear();
    }

    /// Says once what trouble there was.
    fn check(&mut self) -> io::Result<()> {
        self.trouble.take().map_or(Ok(()), Err)
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.file = None;
        self.file_bytes = 0;
        self.trouble = None;
    }

    /// Gives every record to `writer`, in order, and keeps them.
    pub(super) fn write_to(&mut self, writer: &mut dyn TraceWriter) -> io::Result<()> {
        self.check()?;
        let file: Box<dyn Read + '_> = match rewound(self.file.as_mut(), self.file_bytes)? {
            Some(file) => Box::new(io::BufReader::with_capacity(COPY_BYTES, file)),
            None => Box::new(io::empty()),
        };
        let mut stream = RecordStream::new(file.chain(self.bytes.as_slice()), 0);
        while stream.advance().map_err(io::Error::other)? {
            writer.record(&stream.record().map_err(io::Error::other)?)?;
        }
        Ok(())
    }
}

/// The file's bytes from the beginning, if there is one.
fn rewound(file: Option<&mut File>, bytes: u64) -> io::Result<Option<io::Take<&File>>> {
    let Some(file) = file else { return Ok(None) };
    file.seek(SeekFrom::Start(0))?;
    Ok(Some((&*file).take(bytes)))
}

/// What a run has traced since the last time: the records of some shots, in order.
#[derive(Debug)]
pub struct TracePiece<'a> {
    spool: &'a mut Spool,
}

impl<'a> TracePiece<'a> {
    pub(crate) const fn new(spool: &'a mut Spool) -> Self {
        Self { spool }
    }

    /// Gives every record to `writer`, in order.
    ///
    /// # Errors
    /// If the records could not be kept, for want of room on the disk, or cannot be written.
    pub fn write_to(&mut self, writer: &mut dyn TraceWriter) -> io::Result<()> {
        self.spool.write_to(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pandia_core::ids::{Seed, ShotId};
    use pandia_core::trace::{At, Event};

    /// Keeps the shots that it saw begin.
    #[derive(Default)]
    struct Seen(Vec<u64>);

    impl TraceWriter for Seen {
        fn record(&mut self, record: &Record<'_>) -> io::Result<()> {
            self.0.push(record.at.shot.0);
            Ok(())
        }

        fn finish(self: Box<Self>) -> io::Result<()> {
            Ok(())
        }
    }

    fn fill(spool: &mut Spool, shots: core::ops::Range<u64>) {
        for shot in shots {
            let at = At { shot: ShotId(shot), joint: 0 };
            let event = Event::ShotBegin { seed: Seed(0) };
            spool.push(&Record { at, sequence: 0, event });
        }
    }

    #[test]
    fn what_spills_comes_back_in_order_whatever_the_limits() {
        for (one, other) in [(1 << 20, 1 << 20), (100, 1 << 20), (1 << 20, 70), (90, 1)] {
            let mut all = Spool::with_limit(one);
            let mut shot = Spool::with_limit(other);
            for round in 0..10 {
                fill(&mut shot, round * 10..round * 10 + 10);
                all.append(&mut shot);
            }
            assert!(all.bytes.len() < one);
            assert_eq!(all.file.is_some(), one < 3200);
            for _ in 0..2 {
                let mut seen = Seen::default();
                all.write_to(&mut seen).unwrap();
                assert!(seen.0.iter().copied().eq(0..100), "{one}, {other}: {:?}", seen.0);
            }
            all.clear();
            let mut seen = Seen::default();
            all.write_to(&mut seen).unwrap();
            assert!(seen.0.is_empty());
        }
    }

    #[test]
    fn trouble_with_the_file_is_told_to_who_reads() {
        let mut spool = Spool::with_limit(10);
        spool.file = Some(File::open("/proc/self/exe").or_else(|_| File::open(".")).unwrap());
        fill(&mut spool, 0..1);
        assert!(spool.write_to(&mut Seen::default()).is_err());
    }
}
