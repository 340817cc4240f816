//! The loader's negotiation: modules of random sizes, counts, strides, texts and functions.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| pandia_fuzz::loader::run(data));
