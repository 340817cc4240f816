//! Traces for tests: programs on stacks described as on the command line.

use core::cell::RefCell;
use core::ops::Range;
use std::io;
use std::rc::Rc;

use pandia_core::ids::{Seed, ShotId};
use pandia_core::trace::{Header, Record};

use super::about::About;
use super::capture::TraceOptions;
use super::format::{TraceWriter, by_name};
use super::shot::ShotTrace;
use super::spool::TracePiece;
use crate::runner::{Ended, ProgramFile, RunOptions, Runner, ShotSink};
use crate::stack::{PartUse, Registry, StackPlan, StackSpec};

/// The seed of every sample.
pub(super) const SEED: u64 = 7;

/// A trace, and the bits that the program gave.
#[derive(Debug, Default)]
pub(super) struct Sample {
    pub(super) about: About,
    pub(super) shots: Vec<ShotTrace>,
    pub(super) bits: Vec<Vec<u8>>,
}

struct Shots<'a>(&'a mut Vec<ShotTrace>);

impl TraceWriter for Shots<'_> {
    fn record(&mut self, record: &Record<'_>) -> io::Result<()> {
        if self.0.last().is_none_or(|shot| !shot.takes(record)) {
            self.0.push(ShotTrace::new());
        }
        self.0.last_mut().unwrap().push(record);
        Ok(())
    }
    fn finish(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}

impl ShotSink for Sample {
    fn shot(&mut self, _: ShotId, bits: &[u8]) -> io::Result<()> {
        self.bits.push(bits.to_vec());
        Ok(())
    }
    fn trace(&mut self, piece: &mut TracePiece<'_>) -> io::Result<()> {
        piece.write_to(&mut Shots(&mut self.shots))
    }
}

/// The stack of these parts: runtime, error models top-down, simulator.
pub(super) fn plan(parts: &[&str]) -> StackPlan {
    let [runtime, noise @ .., simulator] = parts else { panic!("no stack") };
    let parse = |text: &&str| PartUse::parse(text).unwrap();
    let mut spec = StackSpec::new().with_runtime(parse(runtime)).with_simulator(parse(simulator));
    for text in noise {
        spec = spec.with_noise(parse(text));
    }
    StackPlan::new(&Registry::new(), &spec).unwrap()
}

/// Runs OpenQASM on the stack of these parts.
pub(super) fn run(source: &str, parts: &[&str], shots: Range<u64>) -> Sample {
    let plan = plan(parts);
    let file = ProgramFile::from_source("sample.qasm", source)
        .unwrap_or_else(|error| panic!("{error}\n{source}"));
    let program = file.program().unwrap();
    let about = About::new("sample.qasm", program.qubit_count(), &plan, &shots, SEED);
    let mut sample = Sample { about, ..Sample::default() };
    let options = RunOptions { shots, seed: Seed(SEED), threads: 1, ..RunOptions::default() };
    let runner = Runner::new(&program, &plan, options).unwrap();
    let runner = runner.traced(TraceOptions::default()).unwrap();
    let summary = runner.run(&mut sample).unwrap();
    assert_eq!(summary.ended, Ended::Complete, "{:?}", summary.failures);
    sample
}

impl Sample {
    /// The trace in this format, as bytes.
    pub(super) fn written(&self, format: &str) -> io::Result<Vec<u8>> {
        let out = Shared::default();
        let format = by_name(format).unwrap();
        let mut writer = (format.make)(Box::new(out.clone()), &Header::default(), &self.about)?;
        for record in self.shots.iter().flat_map(ShotTrace::records) {
            writer.record(&record)?;
        }
        writer.finish()?;
        Ok(out.0.take())
    }
}

/// Bytes that can be had back from who owns the writer.
#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
