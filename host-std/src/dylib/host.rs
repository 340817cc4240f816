//! The services that this host offers to parts: a clock, a log, memory.
//!
//! The log goes to the program's logger (the `log` crate), each line under the id of the part that
//! wrote it as its target; without a logger it goes nowhere. Each instance out of a library has
//! services of its own, so that its memory can be told from that of others.

use core::ffi::c_void;
use core::fmt;
use pandia_core::abi::raw;
use pandia_core::error::ErrorKind;
use pandia_core::part::{Level, Services};
use std::alloc::{Layout, alloc as claim, dealloc};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

/// Longest line of the log in bytes; longer ones are cut at a character.
pub const LOG_LINE_BYTES: usize = 4096;
/// Largest alignment that is given.
const ALIGN_MAX: u32 = 4096;

/// The services for one instance. They must stay where they are, and as long as the instance.
#[repr(C)]
pub(super) struct Host {
    raw: raw::Host,
    id: String,
    /// What was given and not yet given back, by address.
    blocks: Mutex<BTreeMap<usize, Layout>>,
}

// SAFETY: constants, and memory behind a lock.
unsafe impl Send for Host {}
// SAFETY: as above.
unsafe impl Sync for Host {}

/// A [`Host`] at a fixed place, ended after its instance.
pub(super) struct Hosted(*mut Host);

impl Hosted {
    /// Services for an instance of the part called `id`.
    pub(super) fn new(id: &str) -> Self {
        Self(Host::at_fixed_place(id))
    }

    pub(super) const fn raw(&self) -> *const raw::Host {
        // The structure is the first field.
        self.0.cast()
    }
}

impl Drop for Hosted {
    fn drop(&mut self) {
        // SAFETY: made by `Box::into_raw`; the instance that used it is gone.
        let host = unsafe { Box::from_raw(self.0) };
        host.end();
    }
}

impl fmt::Debug for Hosted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hosted")
    }
}

impl Host {
    fn at_fixed_place(id: &str) -> *mut Self {
        #[expect(clippy::cast_possible_truncation, reason = "some dozens of bytes")]
        let size = size_of::<raw::Host>() as u32;
        let raw = raw::Host {
            size,
            minor: u32::from(raw::MINOR),
            me: core::ptr::null_mut(),
            now_ns: Some(now_ns),
            log: Some(log),
            alloc: Some(alloc),
            free: Some(free),
        };
        let host = Self { raw, id: id.to_owned(), blocks: Mutex::default() };
        let at = Box::into_raw(Box::new(host));
        // SAFETY: just made, and nobody else has it.
        unsafe { (*at).raw.me = at.cast() };
        at
    }

    fn blocks(&self) -> MutexGuard<'_, BTreeMap<usize, Layout>> {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says what was not given back. It stays claimed: somebody may still have it.
    fn end(&self) {
        let blocks = self.blocks();
        if !blocks.is_empty() {
            let bytes: usize = blocks.values().map(Layout::size).sum();
            log::debug!(
                target: &self.id,
                "did not give back {} blocks of the host's memory, {bytes} bytes in all",
                blocks.len()
            );
        }
    }
}

/// The services for linked-in parts called `id`. They are kept until the program ends: some hundred
/// bytes for each id.
pub fn services(id: &str) -> Services {
    static KNOWN: Mutex<BTreeMap<String, Fixed>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if !known.contains_key(id) {
        known.insert(id.to_owned(), Fixed(Host::at_fixed_place(id)));
    }
    // SAFETY: never freed.
    let host = known.get(id).map(|host| unsafe { Services::from_raw(host.0.cast()) });
    host.and_then(Result::ok).unwrap_or_default()
}

/// A host that is never freed.
struct Fixed(*mut Host);
// SAFETY: a `Host` may be used from any thread.
unsafe impl Send for Fixed {}

