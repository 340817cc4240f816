//! Cortex-M7 with double precision on mps2-an500: boot. What an image does is in `board-support`.
#![no_std]
#![no_main]

use pandia_board::peripherals::Fpgaio;
use pandia_board::taps;

#[cortex_m_rt::entry]
fn main() -> ! {
    pandia_board::run(|out| {
        #[expect(unsafe_code, reason = "registers are somebody's to hand out once")]
        // SAFETY: this is an MPS2 board, and nothing else in the image uses its FPGAIO.
        let fpgaio = unsafe { Fpgaio::new() };
        taps::with_fpgaio(out, fpgaio)
    })
}
