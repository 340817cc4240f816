//! The examples in C are built by their Makefile, loaded, and do what they say, over and under parts
//! in Rust.
#![expect(unsafe_code, reason = "loads libraries and trusts that they are what their module says")]
#![expect(clippy::unwrap_used, reason = "a test's helpers may stop it like the test itself")]

#[path = "../examples/bit_flip.rs"]
mod bit_flip;

use pandia_core::abi::module::{self, PluginView};
use pandia_core::abi::{Instance, NoGuard, raw};
use pandia_core::backend::{Backend, GateDef, GateSet, MetricValue, Stack, StateQuery, Verdict};
use pandia_core::conformance::{self, Finding, Profile};
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::noise::IdealPart;
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpSink, Outcome, Outcomes};
use pandia_core::part::{Config, LayerPart, PartKind, Setting, SimulatorPart, Value};
use pandia_core::rng::{Chance, Stream};
use pandia_core::runtime::{Runtime, RuntimePart, SimplePart};
use pandia_core::sim::StateVectorPart;
use pandia_core::units::Probability;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The folder with the modules, built once.
static MODULES: LazyLock<PathBuf> = LazyLock::new(|| {
    // `cargo xtask test --only sanitize` builds them otherwise.
    if let Some(folder) = std::env::var_os("PANDIA_C_EXAMPLES") {
        return folder.into();
    }
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c_examples");
    std::fs::create_dir_all(&out).unwrap();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/c");
    let mut make = Command::new("make");
    make.env_remove("LD_PRELOAD").arg("-C").arg(examples).arg(format!("OUT={}", out.display()));
    let output = make.output().expect("make is needed; `apt-get install make gcc` brings it");
    assert!(output.status.success(), "{make:?}\n{}", String::from_utf8_lossy(&output.stderr));
    out
});

/// The folder with the examples in Rust, built in this test's own profile.
static RUST_MODULES: LazyLock<PathBuf> = LazyLock::new(|| {
    let exe = std::env::current_exe().unwrap();
    let built = exe.parent().and_then(Path::parent).unwrap();
    let profile = match built.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(other) => other,
    };
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("LD_PRELOAD");
    cargo.args(["build", "--quiet", "--examples", "--profile", profile, "--target-dir"]);
    let output = cargo.arg(built.parent().unwrap()).output().unwrap();
    assert!(output.status.success(), "{cargo:?}\n{}", String::from_utf8_lossy(&output.stderr));
    built.join("examples")
});

/// The one plugin of a module in C.
fn plugin(name: &str) -> PluginView<'static> {
    load(&MODULES.join(name).with_extension("so"))
}

/// The one plugin of a module in Rust.
fn rust_plugin(name: &str) -> PluginView<'static> {
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    load(&RUST_MODULES.join(format!("{prefix}{name}{suffix}")))
}

/// The one plugin of a library. Libraries stay loaded: instances point into them.
fn load(path: &Path) -> PluginView<'static> {
    // SAFETY: one of the examples, which run nothing when they are loaded.
    let library = unsafe { libloading::Library::new(path) }.unwrap();
    let library = Box::leak(Box::new(library));
    // SAFETY: every example exports its module under this name.
    let symbol = unsafe { library.get::<*const raw::Module>(raw::MODULE_SYMBOL) }.unwrap();
    // SAFETY: the header's type, and the library stays loaded.
    let module = unsafe { module::check(*symbol) }.unwrap();
    module.plugins().next().unwrap()
}

/// As much memory as the plugin asks for and no byte more, so that a sanitizer sees its end.
fn memory(plugin: &PluginView<'_>, config: &Config<'_>) -> Vec<MaybeUninit<u8>> {
    let layout = plugin.layout(config).unwrap();
    let memory = vec![MaybeUninit::uninit(); layout.size()];
    let before = memory.as_ptr().align_offset(layout.align());
    if before == 0 { memory } else { vec![MaybeUninit::uninit(); layout.size() + layout.align()] }
}

const SIMULATOR_STREAM: StreamId = StreamId(11);
const LAYER_STREAM: StreamId = StreamId(12);

/// The state vector in Rust.
fn rust_simulator(qubits: u32) -> Instance<impl Backend, NoGuard> {
    let config = Config::new(qubits, SIMULATOR_STREAM);
    let cells = StateVectorPart::<f64>::cells(&config).unwrap();
    let empty = StateVectorPart::<f64>::EMPTY;
    Instance::new(StateVectorPart::<f64>::build(&config, vec![empty; cells]).unwrap())
}

