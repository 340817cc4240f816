//! Cortex-M7 with double precision on mps2-an500: boot. What an image does is in `board-support`.
#![no_std]
#![no_main]

#[cortex_m_rt::entry]
fn main() -> ! {
    pandia_board::run()
}
