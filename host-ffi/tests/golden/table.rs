//! The interface as text, one row a fact: what is frozen.

use super::contract::{CType, Contract};
use super::layout;
use pandia_core::abi::policy::{self, Need, Policy};
use std::fmt::Write as _;

/// Structures without a size of their own, handed over by value or in arrays without a stride: they
/// can never grow.
pub(crate) const CLOSED: [&str; 4] =
    ["pandia_text", "pandia_outcome", "pandia_backend", "pandia_runtime"];

const HEAD: &str = "\
# The plugin interface, major version 1: every structure, offset (64-bit/32-bit), signature, constant
# and requirement. Written by host-ffi/tests/golden.rs, which lets nothing but an append pass.
# How to change the interface: docs/abi.md.
";

/// The interface of today.
pub(crate) fn of(contract: &Contract) -> String {
    let mut out = String::from(HEAD);
    for item in &contract.structs {
        let ((on64, on32), offsets) = layout::of(contract, item);
        let closed = if CLOSED.contains(&item.name.as_str()) { " closed" } else { "" };
        let _ = writeln!(out, "struct {} {on64}/{on32}{closed}", item.name);
        for ((field, ty), (on64, on32)) in item.fields.iter().zip(offsets) {
            let _ = writeln!(out, "  {on64}/{on32} {field}: {}", words(ty));
        }
    }
    for function in &contract.functions {
        let _ = writeln!(out, "function {}: {}", function.name, words(&function.signature));
    }
    for constant in &contract.constants {
        let _ = writeln!(out, "constant {}: {:#x}", constant.name, constant.value);
    }
    for (table, policy) in [
        ("pandia_backend_vt", policy::BACKEND),
        ("pandia_runtime_vt", policy::RUNTIME),
        ("pandia_plugin of a backend", policy::BACKEND_PLUGIN),
        ("pandia_plugin of a runtime", policy::RUNTIME_PLUGIN),
    ] {
        requirements(&mut out, table, &policy);
    }
    out
}

fn requirements(out: &mut String, table: &str, policy: &Policy) {
    for rule in policy.rules {
        let need = match rule.need {
            Need::Required => "required",
            Need::Optional => "optional",
        };
        let until = rule.until.map(|until| format!(", retired in 1.{until}")).unwrap_or_default();
        let (function, since) = (rule.function, rule.since);
        let _ = writeln!(out, "rule {table}, {function}: {need} since 1.{since}{until}");
    }
}

fn words(ty: &CType) -> String {
    match ty {
        CType::Plain(name) => name.clone(),
        CType::Function { gives, takes } => format!("{gives} ({})", takes.join(", ")),
    }
}
