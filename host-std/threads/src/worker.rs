//! The thread that carries commands out.

use super::bell::Bell;
use super::command::Command;
use super::queue::Receiver;
use super::seat::Seat;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use pandia_core::abi::raw::NOT_YET;
use pandia_core::error::{Error, ErrorKind};
use pandia_core::op::Batch;
use pandia_core::runtime::Runtime;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What both sides see.
#[derive(Debug)]
pub(super) struct Shared<R> {
    /// The runtime, while commands are handed over. The program's side touches it only while
    /// everything it sent is carried out.
    seat: Mutex<Option<Seat<R>>>,
    /// How many commands have been carried out.
    done: AtomicU64,
    /// The value of each result id, or [`NOT_YET`]: of its latest measurement once the batch with
    /// that is done.
    values: Box<[AtomicU64]>,
    /// What went wrong first in this shot, and with which command.
    failure: Mutex<Option<Failure>>,
    has_failed: AtomicBool,
    /// The thread has ended.
    gone: AtomicBool,
    progress: Bell,
}

/// Something that went wrong after the program had gone on.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    /// The command's number.
    pub(super) command: u64,
    pub(super) error: Error,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A call that panicked has been caught inside, and its instance is not used again.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<R> Shared<R> {
    pub(super) fn new(result_count: usize) -> Self {
        Self {
            seat: Mutex::new(None),
            done: AtomicU64::new(0),
            values: (0..result_count).map(|_| AtomicU64::new(NOT_YET)).collect(),
            failure: Mutex::new(None),
            has_failed: AtomicBool::new(false),
            gone: AtomicBool::new(false),
            progress: Bell::new(),
        }
    }

    pub(super) fn seat(&self) -> MutexGuard<'_, Option<Seat<R>>> {
        lock(&self.seat)
    }

    /// Says that so many commands are done, whoever did them. While the thread has nothing to do.
    pub(super) fn skip_to(&self, commands: u64) {
        self.done.store(commands, Ordering::Release);
    }

    pub(super) fn result_count(&self) -> usize {
        self.values.len()
    }

    /// Whether so many commands have been carried out, without waiting.
    #[inline]
    pub(super) fn has_done(&self, commands: u64) -> bool {
        self.done.load(Ordering::Acquire) >= commands
    }

    /// Waits until so many commands have been carried out; `false` if the thread ended before.
    #[inline]
    pub(super) fn wait_for(&self, commands: u64) -> bool {
        if self.has_done(commands) {
            return true;
        }
        self.progress.wait(|| {
            // Looked at first: who is gone does no more.
            let gone = self.gone.load(Ordering::Acquire);
            let done = self.has_done(commands);
            (done || gone).then_some(done)
        })
    }

    /// One command more has been carried out.
    #[inline]
    pub(super) fn count_done(&self) {
        // Only whoever has the runtime counts.
        let done = self.done.load(Ordering::Relaxed);
        self.done.store(done + 1, Ordering::Release);
        self.progress.ring();
    }

    /// The value of a result whose batch is done.
    pub(super) fn value(&self, id: usize) -> u64 {
        self.values.get(id).map_or(NOT_YET, |value| value.load(Ordering::Relaxed))
    }

    /// Whether something went wrong in this shot.
    #[inline]
    pub(super) fn has_failed(&self) -> bool {
        self.has_failed.load(Ordering::Acquire)
    }

    /// Notes what went wrong with a command. The first one counts: others follow from it.
    #[cold]
    pub(super) fn fail(&self, command: u64, error: Error) {
        if !self.has_failed() {
            *lock(&self.failure) = Some(Failure { command, error });
            self.has_failed.store(true, Ordering::Release);
        }
    }

    /// What went wrong so far, in commands up to this one.
    pub(super) fn failure(&self, command: u64) -> Option<Failure> {
        if !self.has_failed() {
            return None;
        }
        lock(&self.failure).clone().filter(|failure| failure.command <= command)
    }

    /// Forgets what went wrong, between shots.
    #[inline]
    pub(super) fn take_failure(&self) -> Option<Failure> {
        if !self.has_failed() {
            return None;
        }
        self.has_failed.swap(false, Ordering::AcqRel).then(|| lock(&self.failure).take())?
    }
}

impl<R: Runtime> Shared<R> {
    /// Carries a batch out, by whoever has the seat, and shows what was measured.
    #[inline]
    pub(super) fn submit(&self, seat: &mut Seat<R>, batch: &Batch<'_>) -> pandia_core::Result<()> {
        let failed = self.has_failed();
        seat.submit(batch, failed)?;
        if batch.result_count() > 0 && !failed {
            self.show_results(seat, batch);
        }
        Ok(())
    }

    /// Shows the value of a result, if it can be had yet.
    #[inline]
    pub(super) fn show(&self, seat: &mut Seat<R>, place: usize) {
        if let Some(value) = self.values.get(place) {
            value.store(seat.look(place as u64).unwrap_or(NOT_YET), Ordering::Relaxed);
        }
    }

    /// Shows what a batch measured that was carried out just now.
    pub(super) fn show_results(&self, seat: &mut Seat<R>, batch: &Batch<'_>) {
        for op in batch.ops().iter().filter(|op| op.kind().bears_result()) {
            self.show(seat, usize::try_from(op.result_id()).unwrap_or(usize::MAX));
        }
    }
}

/// The thread's own side.
pub(super) struct Worker<R> {
    commands: Receiver,
    shared: Arc<Shared<R>>,
}

impl<R> Drop for Worker<R> {
    fn drop(&mut self) {
        self.shared.gone.store(true, Ordering::Release);
        self.shared.progress.ring();
    }
}

impl<R: Runtime> Worker<R> {
    pub(super) const fn new(commands: Receiver, shared: Arc<Shared<R>>) -> Self {
        Self { commands, shared }
    }

    /// Carries commands out until there are no more or the queue is broken off.
    pub(super) fn run(mut self) {
        while let Ok(words) = self.commands.receive() {
            // Looked at here: what was carried out elsewhere meanwhile counts.
            let command = self.shared.done.load(Ordering::Relaxed) + 1;
            if let Err(error) = carry_out(words, &self.shared) {
                self.shared.fail(command, error);
            }
            self.shared.count_done();
        }
    }
}

fn carry_out<R: Runtime>(words: &[u64], shared: &Shared<R>) -> pandia_core::Result<()> {
    let command = Command::decode(words)?;
    match (&mut *shared.seat(), command) {
        (Some(seat), Command::Batch(batch)) => shared.submit(seat, &batch),
        (Some(seat), Command::ShotBegin(shot, seed)) => seat.begin(shot, seed),
        (Some(seat), Command::ShotEnd) => seat.end(),
        (None, _) => {
            let kind = ErrorKind::Broken("a command for a runtime that is elsewhere");
            Err(kind.into())
        }
    }
}