unsafe extern "C" fn now_ns(_me: *mut c_void, out: *mut u64) -> raw::Status {
    static START: OnceLock<Instant> = OnceLock::new();
    if out.is_null() || !out.is_aligned() {
        return ErrorKind::Argument("the place for the time").code();
    }
    let elapsed = START.get_or_init(Instant::now).elapsed();
    let elapsed_ns = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
    // SAFETY: not NULL, aligned; the plugin's own memory.
    unsafe { out.write(elapsed_ns) };
    raw::OK
}

/// The host that a service was called with.
///
/// # Safety
/// `me` is NULL or what this host put into its structure, and the instance lives.
unsafe fn host<'a>(me: *mut c_void) -> Option<&'a Host> {
    // SAFETY: the caller's promise.
    unsafe { me.cast::<Host>().as_ref() }
}

unsafe extern "C" fn log(me: *mut c_void, level: u32, utf8: *const u8, len: u32) -> raw::Status {
    let refused = ErrorKind::Argument("a line of the log").code();
    // SAFETY: the caller keeps to the interface.
    let Some(host) = (unsafe { host(me) }) else { return refused };
    let bytes = match len as usize {
        0 => &[],
        _ if utf8.is_null() => return refused,
        // One character more than is shown, so that a cut falls between characters.
        len => {
            let len = len.min(LOG_LINE_BYTES + 4);
            // SAFETY: not NULL, and the caller keeps to the interface: so many bytes.
            unsafe { core::slice::from_raw_parts(utf8, len) }
        }
    };
    let text = match core::str::from_utf8(bytes) {
        Ok(text) => text,
        // Cut by us in the middle of a character.
        Err(e) if e.error_len().is_none() && bytes.len() < len as usize => {
            core::str::from_utf8(&bytes[..e.valid_up_to()]).unwrap_or("")
        }
        Err(_) => return refused,
    };
    let text = &text[..text.floor_char_boundary(LOG_LINE_BYTES)];
    let level = match Level::from_number(level) {
        Some(Level::Error) => log::Level::Error,
        Some(Level::Warning) => log::Level::Warn,
        Some(Level::Info) => log::Level::Info,
        Some(Level::Debug) => log::Level::Debug,
        // Of a newer minor: not lost, and not louder than what is known.
        None => log::Level::Trace,
    };
    // A logger that panics must not unwind into the part.
    let logged = std::panic::catch_unwind(|| log::log!(target: &host.id, level, "{text}"));
    if logged.is_ok() { raw::OK } else { ErrorKind::Broken("the log").code() }
}

unsafe extern "C" fn alloc(
    me: *mut c_void,
    bytes: u64,
    align: u32,
    out: *mut *mut c_void,
) -> raw::Status {
    let refused = ErrorKind::Argument("what memory is wanted").code();
    let none = ErrorKind::Capacity { what: "memory", needed: bytes, available: 0 }.code();
    // SAFETY: the caller keeps to the interface.
    let Some(host) = (unsafe { host(me) }) else { return refused };
    if out.is_null() || !out.is_aligned() || bytes == 0 || align > ALIGN_MAX {
        return refused;
    }
    if !align.is_power_of_two() {
        return refused;
    }
    let Ok(size) = usize::try_from(bytes) else { return none };
    let Ok(layout) = Layout::from_size_align(size, align as usize) else { return none };
    // SAFETY: not of 0 bytes.
    let at = unsafe { claim(layout) };
    if at.is_null() {
        return none;
    }
    host.blocks().insert(at.addr(), layout);
    // SAFETY: not NULL, aligned; the plugin's own memory.
    unsafe { out.write(at.cast()) };
    raw::OK
}

unsafe extern "C" fn free(me: *mut c_void, at: *mut c_void) {
    // SAFETY: the caller keeps to the interface.
    let Some(host) = (unsafe { host(me) }) else { return };
    if at.is_null() {
        return;
    }
    let known = host.blocks().remove(&at.addr());
    match known {
        // SAFETY: given with this layout, and taken off the list, so this happens once.
        Some(layout) => unsafe { dealloc(at.cast(), layout) },
        None => log::warn!(
            target: &host.id,
            "gave back memory that it does not have, twice or somebody else's; nothing was freed"
        ),
    }
}

#[cfg(test)]
#[path = "host_tests.rs"]
mod tests;
