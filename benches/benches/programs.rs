//! Shots per second of the examples, from source to counts: the desktop library on one thread.

use pandia::output::{BitLayout, Counts};
use pandia::runner::{ProgramFile, RunOptions, Runner as Shots};
use pandia::stack::{PartUse, Registry, StackPlan, StackSpec};
use pandia_benches::{Goal, Runner};
use std::error::Error;
use std::path::Path;

const NOISE: &str = "depolarizing:p_1q=0.001,p_2q=0.005,p_meas=0.002,p_init=0.001";

fn main() -> Result<(), Box<dyn Error>> {
    let mut runner = Runner::from_args();
    let shots = if runner.is_tiny() { 5 } else { 2000 };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../host-std/examples");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.retain(|name| name.ends_with(".qasm"));
    names.sort();
    for name in names {
        let file = ProgramFile::read(&folder.join(&name).to_string_lossy())?;
        let program = file.program()?;
        let ideal = StackSpec::new();
        let noisy = StackSpec::new().with_noise(PartUse::parse(NOISE)?);
        for (kind, spec) in [("ideal", ideal), ("noisy", noisy)] {
            let plan = StackPlan::new(&Registry::new(), &spec)?;
            let options = RunOptions { shots: 0..shots, threads: 1, ..RunOptions::default() };
            let run = Shots::new(&program, &plan, options)?;
            runner.bench(format!("program/{name}/{kind}"), "shot", shots, Goal::None, || {
                let mut counts = Counts::new(BitLayout::new(&program));
                run.run(&mut counts)
                    .map_or(0, |summary| u64::try_from(summary.digest >> 64).unwrap_or(0))
            });
        }
    }
    Ok(())
}
