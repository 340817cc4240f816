//! Whole shots over parts that lie: the right result or an error.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| pandia_fuzz::shots::run(data));
