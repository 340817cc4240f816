//! Deliberately broken plugins (`tests/broken`), each caught by a finding of its own, with the words
//! that tell what is wrong.

use super::built::{compile_c, root};
use super::checked::check;
use std::fs;
use std::path::Path;

/// A defect: its name in the source, the check that must find it, and a part of the words.
type Kind = (&'static str, &'static str, &'static str);

const SIMULATOR: &[Kind] = &[
    ("null_slot", "table", "lacks the function shot_end, required since 1.0"),
    ("short_table", "table", "its size of 48 bytes does not cover it"),
    ("reserved_in_table", "table", "the table's reserved field is 1"),
    ("id_empty", "table", "its id is empty"),
    ("state_without_function", "table", "claims to show its state, but its table lacks"),
    ("layout_null", "loads", "lacks layout, required since 1.0"),
    ("reserved_in_plugin", "loads", "a reserved field is not 0"),
    ("crashes_on_load", "loads", "crashed with SIGABRT"),
    ("layout_impure", "layout", "it must be pure"),
    ("memory_short", "memory", "create in one byte less than layout says must be refused"),
    (
        "null_memory",
        "memory",
        "crashed with SIGSEGV (memory that is not its own), at: create with memory at NULL",
    ),
    ("writes_beyond", "memory", "bytes behind its memory"),
    ("growth_ignored", "growth", "whose new end is not 0 must be refused with -16"),
    ("reserved_ignored", "growth", "a gate set whose reserved field is not 0 must be refused"),
    ("query_overrun", "writes", "query wrote behind the caller's structure"),
    ("verdict_9", "writes", "the verdict 9 on pandia.h/1; 0 to 3 are right"),
    ("outcomes_overwritten", "writes", "changed outcomes that were in the list before the call"),
    ("setting_ignored", "unknown", "an unknown setting must be refused with -15"),
    ("custom_taken", "unknown", "takes a custom operation that it cannot know"),
    ("gate_taken", "unknown", "negotiate about a gate without a meaning must say 0"),
    ("claims_too_much", "unknown", "postselecting 0 of |0>, which query claims, failed"),
    ("text_overrun", "errors", "wrote its text beyond the caller's 0 bytes"),
    ("success_with_error", "errors", "gave back 0, which is success, but wrote an error"),
    ("unsigned_error", "errors", "an error is not signed"),
    ("op_index_huge", "errors", "names operation 4000000 of a batch of 4"),
    ("instance_lost", "errors", "a wrong operation costs the whole instance"),
    ("positive_status", "life_cycle", "shot_begin gave back the status 4"),
    ("begins_twice", "life_cycle", "shot_begin in a shot must be refused with -4"),
    ("hangs", "life_cycle", "did not end within 10 s and was stopped, at: shot_end"),
    ("refusal_acts", "refusals", "a refused call changes nothing"),
    ("room_unchecked", "refusals", "check the room first"),
    ("outcome_lost", "outcomes", "gave 8 outcomes for a batch of 9 measurements"),
    ("outcome_added", "outcomes", "gave 10 outcomes for a batch of 9 measurements"),
    ("op_index_wrong", "outcomes", "the outcome of operation 6 names operation 0"),
    ("value_7", "outcomes", "gave the value 7; 0 to 1 can be"),
    ("state_shared", "determinism", "they share something; keep all state in the instance"),
    ("random_from_address", "determinism", "run in another instance: outcomes follow from seed"),
    ("remembers_shots", "determinism", "alone gives"),
    ("seed_ignored", "determinism", "seeds 1 and 2 give the same 24 shots of coins"),
    ("h_is_wrong", "conformance", "h_z_h_is_a_flip"),
    ("measure_flips", "conformance", "a_result_can_be_fed_back"),
    ("thread_local_state", "threads", "says that it may be called from any thread, but shot"),
    ("stale_memory", "recreation", "reads what an earlier one, or nobody, has left there"),
    ("double_free", "recreation", "crashed with SIGABRT"),
    ("segfault", "streams", "crashed with SIGSEGV (memory that is not its own), at: random stream"),
    ("exits", "streams", "ended the process (exit status 0), which is the host's"),
    ("prints_and_exits", "streams", "ended the process (exit status 3)"),
    ("leaks", "valgrind", "definitely lost"),
    ("reads_freed", "valgrind", "Invalid read of size 1, in broken_apply (simulator.c:"),
];

const ERROR_MODEL: &[Kind] = &[
    ("default_wrong", "description", "parameter p: its default, 2, is not what it takes"),
    ("noise_at_zero", "no_noise", "with all probabilities at 0"),
    ("swallows", "forwarding", "swallows a custom operation that it does not know"),
    ("time_lost", "forwarding", "a batch at 1234 ns, 55 ns long, reaches the child at 0 ns"),
    ("source_lost", "forwarding", "a batch of the program reaches the child from issuer 17"),
    ("shot_renumbered", "forwarding", "shot 7 of seed 99 reaches the child as Some((8, 99))"),
    ("text_lost", "forwarding", "an error of the child check.spy is signed"),
    ("op_index_lost", "forwarding", "the child refuses operation 3 of the batch; the layer names"),
    ("error_hidden", "forwarding", "an operation that the child refuses is reported as done"),
    ("widens", "forwarding", "claims operations that its child does not take: postselect"),
    ("pinned_widened", "forwarding", "over a child that is pinned"),
    ("verdict_widened", "forwarding", "says Native to a gate that its child rejects"),
    ("passes_extension", "forwarding", "passes on an extension of its child"),
    ("other_thread", "threads", "apply [exec]: called from another thread"),
    ("setup_in_exec", "threads", "negotiate [setup]: called inside a shot"),
    ("destroys_child", "threads", "destroy [setup]: called by somebody who did not create"),
];

const TAP: &[Kind] = &[
    ("flips_outcomes", "transparent", "outcomes are others with the tap than without it"),
    ("metrics_endless", "writes", "the list of metrics has no end"),
    ("metric_overrun", "writes", "metric wrote behind the caller's structure"),
];

const RUNTIME: &[Kind] = &[
    ("pinned_taken", "own_thread", "takes a pinned stack with own_thread = 1"),
    ("calls_after_detach", "detach", "calls the stack after detach (1 calls)"),
    ("attaches_twice", "detach", "a second attach must be refused with -4"),
    ("other_thread", "threads", "attach did not allow a thread of the caller's own"),
    ("result_invented", "outcomes", "gave 5 for result 0; 0, 1 or 2 is right"),
    (
        "thread_negotiates",
        "own_thread",
        "negotiate [setup]: called from another thread than the host",
    ),
    (
        "thread_stays",
        "own_thread",
        "around detach, with a thread of its own: shot_end [exec]: called",
    ),
    (
        "thread_forgets",
        "own_thread",
        "outcomes are others with a thread of its own than without it",
    ),
    ("thread_reorders", "own_thread", "that reaches the stack is Some("),
    ("thread_remembers", "own_thread", "with a thread of its own shot 11 alone gives"),
    ("thread_own_words", "own_thread", "told by result, is signed \"example.c.runtime\""),
    ("thread_tells_at_submit", "own_thread", "is told by a later submit (status -106: the spy"),
    ("thread_swallows", "own_thread", "behind an error of the stack is given as if nothing"),
    ("thread_names_operation", "own_thread", "of an earlier batch; result names operation 3"),
    ("shot_end_lost", "life_cycle", "shot_end before any shot must be refused with -4"),
];

/// The names of the kinds that the source knows, without the first, which is no defect.
fn kinds_in(source: &str) -> Vec<&str> {
    let list = source.split("\nenum {").nth(1).and_then(|rest| rest.split('}').next()).unwrap();
    let mut names = list.split(',').map(str::trim);
    assert_eq!(names.next(), Some("intact"));
    names.collect()
}

fn caught(name: &str, kinds: &[Kind]) {
    let folder = tempfile::tempdir().unwrap();
    let source = root().join("tests/broken").join(name).with_extension("c");
    let build = |kind: &str| {
        let out = folder.path().join(format!("{kind}.so"));
        compile_c(&source, &out, &format!("-DBROKEN={kind}"));
        out
    };
    let text = fs::read_to_string(&source).unwrap();
    let known: Vec<&str> = kinds_in(&text);
    for kind in &known {
        assert!(kinds.iter().any(|(name, ..)| name == kind), "{name}: {kind} is not in the table");
    }
    assert_eq!(known.len(), kinds.len());
    let (code, report) = check(&build("intact"), &[]);
    assert_eq!(code, Some(0), "{name} without a defect: {report:#}");
    let mut missed = Vec::new();
    for (kind, by, words) in kinds {
        let mut more = vec!["--only", by];
        if *kind == "hangs" {
            more.extend(["--timeout", "10"]);
        }
        let (code, report) = check(&build(kind), &more);
        if code != Some(1) || !has_finding(&report, by, words) {
            missed.push(format!("{name}: {kind} by {by} ({words}): {report:#}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// Whether that check failed with these words, and the command to repeat it.
fn has_finding(report: &serde_json::Value, by: &str, words: &str) -> bool {
    let plugins = report["plugins"].as_array().unwrap().iter();
    let checks = plugins.flat_map(|plugin| plugin["checks"].as_array().unwrap());
    core::iter::once(&report["module"])
        .chain(checks)
        .filter(|check| check["name"] == by && check["verdict"] == "failed")
        .flat_map(|check| check["findings"].as_array().unwrap())
        .any(|finding| {
            let repeat = finding["repeat"].as_str().unwrap();
            finding["text"].as_str().unwrap().contains(words) && repeat.starts_with("pandia check ")
        })
}

#[test]
fn every_defect_of_a_simulator_is_caught() {
    caught("simulator", SIMULATOR);
}

#[test]
fn every_defect_of_an_error_model_is_caught() {
    caught("error_model", ERROR_MODEL);
}

#[test]
fn every_defect_of_a_tap_is_caught() {
    caught("tap", TAP);
}

#[test]
fn every_defect_of_a_runtime_is_caught() {
    caught("runtime", RUNTIME);
}

#[test]
fn a_finding_in_a_random_stream_says_how_to_run_that_stream_again() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("wrong.so");
    let source: &Path = &root().join("tests/broken/simulator.c");
    compile_c(source, &out, "-DBROKEN=claims_too_much");
    let (_, report) = check(&out, &["--only", "streams", "--seed", "5"]);
    let finding = &report["plugins"][0]["checks"][0]["findings"][0];
    let stream = finding["stream"].as_u64().unwrap().to_string();
    let end = format!("--only streams --seed 5 --stream {stream}");
    assert!(finding["repeat"].as_str().unwrap().ends_with(&end), "{finding:#}");
    let more = ["--only", "streams", "--seed", "5", "--stream", &stream];
    let (code, again) = check(&out, &more);
    assert_eq!(code, Some(1));
    assert_eq!(again["plugins"][0]["checks"][0]["findings"][0]["text"], finding["text"]);
}
