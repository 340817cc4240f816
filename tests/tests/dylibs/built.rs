//! Libraries for the tests: the built-in parts' own, and some that are none.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The id of every built-in part and the library that it is in.
pub(crate) const LIBRARIES: [(&str, &str); 15] = [
    ("pandia.state_vector", "state_vector"),
    ("pandia.state_vector_f32", "state_vector_f32"),
    ("pandia.stabilizer", "stabilizer"),
    ("pandia.density_matrix", "density_matrix"),
    ("pandia.coinflip", "coinflip"),
    ("pandia.classical_replay", "classical_replay"),
    ("pandia.quantum_replay", "quantum_replay"),
    ("pandia.ideal", "ideal"),
    ("pandia.depolarizing", "depolarizing"),
    ("pandia.pauli", "pauli"),
    ("pandia.readout", "readout"),
    ("pandia.leakage", "leakage"),
    ("pandia.coherent", "coherent"),
    ("pandia.count", "count"),
    ("pandia.simple", "simple"),
];

/// Parts that are in a library only, because they need what is in no board.
pub(crate) const ONLY_IN_LIBRARIES: [(&str, &str); 1] = [("pandia.threaded", "threaded")];

/// The workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Builds what `wanted` says in this test's own profile; gives the folder that it is built into.
fn build(wanted: &[String]) -> PathBuf {
    let exe = std::env::current_exe().unwrap();
    let built = exe.parent().and_then(Path::parent).unwrap();
    let profile = match built.file_name().and_then(|name| name.to_str()) {
        Some("debug") => "dev",
        Some(other) => other,
        None => panic!("{} is not in one of cargo's folders", exe.display()),
    };
    let mut cargo = Command::new(env!("CARGO"));
    cargo.arg("build").args(["--quiet", "--profile", profile, "--target-dir"]);
    cargo.arg(built.parent().unwrap()).args(wanted);
    let status = cargo.arg("--manifest-path").arg(root().join("Cargo.toml")).status().unwrap();
    assert!(status.success(), "{wanted:?} does not build");
    built.to_owned()
}

/// The folder with the libraries of all built-in parts.
pub(crate) fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let package = |library: &str| format!("-ppandia-plugin-{}", library.replace('_', "-"));
        let libraries = LIBRARIES.into_iter().chain(ONLY_IN_LIBRARIES);
        build(&libraries.map(|(_, library)| package(library)).collect::<Vec<_>>())
    })
}

/// The command `pandia`. All of the workspace is selected, as for the tests themselves: otherwise
/// dependencies would be built again with other features.
pub(crate) fn pandia() -> &'static Path {
    static PANDIA: OnceLock<PathBuf> = OnceLock::new();
    PANDIA.get_or_init(|| {
        let wanted = ["--workspace", "--bin=pandia", "--example=bit_flip"];
        let name = format!("pandia{}", std::env::consts::EXE_SUFFIX);
        build(&wanted.map(str::to_owned)).join(name)
    })
}

/// Compiles a library of C against the header; `define` is what is defined for it, or nothing.
pub(crate) fn compile_c(source: &Path, out: &Path, define: &str) {
    let mut gcc = Command::new("gcc");
    gcc.args(["-std=gnu99", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-ffp-contract=off"]);
    gcc.args(["-fPIC", "-fvisibility=hidden", "-shared"]).arg(define).arg("-I");
    gcc.arg(root().join("host-ffi/include"))
        .arg("-o")
        .args([out, source])
        .args(["-lm", "-lpthread"]);
    let output = gcc.output().expect("gcc is needed; `apt-get install gcc` brings it");
    assert!(output.status.success(), "{gcc:?}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// The file of the library called `name`.
pub(crate) fn library(name: &str) -> PathBuf {
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    folder().join(format!("{prefix}pandia_{name}{suffix}"))
}

/// The file of an example in C, built by its Makefile.
pub(crate) fn c_example(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let out = BUILT.get_or_init(|| {
        let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dylibs_c");
        std::fs::create_dir_all(&out).unwrap();
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../host-ffi/examples/c");
        let mut make = Command::new("make");
        make.arg("-C").arg(examples).arg(format!("OUT={}", out.display()));
        let made = make.output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        out
    });
    out.join(name).with_extension("so")
}

/// Compiles a library out of a few lines of Rust, without the standard library.
pub(crate) fn compile(folder: &Path, name: &str, lines: &str) -> PathBuf {
    let source = folder.join(format!("{name}.rs"));
    let out = folder.join(format!("lib{name}.so"));
    let text = format!(
        "#![no_std]\n#![allow(non_upper_case_globals)]\n\
         #[panic_handler] fn end(_: &core::panic::PanicInfo<'_>) -> ! {{ loop {{}} }}\n{lines}\n"
    );
    std::fs::write(&source, text).unwrap();
    let status = Command::new("rustc")
        .args(["--edition", "2024", "--crate-type", "cdylib", "-C", "panic=abort", "-o"])
        .args([&out, &source])
        .status()
        .unwrap();
    assert!(status.success(), "{name} does not compile");
    out
}
