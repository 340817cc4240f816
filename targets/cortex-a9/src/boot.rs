//! Start-up code and exception vectors, for every image of this board.

#![expect(unsafe_code, reason = "the start-up code finds its way here by symbols")]

use core::arch::global_asm;

global_asm!(include_str!("start.s"));
global_asm!(include_str!("../../board-support/src/arm_vectors.s"));

// SAFETY: only the start-up code knows this symbol; it calls it once, with a stack and cleared .bss.
#[unsafe(no_mangle)]
extern "C" fn start() -> ! {
    crate::main()
}

// SAFETY: only the exception vectors know this symbol; they jump there with a stack.
#[unsafe(no_mangle)]
extern "C" fn exception(vector: usize, return_address: usize, accessed: usize) -> ! {
    pandia_board::fault("exception", vector, return_address, accessed)
}
