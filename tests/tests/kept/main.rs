//! The libraries of releases, kept as they were, load in this build and give the bits that they gave.
//!
//! `tests/kept/README.md` says what lies there. What a stack gave is written beside the libraries;
//! nothing rewrites it.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "says why it did not run")]

use pandia::dylib::Library;
use pandia::runner::{ProgramFile, RunOptions, Runner, ShotSink};
use pandia::stack::{PartUse, Registry, StackPlan, StackSpec};
use pandia_core::conformance::{Finding, Profile, run};
use pandia_core::ids::{ShotId, StreamId};
use pandia_core::part::{Config, PartKind};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Every kept release with its interface's minor version, oldest first.
fn releases() -> Vec<(u16, PathBuf)> {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("kept");
    let folders = fs::read_dir(kept).unwrap().map(|entry| entry.unwrap().path());
    let mut releases: Vec<(u16, PathBuf)> = folders
        .filter(|path| path.is_dir())
        .map(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap();
            (name.strip_prefix("1.").unwrap().parse().unwrap(), path)
        })
        .collect();
    releases.sort();
    assert_eq!(releases[0].0, 0, "the libraries of release 1.0 are kept for good");
    releases
}

/// Whether this machine can load them.
fn loads_here() -> bool {
    let here = cfg!(all(target_arch = "x86_64", target_env = "gnu"));
    if !here {
        eprintln!("the kept libraries are for x86-64 Linux with glibc: not run here");
    }
    here
}

fn libraries(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|e| e == "so")).collect();
    files.sort();
    files
}

#[test]
fn what_is_kept_is_what_was_built() {
    for (_, folder) in releases() {
        let mut check = Command::new("sha256sum");
        let output = check.args(["--strict", "-c", "SHA256SUMS"]).current_dir(&folder).output();
        let output = output.unwrap();
        let words = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}: a kept file has changed:\n{words}", folder.display());
        for library in libraries(&folder) {
            let name = library.file_name().and_then(|name| name.to_str()).unwrap();
            assert!(words.contains(&format!("{name}: OK")), "{name} is not in SHA256SUMS");
        }
    }
}

#[test]
fn every_kept_library_opens_and_tells_which_interface_it_was_built_for() {
    for (minor, folder) in releases().into_iter().filter(|_| loads_here()) {
        let opened: Vec<_> =
            libraries(&folder).iter().map(|path| Library::open(path).unwrap()).collect();
        assert!(opened.len() >= 5, "{}", folder.display());
        assert!(opened.iter().all(|library| library.interface() == (1, minor)));
        let has = |kind| {
            let mut parts = opened.iter().flat_map(Library::parts);
            parts.any(|part| part.spec().kind == kind)
        };
        let kinds = [PartKind::Simulator, PartKind::ErrorModel, PartKind::Tap, PartKind::Runtime];
        assert!(kinds.into_iter().all(has), "{}: a kind of part is missing", folder.display());
    }
}

#[test]
fn kept_simulators_pass_the_checks_of_today() {
    for (_, folder) in releases().into_iter().filter(|_| loads_here()) {
        let mut checked = 0;
        for path in libraries(&folder) {
            for part in Library::open(&path).unwrap().parts() {
                if part.spec().kind != PartKind::Simulator {
                    continue;
                }
                let mut simulator = part.build_simulator(&Config::new(3, StreamId(1))).unwrap();
                let mut failures = Vec::new();
                run(&mut simulator, &Profile::exact().quick(), &mut |check, finding| {
                    if let Finding::Failed(why) = finding {
                        failures.push(format!("{}: {why}", check.name));
                    }
                });
                assert!(failures.is_empty(), "{}: {failures:#?}", path.display());
                checked += 1;
            }
        }
        assert!(checked >= 2, "{}: {checked} simulators", folder.display());
    }
}

const PROGRAM: &str = "OPENQASM 3.0; include \"stdgates.inc\";
    qubit[3] q; bit[5] c;
    h q[0]; cx q[0], q[1]; s q[1]; cx q[1], q[2]; sdg q[2];
    c[0] = measure q[0];
    if (c[0]) { x q[1]; }
    reset q[0]; h q[0]; h q[2];
    c[1] = measure q[1]; c[2] = measure q[2]; c[3] = measure q[0];
    x q[2]; c[4] = measure q[2];";

struct Nowhere;
impl ShotSink for Nowhere {
    fn shot(&mut self, _: ShotId, _: &[u8]) -> std::io::Result<()> {
        Ok(())
    }
}

/// The digest of a stack: runtime, then error models and taps, then the simulator; a name with `.so`
/// is a kept library, one without a part of today.
fn digest(folder: &Path, stack: &str) -> String {
    let mut parts = stack.split_whitespace().map(|name| {
        let path = folder.join(name).display().to_string();
        PartUse::parse(if name.contains(".so") { &path } else { name }).unwrap()
    });
    let mut spec = StackSpec::new().with_runtime(parts.next().unwrap());
    let mut below: Vec<PartUse> = parts.collect();
    spec = spec.with_simulator(below.pop().unwrap());
    spec = below.into_iter().fold(spec, StackSpec::with_noise);
    let file = ProgramFile::from_source("kept", PROGRAM).unwrap();
    let program = file.program().unwrap();
    let plan = StackPlan::new(&Registry::new(), &spec).unwrap_or_else(|e| panic!("{stack}: {e}"));
    let options = RunOptions { shots: 0..300, threads: 2, ..RunOptions::default() };
    let summary = Runner::new(&program, &plan, options).unwrap().run(&mut Nowhere).unwrap();
    assert_eq!(summary.shots_done, 300, "{stack}");
    format!("{:032x}", summary.digest)
}

#[test]
fn kept_libraries_give_the_bits_that_they_gave() {
    for (_, folder) in releases().into_iter().filter(|_| loads_here()) {
        let golden = fs::read_to_string(folder.join("digests.txt")).unwrap();
        let rows: Vec<(&str, &str)> = golden
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .map(|line| line.split_once("  ").unwrap())
            .collect();
        assert!(rows.len() >= 8, "{}", folder.display());
        let seen: Vec<_> = rows.iter().map(|(_, stack)| digest(&folder, stack)).collect();
        let all: Vec<_> = rows.iter().zip(&seen).map(|((_, s), d)| format!("{d}  {s}")).collect();
        let wrong = rows.iter().zip(&seen).find(|((golden, _), seen)| golden != seen);
        if let Some(((golden, stack), seen)) = wrong {
            let all = all.join("\n");
            panic!("{stack} gave {golden} when it was kept, and gives {seen} now; all:\n{all}");
        }
    }
}
