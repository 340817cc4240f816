//! The program's side.

use super::command::HEAD_WORDS;
use super::metrics::KeptMetrics;
use super::pace::{HandOver, Pace, Turn};
use super::queue::{Sender, queue};
use super::seat::Seat;
use super::worker::{Shared, Worker};
use pandia_core::backend::{GateSet, Info, Metric, Verdict};
use pandia_core::error::{Error, ErrorKind, Result};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::Batch;
use pandia_core::runtime::Runtime;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

/// What a [`Threaded`] is made with.
#[derive(Clone, Copy, Debug)]
pub struct ThreadedConfig {
    /// What errors are signed with that nobody further in has signed.
    pub id: &'static str,
    /// Result ids are below this.
    pub result_count: usize,
    /// Words that may wait to be carried out.
    pub queue_words: usize,
    /// When the thread is used.
    pub hand_over: HandOver,
    /// Whether the runtime inside measures where it is told to, so that it knows at any time, also after
    /// a failure, what was measured in the shot. Then that is not noted here as well.
    pub knows_results: bool,
}

/// A runtime with a thread of its own. While commands are handed over to that, `submit` and
/// `shot_begin` return at once; `result` waits for the batch that it needs, `shot_end` for all. While
/// they are not, they are carried out where they are called. Which it is changes no outcome, no order
/// and nothing that is told of failures.
///
/// What fails is told where a program that has gone on would wait: by `result` if the failure lies
/// before what is read, and by `shot_end`. So the same program fails at the same instruction every
/// time. The error then costs the shot, even if it was a refusal.
///
/// Dropping it breaks off what waits, lets a call in progress end, and ends the thread.
#[derive(Debug)]
pub struct Threaded<R> {
    pub(super) config: ThreadedConfig,
    pub(super) commands: Sender,
    pub(super) shared: Arc<Shared<R>>,
    pub(super) thread: Option<JoinHandle<()>>,
    /// The runtime, while commands are carried out where they are called.
    pub(super) here: Option<Seat<R>>,
    pub(super) pace: Pace,
    /// When time begins.
    pub(super) zero: Instant,
    /// How many commands were sent or carried out here.
    pub(super) sent: u64,
    /// Of so many the program knows that they are done, if they had been handed over.
    pub(super) waited_for: u64,
    /// By result id: which command measured it last. Kept only while `notes`.
    pub(super) measured_by: Box<[Measured]>,
    /// Who measured what is noted in this shot, as the runtime is not here or cannot be asked. It always
    /// can while this is not set.
    pub(super) notes: bool,
    /// Number of the last command that measured while nothing was noted.
    pub(super) measuring: u64,
    /// Number of the command that began the shot, while one is running.
    pub(super) shot: Option<u64>,
    /// The shot's failure has been told.
    pub(super) told: bool,
    pub(super) info: Info,
    pub(super) metrics: KeptMetrics,
}

/// What measured a result. Of an earlier shot it is not above `Threaded::shot`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Measured {
    /// The number of the command.
    pub(super) by: u64,
    /// The one before that, of another number.
    pub(super) before: u64,
}

