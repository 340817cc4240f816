//! The program's side.

use super::command::{Command, HEAD_WORDS};
use super::queue::{SendError, Sender, queue};
use super::worker::{Failure, Shared, Worker};
use pandia_core::abi::raw::NOT_YET;
use pandia_core::backend::{GateSet, Info, Metric, MetricValue, Verdict};
use pandia_core::error::{Class, Error, ErrorKind, Result};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::Batch;
use pandia_core::runtime::Runtime;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

/// What a [`Threaded`] is made with.
#[derive(Clone, Copy, Debug)]
pub struct ThreadedConfig {
    /// What errors are signed with that nobody further in has signed.
    pub id: &'static str,
    /// Result ids are below this.
    pub result_count: usize,
    /// Words that may wait to be carried out.
    pub queue_words: usize,
}

/// A runtime on a thread of its own. `submit` and `shot_begin` return at once; `result` waits for
/// the batch that it needs, `shot_end` for all.
///
/// What fails after the program has gone on is told where the program waits: by `result` if the
/// failure lies before what is read, and by `shot_end`. So the same program fails at the same
/// instruction every time. The error then costs the shot, even if it was a refusal.
///
/// Dropping it breaks off what waits, lets a call in progress end, and ends the thread.
#[derive(Debug)]
pub struct Threaded<R> {
    config: ThreadedConfig,
    commands: Sender,
    shared: Arc<Shared<R>>,
    thread: Option<JoinHandle<()>>,
    /// How many commands were sent.
    sent: u64,
    /// By result id: which command measured it last in this shot, or 0.
    measured_by: Box<[u64]>,
    /// Number of the command that began the shot, while one is running.
    shot: Option<u64>,
    /// The shot's failure has been told.
    told: bool,
    info: Info,
    metrics: Vec<OwnMetric>,
}

#[derive(Debug)]
struct OwnMetric {
    part: String,
    name: String,
    value: MetricValue,
}

