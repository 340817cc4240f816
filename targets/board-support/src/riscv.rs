//! The trap handler of RISC-V: any exception, since this firmware expects none.

use crate::fault;
use riscv::register::{mcause, mepc};

#[expect(unsafe_code, reason = "the runtime finds this handler by its symbol")]
// SAFETY: the name and the signature are those of riscv-rt's default handler, which this replaces.
#[unsafe(no_mangle)]
extern "C" fn ExceptionHandler(_: &riscv_rt::TrapFrame) -> ! {
    fault("exception", mcause::read().bits(), mepc::read())
}
