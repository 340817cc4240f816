//! The fault handler of Cortex-M: every fault ends there, since no other handler is installed.

#![expect(unsafe_code, reason = "cortex-m-rt takes only an unsafe handler of hard faults")]

use crate::fault;
use cortex_m_rt::{ExceptionFrame, exception};

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    fault(format_args!("hard fault at {:#010x}", frame.pc()))
}
