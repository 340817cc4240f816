//! Runtimes with a thread of their own, the one in Rust and the one in C, over a real stack: the same
//! results as the simple runtime, refusals by name, and an end at any time.
//!
//! `cargo xtask threads` runs these under ThreadSanitizer too; `PANDIA_TEST_CC` and
//! `PANDIA_TEST_CFLAGS` say how the module in C is compiled then.
#![expect(unsafe_code, reason = "loads libraries and trusts that they are what their module says")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's helpers may stop it like the test itself"
)]

use pandia_core::abi::module::{self, PluginView};
use pandia_core::abi::{Instance, raw};
use pandia_core::backend::{Backend, GateDef, GateSet, Info, Stack, Threading, Verdict};
use pandia_core::error::{Class, ErrorKind, Result};
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::noise::DepolarizingPart;
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::op::{Batch, OpSink, Outcomes};
use pandia_core::part::{Config, LayerPart, Setting, SimulatorPart, Value};
use pandia_core::runtime::{Runtime, RuntimePart, SimplePart};
use pandia_core::sim::StateVectorPart;
use pandia_ffi::CatchUnwind;
use pandia_ffi::threaded::ThreadedPart;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, Sender, channel};

static IN_RUST: raw::Module = {
    const PLUGINS: &[&raw::Plugin] =
        &[pandia_core::abi::plugin::runtime::<ThreadedPart, CatchUnwind>()];
    raw::Module::of(PLUGINS)
};

/// The module in C, compiled once.
static IN_C: LazyLock<PathBuf> = LazyLock::new(|| {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("threaded_c");
    std::fs::create_dir_all(&out).unwrap();
    let file = out.join("threaded_runtime.so");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/c");
    let mut make = Command::new("make");
    make.arg("-B").arg("-C").arg(examples).arg(format!("OUT={}", out.display())).arg(&file);
    for (variable, name) in [("PANDIA_TEST_CC", "CC"), ("PANDIA_TEST_CFLAGS", "CFLAGS")] {
        if let Ok(value) = std::env::var(variable) {
            make.arg(format!("{name}={value}"));
        }
    }
    let made = make.output().expect("make is needed; `apt-get install make gcc` brings it");
    assert!(made.status.success(), "{make:?}\n{}", String::from_utf8_lossy(&made.stderr));
    file
});

/// The plugin in C. Libraries stay loaded: instances point into them.
fn in_c() -> PluginView<'static> {
    // SAFETY: the example, which runs nothing when it is loaded.
    let library = unsafe { libloading::Library::new(&*IN_C) }.unwrap();
    let library = Box::leak(Box::new(library));
    // SAFETY: it exports its module under this name.
    let symbol = unsafe { library.get::<*const raw::Module>(raw::MODULE_SYMBOL) }.unwrap();
    // SAFETY: the header's type, and the library stays loaded.
    let module = unsafe { module::check(*symbol) }.unwrap();
    module.plugins().next().unwrap()
}

/// Both runtimes, by name.
fn both() -> [(&'static str, PluginView<'static>); 2] {
    // SAFETY: a module of this very program.
    let module = unsafe { module::check(&raw const IN_RUST) }.unwrap();
    [("rust", module.plugins().next().unwrap()), ("c", in_c())]
}

fn memory() -> Vec<MaybeUninit<u8>> {
    vec![MaybeUninit::uninit(); 1 << 17]
}

fn config(result_count: u32) -> Config<'static> {
    Config { result_count, ..Config::new(3, StreamId(1)) }
}

/// The runtime in Rust would use its thread only where that pays, the one in C always does.
static ALWAYS: [Setting<'static>; 1] = [Setting { key: "hand_over", value: Value::Text("always") }];

/// What makes the runtime called `name` use its thread.
fn always(name: &str, result_count: u32) -> Config<'static> {
    let config = config(result_count);
    if name == "rust" { config.with(&ALWAYS) } else { config }
}

/// A noisy simulator.
fn stack() -> Instance<impl Backend, CatchUnwind> {
    let settings = [
        Setting { key: "p_1q", value: Value::Real(0.1) },
        Setting { key: "p_2q", value: Value::Real(0.2) },
    ];
    let noise = Config::new(3, StreamId(2)).with(&settings);
    let cells = DepolarizingPart::cells(&noise).unwrap();
    let noise = DepolarizingPart::build(&noise, vec![DepolarizingPart::EMPTY; cells]).unwrap();
    let simulator = Config::new(3, StreamId(3));
    let cells = StateVectorPart::<f64>::cells(&simulator).unwrap();
    let empty = StateVectorPart::<f64>::EMPTY;
    let simulator = StateVectorPart::<f64>::build(&simulator, vec![empty; cells]).unwrap();
    Instance::new(Stack::new(noise, simulator))
}

