//! The board link's server: whatever comes over the line, it stays in order, and a good client is
//! served afterwards.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| pandia_fuzz::link::run(data));
