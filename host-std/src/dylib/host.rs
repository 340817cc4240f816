//! The services that this host offers to plugins: a clock. Memory comes with `create`; there is no
//! log yet, and a plugin must live without.

use core::ffi::c_void;
use pandia_core::abi::raw;
use std::sync::OnceLock;
use std::time::Instant;

struct Services(raw::Host);

// SAFETY: constants and functions that any thread may call.
unsafe impl Sync for Services {}

static SERVICES: Services = Services(raw::Host {
    #[expect(clippy::cast_possible_truncation, reason = "some dozens of bytes")]
    size: size_of::<raw::Host>() as u32,
    minor: raw::MINOR as u32,
    me: core::ptr::null_mut(),
    now_ns: Some(now_ns),
    log: None,
    alloc: None,
    free: None,
});

/// The services.
pub(super) fn services() -> *const raw::Host {
    &raw const SERVICES.0
}

unsafe extern "C" fn now_ns(_me: *mut c_void, out: *mut u64) -> raw::Status {
    static START: OnceLock<Instant> = OnceLock::new();
    if out.is_null() || !out.is_aligned() {
        return -1;
    }
    let elapsed = START.get_or_init(Instant::now).elapsed();
    let elapsed_ns = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
    // SAFETY: not NULL, aligned; the plugin's own memory.
    unsafe { out.write(elapsed_ns) };
    raw::OK
}
