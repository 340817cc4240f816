//! Whom to ask that a call in progress returns early.

use core::ffi::c_void;

/// Whom to ask, from another thread, that a call in progress returns early: a function and an
/// instance across the border, somewhere below. A layer passes on its child's, so the ability
/// survives any depth of wrapping. Only [`crate::abi`] can call it, since only there is it known how
/// long the instance lives.
#[derive(Clone, Copy, Debug)]
pub struct CancelTarget {
    pub(crate) call: unsafe extern "C" fn(*mut c_void) -> i32,
    pub(crate) me: *mut c_void,
}
