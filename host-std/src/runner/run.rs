//! A run: threads that take chunks of shots, and the merger that puts them in order.

use core::ops::Range;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::io;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use pandia_core::emulator::{OutcomeDigest, ShotError};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::program::Program;

use super::chunk::{Chunk, Outcome};
use super::contain;
use super::error::RunError;
use super::isolate::{self, Isolation};
use super::memory::{available_bytes, threads_that_fit};
use super::metrics::{CollectMetrics, MetricTotals};
use super::worker::{Message, Shared};
use crate::stack::{Shape, StackPlan};
use crate::trace::{TraceOptions, TracePiece};

/// Chunks of each thread that are on their way at a time.
const CHUNKS_PER_THREAD: usize = 4;
/// How long a request to stop may go unnoticed while no shot ends.
const STOP_POLL: Duration = Duration::from_millis(20);
/// Most shots of a chunk.
const CHUNK_SHOTS_MAX: u64 = 1024;
/// Most bits of a chunk.
const CHUNK_BITS_MAX: u64 = 64 << 10;
/// Failures that a summary keeps in full; the others are counted.
const FAILURES_MAX: usize = 100;

/// What to do when a shot fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// End the run at the first shot that fails, in the order of shots; those before it count.
    #[default]
    Stop,
    /// Leave the shot out and go on.
    KeepGoing,
}

/// Which shots to run and how.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The shots.
    pub shots: Range<u64>,
    /// The seed of the run.
    pub seed: Seed,
    /// Most threads to use; 0 means as many as the machine has.
    pub threads: usize,
    /// What to do when a shot fails.
    pub on_error: OnError,
    /// Run the shots in processes of their own, as many as threads, so that a part that ends its
    /// process costs one shot.
    pub isolation: Option<Isolation>,
    /// What to collect of what parts count and measure. Out of processes of their own, too, at the cost
    /// of a message for each shot.
    pub metrics: CollectMetrics,
}

impl Default for RunOptions {
    fn default() -> Self {
        let (seed, on_error) = (Seed(0), OnError::Stop);
        let (isolation, metrics) = (None, CollectMetrics::Nothing);
        Self { shots: 0..1000, seed, threads: 0, on_error, isolation, metrics }
    }
}

/// Takes the results of shots, in the order of shots.
pub trait ShotSink {
    /// A shot's classical bits: 0, 1, or 2 for leaked.
    ///
    /// # Errors
    /// If they cannot be passed on; that ends the run.
    fn shot(&mut self, shot: ShotId, bits: &[u8]) -> io::Result<()>;

    /// A shot that failed.
    ///
    /// # Errors
    /// As [`Self::shot`].
    fn failed(&mut self, failure: &ShotError) -> io::Result<()> {
        let _ = failure;
        Ok(())
    }

    /// What parts counted and measured in a shot, after its bits; only of a run that collects that.
    ///
    /// # Errors
    /// As [`Self::shot`].
    fn metrics(&mut self, shot: ShotId, metrics: &MetricTotals) -> io::Result<()> {
        let _ = (shot, metrics);
        Ok(())
    }

    /// What was traced of some shots, before their results; only of a run that is traced.
    ///
    /// # Errors
    /// As [`Self::shot`].
    fn trace(&mut self, piece: &mut TracePiece<'_>) -> io::Result<()> {
        let _ = piece;
        Ok(())
    }
}

/// A hand on a run in progress.
pub struct Control<'a> {
    /// Set to true, it ends the run after the shots that are running; parts that can return early
    /// are asked to.
    pub stop: &'a AtomicBool,
    /// Told from time to time how many shots are done.
    pub progress: &'a mut dyn FnMut(u64),
}

impl core::fmt::Debug for Control<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Control").field("stop", &self.stop).finish_non_exhaustive()
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every shot was run.
    Complete,
    /// A shot failed and ended it.
    Failed,
    /// It was told to stop.
    Stopped,
}

