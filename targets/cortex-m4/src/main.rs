//! Cortex-M4F on mps2-an386: boot. What an image does is in `board-support`.
#![no_std]
#![no_main]

#[cortex_m_rt::entry]
fn main() -> ! {
    pandia_board::run()
}
