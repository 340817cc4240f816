//! What `pandia new` writes builds as it is, passes its own test, is loaded, runs a program and
//! passes the check: every kind in every language.

use crate::support::Folder;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const KINDS: [(&str, &str); 4] = [
    ("simulator", "--simulator"),
    ("error-model", "--noise"),
    ("tap", "--noise"),
    ("runtime", "--runtime"),
];

/// Runs a command of the new project, which must succeed without a warning.
fn good(command: &mut Command) -> String {
    let output: Output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}\n{stdout}\n{stderr}");
    assert!(!stderr.contains("warning"), "{command:?}\n{stderr}");
    stdout
}

/// Loads the library, runs a program through it, and checks it.
fn is_a_good_plugin(folder: &Folder, library: &Path, kind: &str, flag: &str, id: &str) {
    let library = library.display();
    let listed: serde_json::Value =
        serde_json::from_str(&folder.good(&format!("plugins {library} --format json"))).unwrap();
    assert_eq!((&listed["id"], &listed["kind"]), (&id.into(), &kind.replace('-', " ").into()));
    let ran = folder.json(&format!("bell.qasm {flag} {library} --shots 400 --seed 3"));
    let counts = ran["counts"].to_string();
    assert_eq!(ran["shots"], 400, "{ran}");
    for bits in ["\"00\"", "\"11\""] {
        assert!(counts.contains(bits), "{counts}");
    }
    let again = folder.json(&format!("bell.qasm {flag} {library} --shots 400 --seed 3 -t 1"));
    assert_eq!(ran["digest"], again["digest"]);
    // The tap and the runtime change nothing, and neither does another exact simulator.
    if kind == "tap" || kind == "runtime" {
        assert_eq!(counts, folder.json("bell.qasm --shots 400 --seed 3")["counts"].to_string());
    }
    let checked = folder.run(&format!("check {library} --streams 10"));
    assert_eq!(checked.code, 0, "pandia check {library}\n{}\n{}", checked.stdout, checked.stderr);
}

#[test]
fn every_kind_in_c_is_good_as_it_is() {
    for (kind, flag) in KINDS {
        let folder = Folder::new();
        let printed = folder.good(&format!("new {kind} --lang c My-part --id org.acme.{kind}"));
        assert!(printed.contains("  my_part.c\n") && printed.contains(flag), "{printed}");
        let project = folder.path().join("My-part");
        for compiler in ["gcc", "clang"] {
            let out = folder.path().join(compiler);
            std::fs::create_dir(&out).unwrap();
            let mut make = Command::new("make");
            make.arg("-C").arg(&project).arg("test").arg("CFLAGS=-O2 -g -Werror");
            make.arg(format!("CC={compiler}")).arg(format!("OUT={}", out.display()));
            assert!(good(&mut make).contains("all tests passed"));
        }
        let library = folder.path().join("gcc/my_part.so");
        is_a_good_plugin(&folder, &library, kind, flag, &format!("org.acme.{kind}"));
    }
}

/// `cargo` in the project, with one folder for what all of them build.
fn cargo(project: &Path, words: &[&str]) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(project).args(words).args(["--offline", "--quiet"]);
    cargo.env("CARGO_TARGET_DIR", target());
    cargo
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("new")
}

#[test]
fn every_kind_in_rust_is_good_as_it_is() {
    for (kind, flag) in KINDS {
        let folder = Folder::new();
        let name = format!("my-{kind}");
        folder.good(&format!("new {kind} {name}"));
        let project = folder.path().join(&name);
        let tested = good(&mut cargo(&project, &["test"]));
        assert!(tested.contains("test result: ok"), "{tested}");
        let plain = name.replace('-', "_");
        let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
        good(&mut cargo(&project, &["build"]));
        let library = target().join("debug").join(format!("{prefix}{plain}{suffix}"));
        is_a_good_plugin(&folder, &library, kind, flag, &format!("com.example.{plain}"));
    }
}

#[test]
fn a_test_of_a_new_project_can_fail() {
    let folder = Folder::new();
    folder.good("new error-model --lang c drift");
    let source = String::from_utf8(folder.read("drift/drift.c")).unwrap();
    let broken = source.replace("if (pandia_op_kind(op) != PANDIA_OP_GATE) continue;", "continue;");
    assert_ne!(source, broken);
    folder.write("drift/drift.c", broken);
    let made = Command::new("make").arg("-C").arg(folder.path().join("drift")).arg("test").output();
    let made = made.unwrap();
    assert!(!made.status.success());
    let text = String::from_utf8_lossy(&made.stdout).into_owned();
    assert!(text.contains("FAILED: test/test.c"), "{text}");
}

#[test]
fn nothing_is_overwritten() {
    let folder = Folder::new();
    folder.good("new tap --lang c watch");
    folder.write("watch/watch.c", "mine");
    let again = folder.run("new tap --lang c watch");
    assert_eq!(again.code, 2);
    assert!(again.stderr.contains("watch is there already"), "{}", again.stderr);
    assert_eq!(folder.read("watch/watch.c"), b"mine");
}
