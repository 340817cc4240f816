//! The runtime with a thread of its own beside the simple one: where the program's own work costs
//! about as much as the simulator's, and where there is nothing to gain. Of each kind the two take
//! turns, round by round, so that what else runs on the machine slows both down alike.

use pandia::frontend::compile_source;
use pandia::stack::{PartUse, Registry, Shape, StackPlan, StackSpec};
use pandia_benches::Runner;
use pandia_core::emulator::Emulator;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::program::{Memory, Program, RawProgram};
use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

type Result<T> = core::result::Result<T, Box<dyn Error>>;

/// How many times as fast it should be where both sides cost the same, and at least elsewhere.
const BALANCED: f64 = 1.5;
const ELSEWHERE: f64 = 0.91;

/// A program that does `work` rounds of arithmetic before each gate, and reads after every `read`.
/// The arithmetic is real: the angle of the gate comes out of it.
fn source(qubits: u32, gates: u32, work: u32, read: u32) -> String {
    format!(
        "OPENQASM 3.0; include \"stdgates.inc\"; qubit[{qubits}] q; bit[{qubits}] c;
         int i = 0; int k = 0; int hits = 0; float x = 0.37; float y = 0.1;
         while (i < {gates}) {{
             k = 0;
             while (k < {work}) {{ x = 3.9 * x * (1.0 - x); y = y * 0.5 + x; k += 1; }}
             rx(y) q[0]; rz(x) q[1]; cx q[0], q[1];
             i += 1;
             if (i % {read} == 0) {{ c[2] = measure q[2]; if (c[2] == 1) {{ hits += 1; }} }}
         }}
         c[0] = measure q[0]; c[1] = measure q[1];"
    )
}

/// What is run: a program, on how many qubits' worth of simulator, in how many shots a round.
struct Kind {
    name: &'static str,
    source: String,
    simulator: &'static str,
    shots: u64,
    goal: f64,
}

fn kinds(tiny: bool) -> Vec<Kind> {
    let gates = if tiny { 20 } else { 250 };
    let never = u32::MAX;
    let kind = |name, source, simulator, shots, goal| Kind { name, source, simulator, shots, goal };
    let short =
        "OPENQASM 3.0; include \"stdgates.inc\"; qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1];
                 c = measure q;";
    let shots = if tiny { 10 } else { 5_000 };
    vec![
        kind("balanced", source(12, gates, 48, never), "state_vector", 1, BALANCED),
        kind(
            "balanced, longer shots",
            source(12, gates * 3, 48, never),
            "state_vector",
            1,
            BALANCED,
        ),
        kind("balanced, cheap", source(10, gates, 12, never), "state_vector", 1, BALANCED),
        kind("balanced with reads", source(12, gates, 48, 4), "state_vector", 1, ELSEWHERE),
        kind("simulator alone", source(12, gates, 0, never), "state_vector", 1, ELSEWHERE),
        kind("program alone", source(12, gates, 48, never), "coinflip", 1, ELSEWHERE),
        kind("neither", source(12, gates, 0, never), "coinflip", 5, ELSEWHERE),
        kind("many short shots", short.to_owned(), "state_vector", shots, ELSEWHERE),
    ]
}

/// Runs of one kind on one runtime.
struct Side<'p> {
    emulator: Emulator<'p, 'p, pandia::stack::BoxedRuntime>,
    next: u64,
    best_ns: f64,
    hash: u64,
}

impl<'p> Side<'p> {
    fn new(program: &'p Program<'p>, simulator: &str, runtime: &str) -> Result<Self> {
        let spec = StackSpec {
            runtime: PartUse::parse(runtime)?,
            noise: Vec::new(),
            simulator: PartUse::named(simulator),
        };
        let plan = StackPlan::new(&Registry::new(), &spec)?;
        let shape = Shape { qubit_count: program.qubit_count(), result_count: program.bit_count() };
        // For as long as the bench runs.
        let memory = Memory {
            bits: vec![0; program.bit_count() as usize].leak(),
            ints: vec![0; program.int_count() as usize].leak(),
            reals: vec![0.0; program.real_count() as usize].leak(),
        };
        let emulator = Emulator::new(program, memory, plan.build(shape)?, Seed(1))?;
        Ok(Self { emulator, next: 0, best_ns: f64::INFINITY, hash: 0 })
    }

    /// One round of so many shots.
    fn round(&mut self, shots: u64) -> Result<()> {
        let begin = Instant::now();
        for shot in self.next..self.next + shots {
            for bit in self.emulator.run_shot(ShotId(shot))? {
                self.hash = self.hash.rotate_left(1).wrapping_mul(3) ^ u64::from(*bit);
            }
        }
        self.next += shots;
        self.best_ns = self.best_ns.min(begin.elapsed().as_secs_f64() * 1e9);
        Ok(())
    }
}

/// Calls it so many frames further down. Where a stack begins is chosen by the system anew for each
/// process, in steps of 16 bytes, and what lies across two lines of the cache costs a call up to a tenth:
/// both sides are measured in every position.
#[inline(never)]
fn deeper(frames: u32, call: &mut dyn FnMut() -> Result<()>) -> Result<()> {
    let frame = black_box([0_u8; 16]);
    let done = if frames == 0 { call() } else { deeper(frames - 1, call) };
    black_box(&frame);
    done
}

fn compare(
    runner: &Runner,
    kind: &Kind,
    runtime: &str,
    rounds: u32,
    goal: Option<f64>,
) -> Result<()> {
    let name = format!("runtimes/{}/{runtime}", kind.name);
    if !runner.wants(&name) {
        return Ok(());
    }
    let words = compile_source("bench.qasm", &kind.source)?.words;
    let program = RawProgram { words: &words }.check()?;
    let mut simple = Side::new(&program, kind.simulator, "simple")?;
    let mut threaded = Side::new(&program, kind.simulator, runtime)?;
    for round in 0..rounds {
        deeper(round % 8, &mut || {
            simple.round(kind.shots)?;
            threaded.round(kind.shots)
        })?;
    }
    if simple.hash != threaded.hash {
        return Err(format!("{}: {runtime} gives other outcomes than simple", kind.name).into());
    }
    #[expect(clippy::cast_precision_loss, reason = "a few thousand shots")]
    let shots = kind.shots as f64;
    let both = (simple.best_ns / shots, threaded.best_ns / shots);
    runner.compared(&name, "shot", both, goal, simple.hash);
    Ok(())
}

fn main() -> Result<()> {
    let runner = Runner::from_args();
    let rounds = if runner.is_tiny() { 2 } else { 400 };
    for kind in kinds(runner.is_tiny()) {
        compare(&runner, &kind, "threaded", rounds, Some(kind.goal))?;
        compare(&runner, &kind, "threaded:hand_over=always", rounds / 4, None)?;
    }
    Ok(())
}