/// Runs all checks, and says how many gates were compared with their matrices.
fn conforms(backend: &mut dyn Backend, profile: &Profile) -> u32 {
    let mut failures = Vec::new();
    let summary = conformance::run(backend, profile, &mut |check, finding| {
        if let Finding::Failed(why) = finding {
            failures.push(format!("{}: {why}", check.name));
        }
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(summary.passed >= 20, "{summary:?}");
    summary.gates_compared.count_ones()
}

#[test]
fn every_module_tells_what_it_has() {
    let seen = ["simulator", "error_model", "tap", "runtime"].map(|name| {
        let plugin = plugin(name);
        (plugin.id(), plugin.kind().unwrap(), plugin.params().count())
    });
    assert_eq!(
        seen,
        [
            ("example.c.simulator", PartKind::Simulator, 0),
            ("example.c.bit_flip", PartKind::ErrorModel, 1),
            ("example.c.tap", PartKind::Tap, 0),
            ("example.c.runtime", PartKind::Runtime, 0),
        ]
    );
    let p = plugin("error_model").params().next().unwrap();
    assert_eq!((p.name, p.unit, p.default), ("p", "1", Some(Value::Real(0.001))));
}

#[test]
fn the_simulator_passes_every_conformance_check() {
    for (qubits, profile, gates) in [
        (1, Profile::exact(), 16),
        (2, Profile::exact().quick(), 25),
        (3, Profile::exact(), 25),
        (6, Profile::exact().quick(), 25),
    ] {
        let config = Config::new(qubits, SIMULATOR_STREAM);
        let mut memory = memory(&plugin("simulator"), &config);
        let mut simulator = plugin("simulator").backend_in(&mut memory, &config, None).unwrap();
        let compared = conforms(&mut simulator, &profile);
        assert_eq!(compared, gates, "gates compared with {qubits} qubits");
    }
}

#[test]
fn the_simulator_refuses_what_it_cannot_hold_in_words() {
    let simulator = plugin("simulator");
    let error = simulator.layout(&Config::new(13, SIMULATOR_STREAM)).unwrap_err();
    assert_eq!(error.to_string(), "example.c.simulator: simulates 1 to 12 qubits");
    let settings = [Setting { key: "speed", value: Value::Whole(9) }];
    let config = Config::new(2, SIMULATOR_STREAM).with(&settings);
    assert!(simulator.layout(&config).unwrap_err().to_string().contains("nothing to set"));
    let config = Config::new(2, SIMULATOR_STREAM);
    let mut memory = memory(&simulator, &config);
    let mut simulator = simulator.backend_in(&mut memory, &config, None).unwrap();
    let mut ops = OpVec::new();
    ops.gate(slot::H, &[0], &[]).unwrap();
    ops.gate(slot::CX, &[0, 2], &[]).unwrap();
    simulator.shot_begin(ShotId(0), Seed(0)).unwrap();
    let error = simulator.apply(&ops.batch(), &mut Outcomes::new(&mut [])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "example.c.simulator: operation 1: no such qubit; use a smaller index: qubits here: 2"
    );
}

/// The outcomes of so many shots, one after the other.
fn outcomes(backend: &mut dyn Backend, ops: &OpVec, shots: u64) -> Vec<Outcome> {
    let mut seen = Vec::new();
    for shot in 0..shots {
        backend.shot_begin(ShotId(shot), Seed(5)).unwrap();
        let mut room = [Outcome::default(); 8];
        let mut outcomes = Outcomes::new(&mut room);
        backend.apply(&ops.batch(), &mut outcomes).unwrap();
        seen.extend_from_slice(outcomes.as_slice());
        backend.shot_end().unwrap();
    }
    seen
}

/// Gates that do nothing, five on qubit 0 and two on qubit 1, and a measurement of each.
fn idle_circuit() -> OpVec {
    let mut ops = OpVec::new();
    for _ in 0..3 {
        ops.gate(slot::I, &[0], &[]).unwrap();
    }
    for _ in 0..2 {
        ops.gate(slot::CZ, &[0, 1], &[]).unwrap();
    }
    ops.measure(0, 0).unwrap();
    ops.measure(1, 1).unwrap();
    ops
}

const P: f64 = 0.2;
const SHOTS: u64 = 20_000;

#[test]
fn the_error_model_flips_as_often_as_p_says_and_always_the_same() {
    let settings = [Setting { key: "p", value: Value::Real(P) }];
    let config = Config::new(2, LAYER_STREAM).with(&settings);
    let model = plugin("error_model");
    let (mut memory, mut child) = (memory(&model, &config), rust_simulator(2));
    let mut stack = model.backend_in(&mut memory, &config, Some(child.pair())).unwrap();
    let ops = idle_circuit();
    let first = outcomes(&mut stack, &ops, SHOTS);
    assert_eq!(first, outcomes(&mut stack, &ops, SHOTS), "the same shots again");
    // Shot by shot what the stream in Rust says, so the streams are the same, bit for bit.
    let chance = Chance::from(Probability::new(P).unwrap());
    let mut expected = Vec::new();
    for shot in 0..SHOTS {
        let mut stream = Stream::of(Seed(5), ShotId(shot), LAYER_STREAM);
        let mut flipped = [0_u64; 2];
        for operand in [0, 0, 0, 0, 1, 0, 1] {
            flipped[operand] ^= u64::from(stream.happens(chance));
        }
        expected.extend(flipped);
    }
    let values: Vec<u64> = first.iter().map(|outcome| outcome.value).collect();
    assert_eq!(values, expected);
    assert!(first.iter().zip([5, 6].iter().cycle()).all(|(o, &index)| o.op_index == index));
    // And what p says: an odd number of n flips has probability (1 - (1 - 2p)^n) / 2.
    for (qubit, gates) in [(0, 5), (1, 2)] {
        let odd = (1.0 - (1.0 - 2.0 * P).powi(gates)) / 2.0;
        let ones: u32 = values.iter().skip(qubit).step_by(2).map(|&v| u32::from(v == 1)).sum();
        let (n, ones) = (20_000.0, f64::from(ones));
        let sigma = (n * odd * (1.0 - odd)).sqrt();
        assert!((ones - n * odd).abs() < 5.0 * sigma, "qubit {qubit}: {ones} of {n}, p = {odd}");
    }
    let flips = stack.metric(0).unwrap();
    assert_eq!((flips.part, flips.name), ("example.c.bit_flip", "flips"));
    assert!(matches!(flips.value, MetricValue::Counter(flips) if flips > 50_000));
}

#[test]
fn the_error_model_is_a_well_behaved_layer() {
    for (p, profile) in [(0.0, Profile::exact().in_pieces()), (0.3, Profile::noisy())] {
        let settings = [Setting { key: "p", value: Value::Real(p) }];
        let config = Config::new(3, LAYER_STREAM).with(&settings);
        let model = plugin("error_model");
        let (mut memory, mut child) = (memory(&model, &config), rust_simulator(3));
        let mut stack = model.backend_in(&mut memory, &config, Some(child.pair())).unwrap();
        conforms(&mut stack, &profile.quick());
    }
    let wrong = [Setting { key: "p", value: Value::Real(1.5) }];
    let config = Config::new(3, LAYER_STREAM).with(&wrong);
    let error = plugin("error_model").layout(&config).unwrap_err();
    assert_eq!(error.to_string(), "example.c.bit_flip: p is a probability: 0 to 1");
}

#[test]
fn the_error_model_in_rust_is_the_one_in_c() {
    // SAFETY: a module of this very program.
    let module = unsafe { module::check(&raw const bit_flip::pandia_module_v1) }.unwrap();
    let (in_rust, in_c) = (module.plugins().next().unwrap(), plugin("error_model"));
    assert_eq!(in_rust.id(), "example.rust.bit_flip");
    let settings = [Setting { key: "p", value: Value::Real(P) }];
    let config = Config::new(3, LAYER_STREAM).with(&settings);
    let seen = [in_rust, in_c].map(|model| {
        let (mut memory, mut child) = (memory(&model, &config), rust_simulator(3));
        let mut stack = model.backend_in(&mut memory, &config, Some(child.pair())).unwrap();
        let seen = outcomes(&mut stack, &coins(), 500);
        conforms(&mut stack, &Profile::noisy().quick());
        seen
    });
    assert_eq!(seen[0], seen[1], "shot by shot, draw by draw");
}

/// A circuit in which every outcome is a coin.
fn coins() -> OpVec {
    let mut ops = OpVec::new();
    for qubit in 0..3 {
        ops.gate(slot::RY, &[qubit], &[1.2 + f64::from(qubit)]).unwrap();
    }
    ops.gate(slot::CX, &[0, 2], &[]).unwrap();
    ops.measure(2, 0).unwrap();
    ops.gate(slot::H, &[1], &[]).unwrap();
    ops.measure(1, 1).unwrap();
    ops
}

#[test]
fn the_tap_changes_nothing_and_counts() {
    let config = Config::new(3, LAYER_STREAM);
    let (mut memory, mut child) = (memory(&plugin("tap"), &config), rust_simulator(3));
    let mut tapped = plugin("tap").backend_in(&mut memory, &config, Some(child.pair())).unwrap();
    let mut bare = rust_simulator(3).into_inner();
    let ops = coins();
    assert_eq!(tapped.info(), bare.info());
    assert_eq!(outcomes(&mut tapped, &ops, 200), outcomes(&mut bare, &ops, 200));
    let mut digests = [0; 2];
    let both: [&mut dyn Backend; 2] = [&mut tapped, &mut bare];
    for (backend, digest) in both.into_iter().zip(&mut digests) {
        backend.shot_begin(ShotId(9), Seed(9)).unwrap();
        let mut room = [Outcome::default(); 2];
        backend.apply(&ops.batch(), &mut Outcomes::new(&mut room)).unwrap();
        let mut probabilities = [0.0; 8];
        backend.state(StateQuery::Probabilities(&[0, 1, 2]), &mut probabilities).unwrap();
        *digest = backend.state_digest().unwrap();
        backend.shot_end().unwrap();
    }
    assert_eq!(digests[0], digests[1]);
    let counts: Vec<_> = (0..2).map(|index| tapped.metric(index).unwrap().value).collect();
    assert_eq!(counts, [MetricValue::Counter(201 * 7), MetricValue::Counter(201 * 2)]);
    conforms(&mut tapped, &Profile::exact().quick());
}

#[test]
fn parts_in_c_and_rust_nest_and_keep_outcomes_and_errors() {
    // C tap over a Rust layer over C error model over Rust simulator: three joints are tables.
    let settings = [Setting { key: "p", value: Value::Real(P) }];
    let config = Config::new(3, LAYER_STREAM).with(&settings);
    let model = plugin("error_model");
    let (mut memory_low, mut memory_other) = (memory(&model, &config), memory(&model, &config));
    let (mut child, mut same_child) = (rust_simulator(3), rust_simulator(3));
    let noisy = model.backend_in(&mut memory_low, &config, Some(child.pair())).unwrap();
    let ideal = IdealPart::build(&Config::new(3, StreamId(14)), [IdealPart::EMPTY; 0]).unwrap();
    let mut shown = Instance::<_, NoGuard>::new(Stack::new(ideal, noisy));
    let bare = Config::new(3, LAYER_STREAM);
    let mut memory_high = memory(&plugin("tap"), &bare);
    let mut deep = plugin("tap").backend_in(&mut memory_high, &bare, Some(shown.pair())).unwrap();
    let mut flat = model.backend_in(&mut memory_other, &config, Some(same_child.pair())).unwrap();
    let ops = coins();
    assert_eq!(outcomes(&mut deep, &ops, 500), outcomes(&mut flat, &ops, 500));
    let mut wrong = OpVec::new();
    wrong.gate(slot::I, &[0], &[]).unwrap();
    wrong.gate(slot::H, &[7], &[]).unwrap();
    deep.shot_begin(ShotId(0), Seed(5)).unwrap();
    let error = deep.apply(&wrong.batch(), &mut Outcomes::new(&mut [])).unwrap_err();
    assert_eq!((error.layer(), error.op_index()), ("pandia.state_vector", Some(1)), "{error}");
    assert!(error.to_string().contains("qubit 7 does not exist: there are 3"), "{error}");
    deep.shot_end().unwrap();
}

fn results(runtime: &mut dyn Runtime, ops: &OpVec, shots: u64) -> Vec<Option<u64>> {
    let mut seen = Vec::new();
    for shot in 0..shots {
        runtime.shot_begin(ShotId(shot), Seed(5)).unwrap();
        runtime.submit(&ops.batch()).unwrap();
        seen.extend((0..2).map(|id| runtime.result(id, true).unwrap()));
        runtime.shot_end().unwrap();
    }
    seen
}

#[test]
fn the_runtime_gives_what_the_runtime_in_rust_gives() {
    let mut config = Config::new(3, StreamId(13));
    config.result_count = 2;
    let mut ops = coins();
    ops.gate(slot::H, &[0], &[]).unwrap();
    // A third outcome where there is room for two, into a result that is there already.
    ops.measure(0, 1).unwrap();
    let cells = SimplePart::cells(&config).unwrap();
    let stack = rust_simulator(3).into_inner();
    let mut rust = SimplePart::build(&config, stack, vec![SimplePart::EMPTY; cells]).unwrap();
    let (mut memory, mut stack) = (memory(&plugin("runtime"), &config), rust_simulator(3));
    let mut runtime = plugin("runtime").runtime_in(&mut memory, &config).unwrap();
    let error = runtime.shot_begin(ShotId(0), Seed(0)).unwrap_err();
    assert_eq!(error.to_string(), "example.c.runtime: no stack is attached; attach one first");
    runtime.attach(stack.pair(), &config, false).unwrap();
    let def = [GateDef::built_in(slot::H).unwrap()];
    let mut verdict = [Verdict::Reject];
    runtime.negotiate(&GateSet { gates: &def }, &mut verdict).unwrap();
    assert_eq!(verdict, [Verdict::Native]);
    assert_eq!(results(&mut runtime, &ops, 300), results(&mut rust, &ops, 300));
    runtime.shot_begin(ShotId(0), Seed(5)).unwrap();
    assert!(runtime.result(0, true).unwrap_err().to_string().contains("measure it first"));
    let mut wrong = OpVec::new();
    wrong.measure(0, 2).unwrap();
    let error = runtime.submit(&wrong.batch()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "example.c.runtime: operation 0: no such result id; results here: 2"
    );
    runtime.shot_end().unwrap();
}

#[test]
fn the_simulator_in_rust_is_the_one_in_c() {
    let mut ops = coins();
    ops.gate(slot::PHASED_X, &[0], &[0.7, 0.3]).unwrap();
    ops.gate(slot::ZZ_PHASE, &[0, 2], &[0.4]).unwrap();
    ops.gate(slot::SWAP, &[1, 2], &[]).unwrap();
    ops.measure(0, 2).unwrap();
    ops.measure(2, 3).unwrap();
    ops.reset(2).unwrap();
    ops.measure(2, 4).unwrap();
    let config = Config::new(3, SIMULATOR_STREAM);
    let seen = [rust_plugin("simulator"), plugin("simulator")].map(|simulator| {
        let mut memory = memory(&simulator, &config);
        let mut simulator = simulator.backend_in(&mut memory, &config, None).unwrap();
        outcomes(&mut simulator, &ops, 2_000)
    });
    assert_eq!(seen[0], seen[1], "shot by shot, draw by draw");
    let in_rust = rust_plugin("simulator");
    assert_eq!(in_rust.id(), "example.rust.simulator");
    for qubits in [1, 2, 4] {
        let config = Config::new(qubits, SIMULATOR_STREAM);
        let mut memory = memory(&in_rust, &config);
        let mut simulator = in_rust.backend_in(&mut memory, &config, None).unwrap();
        conforms(&mut simulator, &Profile::exact().quick());
    }
    let error = in_rust.layout(&Config::new(13, SIMULATOR_STREAM)).unwrap_err();
    assert_eq!(error.to_string(), "example.rust.simulator: simulates 1 to 12 qubits");
}

#[test]
fn the_tap_in_rust_counts_as_the_one_in_c() {
    let config = Config::new(3, LAYER_STREAM);
    let seen = [rust_plugin("tap"), plugin("tap")].map(|tap| {
        let (mut memory, mut child) = (memory(&tap, &config), rust_simulator(3));
        let mut tapped = tap.backend_in(&mut memory, &config, Some(child.pair())).unwrap();
        let outcomes = outcomes(&mut tapped, &coins(), 300);
        let counts: Vec<_> = (0..3)
            .map(|index| tapped.metric(index).unwrap())
            .map(|metric| (metric.name.to_owned(), metric.value))
            .collect();
        conforms(&mut tapped, &Profile::exact().quick());
        (outcomes, counts)
    });
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn the_runtime_in_rust_is_the_one_in_c() {
    let mut config = Config::new(3, StreamId(13));
    config.result_count = 2;
    let mut ops = coins();
    ops.gate(slot::H, &[0], &[]).unwrap();
    ops.measure(0, 1).unwrap(); // A third outcome where there is room for two.
    let mut wrong = OpVec::new();
    wrong.measure(0, 2).unwrap();
    let seen = [rust_plugin("runtime"), plugin("runtime")].map(|plugin| {
        let (mut memory, mut stack) = (memory(&plugin, &config), rust_simulator(3));
        let mut runtime = plugin.runtime_in(&mut memory, &config).unwrap();
        runtime.attach(stack.pair(), &config, false).unwrap();
        let seen = results(&mut runtime, &ops, 300);
        runtime.shot_begin(ShotId(0), Seed(5)).unwrap();
        assert!(runtime.result(0, true).unwrap_err().to_string().contains("measure it first"));
        let error = runtime.submit(&wrong.batch()).unwrap_err();
        assert_eq!((error.layer(), error.op_index()), (plugin.id(), Some(0)));
        assert!(error.to_string().ends_with("no such result id; results here: 2"), "{error}");
        runtime.shot_end().unwrap();
        seen
    });
    assert_eq!(seen[0], seen[1]);
}
