//! RV32IMAFC on virt: boot. What an image does is in `board-support`.
#![no_std]
#![no_main]

#[riscv_rt::entry]
fn main() -> ! {
    pandia_board::run()
}