/// Shots of a program that measures, goes on as the outcomes say, and measures again; twice an id
/// is measured again before it is read.
fn feed_forward(runtime: &mut dyn Runtime, shots: u64) -> Vec<u64> {
    let mut seen = Vec::new();
    for shot in 0..shots {
        runtime.shot_begin(ShotId(shot), Seed(7)).unwrap();
        for round in 0..4 {
            let mut ops = OpVec::new();
            ops.gate(slot::H, &[0], &[]).unwrap();
            ops.gate(slot::CX, &[0, 1], &[]).unwrap();
            ops.gate(slot::RY, &[2], &[0.3 + f64::from(round)]).unwrap();
            ops.measure(1, 0).unwrap();
            runtime.submit(&ops.batch()).unwrap();
            ops.clear();
            ops.measure(2, 1).unwrap();
            ops.measure(0, 0).unwrap();
            ops.measure(1, 2).unwrap();
            runtime.submit(&ops.batch()).unwrap();
            ops.clear();
            let value = runtime.result(0, true).unwrap().unwrap();
            if value == 1 {
                ops.gate(slot::X, &[2], &[]).unwrap();
            }
            ops.gate(slot::H, &[1], &[]).unwrap();
            runtime.submit(&ops.batch()).unwrap();
            seen.push(value);
            // Some are looked for without waiting, as a program that has something else to do would.
            seen.push(poll(runtime, 2));
        }
        seen.push(runtime.result(1, true).unwrap().unwrap());
        runtime.shot_end().unwrap();
    }
    seen
}

fn poll(runtime: &mut dyn Runtime, id: u64) -> u64 {
    loop {
        if let Some(value) = runtime.result(id, false).unwrap() {
            return value;
        }
        std::thread::yield_now();
    }
}

#[test]
fn both_give_what_the_simple_runtime_gives() {
    let config = config(3);
    let cells = SimplePart::cells(&config).unwrap();
    let simple = vec![<SimplePart as RuntimePart>::EMPTY; cells];
    let mut simple = SimplePart::build(&config, stack().into_inner(), simple).unwrap();
    let expected = feed_forward(&mut simple, 200);
    assert!(expected.contains(&0) && expected.contains(&1));
    for (name, plugin) in both() {
        let config = always(name, 3);
        let (mut memory, mut stack) = (memory(), stack());
        let mut runtime = plugin.runtime_in(&mut memory, &config).unwrap();
        runtime.attach(stack.pair(), &config, true).unwrap();
        let gates = [GateDef::built_in(slot::H).unwrap()];
        let mut verdicts = [Verdict::Reject];
        runtime.negotiate(&GateSet { gates: &gates }, &mut verdicts).unwrap();
        assert_eq!(verdicts, [Verdict::Native]);
        assert_eq!(feed_forward(&mut runtime, 200), expected, "{name}");
        assert_eq!(
            (runtime.info().qubit_count, runtime.info().threading),
            (3, Threading::Sendable)
        );
    }
}

/// The program looks for a result again and again while the queue behind it is full of work: the two
/// threads meet in this many times over, so a lock that is missing there cannot stay unseen.
#[test]
fn a_result_that_is_looked_for_while_much_is_left_to_do_comes_in_the_end() {
    for (name, plugin) in both() {
        let (mut memory, mut stack) = (memory(), stack());
        let mut runtime = plugin.runtime_in(&mut memory, &always(name, 3)).unwrap();
        runtime.attach(stack.pair(), &always(name, 3), true).unwrap();
        let mut work = OpVec::new();
        for _ in 0..20 {
            work.gate(slot::H, &[0], &[]).unwrap();
            work.gate(slot::RY, &[1], &[0.3]).unwrap();
        }
        let mut last = OpVec::new();
        last.measure(2, 1).unwrap();
        for shot in 0..5 {
            runtime.shot_begin(ShotId(shot), Seed(7)).unwrap();
            for _ in 0..60 {
                runtime.submit(&work.batch()).unwrap();
            }
            runtime.submit(&last.batch()).unwrap();
            assert_eq!(poll(&mut runtime, 1), 0, "{name}");
            runtime.shot_end().unwrap();
        }
    }
}

