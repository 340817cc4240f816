//! The C header and the Rust side say the same, on every processor and in every dialect of C that
//! plugins are written in.
//!
//! The Rust side is read from its own source, in which sizes and offsets are asserted at compile
//! time (`pin!`), and turned into C that compiles only if the header agrees: every structure's
//! fields, their types and places, every function's signature, every constant.
//! docs/adr/0009-c-header.md says why it is done so.

#[path = "header/compilers.rs"]
mod compilers;
#[path = "header/contract.rs"]
mod contract;
#[path = "header/emit.rs"]
mod emit;

use compilers::Language;
use contract::Contract;
use std::fs;
use std::path::{Path, PathBuf};

fn include() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("include")
}

/// A header that uses nothing of its own is only included; the functions in it are then used.
const USER: &str = include_str!("c/uses_everything.c");

#[test]
fn the_header_compiles_without_a_warning_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let findings: Vec<String> = compilers::all()
        .iter()
        .filter_map(|compiler| compiler.check(folder.path(), &include(), USER).err())
        .collect();
    assert!(findings.is_empty(), "{}", findings.join("\n\n"));
}

#[test]
fn the_header_says_what_rust_says_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let contract = Contract::read();
    let source = emit::comparison(&contract);
    let findings: Vec<String> = compilers::all()
        .iter()
        .filter_map(|compiler| compiler.check(folder.path(), &include(), &source).err())
        .collect();
    assert!(findings.is_empty(), "{}", findings.join("\n\n"));
}

#[test]
fn the_header_has_no_constant_that_rust_has_not() {
    let contract = Contract::read();
    let known = |name: &str| contract.constants.iter().any(|constant| constant.name == name);
    let header = fs::read_to_string(include().join("pandia/pandia.h")).unwrap();
    let of_its_own = ["PANDIA_H", "PANDIA_EXPORT", "PANDIA_MODULE_SYMBOL"];
    let defined = header.lines().filter_map(|line| line.strip_prefix("#define "));
    let names = defined.filter_map(|rest| rest.split(' ').next());
    let strangers: Vec<&str> = names
        .filter(|name| !name.contains('(') && !of_its_own.contains(name) && !known(name))
        .collect();
    assert_eq!(strangers, [""; 0], "constants of the header that Rust does not have");
    let symbol = format!("#define PANDIA_MODULE_SYMBOL {:?}", pandia_core::abi::raw::MODULE_SYMBOL);
    assert!(header.contains(&symbol));
}

/// Changes that must not pass, each a kind of its own: old text, new text, what it is. Without any
/// change, the header passes.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("#define PANDIA_THREAD_SENDABLE 1", "#define PANDIA_THREAD_SENDABLE 2", "a constant's value"),
    ("#define PANDIA_E_STATE (-4)", "#define PANDIA_E_STATE (-3)", "an error's code"),
    ("#define PANDIA_GATE_CH 25", "#define PANDIA_GATE_HC 25", "a constant's name"),
    ("uint32_t issuer;", "int32_t issuer;", "the sign of a field"),
    ("uint32_t op_count;", "uint32_t ops;", "a field's name"),
    ("const uint32_t *qubits;", "uint32_t *qubits;", "whose to write a field's target is"),
    ("pandia_outcome *items;", "pandia_outcome *items; uint64_t more;", "a field too many"),
    ("  void *me;       /* handed to every service */\n", "", "a field too few"),
    (
        "uint64_t shot, uint64_t seed, pandia_err",
        "uint64_t shot, pandia_err",
        "a parameter too few",
    ),
    ("uint32_t wait, uint64_t *out", "uint32_t wait, uint32_t *out", "the type of a parameter"),
    ("void (*destroy)(void *me);", "pandia_status (*destroy)(void *me);", "what a function gives"),
];

#[test]
fn no_mistake_in_the_header_passes() {
    let folder = tempfile::tempdir().unwrap();
    let source = emit::comparison(&Contract::read());
    let header = fs::read_to_string(include().join("pandia/pandia.h")).unwrap();
    let changed = folder.path().join("include/pandia");
    fs::create_dir_all(&changed).unwrap();
    let compilers = compilers::all();
    for language in [Language::C, Language::Cxx] {
        let compiler = compilers.iter().find(|c| c.language() == language).unwrap();
        for (old, new, what) in [&("", "", "nothing")].into_iter().chain(MISTAKES) {
            assert!(header.contains(old), "the header no longer has {old:?}: choose another");
            // Without the header's own assertions, which would stop most of it already.
            let (body, _) = header.split_once("/* ---- Sizes and offsets, asserted").unwrap();
            let end = "#ifdef __cplusplus\n}\n#endif\n#endif\n";
            let text = format!("{}{end}", body.replacen(old, new, 1));
            fs::write(changed.join("pandia.h"), text).unwrap();
            let passed = compiler.check(folder.path(), &folder.path().join("include"), &source);
            assert_eq!(passed.is_ok(), old == new, "{what} was changed: {passed:?}");
        }
    }
}
