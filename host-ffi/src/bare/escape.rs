//! A call that can be left from below: [`call`] leaves a mark and calls, [`back`] continues after it.
//!
//! In Rust's eyes `call` is an ordinary function that returns once. What the platform's calling
//! convention says a function preserves is saved on the stack in front of the mark and restored on
//! both ways out; nothing else of the abandoned frames is looked at again.

#[cfg(target_arch = "aarch64")]
use super::aarch64 as family;
#[cfg(target_arch = "arm")]
use super::arm as family;
#[cfg(any(target_arch = "riscv32", target_arch = "riscv64"))]
use super::riscv as family;
use core::ffi::c_void;

/// The stack pointer to go back to.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub(super) struct Mark(usize);

impl Mark {
    pub(super) const NONE: Self = Self(0);
}

/// Leaves a mark at `mark` and calls `work` with `data`. Returns when that returns or when
/// somebody below goes [`back`] to the mark.
///
/// # Safety
/// `mark` is writable, and calling `work` with `data` is right. Whoever goes back abandons frames
/// whose values are never dropped; that must be right for all of them.
pub(super) unsafe fn call(
    mark: *mut Mark,
    work: unsafe extern "C" fn(*mut c_void),
    data: *mut c_void,
) {
    // SAFETY: the caller's promise.
    unsafe { family::call(mark, work, data) }
}

/// Continues after the call that left the mark.
///
/// # Safety
/// That call is in progress, on this stack.
pub(super) unsafe fn back(mark: Mark) -> ! {
    // SAFETY: the caller's promise.
    unsafe { family::back(mark) }
}

/// Ends in the firmware's fault handler.
pub(super) fn trap() -> ! {
    loop {
        // SAFETY: an instruction that is undefined by the architecture reads and writes nothing.
        unsafe {
            #[cfg(any(target_arch = "arm", target_arch = "aarch64"))]
            core::arch::asm!("udf #0");
            #[cfg(any(target_arch = "riscv32", target_arch = "riscv64"))]
            core::arch::asm!("unimp");
        }
    }
}
