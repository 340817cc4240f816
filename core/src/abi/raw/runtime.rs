//! The table of runtimes. Thread tags as for backends, and \[user\]: the program's side, which may
//! overlap with the runtime's own \[exec\] calls on the stack.

use super::backend::Backend;
use super::call::{Batch, Err, GateSet, Info, Metric};
use super::plugin::Config;
use super::{Status, Text, pin};
use core::ffi::c_void;

/// A runtime across the border: a table and an instance.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Runtime {
    /// The table; lives as long as the instance.
    pub vt: *const RuntimeVt,
    /// The instance, handed to every function.
    pub me: *mut c_void,
}
pin!(Runtime: 16 / 8, vt @ 0 / 0, me @ 8 / 4);

/// The table. A function is present if `size` covers it and it is not NULL.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RuntimeVt {
    /// Bytes of this table as its maker knows it.
    pub size: u32,
    /// 0.
    pub reserved0: u32,
    /// \[quiet\] The id that errors are signed with; the text lives as long as the instance.
    /// Required since 1.0.
    pub id: Option<unsafe extern "C" fn(*mut c_void, *mut Text) -> Status>,
    /// \[setup\] Takes over a stack, which outlives the attachment; from here to `detach` only the
    /// runtime calls it. The configuration is the one of `layout` and `create` again, so that a
    /// runtime need keep no copy. `own_thread` 1 is a permission: calls of \[exec\] and \[quiet\]
    /// may come from a thread of the runtime's own, one at a time; those of \[setup\] still come
    /// from the host's. A runtime that needs it refuses 0 by name; any refuses 1 over a pinned
    /// stack. Hosts give 1 exactly if every part of the stack is sendable. Required since 1.0.
    pub attach: Option<
        unsafe extern "C" fn(*mut c_void, *const Backend, *const Config, u32, *mut Err) -> Status,
    >,
    /// \[setup\] Gives the stack back, also in the middle of a shot and after errors: what is held
    /// back is left out, a call in flight is waited for, and when this returns there are no more,
    /// from any thread. Required since 1.0.
    pub detach: Option<unsafe extern "C" fn(*mut c_void, *mut Err) -> Status>,
    /// \[quiet\] What the stack can do. Required since 1.0.
    pub query: Option<unsafe extern "C" fn(*mut c_void, *mut Info, *mut Err) -> Status>,
    /// \[setup\] As a backend's. Required since 1.0.
    pub negotiate:
        Option<unsafe extern "C" fn(*mut c_void, *const GateSet, *mut u8, u32, *mut Err) -> Status>,
    /// \[user\] Begins a shot: instance, shot, seed of the run. Required since 1.0.
    pub shot_begin: Option<unsafe extern "C" fn(*mut c_void, u64, u64, *mut Err) -> Status>,
    /// \[user\] Takes over the operations of a batch: carries them out or keeps a copy. What fails
    /// later is told by `result` or `shot_end`, as a lost shot. Required since 1.0.
    pub submit: Option<unsafe extern "C" fn(*mut c_void, *const Batch, *mut Err) -> Status>,
    /// \[user\] A result by id; 1: wait for it; out: 0, 1, 2, or [`super::NOT_YET`] if not waiting.
    /// Required since 1.0.
    pub result: Option<unsafe extern "C" fn(*mut c_void, u64, u32, *mut u64, *mut Err) -> Status>,
    /// \[user\] Carries out what is held back and ends the shot. Required since 1.0.
    pub shot_end: Option<unsafe extern "C" fn(*mut c_void, *mut Err) -> Status>,
    /// \[setup\] Ends the instance, detaching it first if need be. Required since 1.0.
    pub destroy: Option<unsafe extern "C" fn(*mut c_void)>,
    /// \[quiet\] The metric of this index. Optional since 1.0; default: none.
    pub metric: Option<unsafe extern "C" fn(*mut c_void, u32, *mut Metric) -> Status>,
    /// \[setup\] The table of an extension by its id, or NULL. Optional since 1.0; default: none.
    pub extension:
        Option<unsafe extern "C" fn(*mut c_void, *const Text, *mut *const c_void) -> Status>,
}
pin!(RuntimeVt: 104 / 56, reserved0 @ 4 / 4, id @ 8 / 8, attach @ 16 / 12, detach @ 24 / 16,
    query @ 32 / 20, negotiate @ 40 / 24, shot_begin @ 48 / 28, submit @ 56 / 32,
    result @ 64 / 36, shot_end @ 72 / 40, destroy @ 80 / 44, metric @ 88 / 48,
    extension @ 96 / 52);