/// What a run gave.
#[derive(Clone, Debug)]
pub struct Summary {
    /// How many shots gave bits.
    pub shots_done: u64,
    /// How many shots failed.
    pub shots_failed: u64,
    /// The first failures, in the order of shots; at most a hundred.
    pub failures: Vec<ShotError>,
    /// The digest of the bits of all shots that gave some, in the order of shots.
    pub digest: u128,
    /// How it ended.
    pub ended: Ended,
    /// What parts counted and measured in the shots that gave bits, if asked for.
    pub metrics: MetricTotals,
}

/// A program on a stack, ready to run.
#[derive(Clone, Debug)]
pub struct Runner<'a> {
    program: &'a Program<'a>,
    plan: &'a StackPlan,
    options: RunOptions,
    trace: Option<TraceOptions>,
    shape: Shape,
    threads: usize,
    threads_wanted: usize,
    instance_bytes: u64,
}

impl<'a> Runner<'a> {
    /// Checks that the stack can be had in the program's size, and settles how many threads there
    /// will be: no more than there is memory and work for.
    ///
    /// # Errors
    /// [`RunError::Stack`] if the stack cannot be that large or does not fit into memory.
    pub fn new(
        program: &'a Program<'a>,
        plan: &'a StackPlan,
        options: RunOptions,
    ) -> Result<Self, RunError> {
        let shape = Shape { qubit_count: program.qubit_count(), result_count: program.bit_count() };
        let stack_bytes = contain::build(|| Ok(plan.memory_bytes(shape)?))?;
        let instance_bytes = stack_bytes.saturating_add(program_bytes(program));
        let mut threads_wanted = options.threads;
        if threads_wanted == 0 {
            threads_wanted = thread::available_parallelism().map_or(1, usize::from);
        }
        let shot_count = options.shots.end.saturating_sub(options.shots.start);
        threads_wanted = threads_wanted.min(usize::try_from(shot_count).unwrap_or(usize::MAX));
        let threads = match available_bytes() {
            Some(available) => threads_that_fit(
                threads_wanted,
                instance_bytes,
                available,
                largest_part(plan, shape),
                shape,
            )?,
            None => threads_wanted.max(1),
        };
        let trace = None;
        Ok(Self { program, plan, options, trace, shape, threads, threads_wanted, instance_bytes })
    }

    /// The same run, with taps at every joint of the stack; what they see goes to
    /// [`ShotSink::trace`]. Outcomes stay what they are.
    ///
    /// # Errors
    /// [`RunError::Refused`] where shots run in processes of their own, or the stack has more joints
    /// than a trace can number.
    pub fn traced(mut self, options: TraceOptions) -> Result<Self, RunError> {
        let refused = |message: &str, help: &str| {
            let (message, help) = (message.to_owned(), Some(help.to_owned()));
            Err(RunError::Refused { message, help })
        };
        if self.options.isolation.is_some() {
            return refused(
                "shots in processes of their own are not traced: a process that ends takes what it \
                 recorded with it",
                "trace without isolation; a shot gives the same outcomes there",
            );
        }
        if self.plan.joint_count() > usize::from(u8::MAX) {
            return refused(
                "the stack has more joints than a trace can number",
                "use fewer error models",
            );
        }
        self.trace = Some(options);
        Ok(self)
    }

    /// How many threads the run takes.
    #[must_use]
    pub const fn threads(&self) -> usize {
        self.threads
    }

    /// How many threads it would take if memory were no limit.
    #[must_use]
    pub const fn threads_wanted(&self) -> usize {
        self.threads_wanted
    }

    /// What one instance of the stack claims.
    #[must_use]
    pub const fn instance_bytes(&self) -> u64 {
        self.instance_bytes
    }

    /// Runs the shots.
    ///
    /// # Errors
    /// As [`Self::run_controlled`].
    pub fn run(&self, sink: &mut dyn ShotSink) -> Result<Summary, RunError> {
        let stop = AtomicBool::new(false);
        self.run_controlled(sink, &mut Control { stop: &stop, progress: &mut |_| {} })
    }

