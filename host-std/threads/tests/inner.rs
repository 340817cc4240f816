//! Every built-in runtime on a thread of its own, out of a configuration, over a real stack: the outcomes
//! of the simple runtime where it is called, at the same seed.
#![expect(clippy::unwrap_used, reason = "a test's helpers may stop it like the test itself")]

use pandia_core::backend::{Backend, Caps, GateSet, Info, Threading, Verdict};
use pandia_core::error::{ErrorKind, Result};
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::op::{Batch, OpSink, Outcomes};
use pandia_core::part::{Config, Setting, SimulatorPart, Value};
use pandia_core::rng::Stream;
use pandia_core::runtime::{Runtime, RuntimePart, SimplePart};
use pandia_core::sim::StateVectorPart;
use pandia_threads::{SPEC, build, check, memory_bytes};

const QUBITS: u32 = 4;
const RESULTS: u32 = 8;
const SHOTS: u64 = 12;

fn config<'a>(settings: &'a [Setting<'a>]) -> Config<'a> {
    let mut config = Config::new(QUBITS, StreamId::of(SPEC.id, 0)).with(settings);
    config.result_count = RESULTS;
    config
}

fn stack() -> Box<dyn Backend + Send> {
    let config = Config::new(QUBITS, StreamId::of("pandia.state_vector", 0));
    let cells = StateVectorPart::<f64>::cells(&config).unwrap();
    let cells = vec![<StateVectorPart<f64> as SimulatorPart>::EMPTY; cells];
    Box::new(StateVectorPart::<f64>::build(&config, cells).unwrap())
}

fn random_batch(dice: &mut Stream) -> OpVec {
    let mut ops = OpVec::new();
    for _ in 0..1 + dice.below(10) {
        let qubit = dice.below(QUBITS);
        let other = (qubit + 1) % QUBITS;
        let angle = f64::from(dice.below(700)) * 0.01;
        match dice.below(8) {
            0 => ops.measure(qubit, u64::from(dice.below(RESULTS))).unwrap(),
            1 => ops.reset(qubit).unwrap(),
            2 => ops.gate(slot::RZ, &[qubit], &[angle]).unwrap(),
            3 => ops.gate(slot::CX, &[qubit, other], &[]).unwrap(),
            4 => ops.gate(slot::ZZ_PHASE, &[qubit, other], &[angle]).unwrap(),
            5 => ops.gate(slot::H, &[qubit], &[]).unwrap(),
            _ => ops.gate(slot::PHASED_X, &[qubit], &[angle, 1.0 - angle]).unwrap(),
        }
    }
    ops
}

/// The values read in some shots: some are waited for on the way, all at the end.
fn run(runtime: &mut dyn Runtime, seed: u64) -> Vec<Option<u64>> {
    let mut read = Vec::new();
    for shot in 0..SHOTS {
        let dice = &mut Stream::of(Seed(seed), ShotId(shot), StreamId(1));
        runtime.shot_begin(ShotId(shot), Seed(seed)).unwrap();
        for _ in 0..20 {
            runtime.submit(&random_batch(dice).batch()).unwrap();
            if dice.below(4) == 0 {
                let value = runtime.result(u64::from(dice.below(RESULTS)), true).ok().flatten();
                if value == Some(1) {
                    runtime.submit(&random_batch(dice).batch()).unwrap();
                }
                read.push(value);
            }
        }
        read.extend((0..u64::from(RESULTS)).map(|id| runtime.result(id, true).ok().flatten()));
        runtime.shot_end().unwrap();
    }
    read
}

fn word<'a>(key: &'a str, value: &'a str) -> Setting<'a> {
    Setting { key, value: Value::Text(value) }
}

fn number(key: &str, value: u64) -> Setting<'_> {
    Setting { key, value: Value::Whole(value) }
}

#[test]
fn every_runtime_on_a_thread_has_the_outcomes_of_the_simple_one() {
    let short = number("queue_words", 64);
    let always = word("hand_over", "always");
    let settings: [&[Setting<'_>]; 9] = [
        &[],
        &[always],
        &[word("inner", "soft_rz"), always, short],
        &[word("inner", "queued"), always],
        &[word("inner", "simple"), number("duration_1q_ns", 10), short],
        &[word("inner", "soft_rz")],
        &[word("inner", "soft_rz"), number("duration_2q_ns", 10), short],
        &[word("inner", "queued")],
        &[word("inner", "queued"), number("queue_ops", 7), number("duration_measure_ns", 9), short],
    ];
    for seed in 0..8 {
        let plain = config(&[]);
        let cells = vec![SimplePart::EMPTY; SimplePart::cells(&plain).unwrap()];
        let expected = run(&mut SimplePart::build(&plain, stack(), cells).unwrap(), seed);
        assert!(expected.contains(&Some(0)) && expected.contains(&Some(1)));
        for settings in settings {
            let mut runtime = build(&config(settings), stack()).unwrap();
            assert_eq!(runtime.id(), "pandia.threaded");
            assert_eq!(expected, run(&mut runtime, seed), "{settings:?}, seed {seed}");
        }
    }
}

#[test]
fn the_runtime_inside_takes_its_own_parameters_and_no_others() {
    let of = |settings: &[Setting<'_>]| check(&config(settings));
    assert!(of(&[word("inner", "queued"), number("queue_ops", 9)]).is_ok());
    let error = of(&[number("queue_ops", 9)]).unwrap_err();
    assert_eq!(error.layer(), "pandia.simple");
    assert!(of(&[number("queue_ops", 256)]).is_ok(), "that is the default, which changes nothing");
    assert!(matches!(error.kind(), ErrorKind::Config(_)), "{error}");
    assert!(of(&[word("inner", "threaded")]).is_err(), "no thread on a thread");
    assert!(of(&[number("no_such", 9)]).is_err());
    let bytes = |settings: &[Setting<'_>]| memory_bytes(&config(settings)).unwrap();
    assert!(bytes(&[number("queue_words", 1 << 20)]) > 16 << 20);
    assert!(bytes(&[word("inner", "queued")]) > bytes(&[]));
}

/// Something that may only be called on its own thread.
struct Pinned(Box<dyn Backend + Send>);

impl Backend for Pinned {
    fn id(&self) -> &str {
        "test.pinned"
    }
    fn info(&self) -> Info {
        Info { threading: Threading::Pinned, caps: Caps::NONE, ..self.0.info() }
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

#[test]
fn a_stack_that_is_pinned_to_its_thread_is_refused() {
    let error = build(&config(&[]), Pinned(stack())).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::State(_)), "{error}");
    assert_eq!(error.layer(), "pandia.threaded");
}
