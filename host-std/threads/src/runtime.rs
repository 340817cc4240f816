//! The program's side.

use super::command::{Command, HEAD_WORDS};
use super::metrics::KeptMetrics;
use super::pace::{HandOver, Pace, Turn};
use super::queue::{Sender, queue};
use super::seat::Seat;
use super::worker::{Failure, Shared, Worker};
use pandia_core::abi::raw::NOT_YET;
use pandia_core::backend::{GateSet, Info, Metric, Verdict};
use pandia_core::error::{Class, Error, ErrorKind, Result};
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
    config: ThreadedConfig,
    commands: Sender,
    shared: Arc<Shared<R>>,
    thread: Option<JoinHandle<()>>,
    /// The runtime, while commands are carried out where they are called.
    here: Option<Seat<R>>,
    pace: Pace,
    /// When time begins.
    zero: Instant,
    /// How many commands were sent or carried out here.
    sent: u64,
    /// Of so many the program knows that they are done, if they had been handed over.
    waited_for: u64,
    /// By result id: which command measured it last in this shot, or 0.
    measured_by: Box<[u64]>,
    /// Number of the command that began the shot, while one is running.
    shot: Option<u64>,
    /// The shot's failure has been told.
    told: bool,
    info: Info,
    metrics: KeptMetrics,
}

