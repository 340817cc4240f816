//! Tables with anything missing: taken and used, or refused by name.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| pandia_fuzz::tables::run(data));
