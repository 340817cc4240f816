//! Leaving a mark and going back to it on RISC-V.

use super::escape::Mark;
use core::arch::naked_asm;
use core::ffi::c_void;

#[cfg(target_arch = "riscv32")]
macro_rules! word {
    (store $rest:literal) => {
        concat!("sw ", $rest, "\n")
    };
    (load $rest:literal) => {
        concat!("lw ", $rest, "\n")
    };
}
#[cfg(target_arch = "riscv64")]
macro_rules! word {
    (store $rest:literal) => {
        concat!("sd ", $rest, "\n")
    };
    (load $rest:literal) => {
        concat!("ld ", $rest, "\n")
    };
}
// The build script tells by the target's name: no cfg of stable Rust does. The assembler must be
// told as well.
#[cfg(pandia_float = "double")]
macro_rules! float {
    (begin) => {
        ".option push\n.option arch, +d\n"
    };
    (store $rest:literal) => {
        concat!("fsd ", $rest, "\n")
    };
    (load $rest:literal) => {
        concat!("fld ", $rest, "\n")
    };
    (end) => {
        ".option pop\n"
    };
}
#[cfg(pandia_float = "single")]
macro_rules! float {
    (begin) => {
        ".option push\n.option arch, +f\n"
    };
    (store $rest:literal) => {
        concat!("fsw ", $rest, "\n")
    };
    (load $rest:literal) => {
        concat!("flw ", $rest, "\n")
    };
    (end) => {
        ".option pop\n"
    };
}
#[cfg(pandia_float = "none")]
macro_rules! float {
    ($word:ident) => {
        ""
    };
    ($way:ident $rest:literal) => {
        ""
    };
}
/// Words first, floats behind sixteen words.
macro_rules! registers {
    ($way:ident) => {
        concat!(
            word!($way "ra, 0*{word}(sp)"),
            word!($way "s0, 1*{word}(sp)"),
            word!($way "s1, 2*{word}(sp)"),
            word!($way "s2, 3*{word}(sp)"),
            word!($way "s3, 4*{word}(sp)"),
            word!($way "s4, 5*{word}(sp)"),
            word!($way "s5, 6*{word}(sp)"),
            word!($way "s6, 7*{word}(sp)"),
            word!($way "s7, 8*{word}(sp)"),
            word!($way "s8, 9*{word}(sp)"),
            word!($way "s9, 10*{word}(sp)"),
            word!($way "s10, 11*{word}(sp)"),
            word!($way "s11, 12*{word}(sp)"),
            float!(begin),
            float!($way "fs0, 16*{word}+0(sp)"),
            float!($way "fs1, 16*{word}+8(sp)"),
            float!($way "fs2, 16*{word}+16(sp)"),
            float!($way "fs3, 16*{word}+24(sp)"),
            float!($way "fs4, 16*{word}+32(sp)"),
            float!($way "fs5, 16*{word}+40(sp)"),
            float!($way "fs6, 16*{word}+48(sp)"),
            float!($way "fs7, 16*{word}+56(sp)"),
            float!($way "fs8, 16*{word}+64(sp)"),
            float!($way "fs9, 16*{word}+72(sp)"),
            float!($way "fs10, 16*{word}+80(sp)"),
            float!($way "fs11, 16*{word}+88(sp)"),
            float!(end),
        )
    };
}
macro_rules! save {
    () => {
        concat!(
            "addi sp, sp, -(16*{word}+96)\n",
            registers!(store),
            word!(store "sp, 0(a0)")
        )
    };
}
macro_rules! restore {
    () => {
        concat!(registers!(load), "addi sp, sp, 16*{word}+96\n ret")
    };
}

/// [`super::escape::call`].
#[unsafe(naked)]
pub(super) unsafe extern "C" fn call(
    mark: *mut Mark,
    work: unsafe extern "C" fn(*mut c_void),
    data: *mut c_void,
) {
    naked_asm!(save!(), "mv a0, a2\n jalr a1", restore!(), word = const size_of::<usize>())
}

/// [`super::escape::back`].
#[unsafe(naked)]
pub(super) unsafe extern "C" fn back(mark: Mark) -> ! {
    naked_asm!("mv sp, a0", restore!(), word = const size_of::<usize>())
}