/// Nanoseconds since `zero`.
fn since(zero: Instant) -> u64 {
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
            measured_by: vec![0; config.result_count].into_boxed_slice(),
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

    fn refuse(&self, what: &'static str) -> Error {
        Error::from(ErrorKind::State(what)).in_layer(self.config.id)
    }

    #[cold]
    fn gone(&self) -> Error {
        let error = Error::from(ErrorKind::Broken("the runtime's thread has ended"));
        error.in_layer(self.config.id)
    }

    /// Sends a command, or carries it out here; what fails then is told as if it had been sent.
    #[inline]
    fn give(&mut self, command: &Command<'_>) -> Result<()> {
        if let Some(seat) = &mut self.here {
            self.sent += 1;
            if let Err(error) = self.shared.carry_out(seat, command) {
                self.shared.fail(self.sent, error);
            }
            return Ok(());
        }
        let (head, body) = command.encode();
        self.commands.send(&head, body).map_err(|_| self.gone())?;
        self.sent += 1;
        Ok(())
    }

    /// Waits until everything that was sent is carried out: then the runtime can be called here.
    fn wait_for_all(&mut self) -> Result<()> {
        if self.here.is_some() || self.shared.wait_for(self.sent) {
            self.waited_for = self.sent;
            Ok(())
        } else {
            Err(self.gone())
        }
    }

    /// Calls the runtime here, once everything that was sent is carried out.
    fn with_seat<T>(&mut self, call: impl FnOnce(&mut Seat<R>, &Shared<R>) -> T) -> Result<T> {
        self.wait_for_all()?;
        if let Some(seat) = &mut self.here {
            return Ok(call(seat, &self.shared));
        }
        match &mut *self.shared.seat() {
            Some(seat) => Ok(call(seat, &self.shared)),
            None => Err(self.gone()),
        }
    }

    /// Brings the runtime to where commands are carried out from now on. It may do so in the midst of
    /// a shot.
    pub(super) fn go(&mut self, turn: Turn) -> Result<()> {
        match turn {
            Turn::Stay => {}
            Turn::HandOver => {
                let Some(seat) = self.here.take() else { return Ok(()) };
                self.metrics.look_at(&seat.runtime);
                self.shared.skip_to(self.sent);
                *self.shared.seat() = Some(seat);
            }
            Turn::TakeBack => {
                self.wait_for_all()?;
                let seat = self.shared.seat().take();
                self.here = self.here.take().or(seat);
            }
        }
        Ok(())
    }

    /// Whether commands are handed over at the moment.
    #[cfg(test)]
    pub(super) const fn is_there(&self) -> bool {
        self.here.is_none()
    }

    /// Ends a window of the pace and does what comes of it.
    #[cold]
    fn turn(&mut self) -> Result<()> {
        if self.pace.is_trial() {
            self.wait_for_all()?;
        }
        let turn = self.pace.turn(since(self.zero));
        self.go(turn)
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
    /// everything before it is done, the runtime is free. What fails is told at once.
    #[cold]
    fn submit_long(&mut self, batch: &Batch<'_>) -> Result<()> {
        self.wait_for_all()?;
        // If the shot has failed this is left out like all after it, and reads and `shot_end` say so.
        let failed = self.shared.has_failed();
        let done = self.with_seat(|seat, shared| {
            if failed {
                return Ok(());
            }
            seat.runtime.submit(batch)?;
            shared.show_results(seat, batch);
            Ok(())
        })?;
        self.sent += 1;
        if self.here.is_none() {
            self.shared.count_done();
        }
        done.map_err(|error: Error| {
            // Nothing came of it, so there is nothing to read.
            let sent = self.sent;
            self.measured_by.iter_mut().filter(|by| **by == sent).for_each(|by| *by = 0);
            error.in_layer(self.config.id)
        })
    }

    fn begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.give(&Command::ShotBegin(shot, seed))?;
        self.measured_by.fill(0);
        self.told = false;
        self.shot = Some(self.sent);
        Ok(())
    }

    fn read(&mut self, id: u64, wait: bool) -> Result<Option<u64>> {
        let place = usize::try_from(id).unwrap_or(usize::MAX);
        let command = match self.measured_by.get(place) {
            Some(&command) if command != 0 => command,
            _ => {
                let kind = ErrorKind::Argument("nothing was measured into this result id");
                return Err(Error::from(kind).in_layer(self.config.id));
            }
        };
        if wait && command > self.waited_for {
            self.pace.wait();
            self.waited_for = command;
        }
        // What is carried out here is done when it was given.
        let is_here = self.here.is_some();
        if !is_here && !wait && !self.shared.has_done(command) {
            return Ok(None);
        }
        let done = is_here || self.shared.wait_for(command);
        if let Some(failure) = self.shared.failure(command) {
            self.told = true;
            return Err(self.late(failure));
        }
        if !done {
            return Err(self.gone());
        }
        match self.shared.value(place) {
            NOT_YET if wait => self.with_seat(|seat, _| seat.runtime.result(id, true))?,
            NOT_YET => Ok(None),
            value => Ok(Some(value)),
        }
    }

    fn end(&mut self) -> Result<()> {
        self.give(&Command::ShotEnd)?;
        self.wait_for_all()?;
        if self.here.is_none()
            && let Some(seat) = &*self.shared.seat()
        {
            self.metrics.look_at(&seat.runtime);
        }
        let failure = self.shared.take_failure();
        let failure = failure.filter(|f| !self.told || f.error.class() == Class::InstanceLost);
        let ended = failure.map_or(Ok(()), |failure| Err(self.late(failure)));
        self.shot = None;
        ended
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
        let zero = self.zero;
        self.pace.enter(true, || since(zero));
        let done = self.begin(shot, seed);
        self.pace.leave(0, || since(zero));
        done
    }

    fn submit(&mut self, batch: &Batch<'_>) -> Result<()> {
        if self.shot.is_none() {
            return Err(self.refuse("no shot is running; begin one first"));
        }
        if batch.result_count() > 0 {
            self.note_results(batch)?;
        }
        let zero = self.zero;
        self.pace.enter(false, || since(zero));
        let words = HEAD_WORDS + batch.ops().words().len();
        let done = if words > self.commands.longest() {
            self.submit_long(batch)
        } else {
            self.give(&Command::Batch(*batch))
        };
        self.pace.leave(batch.op_count(), || since(zero));
        if self.pace.is_over(false) {
            self.turn()?;
        }
        done
    }

    fn result(&mut self, id: u64, wait: bool) -> Result<Option<u64>> {
        let zero = self.zero;
        self.pace.enter(false, || since(zero));
        let read = self.read(id, wait);
        self.pace.leave(0, || since(zero));
        read
    }

    fn shot_end(&mut self) -> Result<()> {
        if self.shot.is_none() {
            return Err(self.refuse("no shot is running; begin one first"));
        }
        let zero = self.zero;
        self.pace.enter(false, || since(zero));
        self.pace.wait();
        let ended = self.end();
        self.pace.leave(0, || since(zero));
        if self.pace.is_over(true) {
            self.turn()?;
        }
        ended
    }

    /// As it was when the last shot ended; within a shot, as it was then or later.
    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        match &self.here {
            Some(seat) => seat.runtime.metric(index),
            None => self.metrics.get(index),
        }
    }
}
