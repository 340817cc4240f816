//! Operation records: whatever the checker lets pass is walked whole, operand by operand, and a
//! state vector either carries it out or refuses it without a change.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| pandia_fuzz::records::run(data));
