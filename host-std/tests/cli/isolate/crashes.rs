//! What ends or hangs a process costs the shot that was running, and nothing else.

use crate::support::Folder;

use super::{AT, C, c, folder, report, results};

/// What a part does, and what is said of it.
const CRASHES: [(&str, &str); 12] = [
    ("segv", "the worker process was ended by SIGSEGV, a wrong access to memory"),
    ("begin", "the worker process was ended by SIGSEGV, a wrong access to memory"),
    ("shot_end", "the worker process was ended by SIGSEGV, a wrong access to memory"),
    // Rust's standard library sees that it was the stack, says so, and aborts.
    ("overflow", "the worker process was ended by SIGABRT: it gave up by itself"),
    ("fork", "the worker process was ended by SIGSEGV, a wrong access to memory"),
    ("abort", "the worker process was ended by SIGABRT: it gave up by itself"),
    ("fpe", "the worker process was ended by SIGFPE, wrong arithmetic"),
    ("kill", "the worker process was ended by SIGKILL, as the system does when memory runs out"),
    ("exit_0", "the worker process ended itself with status 0"),
    ("exit_3", "the worker process ended itself with status 3"),
    ("nonsense", "the worker process gave an answer that makes no sense"),
    ("hang", "the worker process was ended, since the shot took longer than 1 s"),
];

/// Left out like any shot that fails: what a run without a crash gives.
fn without_the_shot(folder: &Folder, more: &str) -> serde_json::Value {
    report(folder, 1, &format!("--shots 40 --keep-going {} {more}", c("refuse")))
}

#[test]
fn a_crash_costs_one_shot_and_the_run_goes_on() {
    let folder = folder();
    let expected = without_the_shot(&folder, "");
    for (how, words) in CRASHES {
        for threads in [1, 2] {
            let arguments = format!(
                "--shots 40 --keep-going --isolate --shot-timeout 1 --threads {threads} {}",
                c(how)
            );
            let found = report(&folder, 1, &arguments);
            assert_eq!(results(&found), results(&expected), "{how}");
            let failed = found["failed"].as_array().unwrap();
            assert_eq!((failed.len(), failed[0]["shot"].as_u64()), (1, Some(AT)), "{how}");
            assert_eq!(failed[0]["code"], -200, "{how}");
            let message = failed[0]["message"].as_str().unwrap();
            assert!(message.starts_with(words), "{how}: {message}");
            let replay = failed[0]["replay"].as_str().unwrap();
            let expected = format!(
                "pandia run coins.qasm {} --seed 0 --isolate --shot-timeout 1 --shot {AT}",
                c(how)
            );
            assert_eq!(replay, expected);
        }
    }
}

#[test]
fn a_crash_ends_the_run_unless_told_otherwise_and_keeps_what_was_finished() {
    let folder = folder();
    for threads in [1, 2] {
        let arguments = format!("--shots 40 --seed 9 --isolate --threads {threads} {}", c("segv"));
        let found = report(&folder, 1, &arguments);
        let before = report(&folder, 0, &format!("--shots {AT} --seed 9 {}", c("sound")));
        assert_eq!(
            [&found["digest"], &found["counts"], &found["shots"]],
            [&before["digest"], &before["counts"], &before["shots"]]
        );
        assert_eq!(found["failed"][0]["shot"], AT);
    }
    let table = folder.run(&format!("run coins.qasm --shots 40 --seed 9 --isolate {}", c("segv")));
    assert_eq!(table.code, 1);
    assert!(table.stdout.contains("shots   5 and 1 failed"), "{}", table.stdout);
    let said = "error: shot 5: the worker process was ended by SIGSEGV, a wrong access to memory\n";
    assert!(table.stderr.contains(said), "{}", table.stderr);
    // The command that it names runs that shot, and ends in the same words.
    let (_, replay) = table.stderr.split_once("this one alone: pandia ").unwrap();
    let again = folder.run(replay.trim());
    assert_eq!(again.code, 1, "{replay}");
    assert!(again.stderr.contains(said), "{}", again.stderr);
    // The other shots do as well as ever.
    let alone = report(&folder, 0, &format!("--shot 6 --isolate {}", c("segv")));
    assert_eq!(alone["digest"], report(&folder, 0, &format!("--shot 6 {}", c("sound")))["digest"]);
}

#[test]
fn many_crashes_cost_as_many_shots() {
    let folder = folder();
    let settings = ",at=3,every=7";
    let expected =
        report(&folder, 1, &format!("--shots 60 --keep-going {}{settings}", c("refuse")));
    for (how, threads) in [("segv", 1), ("exit_0", 2), ("lose", 2)] {
        let arguments =
            format!("--shots 60 --keep-going --isolate --threads {threads} {}{settings}", c(how));
        let found = report(&folder, 1, &arguments);
        assert_eq!(results(&found), results(&expected), "{how}");
        let shots: Vec<u64> = found["failed"].as_array().unwrap().iter().map(shot).collect();
        assert_eq!(shots, (0..60).filter(|shot| shot % 7 == 3).collect::<Vec<_>>());
    }
}

fn shot(failure: &serde_json::Value) -> u64 {
    failure["shot"].as_u64().unwrap()
}

#[test]
fn json_lines_hold_every_shot_and_the_failed_one_with_its_replay() {
    let folder = folder();
    let sound = folder.good(&format!("run coins.qasm --shots 20 --format jsonl {}", c("sound")));
    let arguments = "run coins.qasm --shots 20 --format jsonl --isolate --keep-going";
    let ran = folder.run(&format!("{arguments} {}", c("abort")));
    assert_eq!(ran.code, 1);
    assert_eq!(ran.stdout.lines().count(), 20);
    for (index, (line, sound)) in ran.stdout.lines().zip(sound.lines()).enumerate() {
        if index as u64 != AT {
            assert_eq!(line, sound);
            continue;
        }
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let error = &line["error"];
        assert_eq!((shot(&line), shot(error)), (AT, AT));
        assert!(error["message"].as_str().unwrap().contains("SIGABRT"), "{error}");
        let replay = error["replay"].as_str().unwrap();
        assert!(replay.ends_with("--seed 0 --isolate --shot 5"), "{replay}");
    }
}

#[test]
fn a_part_that_breaks_down_before_its_first_shot_is_named_and_not_tried_for_ever() {
    let folder = folder();
    let load = format!("--simulator {}", C[1]);
    let cases = [
        (load.as_str(), format!("while opening {}", C[1])),
        (&c("layout"), "while settling the stack's settings and size".to_owned()),
        (&c("create"), "while building test.faults".to_owned()),
        (&c("negotiate"), "while announcing the program's gates".to_owned()),
    ];
    for (part, place) in cases {
        let ran = folder.run(&format!("run coins.qasm --isolate {part}"));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{part}\n{}", ran.stderr);
        let said = format!(
            "error: no worker process lives until a shot; the last of 3 was ended by SIGSEGV, a \
             wrong access to memory, {place}\n"
        );
        assert!(ran.stderr.starts_with(&said), "{said}\n{}", ran.stderr);
    }
}

#[test]
fn a_part_that_does_harm_between_shots_has_given_its_results() {
    let folder = folder();
    let expected = report(&folder, 0, &format!("--shots 30 {}", c("sound")));
    // One that crashes when it is destroyed, and one that closes the connection.
    for how in ["destroy", "close"] {
        let found = report(&folder, 0, &format!("--shots 30 --isolate {}", c(how)));
        assert_eq!(results(&found), results(&expected), "{how}");
    }
}
