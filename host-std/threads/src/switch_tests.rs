//! A runtime that changes its thread at any time, over a real stack: the same outcomes, the same
//! failures at the same places, in the same words.

use super::inner::Inner;
use super::pace::{HandOver, Turn};
use super::part::{SPEC, build};
use super::runtime::Threaded;
use pandia_core::backend::Backend;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::op::{Batch, OpSink};
use pandia_core::part::{Config, Setting, SimulatorPart, Value};
use pandia_core::rng::Stream;
use pandia_core::runtime::Runtime;
use pandia_core::sim::StateVectorPart;

const QUBITS: u32 = 3;
const RESULTS: u32 = 5;

fn stack() -> Box<dyn Backend + Send> {
    let config = Config::new(QUBITS, StreamId::of("pandia.state_vector", 0));
    let cells = StateVectorPart::<f64>::cells(&config).unwrap();
    let cells = vec![<StateVectorPart<f64> as SimulatorPart>::EMPTY; cells];
    Box::new(StateVectorPart::<f64>::build(&config, cells).unwrap())
}

fn threaded(
    inner: &str,
    hand_over: &str,
    queue_words: u64,
) -> Threaded<Inner<Box<dyn Backend + Send>>> {
    let word = |key, value| Setting { key, value: Value::Text(value) };
    let queue = Setting { key: "queue_words", value: Value::Whole(queue_words) };
    let settings = [word("inner", inner), word("hand_over", hand_over), queue];
    let mut config = Config::new(QUBITS, StreamId::of(SPEC.id, 0)).with(&settings);
    config.result_count = RESULTS;
    build(&config, stack()).unwrap()
}

/// One in a while is refused, cannot be, or is longer than a short queue.
fn random_batch(dice: &mut Stream) -> OpVec {
    let mut ops = OpVec::new();
    let count = if dice.below(30) == 0 { 60 } else { 1 + dice.below(6) };
    for _ in 0..count {
        let qubit = dice.below(QUBITS);
        match dice.below(6) {
            // Now and then into a result that there is not.
            0 => {
                let results = RESULTS + u32::from(dice.below(40) == 0);
                ops.measure(qubit, u64::from(dice.below(results))).unwrap();
            }
            1 => ops.gate(slot::H, &[qubit], &[]).unwrap(),
            2 => ops.gate(slot::CX, &[qubit, (qubit + 1) % QUBITS], &[]).unwrap(),
            3 if dice.below(60) == 0 => ops.gate(slot::X, &[QUBITS + 1], &[]).unwrap(),
            3 if dice.below(60) == 0 => {
                ops.reset(qubit).unwrap();
                ops.postselect(qubit, true).unwrap();
            }
            _ => ops.gate(slot::RX, &[qubit], &[f64::from(dice.below(60)) * 0.1]).unwrap(),
        }
    }
    ops
}

/// What random programs see in some shots; `between` may do anything between two calls.
fn run(
    mut runtime: Threaded<Inner<Box<dyn Backend + Send>>>,
    seed: u64,
    mut between: impl FnMut(&mut Threaded<Inner<Box<dyn Backend + Send>>>),
) -> Vec<String> {
    let mut seen = Vec::new();
    for shot in 0..25 {
        let dice = &mut Stream::of(Seed(seed), ShotId(shot), StreamId(1));
        runtime.shot_begin(ShotId(shot), Seed(seed)).unwrap();
        for _ in 0..15 {
            between(&mut runtime);
            if let Err(error) = runtime.submit(&random_batch(dice).batch()) {
                seen.push(format!("submit: {error}"));
            }
            between(&mut runtime);
            if dice.below(4) == 0 {
                let id = u64::from(dice.below(RESULTS + 1));
                seen.push(format!("{:?}", runtime.result(id, true).map_err(|e| e.to_string())));
            }
        }
        for id in 0..u64::from(RESULTS) {
            between(&mut runtime);
            seen.push(format!("{:?}", runtime.result(id, true).map_err(|e| e.to_string())));
        }
        between(&mut runtime);
        seen.push(format!("{:?}", runtime.shot_end().map_err(|e| e.to_string())));
        // Between shots metrics are those of the last one.
        seen.push(format!("{:?}", (0..).map_while(|n| runtime.metric(n)).collect::<Vec<_>>()));
    }
    seen
}

