//! The same bits, the same words: linked in and out of a library.

use super::built::{LIBRARIES, library};
use pandia::dylib::{DylibPart, Library};
use pandia::runner::{ProgramFile, RunOptions, Runner, ShotSink};
use pandia::stack::{Factory, PartUse, Registry, StackPlan, StackSpec};
use pandia::trace::{TraceOptions, TracePiece, TraceWriter};
use pandia_core::Result;
use pandia_core::backend::{Backend, Caps, GateSet, Info, Threading, Verdict};
use pandia_core::conformance::{Finding, Profile, run};
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::{Batch, Outcomes};
use pandia_core::part::{Config, PartKind, Setting, Value};
use pandia_core::trace::Record;

const PROGRAM: &str = "OPENQASM 3.0; include \"stdgates.inc\";
    qubit[3] q; bit[5] c;
    h q[0]; cx q[0], q[1]; s q[1]; cx q[1], q[2]; sdg q[2];
    c[0] = measure q[0];
    if (c[0]) { x q[1]; }
    reset q[0]; h q[0]; delay[1us] q; h q[0]; h q[2];
    c[1] = measure q[1]; c[2] = measure q[2]; c[3] = measure q[0];
    x q[2]; delay[1us] q; h q[1]; c[4] = measure q[2];";

struct Bits(Vec<Vec<u8>>);
impl ShotSink for Bits {
    fn shot(&mut self, _: ShotId, bits: &[u8]) -> std::io::Result<()> {
        self.0.push(bits.to_vec());
        Ok(())
    }
}

fn digest(spec: &StackSpec) -> (u128, Vec<Vec<u8>>) {
    digest_on(spec, 2)
}

pub(super) fn digest_on(spec: &StackSpec, threads: usize) -> (u128, Vec<Vec<u8>>) {
    let file = ProgramFile::from_source("test", PROGRAM).unwrap();
    let program = file.program().unwrap();
    let plan = StackPlan::new(&Registry::new(), spec).unwrap();
    let options = RunOptions { shots: 0..300, threads, ..RunOptions::default() };
    let mut bits = Bits(Vec::new());
    let summary = Runner::new(&program, &plan, options).unwrap().run(&mut bits).unwrap();
    assert_eq!(summary.shots_done, 300);
    (summary.digest, bits.0)
}

pub(super) fn stack(simulator: &str, noise: &[String], runtime: &str) -> StackSpec {
    let part = |text: &str| PartUse::parse(text).unwrap();
    let spec = StackSpec::new().with_simulator(part(simulator)).with_runtime(part(runtime));
    noise.iter().fold(spec, |spec, noise| spec.with_noise(part(noise)))
}

/// The words of all records of a traced run.
#[derive(Default)]
struct Traced(Vec<u64>);

impl TraceWriter for Traced {
    fn record(&mut self, record: &Record<'_>) -> std::io::Result<()> {
        record.encode(|words| self.0.extend_from_slice(words));
        Ok(())
    }
    fn finish(self: Box<Self>) -> std::io::Result<()> {
        Ok(())
    }
}

impl ShotSink for Traced {
    fn shot(&mut self, _: ShotId, _: &[u8]) -> std::io::Result<()> {
        Ok(())
    }
    fn trace(&mut self, piece: &mut TracePiece<'_>) -> std::io::Result<()> {
        piece.write_to(self)
    }
}

#[test]
fn a_trace_is_the_same_over_a_runtime_on_a_thread_of_its_own_and_on_any_number_of_threads() {
    let file = ProgramFile::from_source("test", PROGRAM).unwrap();
    let program = file.program().unwrap();
    let noise = ["depolarizing:p_2q=0.3".to_owned(), "leakage:p_leak_2q=0.2".to_owned()];
    let trace = |runtime: &str, threads| {
        let spec = stack("state_vector", &noise, runtime);
        let plan = StackPlan::new(&Registry::new(), &spec).unwrap();
        let options = RunOptions { shots: 0..100, threads, ..RunOptions::default() };
        let runner = Runner::new(&program, &plan, options).unwrap();
        let mut traced = Traced::default();
        runner.traced(TraceOptions::default()).unwrap().run(&mut traced).unwrap();
        traced.0
    };
    let eager = trace("simple", 1);
    assert!(eager.len() > 10_000);
    for threads in [1, 3] {
        assert!(trace(&path("threaded"), threads) == eager, "{threads} threads");
    }
}

fn path(name: &str) -> String {
    library(name).display().to_string()
}

