//! The services as a part sees them, through the structure of C.

use super::{Host, Hosted, LOG_LINE_BYTES, services};
use core::ptr::null_mut;
use pandia_core::abi::raw;
use pandia_core::part::Level;
use std::alloc::Layout;
use std::sync::{Mutex, Once};

static LINES: Mutex<Vec<(log::Level, String, String)>> = Mutex::new(Vec::new());

struct Keeps;
impl log::Log for Keeps {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        let line = (record.level(), record.target().to_owned(), record.args().to_string());
        LINES.lock().unwrap().push(line);
    }
    fn flush(&self) {}
}

/// The lines that the part called `id` wrote.
fn lines(id: &str) -> Vec<(log::Level, String)> {
    let lines = LINES.lock().unwrap();
    lines.iter().filter(|line| line.1 == id).map(|line| (line.0, line.2.clone())).collect()
}

fn keep_lines() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&Keeps).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
    });
}

fn read(hosted: &Hosted) -> raw::Host {
    // SAFETY: it lives.
    unsafe { *hosted.raw() }
}

#[test]
fn lines_are_checked_cut_and_come_under_the_id_of_their_part() {
    keep_lines();
    let hosted = Hosted::new("test.logs");
    let host = read(&hosted);
    let log = |level, bytes: &[u8]| {
        let len = u32::try_from(bytes.len()).unwrap();
        // SAFETY: the host's own word, and bytes that are there.
        unsafe { host.log.unwrap()(host.me, level, bytes.as_ptr(), len) }
    };
    assert_eq!(log(2, b"careful"), raw::OK);
    assert_eq!(log(9, b"of a newer level"), raw::OK);
    assert_eq!(log(1, b""), raw::OK);
    assert!(log(1, b"\xff\xfe") < 0);
    let long = "\u{20ac}".repeat(LOG_LINE_BYTES);
    assert_eq!(log(3, long.as_bytes()), raw::OK);
    // SAFETY: NULL is refused.
    assert!(unsafe { host.log.unwrap()(host.me, 1, core::ptr::null(), 4) } < 0);
    let lines = lines("test.logs");
    assert_eq!(lines[0], (log::Level::Warn, "careful".to_owned()));
    assert_eq!(lines[1].0, log::Level::Trace);
    assert_eq!(lines[2].1, "");
    assert!(lines[3].1.len() <= LOG_LINE_BYTES && long.starts_with(&lines[3].1));
    assert_eq!(lines.len(), 4);
}

#[test]
fn memory_is_given_aligned_and_taken_back_once() {
    keep_lines();
    let hosted = Hosted::new("test.memory");
    let host = read(&hosted);
    let alloc = |bytes, align| {
        let mut at = null_mut();
        // SAFETY: the host's own word, and a place for the address.
        let status = unsafe { host.alloc.unwrap()(host.me, bytes, align, &raw mut at) };
        (status, at)
    };
    // SAFETY: the host's own word; what is not its own it refuses.
    let free = |at| unsafe { host.free.unwrap()(host.me, at) };
    for align in [1, 8, 64, 4096] {
        let (status, at) = alloc(100, align);
        assert_eq!((status, at.addr() % align as usize), (raw::OK, 0));
        // SAFETY: 100 bytes.
        unsafe { at.cast::<u8>().write_bytes(7, 100) };
        free(at);
        free(at);
    }
    assert_eq!(alloc(0, 8).0, -1);
    assert_eq!(alloc(8, 3).0, -1);
    assert_eq!(alloc(8, 8192).0, -1);
    assert_eq!(alloc(u64::MAX, 8).0, -3);
    assert_eq!(alloc(1 << 62, 8).0, -3);
    free(null_mut());
    let mut foreign = 0_u64;
    free((&raw mut foreign).cast());
    let warnings = lines("test.memory");
    assert_eq!(warnings.len(), 5, "{warnings:?}");
    assert!(warnings.iter().all(|line| line.1.contains("does not have")));
    let kept = alloc(64, 8).1;
    drop(hosted);
    assert!(lines("test.memory")[5].1.contains("did not give back 1 blocks"));
    // SAFETY: kept claimed with this layout, and only this test has it.
    unsafe { std::alloc::dealloc(kept.cast(), Layout::from_size_align(64, 8).unwrap()) };
}

#[test]
fn linked_in_parts_have_the_services_too() {
    keep_lines();
    let here = services("test.linked");
    assert!(here.now_ns().is_some() && here.log(Level::Error, "oh"));
    let block = here.memory(Layout::new::<u64>()).unwrap().unwrap();
    assert!(block.at().cast::<u64>().is_aligned());
    assert_eq!(lines("test.linked"), [(log::Level::Error, "oh".to_owned())]);
    assert_eq!(services("test.linked").as_raw(), here.as_raw());
    assert_eq!(core::mem::offset_of!(Host, raw), 0);
}