fn same(expected: &[String], seen: &[String], inner: &str, seed: u64) {
    let differs = (0..).zip(expected.iter().zip(seen)).find(|(_, (a, b))| a != b);
    assert!(differs.is_none(), "{inner}, seed {seed}: {differs:#?}");
    assert_eq!(expected.len(), seen.len());
}

#[test]
fn where_commands_are_carried_out_is_not_to_be_seen() {
    let mut failures = 0;
    for inner in ["simple", "soft_rz", "queued"] {
        for (seed, queue_words) in [(1, 1 << 14), (2, 64), (3, 64), (4, 1 << 14)] {
            let expected = run(threaded(inner, "always", queue_words), seed, |_| {});
            failures += expected.iter().filter(|line| line.contains("of the shot)")).count();
            let left = run(threaded(inner, "where_it_pays", queue_words), seed, |_| {});
            same(&expected, &left, inner, seed);
            for often in [2, 5, 40] {
                let mut dice = Stream::of(Seed(seed), ShotId(0), StreamId(often.into()));
                let switch = |runtime: &mut Threaded<Inner<Box<dyn Backend + Send>>>| {
                    let turn = match dice.below(2 * often) {
                        0 => Turn::HandOver,
                        1 => Turn::TakeBack,
                        _ => Turn::Stay,
                    };
                    runtime.go(turn).unwrap();
                };
                let switched = run(threaded(inner, "where_it_pays", queue_words), seed, switch);
                same(&expected, &switched, inner, seed);
            }
        }
    }
    assert!(failures > 20, "{failures} failures were told");
}

/// Each call takes so long that the thread is tried, and so is the program.
struct Slow(Box<dyn Backend + Send>);

#[test]
fn a_shot_that_goes_on_is_handed_over_when_both_sides_are_slow() {
    let mut config = Config::new(QUBITS, StreamId::of(SPEC.id, 0));
    config.result_count = RESULTS;
    let mut runtime = build(&config, Slow(stack())).unwrap();
    assert_eq!(HandOver::default(), HandOver::WhereItPays);
    let mut ops = OpVec::new();
    ops.gate(slot::H, &[0], &[]).unwrap();
    runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
    let mut there = false;
    for _ in 0..20_000 {
        // Asleep, so that it needs no processor of its own.
        std::thread::sleep(core::time::Duration::from_micros(50));
        runtime.submit(&ops.batch()).unwrap();
        there |= runtime.is_there();
        if there {
            break;
        }
    }
    assert!(there, "never handed over");
    runtime.shot_end().unwrap();
}

impl Backend for Slow {
    fn id(&self) -> &str {
        self.0.id()
    }
    fn info(&self) -> pandia_core::backend::Info {
        self.0.info()
    }
    fn negotiate(
        &mut self,
        gates: &pandia_core::backend::GateSet<'_>,
        verdicts: &mut [pandia_core::backend::Verdict],
    ) -> pandia_core::Result<()> {
        self.0.negotiate(gates, verdicts)
    }
    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> pandia_core::Result<()> {
        self.0.shot_begin(shot, seed)
    }
    fn apply(
        &mut self,
        batch: &Batch<'_>,
        outcomes: &mut pandia_core::op::Outcomes<'_>,
    ) -> pandia_core::Result<()> {
        std::thread::sleep(core::time::Duration::from_micros(50));
        self.0.apply(batch, outcomes)
    }
    fn shot_end(&mut self) -> pandia_core::Result<()> {
        self.0.shot_end()
    }
}
