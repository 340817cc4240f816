//! Tells the crate what it is compiled for: the target triple, and after a slash the processor if
//! one was chosen. No cfg says either in full.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let triple = env::var("TARGET").unwrap_or_default();
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let flags: Vec<&str> = flags.split('\u{1f}').collect();
    let processor = flags.iter().enumerate().rev().find_map(|(at, flag)| {
        let flag = flag.strip_prefix("-C").filter(|rest| !rest.is_empty()).unwrap_or(flag);
        let after_c = at > 0 && flags[at - 1] == "-C" || flags[at].starts_with("-C");
        flag.strip_prefix("target-cpu=").filter(|_| after_c)
    });
    let machine = processor.map_or(triple.clone(), |name| format!("{triple}/{name}"));
    println!("cargo::rustc-env=PANDIA_MACHINE={machine}");
}
