//! What it costs to run shots in a worker process: the Bell pair, the smallest program there is, on
//! one thread and in one worker.

use pandia::output::{BitLayout, Counts};
use pandia::runner::{Isolation, ProgramFile, RunOptions, Runner as Shots, serve_shots};
use pandia::stack::{Registry, StackPlan, StackSpec};
use pandia_benches::{Goal, Runner};
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

/// Costs beyond those of a thread, per shot: the thread's own are about 300 ns.
const GOAL_NS: f64 = 50.0;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    if std::env::args().nth(1).as_deref() == Some("worker") {
        return Ok(serve_shots(&Registry::new()));
    }
    let mut runner = Runner::from_args();
    let shots = if runner.is_tiny() { 100 } else { 1_000_000 };
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../host-std/examples/bell.qasm");
    let file = ProgramFile::read(&source.to_string_lossy())?;
    let program = file.program()?;
    let plan = StackPlan::new(&Registry::new(), &StackSpec::new())?;
    let isolated = Some(Isolation::of_this_program(["worker"])?);
    for (name, isolation, shots) in [
        ("isolate/thread", None, shots),
        ("isolate/worker", isolated.clone(), shots),
        ("isolate/worker, one shot", isolated, 1),
    ] {
        let options =
            RunOptions { shots: 0..shots, threads: 1, isolation, ..RunOptions::default() };
        let run = Shots::new(&program, &plan, options)?;
        runner.bench(name, "shot", shots, Goal::None, || {
            let mut counts = Counts::new(BitLayout::new(&program));
            run.run(&mut counts)
                .map_or(0, |summary| u64::try_from(summary.digest >> 64).unwrap_or(0))
        });
    }
    runner.ratio("isolate/worker", "isolate/thread");
    runner.difference("isolate/worker", "isolate/thread", Goal::AtMostNs(GOAL_NS));
    Ok(ExitCode::SUCCESS)
}
