//! Whoever traces nothing pays nothing, in instructions: a stack as the library builds it for a run
//! without a trace, and one that is put together here, part on part, by code that has never heard of
//! taps, run the same shots. Counted by valgrind, which runs this program anew for each; the counts are
//! exact, so one instruction more is a failure. A stack with taps must show that they would be seen.

use pandia::frontend::compile_source;
use pandia::stack::{
    BoxedRuntime, Factory, PartUse, Registry, Shape, StackPlan, StackSpec, cancellable, lowered,
};
use pandia::trace::{Capture, TraceOptions};
use pandia_core::emulator::Emulator;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::part::{Config, Setting, Value};
use pandia_core::program::{Memory, RawProgram};
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

type Result<T> = core::result::Result<T, Box<dyn Error>>;

/// Gates, measurements, and a correction that waits for one.
const PROGRAM: &str = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[4] q; bit[4] c;
    for int i in [0:19] { h q[0]; cx q[0], q[1]; rz(0.3) q[2]; cx q[2], q[3]; c[0] = measure q[0];
    if (c[0] == 1) { x q[1]; } } c = measure q;";
const RATE: f64 = 0.01;

/// What is counted: everything between this function's call and its return.
#[inline(never)]
fn counted_shots(
    emulator: &mut Emulator<'_, '_, BoxedRuntime>,
    shots: u64,
) -> core::result::Result<u64, pandia_core::emulator::ShotError> {
    let mut hash = 0;
    for shot in 0..shots {
        for bit in emulator.run_shot(ShotId(shot))? {
            hash = u64::rotate_left(hash, 1) ^ u64::from(*bit);
        }
    }
    Ok(hash)
}

/// As the library builds it.
fn planned(shape: Shape, capture: Option<&Capture>) -> Result<BoxedRuntime> {
    let noise = PartUse::parse(&format!("depolarizing:p_1q={RATE},p_2q={RATE}"))?;
    let plan = StackPlan::new(&Registry::new(), &StackSpec::new().with_noise(noise))?;
    Ok(plan.build_traced(shape, capture)?.0)
}

/// Part on part.
fn by_hand(shape: Shape) -> Result<BoxedRuntime> {
    let registry = Registry::new();
    let factory = |name: &str| registry.find(name).map(|part| part.factory.clone());
    let config = |id| {
        let mut config = Config::new(shape.qubit_count, StreamId::of(id, 0));
        config.result_count = shape.result_count;
        config
    };
    let rates = ["p_1q", "p_2q"].map(|key| Setting { key, value: Value::Real(RATE) });
    let (
        Some(Factory::Simulator(simulator)),
        Some(Factory::Layer(noise)),
        Some(Factory::Runtime(runtime)),
    ) = (factory("state_vector"), factory("depolarizing"), factory("simple"))
    else {
        return Err("parts that are linked in are missing".into());
    };
    let stack = simulator.build(&config("pandia.state_vector"))?;
    let stack = noise.build(&config("pandia.depolarizing").with(&rates), stack)?;
    Ok(runtime.build(&config("pandia.simple"), cancellable(lowered(stack)).0)?)
}

/// Runs what is counted, once.
fn run_case(name: &str, shots: u64) -> Result<u64> {
    let words = compile_source("untapped.qasm", PROGRAM)?.words;
    let program = RawProgram { words: &words }.check()?;
    let shape = Shape { qubit_count: program.qubit_count(), result_count: program.bit_count() };
    let capture = Capture::new(TraceOptions::default());
    let runtime = match name {
        "planned" => planned(shape, None)?,
        "by hand" => by_hand(shape)?,
        "with taps" => planned(shape, Some(&capture))?,
        _ => return Err(format!("there is no case {name}").into()),
    };
    let mut bits = vec![0; program.bit_count() as usize];
    let mut ints = vec![0; program.int_count() as usize];
    let mut reals = vec![0.0; program.real_count() as usize];
    let memory = Memory { bits: &mut bits, ints: &mut ints, reals: &mut reals };
    let mut emulator = Emulator::new(&program, memory, runtime, Seed(1))?;
    Ok(counted_shots(&mut emulator, shots)?)
}

/// Instructions of a case, and the hash that it printed.
fn count(name: &str, shots: u64) -> Result<(u64, String)> {
    let folder =
        std::env::var_os("CARGO_TARGET_TMPDIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let out = folder.join(format!("pandia-untapped-{}", std::process::id()));
    let counted = Command::new("valgrind")
        .args(["--tool=callgrind", "--toggle-collect=*counted_shots*", "--quiet"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(std::env::current_exe()?)
        .args(["case", name, &shots.to_string()])
        .output()?;
    if !counted.status.success() {
        let words = String::from_utf8_lossy(&counted.stderr).into_owned();
        return Err(format!("{name} under valgrind: {words}").into());
    }
    let instructions = summary(&out);
    // Nobody needs it any more, whether it could be read or not.
    let _ = std::fs::remove_file(&out);
    Ok((instructions?, String::from_utf8_lossy(&counted.stdout).trim().to_owned()))
}

/// The total that callgrind wrote.
fn summary(out: &Path) -> Result<u64> {
    let text = std::fs::read_to_string(out)?;
    let total = text.lines().find_map(|line| line.strip_prefix("summary: "));
    match total.unwrap_or("").trim().parse() {
        Ok(0) | Err(_) => Err("valgrind counted nothing: was the function inlined?".into()),
        Ok(count) => Ok(count),
    }
}

fn main() -> Result<ExitCode> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut out = std::io::stdout();
    if let [first, name, shots] = args.as_slice()
        && first == "case"
    {
        writeln!(out, "{:016x}", run_case(name, shots.parse()?)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let shots = if args.iter().any(|arg| arg == "--bench") { 50 } else { 2 };
    if Command::new("valgrind").arg("--version").output().is_err() {
        writeln!(out, "untapped: nothing was counted, since there is no valgrind")?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut counts = Vec::new();
    for name in ["by hand", "planned", "with taps"] {
        let (instructions, hash) = count(name, shots)?;
        writeln!(
            out,
            "untapped/{name:<12} {instructions:>12} instructions  {shots} shots, hash {hash}"
        )?;
        counts.push((instructions, hash));
    }
    let [(by_hand, one), (planned, two), (with_taps, three)] = counts.as_slice() else {
        return Err("three cases have three counts".into());
    };
    let more = i128::from(*planned) - i128::from(*by_hand);
    let reached = more == 0 && one == two && two == three && with_taps > planned;
    let verdict = if reached { "reached" } else { "MISSED" };
    writeln!(out, "    untapped/planned has {more} instructions more  goal 0: {verdict}")?;
    Ok(if reached { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