#[test]
fn every_simulator_gives_the_same_bits_out_of_its_library() {
    let replay = ":outcomes=10110";
    let simulators = [
        ("state_vector", ""),
        ("state_vector_f32", ""),
        ("stabilizer", ""),
        ("density_matrix", ""),
        ("coinflip", ":bias=0.3"),
        ("classical_replay", replay),
        // A course that the program can take: the second bit is 0, the last is not the third.
        ("quantum_replay", ":outcomes=00100"),
    ];
    for (name, settings) in simulators {
        let here = digest(&stack(&format!("{name}{settings}"), &[], "simple"));
        let there = digest(&stack(&format!("{}{settings}", path(name)), &[], "simple"));
        assert_eq!(here, there, "{name}");
    }
}

#[test]
fn every_error_model_and_runtime_gives_the_same_bits_out_of_its_library() {
    let models = [
        ("ideal", ""),
        ("depolarizing", ":p_1q=0.1,p_2q=0.2,p_meas=0.05"),
        ("pauli", ":px=0.1,xz=0.1"),
        ("readout", ":p_1_given_0=0.1"),
        ("leakage", ":p_leak_1q=0.05,p_spread=0.1"),
        ("coherent", ":offset_1q=0.2"),
        ("count", ""),
        ("idle", ":t1_ns=2e3,t2_ns=1e3"),
        ("dephasing", ":idle_rate=1e-3"),
        ("topology", ""),
        ("crosstalk", ":pair.0-1=0.1,p_meas=0.02"),
        ("joint_readout", ":pair.0-2.11_given_00=0.3,pair.1-2.01_given_11=0.3"),
    ];
    // With ideal noise every runtime gives the same, here and out of its library.
    for name in ["simple", "soft_rz", "queued", "threaded"] {
        let simple = digest(&stack("state_vector", &[], "simple"));
        assert_eq!(simple, digest(&stack("state_vector", &[], name)), "{name}");
        assert_eq!(simple, digest(&stack("state_vector", &[], &path(name))), "{name}");
    }
    let mut all = (Vec::new(), Vec::new());
    let clean = digest(&stack("state_vector", &[], "simple"));
    for (name, settings) in models {
        let here = format!("{name}{settings}");
        let there = format!("{}{settings}", path(name));
        let bits = digest(&stack("state_vector", core::slice::from_ref(&here), "simple"));
        assert_eq!(
            bits,
            digest(&stack("state_vector", core::slice::from_ref(&there), &path("simple"))),
            "{here}"
        );
        assert_eq!(bits == clean, ["ideal", "count", "topology"].contains(&name), "{here}");
        all.0.push(here);
        all.1.push(there);
    }
    // All of them on top of one another, every second one out of its library, then all.
    let mixed =
        all.0.iter().zip(&all.1).enumerate().map(|(i, (h, t))| if i % 2 == 0 { h } else { t });
    let mixed: Vec<String> = mixed.map(String::clone).collect();
    let here = digest(&stack("state_vector", &all.0, "simple"));
    assert_eq!(here, digest(&stack("state_vector", &mixed, "simple")));
    assert_eq!(here, digest(&stack(&path("state_vector"), &all.1, &path("simple"))));
}

#[test]
fn every_library_tells_of_its_part_what_the_linked_in_part_tells() {
    let known = Registry::new();
    for (id, name) in LIBRARIES {
        let opened = Library::open(&library(name)).unwrap();
        assert_eq!(opened.parts().len(), 1);
        assert_eq!(opened.part(id).unwrap().spec(), &known.find(id).unwrap().spec);
    }
    assert_eq!(known.parts().len(), LIBRARIES.len(), "a built-in part has no library");
}

fn part(name: &str) -> DylibPart {
    Library::open(&library(name)).unwrap().parts()[0].clone()
}

#[test]
fn simulators_out_of_libraries_conform() {
    let profiles = [
        ("state_vector", Profile::exact()),
        ("state_vector_f32", Profile::exact_f32()),
        ("stabilizer", Profile::clifford()),
        ("density_matrix", Profile::exact()),
        ("coinflip", Profile::random(0.5)),
    ];
    for (name, profile) in profiles {
        let config = Config::new(4, StreamId::of(name, 0));
        let mut backend = part(name).build_simulator(&config).unwrap();
        let summary = run(&mut backend, &profile.quick(), &mut |check, finding| {
            if let Finding::Failed(why) = finding {
                panic!("{name}: {}: {why}", check.name);
            }
        });
        assert!(summary.passed > 0);
    }
}

/// Runs the conformance checks and fails with all that failed.
fn conforms(name: &str, mut backend: impl Backend, profile: &Profile) {
    let mut failures = Vec::new();
    let summary = run(&mut backend, profile, &mut |check, finding| {
        if let Finding::Failed(why) = finding {
            failures.push(format!("{}: {why}", check.name));
        }
    });
    assert!(failures.is_empty() && summary.passed > 0, "{name}: {failures:#?}");
}