    /// Runs the shots, with a hand on the run.
    ///
    /// # Errors
    /// [`RunError`] if an instance cannot be built, the stack cannot run the program, or the sink
    /// refuses. A part that panics in a shot costs that shot.
    pub fn run_controlled(
        &self,
        sink: &mut dyn ShotSink,
        control: &mut Control<'_>,
    ) -> Result<Summary, RunError> {
        let Range { start, end } = self.options.shots;
        let shot_count = end.saturating_sub(start);
        let shared = Shared {
            program: self.program,
            plan: self.plan,
            shape: self.shape,
            seed: self.options.seed,
            on_error: self.options.on_error,
            first_shot: start,
            shot_count,
            chunk_shots: self.chunk_shots(shot_count),
            isolation: self.options.isolation.as_ref(),
            trace: self.trace,
            metrics: self.options.metrics,
            stop: control.stop,
            next_chunk: AtomicU64::new(0),
            last_chunk: AtomicU64::new(u64::MAX),
            cancels: Mutex::default(),
        };
        thread::scope(|scope| {
            let (full, arrived) = sync_channel(self.threads * CHUNKS_PER_THREAD);
            let mut free = Vec::with_capacity(self.threads);
            let mut threads = Vec::with_capacity(self.threads);
            for owner in 0..self.threads {
                let (sender, receiver) = self.free_chunks(owner, &shared);
                free.push(sender);
                let (shared, full) = (&shared, full.clone());
                let work = move || shared.work(&receiver, full);
                let name = format!("shots {owner}");
                let spawned = thread::Builder::new().name(name).spawn_scoped(scope, work);
                threads.push(spawned.map_err(RunError::Thread)?);
            }
            drop(full);
            let merged = Merger::new(sink, control, &shared).merge(&shared, &arrived, &free);
            // Threads that still run or wait: no chunk is wanted, and none can come or go.
            shared.last_chunk.store(0, Ordering::Relaxed);
            drop((arrived, free));
            let mut result = merged;
            for thread in threads {
                let error = match thread.join() {
                    Ok(Ok(())) => continue,
                    Ok(Err(error)) => error,
                    Err(payload) => RunError::Panicked(contain::words(&*payload)),
                };
                // Only where the thread was missed: what happened after the end of the run, in
                // shots that nobody wants, must not depend on the number of threads.
                if matches!(&result, Ok(summary) if summary.ended == Ended::Stopped) {
                    result = Err(error);
                }
            }
            result
        })
    }

    /// Large enough that handing over costs nothing, small enough that all threads have work.
    fn chunk_shots(&self, shot_count: u64) -> u64 {
        let by_bits = CHUNK_BITS_MAX / u64::from(self.program.bit_count()).max(1);
        let by_threads = shot_count / (self.threads as u64 * 8);
        // What parts counted comes in messages, and is kept for the shots of a chunk: then a request
        // is no longer what costs, and the chunks, so the sums over them, are those of threads.
        let most = match (&self.options.isolation, self.options.metrics) {
            (Some(_), CollectMetrics::Nothing) => isolate::CHUNK_SHOTS_MAX,
            _ => CHUNK_SHOTS_MAX,
        };
        by_threads.min(by_bits).clamp(1, most)
    }

    fn free_chunks(
        &self,
        owner: usize,
        shared: &Shared<'_>,
    ) -> (SyncSender<Chunk>, Receiver<Chunk>) {
        let (sender, receiver) = sync_channel(CHUNKS_PER_THREAD);
        let shots = usize::try_from(shared.chunk_shots).unwrap_or(usize::MAX);
        let bits = self.program.bit_count() as usize;
        for _ in 0..CHUNKS_PER_THREAD {
            let chunk = Chunk::new(owner, shots, bits, self.trace.is_some());
            // There is room for all of them, and the receiver is here.
            let _ = sender.send(chunk);
        }
        (sender, receiver)
    }
}

/// Puts chunks in order and passes their shots on.
struct Merger<'s, 'c> {
    sink: &'s mut dyn ShotSink,
    control: &'s mut Control<'c>,
    shot_count: u64,
    on_error: OnError,
    digest: OutcomeDigest,
    summary: Summary,
}

