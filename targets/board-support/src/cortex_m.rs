//! The fault handler of Cortex-M: every fault ends there, since no other handler is installed.

#![expect(unsafe_code, reason = "cortex-m-rt takes only an unsafe handler of hard faults")]

use crate::fault;
// It brings the critical sections.
use cortex_m as _;
use cortex_m_rt::{ExceptionFrame, exception};

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    fault("hard fault", 0, frame.pc() as usize)
}
