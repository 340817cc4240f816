//! What a host or layer got wrong is refused by our parts, and changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| pandia_fuzz::calls::run(data));
