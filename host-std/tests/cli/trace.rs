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

#[test]
fn a_damaged_trace_is_refused_by_every_command_that_reads_one() {
    let folder = Folder::new();
    let ran = folder.run(&format!("run bell.qasm -n 5 {NOISY} --trace a.ptrace"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let whole = folder.read("a.ptrace");
    let cut = whole[..whole.len() - 40].to_vec();
    let trailing = [whole.as_slice(), &[0; 8]].concat();
    let mut other_version = whole.clone();
    other_version[8] = 9;
    let commands = [
        "show bad.ptrace",
        "summary bad.ptrace",
        "diff bad.ptrace a.ptrace",
        "diff a.ptrace bad.ptrace",
        "filter bad.ptrace -o out.ptrace",
        "convert bad.ptrace -o out.perfetto.json",
        "convert bad.ptrace -o out.selene.json",
        "convert bad.ptrace -o out.jsonl",
        "qasm bad.ptrace --shot 0",
    ];
    for (bytes, words) in [
        (cut, "bad.ptrace: the trace is cut off (at byte "),
        (trailing, "bad.ptrace: something follows the trace's end (at byte "),
        (other_version, "bad.ptrace: the trace is of another version"),
        (b"OPENQASM 3.0;".to_vec(), "bad.ptrace: this is no trace"),
        (Vec::new(), "bad.ptrace: "),
    ] {
        folder.write("bad.ptrace", &bytes);
        for command in commands {
            let ran = folder.run(&format!("trace {command}"));
            assert_eq!(ran.code, 2, "{command}: {}", ran.stderr);
            assert!(
                ran.stderr.starts_with(&format!("error: {words}")),
                "{command}: {}",
                ran.stderr
            );
        }
    }
}

#[test]
fn a_converted_trace_is_the_one_that_the_run_writes_itself() {
    let folder = Folder::new();
    let good = |arguments: &str| {
        let ran = folder.run(arguments);
        assert_eq!(ran.code, 0, "{arguments}: {}", ran.stderr);
    };
    for (file, shots) in [
        ("a.jsonl", "-n 7"),
        ("a.perfetto.json", "-n 7"),
        ("a.selene.json", "-n 7"),
        ("a.qasm", "--shot 3"),
    ] {
        good(&format!("run bell.qasm {shots} {NOISY} --trace {file}"));
        let direct = folder.read(file);
        good(&format!("run bell.qasm {shots} {NOISY} --trace a.ptrace"));
        good(&format!("trace convert a.ptrace -o {file}"));
        assert!(folder.read(file) == direct && !direct.is_empty(), "{file}");
    }
    // The shot of a longer run is the shot alone.
    good(&format!("run bell.qasm -n 7 {NOISY} --trace a.ptrace"));
    good("trace qasm a.ptrace --shot 3 -o b.qasm");
    assert!(folder.read("b.qasm") == folder.read("a.qasm"));
}
