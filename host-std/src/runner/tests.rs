//! What becomes of a run when a part fails, breaks or panics: a simulator that does so on demand.

use std::io;

use pandia_core::backend::{Backend, Caps, GateSet, Info, Threading, Verdict};
use pandia_core::emulator::ShotError;
use pandia_core::error::{Class, ErrorKind, Result};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Outcome, Outcomes};
use pandia_core::part::{Config, PartKind, PartSpec, SimulatorPart, Storage};

use super::{
    Control, Ended, OnError, ProgramFile, RunError, RunOptions, Runner, ShotSink, Summary,
};
use crate::stack::{Part, PartUse, Registry, StackPlan, StackSpec};
use core::sync::atomic::{AtomicBool, Ordering};

/// Shots whose number is a multiple of 10 plus this fail, and how.
const REFUSES: u64 = 3;
const BREAKS: u64 = 5;
/// This shot panics.
const PANICS: u64 = 1000;

/// Measures the lowest bit of the shot's number.
struct Fragile {
    shot: u64,
    broken: bool,
}

impl Backend for Fragile {
    fn id(&self) -> &str {
        FragilePart::SPEC.id
    }
    fn info(&self) -> Info {
        let threading = Threading::Sendable;
        Info { qubit_count: 1, op_kinds: u64::MAX, caps: Caps::NONE, threading }
    }
    fn negotiate(&mut self, _: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        verdicts.fill(Verdict::Native);
        Ok(())
    }
    fn shot_begin(&mut self, shot: ShotId, _: Seed) -> Result<()> {
        assert!(!self.broken, "a broken instance was called again");
        self.shot = shot.0;
        Ok(())
    }
    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        assert!(self.shot != PANICS, "shot {PANICS} panics");
        match self.shot % 10 {
            REFUSES => return Err(ErrorKind::Unsupported("not today").into()),
            BREAKS => {
                self.broken = true;
                return Err(ErrorKind::Broken("for good").into());
            }
            _ => {}
        }
        for (op_index, op) in (0..).zip(batch.ops()) {
            if op.kind().bears_result() {
                let (id, value) = (op.result_id(), self.shot & 1);
                let kind = op.kind() as u8;
                outcomes.push(Outcome { id, value, kind, op_index, ..Outcome::default() })?;
            }
        }
        Ok(())
    }
    fn shot_end(&mut self) -> Result<()> {
        Ok(())
    }
}

struct FragilePart;

impl SimulatorPart for FragilePart {
    const SPEC: PartSpec = PartSpec {
        id: "test.fragile",
        kind: PartKind::Simulator,
        version: "1",
        summary: "for the test",
        params: &[],
    };
    type Cell = u8;
    const EMPTY: u8 = 0;
    type Simulator<S: Storage<u8>> = Fragile;

    fn cells(_: &Config<'_>) -> Result<usize> {
        Ok(0)
    }
    fn build<S: Storage<u8>>(_: &Config<'_>, _: S) -> Result<Fragile> {
        Ok(Fragile { shot: 0, broken: false })
    }
}

/// Keeps what came, and ends the run from inside when told to.
#[derive(Default)]
struct Log {
    shots: Vec<(u64, u8)>,
    failed: Vec<u64>,
    refuse_at: Option<u64>,
}

impl ShotSink for Log {
    fn shot(&mut self, shot: ShotId, bits: &[u8]) -> io::Result<()> {
        if self.refuse_at == Some(shot.0) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.shots.push((shot.0, bits[0]));
        Ok(())
    }
    fn failed(&mut self, failure: &ShotError) -> io::Result<()> {
        self.failed.push(failure.shot.0);
        Ok(())
    }
}

fn run(
    shots: core::ops::Range<u64>,
    threads: usize,
    on_error: OnError,
    log: &mut Log,
    stop: &AtomicBool,
) -> core::result::Result<Summary, RunError> {
    let text = "OPENQASM 2.0; qreg q[1]; creg c[1]; measure q -> c;";
    let file = ProgramFile::from_source("test", text).unwrap();
    let program = file.program().unwrap();
    let mut registry = Registry::new();
    registry.add(Part::simulator::<FragilePart>());
    let spec = StackSpec::new().with_simulator(PartUse::named("fragile"));
    let plan = StackPlan::new(&registry, &spec).unwrap();
    let options = RunOptions { shots, threads, on_error, ..RunOptions::default() };
    let runner = Runner::new(&program, &plan, options).unwrap();
    let mut progress = |done| {
        if done >= 400 {
            stop.store(true, Ordering::Relaxed);
        }
    };
    runner.run_controlled(log, &mut Control { stop, progress: &mut progress })
}

fn run_through(
    shots: core::ops::Range<u64>,
    threads: usize,
    on_error: OnError,
) -> (core::result::Result<Summary, RunError>, Log) {
    let mut log = Log::default();
    let summary = run(shots, threads, on_error, &mut log, &AtomicBool::new(false));
    (summary, log)
}

