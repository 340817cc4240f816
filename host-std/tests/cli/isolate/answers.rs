//! What a part answers and prints: malformed results are refused, and print disturbs nobody.

use super::{AT, c, folder, report, results};

#[test]
fn results_that_cannot_be_cost_the_shot_with_and_without_isolation() {
    let folder = folder();
    let expected = report(&folder, 1, &format!("--shots 40 --keep-going {}", c("refuse")));
    for (how, words) in [
        ("value_7", "gave an outcome that was not asked for: id 0, value 7"),
        ("wrong_id", "gave an outcome that was not asked for: id 1"),
        ("wrong_kind", "gave an outcome that was not asked for: id 0"),
        ("many", "gave 1000000 outcomes for a batch that asks for 3"),
        ("no_outcome", "gave 0 outcomes for a batch that asks for 3"),
        ("status_3", "gave back the status 3; 0 or less is right"),
    ] {
        let mut failures = Vec::new();
        for isolate in ["", "--isolate"] {
            let arguments = format!("--shots 40 --keep-going --threads 2 {isolate} {}", c(how));
            let mut found = report(&folder, 1, &arguments);
            assert_eq!(results(&found), results(&expected), "{how} {isolate}");
            let failure = &mut found["failed"][0];
            assert_eq!(failure["shot"], AT, "{how}");
            assert_eq!(failure["layer"], "test.faults", "{how}");
            let message = failure["message"].as_str().unwrap();
            assert!(message.contains(words), "{how}: {message}");
            failure.as_object_mut().unwrap().remove("replay");
            failures.push(failure.take());
        }
        assert_eq!(failures[0], failures[1], "{how}");
    }
}

#[test]
fn what_a_part_prints_and_reads_does_not_reach_the_connection() {
    let folder = folder();
    let expected = report(&folder, 0, &format!("--shots 30 {}", c("sound")));
    for how in ["stdout", "stdin", "stderr"] {
        let arguments =
            format!("run coins.qasm --shots 30 --format json --isolate {},every=1", c(how));
        let ran = folder.run_with_input(&arguments, "input that is nobody's\n");
        assert_eq!(ran.code, 0, "{how}\n{}", ran.stderr);
        assert_eq!(results(&super::json(&ran)), results(&expected), "{how}");
        match how {
            "stdout" => assert_eq!(ran.stderr.matches("garbage").count(), 30, "{}", ran.stderr),
            "stderr" => assert_eq!(ran.stderr.matches('x').count(), 30 * 1024 * 4096),
            _ => assert_eq!(ran.stderr, ""),
        }
    }
}

#[test]
fn a_part_that_cannot_be_had_again_ends_the_run_and_keeps_what_was_finished() {
    let folder = folder();
    let before = report(&folder, 0, &format!("--shots {AT} {}", c("sound")));
    // The last shot of a chunk, and one inside.
    for at in [AT, 4, 6] {
        for isolate in ["", "--isolate"] {
            let arguments = format!("--shots 40 --keep-going --threads 1 {isolate}");
            let found = report(&folder, 1, &format!("{arguments} {},at={at}", c("lose_all")));
            assert_eq!(found["shots"], at, "{isolate}");
            if at == AT {
                assert_eq!(found["digest"], before["digest"]);
            }
            let failed = found["failed"].as_array().unwrap();
            let shots: Vec<_> = failed.iter().map(|failure| failure["shot"].clone()).collect();
            assert_eq!(shots, [at, at + 1], "{isolate}");
            assert_eq!(failed[0]["message"], "lost for good");
            let message = failed[1]["message"].as_str().unwrap();
            assert!(message.starts_with("no new instance can be had, which ends"), "{message}");
            assert!(message.ends_with("there can be only one"), "{message}");
        }
    }
}
