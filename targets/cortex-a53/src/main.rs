//! Cortex-A53 on xlnx-zcu102: boot with MMU and caches on. What an image does is in
//! `board-support`.
//!
//! One core runs, at EL1.
#![no_std]
#![no_main]

mod boot;

use pandia_board::peripherals::GenericTimer;
use pandia_board::{ErrorKind, taps};

fn main() -> ! {
    pandia_board::run(|out| {
        let unset = ErrorKind::Hardware("nobody has told the generic timer its frequency");
        let timer = GenericTimer::new().ok_or(unset)?;
        taps::without_pins(out, timer, timer)
    })
}