#[test]
fn a_runtime_may_move_between_threads_of_the_host() {
    for (name, plugin) in both() {
        let config = always(name, 3);
        let (mut memory, mut stack) = (memory(), stack());
        let mut runtime = plugin.runtime_in(&mut memory, &config).unwrap();
        runtime.attach(stack.pair(), &config, true).unwrap();
        let here = feed_forward(&mut runtime, 20);
        let runtime = Moved(runtime);
        let there = std::thread::scope(|scope| {
            let moved = scope.spawn(move || {
                let mut runtime = runtime;
                let moved: &mut Moved<_> = &mut runtime;
                feed_forward(&mut moved.0, 20)
            });
            moved.join().unwrap()
        });
        assert_eq!(here, there, "{name}");
    }
}

struct Moved<T>(T);
// SAFETY: only one thread at a time has it, which is what a host may do with a sendable runtime.
unsafe impl<T> Send for Moved<T> {}

#[test]
fn without_the_permission_both_refuse_by_name() {
    for (name, plugin) in both() {
        let config = always(name, 1);
        let (mut memory, mut stack) = (memory(), stack());
        let mut runtime = plugin.runtime_in(&mut memory, &config).unwrap();
        let error = runtime.attach(stack.pair(), &config, false).unwrap_err();
        assert_eq!((error.layer(), error.code()), (plugin.id(), -4), "{name}");
        assert!(error.to_string().contains("own_thread is 0"), "{error}");
    }
}

/// A stack that says where it is, can be held there, and does as it is told.
struct Held {
    threading: Threading,
    at: Sender<()>,
    then: Receiver<Then>,
}

enum Then {
    Work,
    Refuse,
    Panic,
}

impl Backend for Held {
    fn id(&self) -> &str {
        "test.held"
    }
    fn info(&self) -> Info {
        let caps = pandia_core::backend::Caps::NONE;
        Info { qubit_count: 3, op_kinds: u64::MAX, caps, threading: self.threading }
    }
    fn negotiate(&mut self, _: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        verdicts.fill(Verdict::Native);
        Ok(())
    }
    fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
        Ok(())
    }
    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        // Nobody may be there any more: then it just works.
        let _ = self.at.send(());
        match self.then.recv().unwrap_or(Then::Work) {
            Then::Work => {}
            Then::Refuse => {
                let refusal = ErrorKind::QubitOutOfRange { qubit: 9, width: 3 };
                return Err(pandia_core::Error::from(refusal).at_op(1));
            }
            Then::Panic => panic!("the stack gave up"),
        }
        for (op_index, op) in (0..).zip(batch.ops()).filter(|(_, op)| op.kind().bears_result()) {
            let (id, kind) = (op.result_id(), op.kind() as u8);
            outcomes.push(pandia_core::op::Outcome { id, kind, op_index, ..<_>::default() })?;
        }
        Ok(())
    }
    fn shot_end(&mut self) -> Result<()> {
        Ok(())
    }
}

fn held(threading: Threading) -> (Instance<Held, CatchUnwind>, Receiver<()>, Sender<Then>) {
    let ((at, is_at), (then, does)) = (channel(), channel());
    (Instance::new(Held { threading, at, then: does }), is_at, then)
}

fn flip_and_measure(id: u64) -> OpVec {
    let mut ops = OpVec::new();
    ops.gate(slot::X, &[0], &[]).unwrap();
    ops.measure(0, id).unwrap();
    ops
}

#[test]
fn a_pinned_stack_is_refused_even_if_the_host_allows_it() {
    for (name, plugin) in both() {
        let (mut stack, _at, _then) = held(Threading::Pinned);
        let (config, mut memory) = (always(name, 1), memory());
        let mut runtime = plugin.runtime_in(&mut memory, &config).unwrap();
        let error = runtime.attach(stack.pair(), &config, true).unwrap_err();
        assert_eq!((error.layer(), error.code()), (plugin.id(), -4), "{name}");
        assert!(error.to_string().contains("pinned"), "{error}");
    }
}

#[test]
fn the_program_runs_ahead_while_the_stack_works() {
    for (name, plugin) in both() {
        let (mut stack, at, then) = held(Threading::Sendable);
        let (config, mut memory) = (always(name, 4), memory());
        let mut runtime = plugin.runtime_in(&mut memory, &config).unwrap();
        runtime.attach(stack.pair(), &config, true).unwrap();
        runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
        for id in 0..4 {
            runtime.submit(&flip_and_measure(id).batch()).unwrap();
        }
        at.recv().unwrap();
        assert_eq!(runtime.result(0, false).unwrap(), None, "{name}: the stack is still at it");
        then.send(Then::Work).unwrap();
        assert_eq!(runtime.result(0, true).unwrap(), Some(0));
        assert_eq!(runtime.result(3, false).unwrap(), None);
        drop(then);
        assert_eq!(runtime.result(3, true).unwrap(), Some(0));
        runtime.shot_end().unwrap();
    }
}

