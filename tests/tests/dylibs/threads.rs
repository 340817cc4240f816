//! Runtimes with a thread of their own out of their libraries: over a call proxy that notes whoever
//! breaks the thread tags, and in whole runs, where they must give what the simple runtime gives.

use super::built::{c_example, library};
use super::same::{digest_on, stack};
use pandia::dylib::{Breach, CallProxy, DylibPart, Library, Violation};
use pandia::stack::{Factory, Registry};
use pandia_core::Result;
use pandia_core::backend::{Backend, Caps, GateDef, GateSet, Info, Threading, Verdict};
use pandia_core::error::{Class, ErrorKind};
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::op::{Batch, OpSink, Outcomes};
use pandia_core::part::{Config, Setting, Value};
use pandia_core::rng::Stream;
use pandia_core::runtime::Runtime;

const QUBITS: u32 = 4;
const RESULTS: u32 = 6;

/// Both runtimes, by name.
fn both() -> [(&'static str, DylibPart); 2] {
    let only = |path| Library::open(path).unwrap().parts()[0].clone();
    [("rust", only(&library("threaded"))), ("c", only(&c_example("threaded_runtime")))]
}

fn config() -> Config<'static> {
    Config { result_count: RESULTS, ..Config::new(QUBITS, StreamId(1)) }
}

/// The runtime in Rust would use its thread only where that pays, the one in C always does.
static ALWAYS: [Setting<'static>; 1] = [Setting { key: "hand_over", value: Value::Text("always") }];

/// What makes the runtime called `name` use its thread.
fn always(name: &str) -> Config<'static> {
    if name == "rust" { config().with(&ALWAYS) } else { config() }
}

fn state_vector() -> Box<dyn Backend + Send> {
    let known = Registry::new();
    let Factory::Simulator(simulator) = &known.find("state_vector").unwrap().factory else {
        panic!("the state vector is no simulator");
    };
    simulator.build(&config()).unwrap()
}

/// What a random program does with a runtime: outcomes and the classes of errors.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Value(u64),
    Failed(Class, String),
}

fn failed(error: &pandia_core::Error) -> Seen {
    Seen::Failed(error.class(), error.layer().to_owned())
}

/// A batch of a few random operations; one in a while is wrong, or postselects on what cannot be.
fn random_batch(draw: &mut impl FnMut(u32) -> u32, wrong: bool) -> (OpVec, Vec<u64>) {
    let (mut ops, mut ids) = (OpVec::new(), Vec::new());
    for _ in 0..=draw(6) {
        let (qubit, other) = (draw(QUBITS), draw(QUBITS - 1));
        let other = if other < qubit { other } else { other + 1 };
        match draw(7) {
            0 => ops.gate(slot::H, &[qubit], &[]).unwrap(),
            1 => ops.gate(slot::RX, &[qubit], &[f64::from(draw(100)) / 16.0]).unwrap(),
            2 => ops.gate(slot::CX, &[qubit, other], &[]).unwrap(),
            3 => ops.reset(qubit).unwrap(),
            4 if wrong && draw(8) == 0 => ops.gate(slot::X, &[QUBITS + 3], &[]).unwrap(),
            5 if wrong && draw(4) == 0 => {
                ops.reset(qubit).unwrap();
                ops.postselect(qubit, true).unwrap();
            }
            _ => {
                let id = u64::from(draw(RESULTS));
                ops.measure(qubit, id).unwrap();
                ids.push(id);
            }
        }
    }
    (ops, ids)
}

/// Runs shots of random programs that read as they go, the same for every runtime.
fn random_programs(runtime: &mut dyn Runtime, shots: u64, wrong: bool) -> Vec<Vec<Seen>> {
    let mut all = Vec::new();
    for shot in 0..shots {
        let mut stream = Stream::of(Seed(3), ShotId(shot), StreamId(99));
        let mut draw = |below: u32| stream.below(below);
        let mut seen = Vec::new();
        runtime.shot_begin(ShotId(shot), Seed(5)).unwrap();
        for _ in 0..=draw(8) {
            let (ops, ids) = random_batch(&mut draw, wrong);
            let submitted = runtime.submit(&ops.batch());
            let read = ids.last().copied().filter(|_| draw(2) == 0);
            let result =
                submitted.and_then(|()| read.map(|id| runtime.result(id, true)).transpose());
            match result {
                Ok(None) => {}
                Ok(Some(value)) => seen.push(Seen::Value(value.unwrap())),
                Err(error) => {
                    seen.push(failed(&error));
                    break;
                }
            }
        }
        if let Err(error) = runtime.shot_end() {
            seen.push(failed(&error));
        }
        all.push(seen);
    }
    all
}

