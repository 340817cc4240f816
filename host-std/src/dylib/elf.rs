//! Whether a file is a whole ELF library for this processor. Reads only headers.
//!
//! The system's loader maps a file into memory without looking whether it is all there, and the
//! program dies where it touches what is missing.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// What is wrong with the file, or the way out too.
pub(super) struct Problem {
    pub(super) what: String,
    pub(super) help: Option<&'static str>,
}

fn problem(what: impl Into<String>) -> Problem {
    Problem { what: what.into(), help: None }
}

const LOADABLE: u32 = 1;
const DYNAMIC: u64 = 2;
const SHARED_OBJECT: u16 = 3;

/// This program's own kind of processor, as ELF numbers it; `None` where it is not known here.
const MACHINE: Option<u16> = if cfg!(target_arch = "x86_64") {
    Some(62)
} else if cfg!(target_arch = "aarch64") {
    Some(183)
} else if cfg!(any(target_arch = "riscv64", target_arch = "riscv32")) {
    Some(243)
} else if cfg!(target_arch = "x86") {
    Some(3)
} else if cfg!(target_arch = "arm") {
    Some(40)
} else {
    None
};

fn machine_name(machine: u16) -> String {
    match machine {
        3 => "32-bit x86".to_owned(),
        40 => "32-bit Arm".to_owned(),
        62 => "x86-64".to_owned(),
        183 => "AArch64".to_owned(),
        243 => "RISC-V".to_owned(),
        other => format!("processor number {other}"),
    }
}

/// Reads numbers of the file's own width and order.
struct Fields<'a> {
    bytes: &'a [u8],
    wide: bool,
}

impl Fields<'_> {
    fn number(&self, at: usize, len: usize) -> u64 {
        let bytes = self.bytes.get(at..at + len).unwrap_or(&[]);
        bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte))
    }

    /// A number at one of two places, by the file's width.
    fn sized(&self, (narrow, narrow_len): (usize, usize), (wide, wide_len): (usize, usize)) -> u64 {
        if self.wide { self.number(wide, wide_len) } else { self.number(narrow, narrow_len) }
    }
}

/// Checks the file.
pub(super) fn check(path: &Path) -> Result<(), Problem> {
    let unreadable = |error: std::io::Error| problem(format!("cannot be read: {error}"));
    let mut file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(problem("is a folder, not a library"));
    }
    let file_bytes = metadata.len();
    let mut head = [0; 64];
    let read = file.by_ref().take(64).read(&mut head).map_err(unreadable)?;
    if head[..4] != *b"\x7fELF" {
        return Err(Problem {
            what: describe_stranger(&head[..read], file_bytes),
            help: Some("give a library of plugins, for example libpandia_depolarizing.so"),
        });
    }
    if read < 52 {
        return Err(cut_off(52, file_bytes));
    }
    let fields = Fields { bytes: &head, wide: head[4] == 2 };
    if head[5] != 1 {
        return Err(problem("is a library for a big-endian processor; this one is little-endian"));
    }
    let machine = u16::try_from(fields.number(18, 2)).unwrap_or(0);
    let same_width = fields.wide == cfg!(target_pointer_width = "64");
    if MACHINE.is_some_and(|own| own != machine || !same_width) {
        let width = if fields.wide { 64 } else { 32 };
        return Err(Problem {
            what: format!("is a {width}-bit library for {}", machine_name(machine)),
            help: Some("build it for the processor that this program runs on"),
        });
    }
    if fields.number(16, 2) != u64::from(SHARED_OBJECT) {
        return Err(problem("is a program or an object file, not a library"));
    }
    check_segments(&mut file, &fields, file_bytes)
}

/// Checks that everything that would be mapped into memory is in the file.
fn check_segments(file: &mut File, fields: &Fields<'_>, file_bytes: u64) -> Result<(), Problem> {
    let table_at = fields.sized((28, 4), (32, 8));
    let entry_bytes = fields.sized((42, 2), (54, 2));
    let count = fields.sized((44, 2), (56, 2));
    let sections_end = fields
        .sized((32, 4), (40, 8))
        .saturating_add(fields.sized((46, 2), (58, 2)) * fields.sized((48, 2), (60, 2)));
    let table_end = table_at.saturating_add(entry_bytes * count);
    let mut needed = table_end.max(sections_end);
    let mut dynamic_at = None;
    if table_end <= file_bytes {
        let mut table = vec![0; usize::try_from(entry_bytes * count).unwrap_or(0)];
        let done = file.seek(SeekFrom::Start(table_at)).and_then(|_| file.read_exact(&mut table));
        done.map_err(|error| problem(format!("cannot be read: {error}")))?;
        for entry in table.chunks(usize::try_from(entry_bytes).unwrap_or(0).max(1)) {
            let entry = Fields { bytes: entry, wide: fields.wide };
            if entry.number(0, 4) == u64::from(LOADABLE) {
                let (at, bytes) = (entry.sized((4, 4), (8, 8)), entry.sized((16, 4), (32, 8)));
                needed = needed.max(at.saturating_add(bytes));
            }
            if entry.number(0, 4) == DYNAMIC {
                dynamic_at = Some(entry.sized((4, 4), (8, 8)));
            }
        }
    }
    if needed > file_bytes {
        return Err(cut_off(needed, file_bytes));
    }
    // A copy that was not finished may be as long as the whole, and full of zeros: the system's
    // loader would crash over a table that ends before it begins.
    let mut first = [0; 8];
    let there = dynamic_at.is_some_and(|at| {
        file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(&mut first)).is_ok()
    });
    if there && first != [0; 8] {
        return Ok(());
    }
    Err(Problem {
        what: "has headers, but the table of what it is made of is empty".to_owned(),
        help: Some("copy or build it again"),
    })
}

fn cut_off(needed: u64, file_bytes: u64) -> Problem {
    Problem {
        what: format!("is cut off: {file_bytes} of at least {needed} bytes are there"),
        help: Some("copy or build it again"),
    }
}

fn describe_stranger(head: &[u8], file_bytes: u64) -> String {
    if file_bytes == 0 {
        return "is empty".to_owned();
    }
    let text = head.iter().all(|&b| matches!(b, b'\t' | b'\n' | b'\r') || b >= 0x20);
    match head {
        [b'M', b'Z', ..] => "is a Windows library or program, not one for this system".to_owned(),
        [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..] => {
            "is a macOS library or program, not one for this system".to_owned()
        }
        [b'!', b'<', b'a', b'r', b'c', b'h', ..] => {
            "is a static archive, not a dynamic library".to_owned()
        }
        _ if text => "is a text file, not a library".to_owned(),
        _ => "is not a library".to_owned(),
    }
}
