//! The fault handler of Cortex-M: every fault ends there, since no other handler is installed.

#![expect(unsafe_code, reason = "cortex-m-rt takes only an unsafe handler of hard faults")]

use crate::fault;
// It brings the critical sections.
use cortex_m as _;
use cortex_m_rt::{ExceptionFrame, exception};

// SAFETY: `cortex-m-rt` has it, by this name.
unsafe extern "C" {
    /// Where an exception goes that has no handler of its own.
    fn DefaultHandler();
}

/// Interrupts beside the core's own: none is enabled, so one vector stands for that of the first, and
/// the 239 others, which `cortex-m-rt` would list, take no room.
// SAFETY: no other symbol has this name, and the section is where the core looks for vectors.
#[unsafe(no_mangle)]
#[unsafe(link_section = ".vector_table.interrupts")]
static __INTERRUPTS: [unsafe extern "C" fn(); 1] = [DefaultHandler];

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    fault("hard fault", 0, frame.pc() as usize)
}
