//! Programs: whatever the checker lets pass runs within its bounds. The CRC is mended, since
//! a fuzzer would hardly guess it, and the steps of a shot are bounded.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| pandia_fuzz::program::run(data));
