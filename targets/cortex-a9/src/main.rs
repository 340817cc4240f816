//! Cortex-A9 on xilinx-zynq-a9: boot and exception vectors. What an image does is in
//! `board-support`.
//!
//! One core runs, with MMU, caches and FPU off: the stable target computes floats in software.
#![no_std]
#![no_main]

mod boot;

fn main() -> ! {
    pandia_board::run()
}