fn no_violations(name: &str, seen: &[Violation]) {
    let words: Vec<String> = seen.iter().map(ToString::to_string).collect();
    assert!(words.is_empty(), "{name}: {words:#?}");
}

#[test]
fn random_programs_give_what_simple_gives_and_break_no_rule() {
    let known = Registry::new();
    let Factory::Runtime(simple) = &known.find("simple").unwrap().factory else {
        panic!("simple is no runtime");
    };
    let mut simple = simple.build(&config(), state_vector()).unwrap();
    let expected = random_programs(&mut *simple, 150, false);
    for (name, part) in both() {
        let proxy = CallProxy::new(state_vector());
        let watch = proxy.watch();
        watch.take_back();
        let mut runtime = part.build_runtime_watched(&always(name), proxy, true).unwrap();
        let gates = [GateDef::built_in(slot::H).unwrap()];
        runtime.negotiate(&GateSet { gates: &gates }, &mut [Verdict::Reject]).unwrap();
        assert_eq!(random_programs(&mut runtime, 150, false), expected, "{name}");
        assert!(runtime.metric(99).is_none() && runtime.info().qubit_count == QUBITS);
        drop(runtime);
        no_violations(name, &watch.violations());
    }
}

#[test]
fn programs_that_fail_fail_at_the_same_place_every_time_and_break_no_rule() {
    let mut all = Vec::new();
    for (name, part) in both() {
        for _ in 0..2 {
            let proxy = CallProxy::new(state_vector());
            let watch = proxy.watch();
            let mut runtime = part.build_runtime_watched(&always(name), proxy, true).unwrap();
            all.push(random_programs(&mut runtime, 150, true));
            drop(runtime);
            no_violations(name, &watch.violations());
        }
    }
    let failures = all[0].iter().flatten().filter(|seen| matches!(seen, Seen::Failed(..))).count();
    assert!(failures > 20 && failures < 150, "{failures} of 150 shots failed");
    let lost = Seen::Failed(Class::ShotLost, "pandia.state_vector".to_owned());
    assert!(all[0].iter().flatten().all(|seen| matches!(seen, Seen::Value(_)) || *seen == lost));
    assert!(all.iter().all(|one| *one == all[0]));
}

#[test]
fn a_runtime_that_ends_early_gives_its_stack_back_and_is_not_heard_of_again() {
    for (name, part) in both() {
        for batches in [0, 1, 50] {
            let proxy = CallProxy::new(state_vector());
            let watch = proxy.watch();
            let mut runtime = part.build_runtime_watched(&always(name), proxy, true).unwrap();
            runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
            for _ in 0..batches {
                let mut ops = OpVec::new();
                ops.gate(slot::H, &[0], &[]).unwrap();
                ops.measure(0, 0).unwrap();
                runtime.submit(&ops.batch()).unwrap();
            }
            drop(runtime);
            no_violations(name, &watch.violations());
        }
    }
}

/// A stack that panics at its second batch.
struct Panics(u32);

impl Backend for Panics {
    fn id(&self) -> &str {
        "test.panics"
    }
    fn info(&self) -> Info {
        let (caps, threading) = (Caps::NONE, Threading::Sendable);
        Info { qubit_count: QUBITS, op_kinds: u64::MAX, caps, threading }
    }
    fn negotiate(&mut self, _: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        verdicts.fill(Verdict::Native);
        Ok(())
    }
    fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
        Ok(())
    }
    fn apply(&mut self, _: &Batch<'_>, _: &mut Outcomes<'_>) -> Result<()> {
        self.0 += 1;
        if self.0 == 2 { panic!("the stack gave up") } else { Ok(()) }
    }
    fn shot_end(&mut self) -> Result<()> {
        Ok(())
    }
}

