//! Cortex-A53 on xlnx-zcu102: boot with MMU and caches on. What an image does is in
//! `board-support`.
//!
//! One core runs, at EL1.
#![no_std]
#![no_main]

mod boot;

fn main() -> ! {
    pandia_board::run()
}
