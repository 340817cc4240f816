//! Getting a worker to the point where it can run shots, or saying why none gets there.

use core::time::Duration;
use std::io;
use std::process;
use std::time::Instant;

use pandia_core::ids::Seed;
use pandia_core::program::Program;

use super::Isolation;
use super::frames::Kind;
use super::job::{Job, PROTOCOL, Refusal};
use super::limits;
use super::process::{Event, Worker};
use crate::runner::RunError;
use crate::stack::StackSpec;

/// So many workers in a row may end before a shot; then none will be better.
pub(super) const ATTEMPTS: u32 = 3;
/// Where shots have a time limit, opening and building may take so much longer.
const START_EXTRA: Duration = Duration::from_secs(10);

/// All that is needed to start workers.
#[derive(Debug)]
pub(super) struct Recipe<'a> {
    pub(super) isolation: &'a Isolation,
    job: Vec<u8>,
    program: Vec<u8>,
    slots: u64,
    bit_count: usize,
    metrics: bool,
}

/// What became of one attempt.
enum Attempt {
    Ready(Worker),
    /// How the worker ended, in words.
    Died(String),
    /// Nobody wants one any more.
    Unwanted,
}

/// What a run is, for [`Recipe::new`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) program: &'a Program<'a>,
    pub(super) stack: &'a StackSpec,
    pub(super) seed: Seed,
    pub(super) stop_at_failure: bool,
    pub(super) check_memory: bool,
    pub(super) metrics: bool,
    pub(super) slots: u64,
}

impl<'a> Recipe<'a> {
    pub(super) fn new(isolation: &'a Isolation, wanted: Wanted<'_>) -> Result<Self, RunError> {
        let memory_bytes_max = isolation.memory_bytes_max;
        if memory_bytes_max.is_some() && !limits::CAN_LIMIT_MEMORY {
            let text = "a limit on the memory of worker processes is for Linux; leave it out";
            return Err(RunError::Spawn(io::Error::new(io::ErrorKind::Unsupported, text)));
        }
        let job = Job {
            protocol: PROTOCOL,
            parent: process::id(),
            seed: wanted.seed.0,
            stop_at_failure: wanted.stop_at_failure,
            check_memory: wanted.check_memory,
            metrics: wanted.metrics,
            memory_bytes_max,
            slots: wanted.slots,
            stack: wanted.stack.into(),
        };
        let job = serde_json::to_vec(&job).map_err(|error| RunError::Spawn(error.into()))?;
        let words = wanted.program.words();
        let program = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let bit_count = wanted.program.bit_count() as usize;
        let Wanted { slots, metrics, .. } = wanted;
        Ok(Self { isolation, job, program, slots, bit_count, metrics })
    }

    /// A worker that is ready, or `None` if none is wanted any more.
    ///
    /// # Errors
    /// [`RunError::Refused`] with what the stack says, [`RunError::Worker`] if several workers in a
    /// row ended, [`RunError::Spawn`] if the system starts none.
    pub(super) fn start(&self, is_wanted: &dyn Fn() -> bool) -> Result<Option<Worker>, RunError> {
        let mut died = String::new();
        for _ in 0..ATTEMPTS {
            match self.attempt(is_wanted)? {
                Attempt::Ready(worker) => return Ok(Some(worker)),
                Attempt::Unwanted => return Ok(None),
                Attempt::Died(words) => died = words,
            }
        }
        Err(RunError::Worker { problem: died, attempts: ATTEMPTS })
    }

    fn attempt(&self, is_wanted: &dyn Fn() -> bool) -> Result<Attempt, RunError> {
        let spawned = Worker::spawn(self.isolation, self.slots, self.bit_count, self.metrics);
        let mut worker = spawned.map_err(RunError::Spawn)?;
        worker.tell(Kind::Job, &self.job);
        worker.tell(Kind::Program, &self.program);
        let limit = self.isolation.shot_timeout.map(|limit| limit.saturating_add(START_EXTRA));
        let (begin, mut stage) = (Instant::now(), String::new());
        let died = loop {
            match worker.next() {
                Event::Frame((Kind::Ready, _)) => return Ok(Attempt::Ready(worker)),
                Event::Frame((Kind::Stage, text)) => {
                    stage = String::from_utf8_lossy(&text).into_owned();
                }
                Event::Frame((Kind::Refused, text)) => match refusal(&text) {
                    Some(refused) => return Err(refused),
                    None => break worker.nonsense("a refusal without words"),
                },
                Event::Frame((kind, _)) => {
                    break worker.nonsense(&format!("{kind:?} at the start"));
                }
                Event::Gone(words) => break words,
                Event::Tick if !is_wanted() => return Ok(Attempt::Unwanted),
                Event::Tick => {
                    if let Some(limit) = limit.filter(|&limit| begin.elapsed() > limit) {
                        break format!("took longer than {} s", limit.as_secs_f64());
                    }
                }
            }
        };
        Ok(Attempt::Died(if stage.is_empty() { died } else { format!("{died}, while {stage}") }))
    }
}

/// What a worker refuses, in its words.
pub(super) fn refusal(text: &[u8]) -> Option<RunError> {
    let Refusal { message, help } = serde_json::from_slice(text).ok()?;
    Some(RunError::Refused { message, help })
}

/// See [`Isolation::check`].
pub(super) fn check(
    isolation: &Isolation,
    program: &Program<'_>,
    stack: &StackSpec,
    seed: Seed,
) -> Result<(), RunError> {
    let (stop_at_failure, check_memory, metrics, slots) = (true, true, false, 1);
    let wanted = Wanted { program, stack, seed, stop_at_failure, check_memory, metrics, slots };
    match Recipe::new(isolation, wanted)?.start(&|| true) {
        Ok(worker) => {
            if let Some(worker) = worker {
                worker.dismiss();
            }
            Ok(())
        }
        Err(RunError::Refused { .. }) => Ok(()),
        Err(other) => Err(other),
    }
}
