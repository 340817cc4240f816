//! Running steps one after another and saying how they went. A failure never stops the rest.

use std::time::{Duration, Instant};

use crate::console::{complain, say};
use crate::project::Project;
use crate::steps::{Outcome, Step};

struct Row<'a> {
    step: &'a Step,
    took: Duration,
    verdict: Verdict,
}

enum Verdict {
    Passed,
    Failed(String),
    NotRun(String),
}

/// Runs every step, then prints a table and, as the last line, `N passed, N failed`.
/// Gives whether all went well.
pub(crate) fn run_all(steps: &[&Step], project: &Project) -> bool {
    let rows: Vec<Row<'_>> = steps.iter().map(|step| run_one(step, project)).collect();
    say("\n== summary");
    for row in &rows {
        let (word, why) = match &row.verdict {
            Verdict::Passed => ("passed", ""),
            Verdict::Failed(why) => ("FAILED", why.lines().next().unwrap_or_default()),
            Verdict::NotRun(why) => ("not run", why.as_str()),
        };
        let seconds = row.took.as_secs_f64();
        say(format!("{:<14} {word:<8} {seconds:>7.1} s  {why}", row.step.name).trim_end());
    }
    let failed = rows.iter().filter(|row| matches!(row.verdict, Verdict::Failed(_))).count();
    let passed = rows.iter().filter(|row| matches!(row.verdict, Verdict::Passed)).count();
    say(&format!("\n{passed} passed, {failed} failed"));
    failed == 0
}

fn run_one<'a>(step: &'a Step, project: &Project) -> Row<'a> {
    say(&format!("\n== {}: {}", step.name, step.about));
    let start = Instant::now();
    let verdict = match step.needs.ensure(project) {
        Err(error) => Verdict::Failed(format!("{error:#}; so this was not tested: {}", step.about)),
        Ok(()) => match (step.run)(project) {
            Ok(Outcome::Done) => Verdict::Passed,
            Ok(Outcome::NotRun(why)) => Verdict::NotRun(why),
            Err(error) => Verdict::Failed(format!("{error:#}")),
        },
    };
    let took = start.elapsed();
    let seconds = took.as_secs_f64();
    match &verdict {
        Verdict::Passed => say(&format!("-- {} passed in {seconds:.1} s", step.name)),
        Verdict::NotRun(why) => say(&format!("-- {} not run: {why}", step.name)),
        Verdict::Failed(why) => {
            complain(&format!("-- {} FAILED after {seconds:.1} s: {why}", step.name));
        }
    }
    Row { step, took, verdict }
}