#[test]
fn replays_out_of_their_libraries_keep_to_the_form() {
    // Long enough for whatever the checks measure in one shot.
    let recordings =
        [("classical_replay", "01".repeat(5000)), ("quantum_replay", "0".repeat(10_000))];
    for (name, recording) in recordings {
        let settings = [Setting { key: "outcomes", value: Value::Text(&recording) }];
        let config = Config::new(3, StreamId(0)).with(&settings);
        let backend = part(name).build_simulator(&config).unwrap();
        conforms(name, backend, &Profile::noisy());
    }
}

#[test]
fn error_models_without_errors_conform_linked_in_and_out_of_their_libraries() {
    let known = Registry::new();
    let config = Config::new(3, StreamId(1));
    let child = || part("state_vector").build_simulator(&config).unwrap();
    for name in [
        "ideal",
        "depolarizing",
        "pauli",
        "readout",
        "leakage",
        "coherent",
        "count",
        "idle",
        "dephasing",
        "idle",
        "dephasing",
        "topology",
        "crosstalk",
        "joint_readout",
    ] {
        let Factory::Layer(linked) = &known.find(name).unwrap().factory else {
            panic!("{name} is no layer");
        };
        let profile = Profile::exact().quick();
        conforms(name, linked.build(&config, Box::new(child())).unwrap(), &profile);
        let loaded = part(name).build_layer(&config, Box::new(child())).unwrap();
        conforms(name, loaded, &profile);
    }
}

#[test]
fn a_refused_setting_has_the_same_words_on_both_sides() {
    let known = Registry::new();
    for (id, name) in LIBRARIES {
        let settings = [Setting { key: "no_such_key", value: Value::Whole(1) }];
        let config = Config::new(2, StreamId(0)).with(&settings);
        let here = known.find(id).unwrap().factory.memory_bytes(&config).unwrap_err();
        let there = part(name).memory_bytes(&config).unwrap_err();
        assert_eq!((here.code(), here.to_string()), (there.code(), there.to_string()));
    }
}

/// A simulator that may only be called on its own thread.
struct Pinned;
impl Backend for Pinned {
    fn id(&self) -> &str {
        "test.pinned"
    }
    fn info(&self) -> Info {
        let threading = Threading::Pinned;
        Info { qubit_count: 1, op_kinds: u64::MAX, caps: Caps::NONE, threading }
    }
    fn negotiate(&mut self, _: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        verdicts.fill(Verdict::Native);
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
}

#[test]
fn a_pinned_part_is_refused_on_another_thread() {
    let config = Config::new(1, StreamId(0));
    assert_eq!(part("ideal").spec().kind, PartKind::ErrorModel);
    let mut layer = part("ideal").build_layer(&config, Box::new(Pinned)).unwrap();
    layer.shot_begin(ShotId(0), Seed(0)).unwrap();
    layer.shot_end().unwrap();
    let error = std::thread::spawn(move || layer.shot_begin(ShotId(1), Seed(0)).unwrap_err());
    let error = error.join().unwrap().to_string();
    assert!(error.contains("pinned to the thread that made it"), "{error}");
}

#[test]
fn a_library_stays_in_memory_as_long_as_an_instance() {
    let config = Config::new(2, StreamId(0));
    let mut backend = {
        let opened = Library::open(&library("state_vector")).unwrap();
        opened.parts()[0].build_simulator(&config).unwrap()
    };
    backend.shot_begin(ShotId(0), Seed(0)).unwrap();
    assert!(backend.state_digest().is_ok());
    backend.shot_end().unwrap();
}

#[test]
fn a_panic_of_a_linked_in_child_comes_back_as_an_error_with_its_words() {
    struct Panics;
    impl Backend for Panics {
        fn id(&self) -> &str {
            "test.panics"
        }
        fn info(&self) -> Info {
            Info { threading: Threading::Sendable, ..Pinned.info() }
        }
        fn negotiate(&mut self, _: &GateSet<'_>, _: &mut [Verdict]) -> Result<()> {
            panic!("the child gave up")
        }
        fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
            panic!("the child gave up")
        }
        fn apply(&mut self, _: &Batch<'_>, _: &mut Outcomes<'_>) -> Result<()> {
            Ok(())
        }
        fn shot_end(&mut self) -> Result<()> {
            Ok(())
        }
    }
    let config = Config::new(1, StreamId(0));
    let mut layer = part("ideal").build_layer(&config, Box::new(Panics)).unwrap();
    let error = layer.shot_begin(ShotId(0), Seed(0)).unwrap_err();
    assert_eq!(error.to_string(), "test.panics: panicked: the child gave up");
    let error = layer.shot_end().unwrap_err();
    assert!(error.to_string().contains("build the stack anew"), "{error}");
}
