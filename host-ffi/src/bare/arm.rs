//! Leaving a mark and going back to it on 32-bit Arm, Thumb or not.

use super::escape::Mark;
use core::arch::naked_asm;
use core::ffi::c_void;

/// Callee-saved registers of doubles exist exactly where the calling convention uses them. The
/// assembler must be told that they are there; every FPU of such a target has them.
#[cfg(target_abi = "eabihf")]
macro_rules! floats {
    ($what:literal) => {
        concat!(".fpu fpv4-sp-d16\n", $what, " {{d8-d15}}")
    };
}
#[cfg(not(target_abi = "eabihf"))]
macro_rules! floats {
    ($what:literal) => {
        ""
    };
}
/// In instructions that ARMv6-M has, too. The third register pads the stack to 8 bytes.
macro_rules! save {
    () => {
        concat!(
            "push {{r4-r7, lr}}\n mov r4, r8\n mov r5, r9\n mov r6, r10\n mov r7, r11\n",
            "push {{r3-r7}}\n",
            floats!("vpush"),
            "\n mov r3, sp\n str r3, [r0]"
        )
    };
}
macro_rules! restore {
    () => {
        concat!(
            floats!("vpop"),
            "\n pop {{r3-r7}}\n mov r8, r4\n mov r9, r5\n mov r10, r6\n mov r11, r7\n",
            "pop {{r4-r7, pc}}"
        )
    };
}

/// [`super::escape::call`].
#[unsafe(naked)]
pub(super) unsafe extern "C" fn call(
    mark: *mut Mark,
    work: unsafe extern "C" fn(*mut c_void),
    data: *mut c_void,
) {
    naked_asm!(save!(), "mov r0, r2\n blx r1", restore!())
}

/// [`super::escape::back`].
#[unsafe(naked)]
pub(super) unsafe extern "C" fn back(mark: Mark) -> ! {
    naked_asm!("mov sp, r0", restore!())
}
