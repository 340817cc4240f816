//! A full native trace on its way to the disk: every joint of a stack taken down, put in order, and
//! written to a file, as `pandia run --trace` does it. How long a million operations take, and whether
//! memory stays the same for four million.

use pandia::frontend::compile_source;
use pandia::output::{BitLayout, Counts};
use pandia::runner::{RunOptions, Runner as Shots, ShotSink};
use pandia::stack::{PartUse, Registry, StackPlan, StackSpec};
use pandia::trace::{About, TraceOptions, TracePiece, TraceWriter, by_name};
use pandia_benches::{Goal, Runner};
use pandia_core::ids::ShotId;
use pandia_core::program::{Program, RawProgram};
use pandia_core::trace::Header;
use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

/// A million operations may take so long.
const GOAL: Goal = Goal::AtMostNs(2e9);
/// What four million may need more in memory than one million, in MiB.
const GROWTH_MIB: f64 = 1.0;
/// Bytes written at a time, as the command does.
const BUFFER_BYTES: usize = 256 << 10;

/// Four gates a round, which a shot does `rounds` times.
fn source(rounds: u64) -> String {
    format!(
        "OPENQASM 3.0; include \"stdgates.inc\"; qubit[4] q; bit[4] c; int i = 0;
         while (i < {rounds}) {{ h q[0]; cx q[0], q[1]; rz(0.3) q[2]; cx q[2], q[3]; i += 1; }}
         c = measure q;"
    )
}

/// Writes what is traced; counts too, as a run does.
struct ToFile {
    writer: Box<dyn TraceWriter>,
    counts: Counts,
}

impl ShotSink for ToFile {
    fn shot(&mut self, shot: ShotId, bits: &[u8]) -> io::Result<()> {
        self.counts.shot(shot, bits)
    }

    fn trace(&mut self, piece: &mut TracePiece<'_>) -> io::Result<()> {
        piece.write_to(&mut *self.writer)
    }
}

/// Runs the program with a trace to `path` and gives the trace's length in bytes.
fn trace(program: &Program<'_>, plan: &StackPlan, shots: u64, path: &Path) -> Option<u64> {
    let options = RunOptions { shots: 0..shots, threads: 1, ..RunOptions::default() };
    let run = Shots::new(program, plan, options).ok()?.traced(TraceOptions::default()).ok()?;
    let about = About::new("bench.qasm", program.qubit_count(), plan, &(0..shots), 0);
    let out = Box::new(BufWriter::with_capacity(BUFFER_BYTES, File::create(path).ok()?));
    let writer = (by_name("native")?.make)(out, &Header::default(), &about).ok()?;
    let mut sink = ToFile { writer, counts: Counts::new(BitLayout::new(program)) };
    run.run(&mut sink).ok()?;
    sink.writer.finish().ok()?;
    Some(path.metadata().ok()?.len())
}

/// The most memory that this process has had, in MiB, where the system tells.
fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok()? / 1024.0)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut runner = Runner::from_args();
    let rounds = if runner.is_tiny() { 100 } else { 250_000 };
    let folder =
        std::env::var_os("CARGO_TARGET_TMPDIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let path = folder.join(format!("pandia-traces-{}.ptrace", std::process::id()));
    let mut spec = StackSpec::new();
    spec.simulator = PartUse::named("coinflip");
    let plan = StackPlan::new(&Registry::new(), &spec)?;
    let (one, many) = (source(rounds), source(rounds / 100));
    let longer = source(4 * rounds);
    let base = peak_mib();
    let mut peaks = Vec::new();
    for (name, source, shots, goal) in [
        ("traces/100 shots", &many, 100, GOAL),
        ("traces/one shot", &one, 1, GOAL),
        ("traces/one shot of four million", &longer, 1, Goal::None),
    ] {
        let words = compile_source("bench.qasm", source)?.words;
        let program = RawProgram { words: &words }.check()?;
        runner.bench(name, "run", 1, goal, || trace(&program, &plan, shots, &path).unwrap_or(0));
        peaks.push(peak_mib());
    }
    // Whether or not it was made.
    let _ = std::fs::remove_file(&path);
    if let (Some(base), [_, Some(one), Some(four)]) = (base, peaks.as_slice()) {
        runner.number("traces/memory", one - base, "MiB", None);
        runner.number("traces/memory for four million more", four - one, "MiB", Some(GROWTH_MIB));
    }
    Ok(())
}
