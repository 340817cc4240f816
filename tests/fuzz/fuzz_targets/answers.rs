//! A hostile part: whatever its functions answer is refused or sound.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| pandia_fuzz::answers::run(data));