impl<R: Runtime + Send + 'static> Threaded<R> {
    /// Starts the thread.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if the system gives no thread.
    pub fn new(runtime: R, config: ThreadedConfig) -> Result<Self> {
        let info = runtime.info();
        let (commands, receiver) = queue(config.queue_words.max(HEAD_WORDS + 1));
        let shared = Arc::new(Shared::new(runtime, config.result_count));
        let worker = Worker::new(receiver, Arc::clone(&shared));
        let started = thread::Builder::new().name(config.id.to_owned()).spawn(|| worker.run());
        let thread = started.map_err(|error| {
            let what = "threads of the system";
            let none = ErrorKind::Capacity { what, needed: 1, available: 0 };
            let error = format_args!("the system gives no thread for the runtime: {error}");
            Error::from(none).in_layer(config.id).with_text(error)
        })?;
        let mut new = Self {
            config,
            commands,
            shared,
            thread: Some(thread),
            sent: 0,
            measured_by: vec![0; config.result_count].into_boxed_slice(),
            shot: None,
            told: false,
            info,
            metrics: Vec::new(),
        };
        new.look_at_metrics();
        Ok(new)
    }

    fn refuse(&self, what: &'static str) -> Error {
        Error::from(ErrorKind::State(what)).in_layer(self.config.id)
    }

    /// Sends a command.
    fn send(&mut self, command: &Command<'_>) -> core::result::Result<(), SendError> {
        let (head, body) = command.encode();
        self.commands.send(&head, body)?;
        self.sent += 1;
        Ok(())
    }

    #[cold]
    fn gone(&self) -> Error {
        let error = Error::from(ErrorKind::Broken("the runtime's thread has ended"));
        error.in_layer(self.config.id)
    }

    /// Waits until everything that was sent is carried out: then the runtime can be called here.
    fn wait_for_all(&self) -> Result<()> {
        if self.shared.wait_for(self.sent) { Ok(()) } else { Err(self.gone()) }
    }

    /// The failure as it is told to a program that has gone on since.
    #[cold]
    fn late(&self, failure: Failure) -> Error {
        let error = failure.error.in_layer(self.config.id).after_partial_work();
        let Some(index) = error.op_index() else { return error };
        let batch = failure.command.saturating_sub(self.shot.unwrap_or(0));
        let mut words = String::new();
        // Writing to a string does not fail.
        let _ = error.write_text(&mut words);
        let words = format!("{words} (operation {index} of batch {batch} of the shot)");
        Error::foreign(error.code(), None, error.layer(), &words)
    }

    fn look_at_metrics(&mut self) {
        let runtime = self.shared.runtime();
        let mut count = 0;
        while let Some(seen) = u32::try_from(count).ok().and_then(|index| runtime.metric(index)) {
            match self.metrics.get_mut(count) {
                Some(own) if own.part == seen.part && own.name == seen.name => {
                    own.value = seen.value;
                }
                _ => {
                    self.metrics.truncate(count);
                    let (part, name) = (seen.part.to_owned(), seen.name.to_owned());
                    self.metrics.push(OwnMetric { part, name, value: seen.value });
                }
            }
            count += 1;
        }
        self.metrics.truncate(count);
    }

    /// Checks that the batch's result ids are there and notes which command measures them.
    fn note_results(&mut self, batch: &Batch<'_>) -> Result<()> {
        let ids = || (0..).zip(batch.ops()).filter(|(_, op)| op.kind().bears_result());
        let count = self.shared.result_count();
        for (index, op) in ids() {
            if op.result_id() >= count as u64 {
                let kind = ErrorKind::Argument("a result id beyond the configured ones");
                let error = Error::from(kind).in_layer(self.config.id).at_op(index);
                return Err(error.with_text(format_args!(
                    "result id {} is not below {count}; configure more results",
                    op.result_id()
                )));
            }
        }
        for (_, op) in ids() {
            let place = usize::try_from(op.result_id()).ok();
            if let Some(place) = place.and_then(|id| self.measured_by.get_mut(id)) {
                *place = self.sent + 1;
            }
        }
        Ok(())
    }

    /// Carries out a batch that is longer than the queue where it is called, in its turn: once
    /// everything before it is done, the runtime is free.
    #[cold]
    fn submit_here(&mut self, batch: &Batch<'_>) -> Result<()> {
        self.wait_for_all()?;
        if self.shared.failure(u64::MAX).is_some() {
            // The shot has failed: this is left out like all after it, and `shot_end` says so.
            return Ok(());
        }
        let done = self.shared.submit(&mut *self.shared.runtime(), batch);
        self.sent += 1;
        self.shared.count_done();
        done.map_err(|error| {
            // Nothing came of it, so there is nothing to read.
            let sent = self.sent;
            self.measured_by.iter_mut().filter(|by| **by == sent).for_each(|by| *by = 0);
            error.in_layer(self.config.id)
        })
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
        self.wait_for_all()?;
        let mut runtime = self.shared.runtime();
        let done = runtime.negotiate(gates, verdicts);
        self.info = runtime.info();
        done
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        if self.shot.is_some() {
            return Err(self.refuse("a shot is running already; end it first"));
        }
        self.send(&Command::ShotBegin(shot, seed)).map_err(|_| self.gone())?;
        self.measured_by.fill(0);
        self.told = false;
        self.shot = Some(self.sent);
        Ok(())
    }

    fn submit(&mut self, batch: &Batch<'_>) -> Result<()> {
        if self.shot.is_none() {
            return Err(self.refuse("no shot is running; begin one first"));
        }
        if batch.result_count() > 0 {
            self.note_results(batch)?;
        }
        match self.send(&Command::Batch(*batch)) {
            Ok(()) => Ok(()),
            Err(SendError::TooLong { .. }) => self.submit_here(batch),
            Err(SendError::Ended) => Err(self.gone()),
        }
    }

    fn result(&mut self, id: u64, wait: bool) -> Result<Option<u64>> {
        let place = usize::try_from(id).unwrap_or(usize::MAX);
        let command = match self.measured_by.get(place) {
            Some(&command) if command != 0 => command,
            _ => {
                let kind = ErrorKind::Argument("nothing was measured into this result id");
                return Err(Error::from(kind).in_layer(self.config.id));
            }
        };
        if !wait && !self.shared.has_done(command) {
            return Ok(None);
        }
        let done = self.shared.wait_for(command);
        if let Some(failure) = self.shared.failure(command) {
            self.told = true;
            return Err(self.late(failure));
        }
        if !done {
            return Err(self.gone());
        }
        match self.shared.value(place) {
            NOT_YET if wait => {
                self.wait_for_all()?;
                self.shared.runtime().result(id, true)
            }
            NOT_YET => Ok(None),
            value => Ok(Some(value)),
        }
    }

    fn shot_end(&mut self) -> Result<()> {
        if self.shot.is_none() {
            return Err(self.refuse("no shot is running; begin one first"));
        }
        self.send(&Command::ShotEnd).map_err(|_| self.gone())?;
        self.wait_for_all()?;
        self.look_at_metrics();
        let failure = self.shared.take_failure();
        let failure = failure.filter(|f| !self.told || f.error.class() == Class::InstanceLost);
        let ended = failure.map_or(Ok(()), |failure| Err(self.late(failure)));
        self.shot = None;
        ended
    }

    /// As it was when the last shot ended.
    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let own = self.metrics.get(usize::try_from(index).ok()?)?;
        Some(Metric { part: &own.part, name: &own.name, value: own.value })
    }
}