impl<'s, 'c> Merger<'s, 'c> {
    fn new(sink: &'s mut dyn ShotSink, control: &'s mut Control<'c>, shared: &Shared<'_>) -> Self {
        let summary = Summary {
            shots_done: 0,
            shots_failed: 0,
            failures: Vec::new(),
            digest: 0,
            ended: Ended::Stopped,
            metrics: MetricTotals::default(),
        };
        let (shot_count, on_error) = (shared.shot_count, shared.on_error);
        Self { sink, control, shot_count, on_error, digest: OutcomeDigest::new(), summary }
    }

    fn merge(
        mut self,
        shared: &Shared<'_>,
        arrived: &Receiver<Message>,
        free: &[SyncSender<Chunk>],
    ) -> Result<Summary, RunError> {
        let mut early: Vec<Chunk> = Vec::with_capacity(free.len() * CHUNKS_PER_THREAD);
        let mut next = 0;
        // The channel closes when every thread is done.
        'merging: loop {
            let chunk = match arrived.recv_timeout(STOP_POLL) {
                Ok(Message::Chunk(chunk)) => chunk,
                Ok(Message::Gone) | Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    // Again each time: a request that finds no call in progress does nothing.
                    if shared.stop.load(Ordering::Relaxed) {
                        shared.cancel();
                    }
                    continue;
                }
            };
            early.push(chunk);
            while let Some(at) = early.iter().position(|chunk| chunk.index == next) {
                let mut chunk = early.swap_remove(at);
                next += 1;
                let go_on = self.take(&mut chunk)?;
                if let Some(owner) = free.get(chunk.owner) {
                    // A thread that has ended needs no memory back.
                    let _ = owner.try_send(chunk);
                }
                if !go_on {
                    break 'merging;
                }
            }
        }
        self.summary.digest = self.digest.value();
        Ok(self.summary)
    }

    /// Passes on the shots of the next chunk; false if it is the last one.
    fn take(&mut self, chunk: &mut Chunk) -> Result<bool, RunError> {
        if let Some(mut piece) = chunk.trace() {
            self.sink.trace(&mut piece).map_err(RunError::Trace)?;
        }
        let mut metrics = chunk.metrics.by_shot.iter();
        for (shot, outcome) in chunk.outcomes() {
            match outcome {
                Outcome::Bits(bits) => {
                    self.digest.add_shot(bits);
                    self.summary.shots_done += 1;
                    self.sink.shot(shot, bits).map_err(RunError::Sink)?;
                    if let Some(metrics) = metrics.next() {
                        self.sink.metrics(shot, metrics).map_err(RunError::Sink)?;
                    }
                }
                Outcome::Failed(failure) => {
                    self.summary.shots_failed += 1;
                    if self.summary.failures.len() < FAILURES_MAX {
                        self.summary.failures.push(failure.clone());
                    }
                    self.sink.failed(failure).map_err(RunError::Sink)?;
                    if self.on_error == OnError::Stop {
                        self.summary.ended = Ended::Failed;
                        self.summary.metrics.add_all(&chunk.metrics.totals);
                        return Ok(false);
                    }
                }
            }
        }
        self.summary.metrics.add_all(&chunk.metrics.totals);
        let done = self.summary.shots_done + self.summary.shots_failed;
        (self.control.progress)(done);
        if done == self.shot_count {
            self.summary.ended = Ended::Complete;
        }
        Ok(chunk.is_complete() && !chunk.is_last() && done < self.shot_count)
    }
}

/// What a thread needs for the program's variables and for results on their way.
fn program_bytes(program: &Program<'_>) -> u64 {
    let bits = u64::from(program.bit_count()) * (1 + CHUNKS_PER_THREAD as u64);
    bits + 8 * (u64::from(program.int_count()) + u64::from(program.real_count()))
}

/// The id of the part that claims most.
fn largest_part(plan: &StackPlan, shape: Shape) -> &'static str {
    let simulator = plan.simulator();
    let largest = plan.parts().max_by_key(|placed| placed.memory_bytes(shape).unwrap_or(0));
    largest.unwrap_or(simulator).part().spec.id
}
