//! Leaving a mark and going back to it on AArch64.

use super::escape::Mark;
use core::arch::naked_asm;
use core::ffi::c_void;

macro_rules! registers {
    ($way:literal) => {
        concat!(
            $way,
            " x19, x20, [sp, #0]\n",
            $way,
            " x21, x22, [sp, #16]\n",
            $way,
            " x23, x24, [sp, #32]\n",
            $way,
            " x25, x26, [sp, #48]\n",
            $way,
            " x27, x28, [sp, #64]\n",
            $way,
            " x29, x30, [sp, #80]\n",
            $way,
            " d8, d9, [sp, #96]\n",
            $way,
            " d10, d11, [sp, #112]\n",
            $way,
            " d12, d13, [sp, #128]\n",
            $way,
            " d14, d15, [sp, #144]\n",
        )
    };
}
macro_rules! save {
    () => {
        concat!("sub sp, sp, #160\n", registers!("stp"), "mov x9, sp\n str x9, [x0]")
    };
}
macro_rules! restore {
    () => {
        concat!(registers!("ldp"), "add sp, sp, #160\n ret")
    };
}

/// [`super::escape::call`].
#[unsafe(naked)]
pub(super) unsafe extern "C" fn call(
    mark: *mut Mark,
    work: unsafe extern "C" fn(*mut c_void),
    data: *mut c_void,
) {
    naked_asm!(save!(), "mov x0, x2\n blr x1", restore!())
}

/// [`super::escape::back`].
#[unsafe(naked)]
pub(super) unsafe extern "C" fn back(mark: Mark) -> ! {
    naked_asm!("mov sp, x0", restore!())
}