/// Nanoseconds since `zero`. Rarely asked for, so what asks stays small.
#[cold]
#[inline(never)]
pub(super) fn since(zero: Instant) -> u64 {
    u64::try_from(zero.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

impl<R: Runtime + Send + 'static> Threaded<R> {
    /// Starts the thread.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if the system gives no thread.
    pub fn new(runtime: R, config: ThreadedConfig) -> Result<Self> {
        let info = runtime.info();
        let (commands, receiver) = queue(config.queue_words.max(HEAD_WORDS + 1));
        let shared = Arc::new(Shared::new(config.result_count));
        let worker = Worker::new(receiver, Arc::clone(&shared));
        let started = thread::Builder::new().name(config.id.to_owned()).spawn(|| worker.run());
        let thread = started.map_err(|error| {
            let what = "threads of the system";
            let none = ErrorKind::Capacity { what, needed: 1, available: 0 };
            let error = format_args!("the system gives no thread for the runtime: {error}");
            Error::from(none).in_layer(config.id).with_text(error)
        })?;
        let zero = Instant::now();
        let mut new = Self {
            config,
            commands,
            shared,
            thread: Some(thread),
            here: Some(Seat::new(runtime)),
            pace: Pace::new(config.hand_over, since(zero)),
            zero,
            sent: 0,
            waited_for: 0,
            measured_by: vec![Measured::default(); config.result_count].into_boxed_slice(),
            notes: true,
            measuring: 0,
            shot: None,
            told: false,
            info,
            metrics: KeptMetrics::default(),
        };
        if config.hand_over == HandOver::Always {
            new.go(Turn::HandOver)?;
        }
        Ok(new)
    }

    #[cold]
    fn refuse(&self, what: &'static str) -> Error {
        Error::from(ErrorKind::State(what)).in_layer(self.config.id)
    }
}

impl<R> Drop for Threaded<R> {
    fn drop(&mut self) {
        self.commands.break_off();
        if let Some(thread) = self.thread.take() {
            // What it panicked with, which it does not, would have nobody to be told to.
            let _ = thread.join();
        }
    }
}

impl<R: Runtime + Send + 'static> Runtime for Threaded<R> {
    fn id(&self) -> &str {
        self.config.id
    }

    /// As it was when the stack was attached, or after gates were announced last.
    fn info(&self) -> Info {
        self.info
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        let (done, info) = self
            .with_seat(|seat, _| (seat.runtime.negotiate(gates, verdicts), seat.runtime.info()))?;
        self.info = info;
        done
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        if self.shot.is_some() {
            return Err(self.refuse("a shot is running already; end it first"));
        }
        if self.pace.is_quiet()
            && !self.pace.is_between()
            && let Some(seat) = &mut self.here
        {
            self.pace.pass(0);
            self.sent += 1;
            self.notes = !self.config.knows_results;
            if let Err(error) = seat.begin(shot, seed) {
                self.notes = true;
                self.fail(error);
            }
        } else {
            self.begin_timed(shot, seed)?;
            let can_ask = self.config.knows_results && self.here.is_some();
            self.notes = !can_ask || self.shared.has_failed();
        }
        self.told = false;
        self.shot = Some(self.sent);
        Ok(())
    }

    fn submit(&mut self, batch: &Batch<'_>) -> Result<()> {
        if self.shot.is_none() {
            return Err(self.refuse("no shot is running; begin one first"));
        }
        if HEAD_WORDS + batch.ops().words().len() > self.commands.longest() {
            return self.submit_long(batch);
        }
        if self.pace.is_quiet() && !self.notes {
            // The same as below, where nothing is timed.
            self.pace.pass(batch.op_count());
            return self.carry_out(batch);
        }
        self.submit_timed(batch)
    }

    fn result(&mut self, id: u64, wait: bool) -> Result<Option<u64>> {
        if self.pace.is_quiet()
            && let Some(value) = self.value_here(id, wait)
        {
            // The same as below, where nothing is timed, waited for or failed.
            self.pace.pass(0);
            return Ok(Some(value));
        }
        self.result_timed(id, wait)
    }

    fn shot_end(&mut self) -> Result<()> {
        if self.shot.is_none() {
            return Err(self.refuse("no shot is running; begin one first"));
        }
        self.pace.wait();
        if self.pace.is_quiet()
            && let Some(seat) = &mut self.here
        {
            self.pace.pass(0);
            self.sent += 1;
            let ended = seat.end();
            self.waited_for = self.sent;
            if let Err(error) = ended {
                self.fail(error);
            } else if !self.notes {
                // Nothing has failed.
                self.shot = None;
                return Ok(());
            }
        } else {
            self.end_timed()?;
        }
        if self.shared.has_failed() {
            return self.end_failed();
        }
        self.shot = None;
        Ok(())
    }

    /// As it was when the last shot ended; within a shot, as it was then or later.
    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        match &self.here {
            Some(seat) => seat.runtime.metric(index),
            None => self.metrics.get(index),
        }
    }
}
