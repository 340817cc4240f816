//! Running shots: which ones, from which seed, on how many threads, and what to do when one fails.
//!
//! Results come in the order of the shots, whatever the number of threads: every shot has random
//! streams of its own, so shot 7 of a thousand equals shot 7 alone.
//!
//! ```
//! use pandia::output::{BitLayout, Counts};
//! use pandia::runner::{ProgramFile, RunOptions, Runner};
//! use pandia::stack::{Registry, StackPlan, StackSpec};
//!
//! let text = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[2] q; bit[2] c;
//!             h q[0]; cx q[0], q[1]; c = measure q;";
//! let file = ProgramFile::from_source("bell", text)?;
//! let program = file.program()?;
//! let plan = StackPlan::new(&Registry::new(), &StackSpec::new())?;
//! let runner = Runner::new(&program, &plan, RunOptions { shots: 0..100, ..RunOptions::default() })?;
//! let mut counts = Counts::new(BitLayout::new(&program));
//! let summary = runner.run(&mut counts)?;
//! assert_eq!(summary.shots_done, 100);
//! assert!(counts.sorted().iter().all(|(bits, _)| bits == "00" || bits == "11"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//! Not here: what becomes of the results ([`crate::output`]), what stacks are ([`crate::stack`]).

mod chunk;
mod contain;
mod error;
mod isolate;
mod memory;
mod metrics;
mod program;
mod run;
#[cfg(test)]
mod tests;
mod worker;

pub use error::RunError;
pub use isolate::{Isolation, serve_shots};
pub use memory::{available_bytes, threads_that_fit};
pub use metrics::{CollectMetrics, MetricTotal, MetricTotals, TotalValue};
pub use program::{ProgramError, ProgramFile, ProgramForm};
pub use run::{Control, Ended, OnError, RunOptions, Runner, ShotSink, Summary};
