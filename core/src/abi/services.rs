//! The host's services across the border: a structure of C as [`Services`], and back.
//!
//! The structure is read anew for each call, its size first: calls are rare, and what is absent in
//! it stays absent.

use super::raw;
use super::record;
use crate::error::{Error, ErrorKind, Result};
use crate::part::services::{Calls, HostWord};
use crate::part::{Level, Services};
use core::alloc::Layout;
use core::ptr::NonNull;

// SAFETY: the word is the address of a host's structure, which nobody changes and whose services may
// be called from any thread; memory only in set-up, one call at a time.
unsafe impl Send for HostWord {}
// SAFETY: as above.
unsafe impl Sync for HostWord {}

static CALLS: Calls = Calls { now_ns, log, alloc, free };

impl Services {
    /// The services behind a structure; none of them if it is NULL.
    ///
    /// # Errors
    /// [`ErrorKind::Interface`] if the structure is malformed.
    ///
    /// # Safety
    /// Unless NULL or misaligned, `host` is readable as far as its size says, keeps to the
    /// interface, and lives as long as any copy of what is given back.
    pub unsafe fn from_raw(host: *const raw::Host) -> Result<Self> {
        if host.is_null() {
            return Ok(Self::NONE);
        }
        // SAFETY: the caller's promise.
        unsafe { record::read(host) }?;
        Ok(Self { host: Some((HostWord(host.cast()), &CALLS)) })
    }

    /// The structure, to be handed on; NULL if there are no services.
    #[must_use]
    pub fn as_raw(&self) -> *const raw::Host {
        self.host.map_or(core::ptr::null(), |(host, _)| host.0.cast())
    }
}

/// The structure, as far as its size covers it.
fn read(host: HostWord) -> raw::Host {
    // SAFETY: only `from_raw` makes such a word, of a structure that lives as long as the services.
    unsafe { record::read(host.0.cast::<raw::Host>()) }.unwrap_or_else(|_| record::blank())
}

fn now_ns(host: HostWord) -> Option<u64> {
    let host = read(host);
    let now_ns = host.now_ns?;
    let mut out = 0;
    // SAFETY: the host's function with the host's own word; the place is a local.
    let status = unsafe { now_ns(host.me, &raw mut out) };
    (status == raw::OK).then_some(out)
}

fn log(host: HostWord, level: Level, text: &str) -> bool {
    let host = read(host);
    let Some(log) = host.log else { return false };
    let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
    // SAFETY: the host's function with the host's own word; `len` bytes are readable at the text.
    let status = unsafe { log(host.me, level as u32, text.as_ptr(), len) };
    status == raw::OK
}

fn alloc(host: HostWord, layout: Layout) -> Result<Option<NonNull<u8>>> {
    let host = read(host);
    // Memory that cannot be given back is not taken.
    let (Some(alloc), Some(_)) = (host.alloc, host.free) else { return Ok(None) };
    let mut at = core::ptr::null_mut();
    let align = u32::try_from(layout.align()).unwrap_or(u32::MAX);
    // SAFETY: the host's function with the host's own word; the place is a local.
    let status = unsafe { alloc(host.me, layout.size() as u64, align, &raw mut at) };
    if status != raw::OK {
        let (needed, what) = (layout.size() as u64, "bytes of the host's memory");
        return Err(ErrorKind::Capacity { what, needed, available: 0 }.into());
    }
    let found = NonNull::new(at.cast::<u8>()).filter(|at| at.addr().get() % layout.align() == 0);
    found.map(Some).ok_or_else(|| {
        Error::from(ErrorKind::Interface("memory that is none"))
            .with_text(format_args!("the host's memory is NULL or misaligned; report it there"))
    })
}

fn free(host: HostWord, at: NonNull<u8>) {
    let host = read(host);
    if let Some(free) = host.free {
        // SAFETY: the host's function with the host's own word; it gave this memory, and it is
        // given back once.
        unsafe { free(host.me, at.as_ptr().cast()) };
    }
}
