//! The parts of `tests/faults`, built: one in C for what ends or hangs a process and for answers that
//! cannot be, two in Rust for panics.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use crate::support::Folder;

/// A program whose bits are coins of the part that breaks down.
pub(crate) const COINS: &str =
    "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[3];\ncreg c[3];\nx q[0];\nmeasure q -> c;\n";

/// The shot in which parts break down, unless told otherwise.
pub(crate) const AT: u64 = 5;

pub(crate) fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("coins.qasm", COINS);
    folder
}

/// The library in C, and the one that breaks down when it is loaded.
pub(crate) static C: LazyLock<[String; 2]> =
    LazyLock::new(|| [build("faults", &[]), build("crash_at_load", &["-DCRASH_AT_LOAD"])]);

/// The library in C under this name, compiled with these options.
pub(crate) fn build(name: &str, options: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let source = root.join("tests/faults/faults.c");
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.so"));
    let mut gcc = Command::new("gcc");
    gcc.args(["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O1", "-fPIC"]);
    gcc.args(["-fvisibility=hidden", "-shared", "-I"]).arg(root.join("host-ffi/include"));
    let output = gcc.arg("-o").arg(&out).arg(&source).args(options).output();
    let output = output.expect("gcc is needed; `apt-get install gcc` brings it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    out.to_str().unwrap().to_owned()
}

/// The library in Rust, built in this test's own profile.
pub(crate) static RUST: LazyLock<PathBuf> = LazyLock::new(|| {
    let built = Path::new(env!("CARGO_BIN_EXE_pandia")).parent().unwrap();
    let folder = built.file_name().and_then(|name| name.to_str()).unwrap();
    let profile = if folder == "debug" { "dev" } else { folder };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let manifest = root.join("Cargo.toml");
    // The golden files' runner moves this whole process from folder to folder meanwhile.
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root);
    cargo.args(["build", "--quiet", "-p", "pandia-faults", "--profile", profile]);
    cargo.arg("--target-dir").arg(built.parent().unwrap()).arg("--manifest-path").arg(manifest);
    assert!(cargo.status().unwrap().success(), "the faults in Rust do not build");
    let name =
        format!("{}pandia_faults{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    built.join(name)
});

/// `--simulator` with the part in C that does `how`.
pub(crate) fn c(how: &str) -> String {
    format!("--simulator {}:how={how}", C[0])
}

/// `--simulator` with a part in Rust, "guarded" or "unguarded", that panics in `how`.
pub(crate) fn rust(part: &str, how: &str) -> String {
    format!("--simulator {}#test.{part}:how={how}", RUST.display())
}
