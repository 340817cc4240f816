//! Panics in parts of Rust out of a library: contained without isolation where they unwind, and with
//! it where they end the process.

use super::{AT, folder, report, results, rust};

#[test]
fn a_panic_costs_one_shot_and_says_its_words() {
    let folder = folder();
    for how in ["apply", "begin", "end"] {
        for more in ["--threads 1", "--threads 2", "--isolate --threads 2"] {
            let part = rust("guarded", how);
            let found = report(&folder, 1, &format!("--shots 40 --keep-going {more} {part}"));
            let failure = &found["failed"][0];
            assert_eq!((&found["shots"], &failure["shot"]), (&39.into(), &AT.into()), "{how}");
            assert_eq!(failure["code"], -200, "{how}");
            assert_eq!(failure["layer"], "test.guarded", "{how}");
            assert_eq!(failure["message"], "panicked: the coin is stuck in shot 5", "{how}");
        }
    }
    // The others are what they would have been, and in the same places.
    let lines = |arguments: &str| {
        let ran = folder.run(&format!("run coins.qasm --shots 40 --format jsonl {arguments}"));
        ran.stdout.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let sound = lines(&rust("guarded", "sound"));
    let panicked = lines(&format!("--keep-going {}", rust("guarded", "apply")));
    assert_eq!((sound.len(), panicked.len()), (40, 40));
    assert!(sound.iter().zip(&panicked).enumerate().all(|(k, (a, b))| (a == b) == (k != 5)));
}

#[test]
fn a_panic_in_building_is_a_refusal_with_its_words() {
    let folder = folder();
    for (how, words) in [
        ("layout", "the coin has no size"),
        ("create", "the coin cannot be made"),
        ("negotiate", "the coin has no verdict"),
    ] {
        for more in ["", "--isolate"] {
            let part = rust("guarded", how);
            let ran = folder.run(&format!("run coins.qasm --shots 40 {more} {part}"));
            assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{how}\n{}", ran.stderr);
            let said = format!("test.guarded: panicked: {words}");
            assert!(ran.stderr.contains(&said), "{how}\n{}", ran.stderr);
        }
    }
}

#[test]
fn a_panic_at_the_end_of_an_instance_is_swallowed() {
    let folder = folder();
    let expected = report(&folder, 0, &format!("--shots 40 {}", rust("guarded", "sound")));
    for more in ["", "--isolate"] {
        let found = report(&folder, 0, &format!("--shots 40 {more} {}", rust("guarded", "drop")));
        assert_eq!(results(&found), results(&expected));
    }
}

#[test]
fn a_panic_that_does_not_unwind_costs_one_shot_in_isolation() {
    let folder = folder();
    let arguments = format!("--shots 40 --keep-going --isolate {}", rust("unguarded", "apply"));
    let found = report(&folder, 1, &arguments);
    let failure = &found["failed"][0];
    assert_eq!((&found["shots"], &failure["shot"]), (&39.into(), &AT.into()));
    assert!(failure["message"].as_str().unwrap().contains("SIGABRT"), "{failure}");
    // Without isolation it ends the command: nothing in a process can outlive that.
    let command =
        folder.command(&format!("run coins.qasm {}", rust("unguarded", "apply"))).output();
    assert_eq!(command.unwrap().status.code(), None);
}
