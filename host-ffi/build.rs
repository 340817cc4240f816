//! Tells which floats a calling convention of RISC-V preserves; no cfg of stable Rust does.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(pandia_float, values(\"none\", \"single\", \"double\"))");
    let target = env::var("TARGET").unwrap_or_default();
    let (core, _) = target.split_once('-').unwrap_or((&target, ""));
    let float = match core.strip_prefix("riscv32").or_else(|| core.strip_prefix("riscv64")) {
        Some(letters) if letters.contains(['d', 'g']) => "double",
        Some(letters) if letters.contains('f') => "single",
        _ => "none",
    };
    println!("cargo::rustc-cfg=pandia_float=\"{float}\"");
}
