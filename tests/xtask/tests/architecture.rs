//! The rules of `docs/architecture.md` that a machine can check, each with the way out.

#![expect(clippy::unwrap_used, reason = "a test whose files cannot be read has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, Package};

/// Which of our own crates a shipped crate may use. Whoever is not here only tests or measures.
const MAY_USE: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("host-std", &["pandia-core", "pandia-threads"]),
    ("host-std/threads", &["pandia-core"]),
    ("host-ffi", &["pandia-core", "pandia-threads"]),
    ("host-ffi/plugins", &["pandia-core", "pandia-ffi"]),
];

/// Rooms of core, and the rooms that their shipped code must not name.
const MUST_NOT_NAME: &[(&str, &[&str])] = &[
    ("op", &["backend", "kernel", "sim", "noise", "runtime", "program", "emulator", "abi"]),
    ("kernel", &["backend", "sim", "noise", "runtime", "program", "emulator", "abi"]),
    ("backend", &["sim", "noise", "runtime", "program", "emulator", "abi", "trace"]),
    ("sim", &["noise", "trace", "runtime", "program", "emulator", "abi"]),
    ("noise", &["sim", "trace", "runtime", "program", "emulator", "abi"]),
    ("trace", &["sim", "noise", "program", "emulator", "abi"]),
    ("runtime", &["sim", "noise", "trace", "emulator", "abi"]),
    ("image", &["backend", "sim", "noise", "trace", "runtime", "program", "emulator", "kernel"]),
    ("link", &["kernel", "sim", "noise", "runtime", "program", "emulator"]),
];

/// The fixed top level; `docs` and dotted folders aside.
const ROOMS: &[&str] = &["benches", "core", "docs", "host-ffi", "host-std", "targets", "tests"];

const FILE_LINES_MAX: usize = 700;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn metadata() -> Metadata {
    MetadataCommand::new().current_dir(root()).no_deps().exec().unwrap()
}

/// The package's folder, seen from the root.
fn folder(package: &Package) -> String {
    let folder = package.manifest_path.parent().unwrap().as_std_path().to_owned();
    folder.strip_prefix(root()).unwrap().to_str().unwrap().to_owned()
}

/// Every file below `folder` with that ending, in a fixed order, build folders left out.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                if name != "target" && !name.starts_with('.') {
                    folders.push(path);
                }
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn fail_on(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

#[test]
fn crates_use_only_the_crates_that_their_room_allows() {
    let metadata = metadata();
    let ours: Vec<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let mut findings = Vec::new();
    for package in &metadata.packages {
        let place = folder(package);
        let room = if place.starts_with("host-ffi/plugins/") { "host-ffi/plugins" } else { &place };
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == room) else {
            let only_tests = place.starts_with("tests") || place.starts_with("benches");
            assert!(only_tests, "{place} is in no room: put it where MAY_USE or tests can see it");
            continue;
        };
        for used in &package.dependencies {
            let used = used.name.as_str();
            if ours.contains(&used) && !allowed.contains(&used) {
                findings.push(format!("{place} must not use {used}: move what both need to core"));
            }
        }
    }
    fail_on(&findings);
}

#[test]
fn every_plugin_folder_is_a_member_of_the_workspace() {
    let members: Vec<String> = metadata().packages.iter().map(folder).collect();
    let plugins = root().join("host-ffi/plugins");
    let manifests = if plugins.exists() { files(&plugins, "Cargo.toml") } else { Vec::new() };
    for manifest in manifests {
        let place = manifest.parent().unwrap().strip_prefix(root()).unwrap().to_str().unwrap();
        assert!(
            members.iter().any(|member| member == place),
            "{place} is built and tested by nobody: add it to `members` in Cargo.toml"
        );
    }
}

#[test]
fn the_top_level_is_fixed_and_the_readme_has_a_line_for_each_folder() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let listed = std::process::Command::new("git")
        .args(["ls-tree", "--name-only", "-d", "HEAD"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(listed.status.success(), "git ls-tree failed: these rules are checked in a clone");
    for name in String::from_utf8(listed.stdout).unwrap().lines() {
        if name.starts_with('.') {
            continue;
        }
        assert!(ROOMS.contains(&name), "{name}/ is not one of the rooms {ROOMS:?}");
        assert!(readme.contains(&format!("`{name}/`")), "README.md has no line for `{name}/`");
    }
}

#[test]
fn rooms_of_core_do_not_name_the_rooms_above_or_beside_them() {
    let mut findings = Vec::new();
    for (room, forbidden) in MUST_NOT_NAME {
        for file in core_room(room) {
            let text = fs::read_to_string(&file).unwrap();
            for (number, line) in shipped(&text).lines().enumerate() {
                for other in *forbidden {
                    if names(line, other) {
                        let file = file.strip_prefix(root()).unwrap().display();
                        findings.push(format!("{file}:{}: {room} names {other}", number + 1));
                    }
                }
            }
        }
    }
    fail_on(&findings);
}

/// Source files of one room of core that are not tests as a whole.
fn core_room(room: &str) -> Vec<PathBuf> {
    let folder = root().join("core/src").join(room);
    let all = if folder.exists() { files(&folder, ".rs") } else { Vec::new() };
    all.into_iter().filter(|file| !is_test(file)).collect()
}

fn is_test(file: &Path) -> bool {
    let mut parts = file.strip_prefix(root()).unwrap().components();
    parts.any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs")
}

/// The text up to the unit tests, which may use every room.
fn shipped(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod ").next().unwrap()
}

/// Whether a line of code uses the room `crate::other`. Documentation may point anywhere.
fn names(line: &str, other: &str) -> bool {
    let line = line.trim_start();
    let path = format!("crate::{other}");
    !line.starts_with("//")
        && line.match_indices(&path).any(|(start, _)| {
            let next = line[start + path.len()..].chars().next();
            !next.is_some_and(|next| next.is_alphanumeric() || next == '_')
        })
}

#[test]
fn every_module_of_core_says_what_lives_in_it() {
    let findings: Vec<String> = files(&root().join("core/src"), ".rs")
        .iter()
        .filter(|file| !is_test(file))
        .filter(|file| !fs::read_to_string(file).unwrap().starts_with("//!"))
        .map(|file| format!("{} does not begin with module documentation", file.display()))
        .collect();
    fail_on(&findings);
}

#[test]
fn no_source_file_is_too_long_to_know() {
    let findings: Vec<String> = files(&root(), ".rs")
        .iter()
        .map(|file| (file, fs::read_to_string(file).unwrap().lines().count()))
        .filter(|(_, lines)| *lines > FILE_LINES_MAX)
        .map(|(file, lines)| {
            format!("{}: {lines} lines, at most {FILE_LINES_MAX}: split it", file.display())
        })
        .collect();
    fail_on(&findings);
}

#[test]
fn every_decision_record_has_a_number_of_its_own() {
    let mut seen = BTreeMap::new();
    for file in files(&root().join("docs/adr"), ".md") {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let (number, title) = name.split_once('-').unwrap_or((&name, ""));
        assert!(
            number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit()),
            "docs/adr/{name}: a record is called NNNN-title.md"
        );
        assert!(!title.is_empty(), "docs/adr/{name}: a record is called NNNN-title.md");
        let heading = format!("# {number}: ");
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with(&heading), "docs/adr/{name} does not begin with `{heading}…`");
        if let Some(other) = seen.insert(number.to_owned(), name.clone()) {
            panic!("docs/adr/{name} and {other} share a number: take the next free one");
        }
    }
}