#[test]
fn a_refusal_behind_the_programs_back_costs_the_shot_and_keeps_its_words() {
    for (name, plugin) in both() {
        let (mut stack, _at, then) = held(Threading::Sendable);
        let (config, mut memory) = (always(name, 2), memory());
        let mut runtime = plugin.runtime_in(&mut memory, &config).unwrap();
        runtime.attach(stack.pair(), &config, true).unwrap();
        for told_by_result in [true, false] {
            runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
            runtime.submit(&flip_and_measure(0).batch()).unwrap();
            runtime.submit(&flip_and_measure(1).batch()).unwrap();
            then.send(Then::Work).unwrap();
            then.send(Then::Refuse).unwrap();
            let error = if told_by_result {
                assert_eq!(runtime.result(0, true).unwrap(), Some(0), "{name}: before it");
                runtime.result(1, true).unwrap_err()
            } else {
                runtime.shot_end().unwrap_err()
            };
            assert_eq!((error.class(), error.layer()), (Class::ShotLost, "test.held"), "{name}");
            let words = "qubit 9 does not exist: there are 3 (0 to 2); use a smaller index or \
                         configure more qubits (operation 1 of batch 2 of the shot)";
            assert!(error.to_string().ends_with(words), "{name}: {error}");
            if told_by_result {
                runtime.shot_end().unwrap();
            }
        }
        drop(then);
        runtime.shot_begin(ShotId(1), Seed(0)).unwrap();
        runtime.submit(&flip_and_measure(0).batch()).unwrap();
        assert_eq!(runtime.result(0, true).unwrap(), Some(0), "{name}: the next shot is good");
        runtime.shot_end().unwrap();
    }
}

#[test]
fn a_stack_that_panics_is_lost_with_its_words_and_the_end_still_comes() {
    for (name, plugin) in both() {
        let (mut stack, _at, then) = held(Threading::Sendable);
        let (config, mut memory) = (always(name, 1), memory());
        let mut runtime = plugin.runtime_in(&mut memory, &config).unwrap();
        runtime.attach(stack.pair(), &config, true).unwrap();
        runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
        runtime.submit(&flip_and_measure(0).batch()).unwrap();
        then.send(Then::Panic).unwrap();
        let error = runtime.result(0, true).unwrap_err();
        assert_eq!(error.class(), Class::InstanceLost, "{name}");
        assert_eq!(error.to_string(), "test.held: panicked: the stack gave up");
        assert!(runtime.shot_end().is_err(), "{name}: refused, and the thread ends at the drop");
    }
}

#[test]
fn a_runtime_can_end_in_the_middle_of_a_shot() {
    for (name, plugin) in both() {
        let (mut stack, at, then) = held(Threading::Sendable);
        let (config, mut memory) = (always(name, 1), memory());
        let mut runtime = plugin.runtime_in(&mut memory, &config).unwrap();
        runtime.attach(stack.pair(), &config, true).unwrap();
        runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
        for _ in 0..10 {
            runtime.submit(&flip_and_measure(0).batch()).unwrap();
        }
        at.recv().unwrap();
        // It waits for the call in progress, and for no other.
        drop(then);
        drop(runtime);
        assert!(at.try_iter().count() <= 10);
        stack.pair();
    }
}

#[test]
fn many_batches_go_through_a_queue_that_is_full_most_of_the_time() {
    for (name, plugin) in both() {
        let mut config = config(2);
        let short = Setting { key: "queue_words", value: Value::Whole(64) };
        let settings = [short, ALWAYS[0]];
        if name == "rust" {
            config = config.with(&settings);
        }
        let (mut memory, mut stack) = (memory(), stack());
        let mut runtime = plugin.runtime_in(&mut memory, &config).unwrap();
        runtime.attach(stack.pair(), &config, true).unwrap();
        for shot in 0..3 {
            runtime.shot_begin(ShotId(shot), Seed(0)).unwrap();
            for _ in 0..2000 {
                runtime.submit(&flip_and_measure(shot % 2).batch()).unwrap();
            }
            assert!(runtime.result(shot % 2, true).unwrap().is_some());
            runtime.shot_end().unwrap();
        }
    }
}
