//! The source texts of one compilation, and positions in them.
//! Not here: what a text means.

use std::path::PathBuf;
use std::sync::Arc;

/// The longest source file that is read, in bytes: positions are 32-bit.
pub(crate) const SOURCE_BYTES_MAX: usize = 64 << 20;

/// Which file of a compilation a position is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileId(pub(crate) u32);

/// A piece of a source file, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) file: FileId,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    /// From the start of `self` to the end of `last`.
    pub(crate) fn to(self, last: Self) -> Self {
        Self { file: self.file, start: self.start, end: last.end.max(self.start) }
    }

    /// The empty place just behind the piece.
    pub(crate) fn after(self) -> Self {
        Self { file: self.file, start: self.end, end: self.end }
    }
}

/// One source text.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// As it is shown in messages.
    pub(crate) name: Arc<str>,
    pub(crate) text: Arc<str>,
    /// The file it was read from; includes are looked up beside it.
    pub(crate) path: Option<PathBuf>,
    /// One of our own include files.
    pub(crate) built_in: bool,
}

/// All source texts of one compilation.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    files: Vec<Source>,
    /// Of each file, where its lines begin.
    line_starts: Vec<Vec<u32>>,
}

impl Sources {
    pub(crate) fn add(&mut self, source: Source) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        let ends = source.text.bytes().zip(1_u32..).filter(|(byte, _)| *byte == b'\n');
        self.line_starts.push(ends.map(|(_, next)| next).collect());
        self.files.push(source);
        id
    }

    /// The line, from 1, that a piece begins in.
    pub(crate) fn line(&self, span: Span) -> u32 {
        let starts = &self.line_starts[span.file.0 as usize];
        u32::try_from(starts.partition_point(|&start| start <= span.start) + 1).unwrap_or(u32::MAX)
    }

    pub(crate) fn get(&self, id: FileId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// The text of a piece.
    pub(crate) fn text(&self, span: Span) -> &str {
        self.get(span.file).text.get(span.start as usize..span.end as usize).unwrap_or("")
    }
}

/// Line and column (both from 1, the column in characters) of a byte offset.
pub(crate) fn line_column(text: &str, offset: usize) -> (u32, u32) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.matches('\n').count() + 1;
    let column = before[line_start..].chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_columns_count_characters() {
        let text = "ab\nπx\n";
        assert_eq!(line_column(text, 0), (1, 1));
        assert_eq!(line_column(text, 3), (2, 1));
        assert_eq!(line_column(text, 5), (2, 2));
        assert_eq!(line_column(text, 4), (2, 1));
        assert_eq!(line_column(text, 999), (3, 1));
    }
}