#[test]
fn failed_shots_are_left_out_and_lost_instances_built_anew() {
    let mut digests = Vec::new();
    for threads in [1, 2, 7] {
        let (summary, log) = run_through(0..300, threads, OnError::KeepGoing);
        let summary = summary.unwrap();
        let fails = |shot: &u64| matches!(shot % 10, REFUSES | BREAKS);
        assert_eq!(log.failed, (0..300).filter(fails).collect::<Vec<_>>());
        let good: Vec<(u64, u8)> =
            (0..300).filter(|shot| !fails(shot)).map(|shot| (shot, (shot & 1) as u8)).collect();
        assert_eq!(log.shots, good);
        assert_eq!((summary.shots_done, summary.shots_failed), (240, 60));
        assert_eq!((summary.failures.len(), summary.ended), (60, Ended::Complete));
        digests.push(summary.digest);
    }
    assert!(digests.iter().all(|digest| *digest == digests[0]));
}

#[test]
fn the_first_failure_in_shot_order_ends_the_run() {
    for threads in [1, 2, 7] {
        let (summary, log) = run_through(4..300, threads, OnError::Stop);
        let summary = summary.unwrap();
        assert_eq!((log.shots, log.failed), (vec![(4, 0)], vec![5]));
        assert_eq!((summary.ended, summary.shots_failed), (Ended::Failed, 1));
    }
}

#[test]
fn a_panic_costs_one_shot_and_the_instance_is_built_anew() {
    let mut digests = Vec::new();
    for threads in [1, 2, 7] {
        let (summary, log) = run_through(900..1250, threads, OnError::KeepGoing);
        let summary = summary.unwrap();
        let fails = |shot: u64| shot == PANICS || matches!(shot % 10, REFUSES | BREAKS);
        assert_eq!(log.failed, (900..1250).filter(|&shot| fails(shot)).collect::<Vec<_>>());
        assert_eq!((summary.shots_done, summary.shots_failed), (279, 71));
        let panic = summary.failures.iter().find(|failure| failure.shot.0 == PANICS).unwrap();
        assert_eq!(panic.to_string(), "shot 1000: panicked: shot 1000 panics");
        assert_eq!(panic.error.class(), Class::InstanceLost);
        digests.push(summary.digest);
    }
    assert!(digests.iter().all(|digest| *digest == digests[0]));
}

#[test]
fn a_panic_ends_the_run_in_shot_order_and_keeps_the_shots_before_it() {
    for threads in [1, 2, 7] {
        let (summary, log) = run_through(996..1400, threads, OnError::Stop);
        let summary = summary.unwrap();
        let kept: Vec<u64> = log.shots.iter().map(|&(shot, _)| shot).collect();
        assert_eq!((kept, log.failed), (vec![996, 997, 998, 999], vec![PANICS]));
        assert_eq!((summary.ended, summary.shots_failed), (Ended::Failed, 1));
    }
}

#[test]
fn a_sink_that_refuses_ends_the_run() {
    for threads in [1, 2, 7] {
        let mut log = Log { refuse_at: Some(1042), ..Log::default() };
        let stop = AtomicBool::new(false);
        let ended = run(1001..100_000, threads, OnError::KeepGoing, &mut log, &stop);
        assert!(matches!(ended, Err(RunError::Sink(_))));
        assert_eq!(log.shots.last(), Some(&(1041, 1)));
    }
}

#[test]
fn a_stopped_run_keeps_an_unbroken_row_of_shots() {
    for threads in [1, 2, 7] {
        let mut log = Log::default();
        let stop = AtomicBool::new(false);
        let summary = run(1001..1_000_000, threads, OnError::KeepGoing, &mut log, &stop).unwrap();
        assert_eq!(summary.ended, Ended::Stopped);
        let mut seen: Vec<u64> = log.shots.iter().map(|&(shot, _)| shot).collect();
        seen.extend(&log.failed);
        seen.sort_unstable();
        assert!(seen.len() >= 400 && seen.len() < 900_000, "{}", seen.len());
        let row: Vec<u64> = (1001..1001 + seen.len() as u64).collect();
        assert_eq!(seen, row);
    }
}

/// Panics when it is asked for its size with one qubit, and when it is built with two.
struct UnbuildablePart;

impl SimulatorPart for UnbuildablePart {
    const SPEC: PartSpec = PartSpec { id: "test.unbuildable", ..FragilePart::SPEC };
    type Cell = u8;
    const EMPTY: u8 = 0;
    type Simulator<S: Storage<u8>> = Fragile;

    fn cells(config: &Config<'_>) -> Result<usize> {
        assert!(config.qubit_count != 1, "no size");
        Ok(0)
    }
    fn build<S: Storage<u8>>(_: &Config<'_>, _: S) -> Result<Fragile> {
        panic!("no instance")
    }
}

#[test]
fn a_panic_while_a_part_is_built_is_an_error_with_its_words() {
    for (qubits, words) in [(1, "no size"), (2, "no instance")] {
        let text = format!("OPENQASM 2.0; qreg q[{qubits}]; creg c[1]; measure q[0] -> c[0];");
        let file = ProgramFile::from_source("test", &text).unwrap();
        let program = file.program().unwrap();
        let mut registry = Registry::new();
        registry.add(Part::simulator::<UnbuildablePart>());
        let spec = StackSpec::new().with_simulator(PartUse::named("unbuildable"));
        let plan = StackPlan::new(&registry, &spec).unwrap();
        for threads in [1, 2] {
            let options = RunOptions { threads, ..RunOptions::default() };
            let ran = Runner::new(&program, &plan, options)
                .and_then(|runner| runner.run(&mut Log::default()));
            assert!(matches!(&ran, Err(RunError::Panicked(text)) if text == words), "{ran:?}");
        }
    }
}
