//! Cortex-M0-class, ARMv6-M without FPU on mps2-an385, whose core is an M3, a superset: boot. What an image does is in `board-support`.
#![no_std]
#![no_main]

#[cortex_m_rt::entry]
fn main() -> ! {
    pandia_board::run()
}
