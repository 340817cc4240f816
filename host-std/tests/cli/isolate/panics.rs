//! Panics in parts of Rust out of a library: contained without isolation where they unwind, and with
//! it where they end the process.

use pandia::dylib::{CallProxy, DylibPart, Library};
use pandia_core::Result;
use pandia_core::backend::{Backend, Caps, GateSet, Info, Metric, Threading, Verdict};
use pandia_core::error::Class;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::{Batch, Outcomes};
use pandia_core::part::{Config, Setting, Value};

use super::{AT, folder, report, results, rust};
use crate::faults::RUST;

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

/// Counts nothing, and says so.
struct CountsNothing;

impl Backend for CountsNothing {
    fn id(&self) -> &str {
        "test.linked"
    }
    fn info(&self) -> Info {
        let (caps, threading) = (Caps::NONE, Threading::Sendable);
        Info { qubit_count: 1, op_kinds: u64::MAX, caps, threading }
    }
    fn negotiate(&mut self, _: &GateSet<'_>, _: &mut [Verdict]) -> Result<()> {
        Ok(())
    }
    fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
        Ok(())
    }
    fn apply(&mut self, _: &Batch<'_>, _: &mut Outcomes<'_>) -> Result<()> {
        Ok(())
    }
    fn shot_end(&mut self) -> Result<()> {
        Ok(())
    }
    fn metric(&self, _: u32) -> Option<Metric<'_>> {
        panic!("the coin counts nothing")
    }
}

fn guarded() -> DylibPart {
    Library::open(&RUST).unwrap().part("test.guarded").unwrap().clone()
}

/// A panic in `metric` ends the list of metrics and loses the instance: linked in behind a table, out of
/// a library, and both in one.
#[test]
fn a_panic_in_a_metric_loses_the_instance() {
    let how = [Setting { key: "how", value: Value::Text("metric") }];
    let config = Config::new(1, StreamId(1)).with(&how);
    let coin = || Box::new(guarded().build_simulator(&config).unwrap());
    let parts: [(&str, Box<dyn Backend>); 3] = [
        ("test.linked", Box::new(CallProxy::new(Box::new(CountsNothing)))),
        ("test.guarded", coin()),
        ("test.guarded", Box::new(CallProxy::new(coin()))),
    ];
    for (id, mut part) in parts {
        part.shot_begin(ShotId(0), Seed(0)).unwrap();
        part.shot_end().unwrap();
        assert_eq!((part.metric(0), part.metric(1)), (None, None), "{id}");
        let error = part.shot_begin(ShotId(1), Seed(0)).unwrap_err();
        assert_eq!((error.class(), error.layer()), (Class::InstanceLost, id), "{error}");
        assert!(error.to_string().contains("has lost this instance"), "{error}");
        assert!(part.shot_begin(ShotId(2), Seed(0)).is_err());
    }
}

/// The validator asks for metrics. Without a guard, as with `panic = "abort"`, that ends its process.
#[test]
fn a_panic_in_a_metric_is_a_finding_of_the_validator() {
    let folder = folder();
    let library = RUST.display();
    for (part, words) in
        [("guarded", "metric 0 lost the instance"), ("unguarded", "crashed with SIGABRT")]
    {
        let check = format!("check {library} --plugin test.{part} --only writes --profile random");
        let sound = folder.run(&check);
        assert_eq!(sound.code, 0, "{}", sound.stdout);
        let ran = folder.run(&format!("{check} --set how=metric"));
        assert_eq!(ran.code, 1, "{}\n{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains(words), "{}", ran.stdout);
    }
}

/// Runs ask for no metric, so it costs them nothing.
#[test]
fn a_run_does_not_ask_for_metrics() {
    let folder = folder();
    for part in ["guarded", "unguarded"] {
        let expected = report(&folder, 0, &format!("--shots 40 {}", rust(part, "sound")));
        for more in ["", "--isolate"] {
            let found = report(&folder, 0, &format!("--shots 40 {more} {}", rust(part, "metric")));
            assert_eq!(results(&found), results(&expected));
        }
    }
}