#[test]
fn a_stack_that_panics_is_lost_and_not_called_again() {
    for (name, part) in both() {
        let proxy = CallProxy::new(Box::new(Panics(0)));
        let watch = proxy.watch();
        let mut runtime = part.build_runtime_watched(&always(name), proxy, true).unwrap();
        runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
        let mut ops = OpVec::new();
        ops.gate(slot::H, &[0], &[]).unwrap();
        for _ in 0..5 {
            runtime.submit(&ops.batch()).unwrap();
        }
        let error = runtime.shot_end().unwrap_err();
        assert_eq!(error.class(), Class::InstanceLost, "{name}");
        assert_eq!(error.to_string(), "test.panics: panicked: the stack gave up");
        assert!(runtime.shot_begin(ShotId(1), Seed(0)).is_err());
        drop(runtime);
        no_violations(name, &watch.violations());
    }
}

#[test]
fn the_proxy_would_have_caught_a_runtime_that_may_not_have_its_thread() {
    // The stack was lent for calls on the host's thread, but attach says otherwise.
    for (name, part) in both() {
        let proxy = CallProxy::new(state_vector());
        let watch = proxy.watch();
        let mut runtime = part.build_runtime_watched(&always(name), proxy, true).unwrap();
        watch.lend(false);
        runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
        let error = runtime.shot_end().unwrap_err();
        assert_eq!(error.layer(), "pandia.call_proxy", "{name}: {error}");
        let seen: Vec<_> = watch.violations().iter().map(|v| (v.function, v.breach)).collect();
        assert_eq!(seen, [("shot_begin", Breach::OwnThread)], "{name}");
    }
}

#[test]
fn a_host_gives_the_permission_exactly_if_the_stack_is_sendable() {
    struct Pinned(Panics);
    impl Backend for Pinned {
        fn id(&self) -> &str {
            "test.pinned"
        }
        fn info(&self) -> Info {
            Info { threading: Threading::Pinned, ..self.0.info() }
        }
        fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
            self.0.negotiate(gates, verdicts)
        }
        fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
            self.0.shot_begin(shot, seed)
        }
        fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
            self.0.apply(batch, outcomes)
        }
        fn shot_end(&mut self) -> Result<()> {
            self.0.shot_end()
        }
    }
    for (name, part) in both() {
        assert!(part.build_runtime(&config(), state_vector()).is_ok(), "{name}");
        let error = part.build_runtime(&config(), Box::new(Pinned(Panics(0)))).unwrap_err();
        assert_eq!((error.code(), error.layer()), (-4, part.spec().id), "{name}");
        assert!(error.to_string().contains("own_thread is 0"), "{error}");
        assert!(matches!(error.kind(), ErrorKind::Foreign { .. }));
        let proxy = CallProxy::new(Box::new(Pinned(Panics(0))));
        let error = part.build_runtime_watched(&always(name), proxy, true).unwrap_err();
        assert!(error.to_string().contains("pinned"), "{name}: {error}");
    }
    let simple = Library::open(&library("simple")).unwrap().parts()[0].clone();
    assert!(simple.build_runtime(&config(), Box::new(Pinned(Panics(0)))).is_ok());
}

#[test]
fn a_noisy_program_with_feed_forward_has_the_same_digest_on_every_runtime() {
    let noise = ["depolarizing:p_1q=0.1,p_2q=0.2,p_meas=0.05", "readout:p_1_given_0=0.1"];
    let noise = noise.map(str::to_owned);
    let threaded = library("threaded").display().to_string();
    let runtimes = [
        threaded.clone(),
        format!("{threaded}:hand_over=always"),
        format!("{threaded}:queue_words=64,hand_over=always"),
        c_example("threaded_runtime").display().to_string(),
    ];
    for threads in [1, 2] {
        let expected = digest_on(&stack("state_vector", &noise, "simple"), threads);
        for runtime in &runtimes {
            let got = digest_on(&stack("state_vector", &noise, runtime), threads);
            assert_eq!(got, expected, "{runtime}, {threads} threads");
        }
    }
}
