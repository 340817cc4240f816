//! The one table of simulators, error models and taps.
//!
//! Thread tags. \[setup\]: the host's thread, never during \[exec\]. \[exec\]: one call at a time
//! per stack; the thread may change between calls if every part of the stack is sendable.
//! \[quiet\]: never during \[exec\]. \[any\]: from any thread at any time, does not block.

use super::call::{Batch, Err, GateSet, Info, Metric, Results, StateQuery};
use super::{Status, Text, pin};
use core::ffi::c_void;

/// A backend across the border: a table and an instance.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Backend {
    /// The table; lives as long as the instance.
    pub vt: *const BackendVt,
    /// The instance, handed to every function.
    pub me: *mut c_void,
}
pin!(Backend: 16 / 8, vt @ 0 / 0, me @ 8 / 4);

/// The table. A function is present if `size` covers it and it is not NULL.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct BackendVt {
    /// Bytes of this table as its maker knows it.
    pub size: u32,
    /// 0.
    pub reserved0: u32,
    /// \[quiet\] The id that errors are signed with; the text lives as long as the instance.
    /// Required since 1.0.
    pub id: Option<unsafe extern "C" fn(*mut c_void, *mut Text) -> Status>,
    /// \[quiet\] What this instance can do; a layer asks its child and edits the copy.
    /// Required since 1.0.
    pub query: Option<unsafe extern "C" fn(*mut c_void, *mut Info, *mut Err) -> Status>,
    /// \[setup\] Announces gates; one verdict each: 0 refused, 1 native, 2 through its matrix,
    /// 3 lowered. Sets add up. Required since 1.0.
    pub negotiate:
        Option<unsafe extern "C" fn(*mut c_void, *const GateSet, *mut u8, u32, *mut Err) -> Status>,
    /// \[exec\] Begins a shot: instance, shot, seed of the run. Required since 1.0.
    pub shot_begin: Option<unsafe extern "C" fn(*mut c_void, u64, u64, *mut Err) -> Status>,
    /// \[exec\] Carries out a batch. Required since 1.0.
    pub apply:
        Option<unsafe extern "C" fn(*mut c_void, *const Batch, *mut Results, *mut Err) -> Status>,
    /// \[exec\] Ends the shot, also a lost one. Required since 1.0.
    pub shot_end: Option<unsafe extern "C" fn(*mut c_void, *mut Err) -> Status>,
    /// \[setup\] Ends the instance; called once, by who created it. The memory is the caller's.
    /// Required since 1.0.
    pub destroy: Option<unsafe extern "C" fn(*mut c_void)>,
    /// \[quiet\] The metric of this index. Optional since 1.0; default: none.
    pub metric: Option<unsafe extern "C" fn(*mut c_void, u32, *mut Metric) -> Status>,
    /// \[quiet\] Numbers of the state: query, numbers to write and how many. Optional since 1.0;
    /// default: unsupported.
    pub state: Option<
        unsafe extern "C" fn(*mut c_void, *const StateQuery, *mut f64, u64, *mut Err) -> Status,
    >,
    /// \[quiet\] The hash of the state's bits. Optional since 1.0; default: unsupported.
    pub state_digest: Option<unsafe extern "C" fn(*mut c_void, *mut u64, *mut Err) -> Status>,
    /// \[any\] Asks a call in progress to return early. Optional since 1.0; default: nothing.
    pub cancel: Option<unsafe extern "C" fn(*mut c_void) -> Status>,
    /// \[setup\] The table of an extension by its id, or NULL. A layer does not pass on what it
    /// does not know. Optional since 1.0; default: none.
    pub extension:
        Option<unsafe extern "C" fn(*mut c_void, *const Text, *mut *const c_void) -> Status>,
    /// The drill's (`docs/adr/0012-minors.md`), not part of the interface.
    #[cfg(pandia_drill = "1")]
    pub snapshot: Option<unsafe extern "C" fn(*mut c_void, *mut u64, *mut Err) -> Status>,
    /// The drill's, not part of the interface.
    #[cfg(pandia_drill = "2")]
    pub flush: Option<unsafe extern "C" fn(*mut c_void, *mut Err) -> Status>,
}
#[cfg(not(pandia_drill))]
pin!(BackendVt: 104 / 56, reserved0 @ 4 / 4, id @ 8 / 8, query @ 16 / 12, negotiate @ 24 / 16,
    shot_begin @ 32 / 20, apply @ 40 / 24, shot_end @ 48 / 28, destroy @ 56 / 32,
    metric @ 64 / 36, state @ 72 / 40, state_digest @ 80 / 44, cancel @ 88 / 48,
    extension @ 96 / 52);
