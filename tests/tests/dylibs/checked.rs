//! `pandia check` finds nothing in what we ship: the built-in parts' libraries and the examples, in
//! C and in Rust, each through the real command, valgrind included.

use super::built::{LIBRARIES, compile_c, library, pandia, root};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// What the command gave: its exit status and its report.
pub(crate) fn check(file: &Path, more: &[&str]) -> (Option<i32>, Value) {
    let mut command = Command::new(pandia());
    let output = command.arg("check").arg(file).args(["--format", "json"]).args(more).output();
    let output = output.unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
        panic!("{command:?}: no report\n{}", String::from_utf8_lossy(&output.stderr))
    });
    (output.status.code(), report)
}

/// Every check of the report: its name and what became of it.
fn checks(report: &Value) -> Vec<(&str, &str)> {
    let plugins = report["plugins"].as_array().unwrap().iter();
    let checks = plugins.flat_map(|plugin| plugin["checks"].as_array().unwrap());
    checks.map(|c| (c["name"].as_str().unwrap(), c["verdict"].as_str().unwrap())).collect()
}

fn is_clean(file: &Path, more: &[&str]) {
    let (code, report) = check(file, more);
    let pretty = serde_json::to_string_pretty(&report).unwrap();
    assert_eq!((code, &report["summary"]["failed"]), (Some(0), &0.into()), "{pretty}");
    // Nothing is left out but what a part of this kind has not: an error model without rates.
    let checks = checks(&report);
    assert!(checks.len() >= 17, "{pretty}");
    for (name, verdict) in checks {
        let left_out = name == "no_noise" && verdict == "skipped";
        let help = "is valgrind missing? `apt-get install valgrind`";
        assert!(verdict == "passed" || left_out, "{name}: {verdict}; {help}\n{pretty}");
    }
}

#[test]
fn every_built_in_part_out_of_its_library_is_clean() {
    let (classical, quantum) = ("01".repeat(5000), "0".repeat(10_000));
    for (_, name) in LIBRARIES {
        let recording = match name {
            "classical_replay" => format!("outcomes={classical}"),
            "quantum_replay" => format!("outcomes={quantum}"),
            _ => String::new(),
        };
        let more: &[&str] = match name {
            "coinflip" => &["--profile", "random"],
            // They follow a recording: form and repeatability are all that can be asked of them.
            "classical_replay" | "quantum_replay" => &["--profile", "noisy", "--set", &recording],
            _ => &[],
        };
        is_clean(&library(name), more);
    }
}

#[test]
fn every_example_in_c_is_clean() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["simulator", "error_model", "tap", "runtime", "threaded_runtime"] {
        let out = folder.path().join(format!("{name}.so"));
        let source = root().join("host-ffi/examples/c").join(format!("{name}.c"));
        compile_c(&source, &out, "-UBROKEN");
        is_clean(&out, &[]);
    }
}

#[test]
fn the_example_in_rust_is_clean() {
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let name = format!("{prefix}bit_flip{suffix}");
    is_clean(&pandia().with_file_name("examples").join(name), &[]);
}

#[test]
fn the_examples_in_the_help_of_check_work() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["depolarizing", "coinflip"] {
        let file = library(name);
        std::fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
    }
    let run = |words: &str| {
        let mut command = Command::new(pandia());
        command.current_dir(folder.path()).args(words.split_whitespace()).output().unwrap()
    };
    let help = String::from_utf8(run("check --help").stdout).unwrap();
    let (_, below) = help.split_once("Examples:\n").unwrap();
    let examples = below.lines().map_while(|line| line.strip_prefix("  pandia "));
    let mut count = 0;
    for example in examples {
        let output = run(example);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !output.stdout.is_empty(), "pandia {example}\n{said}");
        count += 1;
    }
    assert!(count >= 5, "{help}");
}

#[test]
fn the_report_says_all_that_the_page_says_it_does() {
    let (_, report) = check(&library("ideal"), &["--only", "layout,no_noise"]);
    let expected = serde_json::json!({
        "schema": 1,
        "file": library("ideal").display().to_string(),
        "interface": "1.0",
        "module": {"name": "loads", "verdict": "passed", "findings": [], "notes": []},
        "plugins": [{
            "id": "pandia.ideal",
            "kind": "error model",
            "version": report["plugins"][0]["version"],
            "checks": [
                {"name": "layout", "verdict": "passed", "findings": [], "notes": []},
                {
                    "name": "no_noise",
                    "verdict": "skipped",
                    "reason": "it has no parameters that could be 0",
                    "findings": [],
                    "notes": [],
                },
            ],
        }],
        "summary": {"passed": 2, "failed": 0, "skipped": 1, "not_run": 0, "findings": 0},
    });
    assert_eq!(report, expected);
}
