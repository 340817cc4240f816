//! Stacks: any operations, sound or not, through any simulator under any error models. Nothing
//! panics, outcomes are those asked for, and a lost shot leaves the next one good.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| pandia_fuzz::stack::run(data));
