//! OpenQASM 3: any text is compiled or refused with a message that has a place; never a panic, never
//! a hang, never a program that core's checker refuses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pandia_fuzz::compile;

fuzz_target!(|text: &str| compile("OPENQASM 3.0;\ninclude \"stdgates.inc\";\n", text));
