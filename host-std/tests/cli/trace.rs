//! `pandia run --trace` writes what `docs/trace.md` says, and refuses what it cannot do.

use pandia::trace::TraceReader;
use serde_json::Value;

use crate::support::Folder;

const NOISY: &str = "--noise depolarizing:p_1q=0.05,p_2q=0.1 --noise readout:p_1_given_0=0.03";

#[test]
fn the_ending_says_the_format_and_the_results_stay_what_they_are() {
    let folder = Folder::new();
    let plain = folder.run(&format!("run bell.qasm -n 50 {NOISY}"));
    for file in ["a.ptrace", "a.jsonl"] {
        let traced = folder.run(&format!("run bell.qasm -n 50 {NOISY} --trace {file}"));
        assert_eq!((traced.code, &traced.stdout), (0, &plain.stdout), "{}", traced.stderr);
    }
    let other = folder.run(&format!(
        "run bell.qasm -n 50 {NOISY} --trace b.txt --trace-format jsonl --threads 2"
    ));
    assert_eq!(other.code, 0, "{}", other.stderr);
    assert!(folder.read("b.txt") == folder.read("a.jsonl"));
    let native = folder.read("a.ptrace");
    let mut reader = TraceReader::new(native.as_slice()).unwrap();
    assert_eq!(reader.about().unwrap().shots_asked, 50);
    let mut records = 0;
    while reader.next_record().unwrap().is_some() {
        records += 1;
    }
    let text = String::from_utf8(folder.read("a.jsonl")).unwrap();
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!((&last["record"], &last["records"]), (&"trace_end".into(), &records.into()));
    assert_eq!(text.lines().count(), records + 2);
}

#[test]
fn time_is_in_the_trace_only_if_asked() {
    let folder = Folder::new();
    let unit = |options: &str| {
        let ran = folder.run(&format!("run bell.qasm -n 2 --trace a.jsonl {options}"));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let text = String::from_utf8(folder.read("a.jsonl")).unwrap();
        let about: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        (about["unit"].as_str().unwrap().to_owned(), text.contains("\"duration\":"))
    };
    assert_eq!(unit(""), ("none".to_owned(), false));
    assert_eq!(unit("--trace-time"), ("ns".to_owned(), true));
}

#[test]
fn what_cannot_be_traced_is_refused_with_the_way_out() {
    let folder = Folder::new();
    for (options, words) in [
        ("--trace a.txt", "end it in .ptrace (native), .jsonl (jsonl)"),
        ("--trace no/such/folder/a.jsonl", "cannot be written"),
        ("--trace-time", "--trace <FILE>"),
        ("--trace a.jsonl --trace-format xml", "native"),
    ] {
        let ran = folder.run(&format!("run bell.qasm {options}"));
        assert_eq!(ran.code, 2, "{options}");
        assert!(ran.stderr.contains(words), "{options}: {}", ran.stderr);
        assert!(ran.stdout.is_empty(), "{options}: {}", ran.stdout);
    }
    let isolated = folder.run("run bell.qasm --isolate --trace a.jsonl");
    assert_eq!(isolated.code, 2);
    assert!(isolated.stderr.contains("leave --isolate out"), "{}", isolated.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn a_trace_for_which_there_is_no_room_ends_the_run_and_says_so() {
    let ran = Folder::new().run("run bell.qasm -n 20000 --trace /dev/full --trace-format jsonl");
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("the trace cannot be written"), "{}", ran.stderr);
}

#[test]
fn the_counting_tap_can_be_named_in_a_stack() {
    let folder = Folder::new();
    let plain = folder.json("bell.qasm -n 20");
    let counted = folder.json("bell.qasm -n 20 --noise count");
    assert_eq!(plain["digest"], counted["digest"]);
    assert_eq!(counted["stack"][1]["kind"], "tap");
}
