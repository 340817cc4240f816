//! The thread that carries commands out.

use super::bell::Bell;
use super::command::Command;
use super::queue::Receiver;
use crate::guard::CatchUnwind;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use pandia_core::abi::PanicGuard;
use pandia_core::abi::raw::NOT_YET;
use pandia_core::error::{Class, Error, ErrorKind, Result};
use pandia_core::op::Batch;
use pandia_core::runtime::Runtime;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What both sides see.
#[derive(Debug)]
pub(super) struct Shared<R> {
    /// The runtime. The program's side touches it only while everything it sent is carried out.
    runtime: Mutex<R>,
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
    pub(super) fn new(runtime: R, result_count: usize) -> Self {
        Self {
            runtime: Mutex::new(runtime),
            done: AtomicU64::new(0),
            values: (0..result_count).map(|_| AtomicU64::new(NOT_YET)).collect(),
            failure: Mutex::new(None),
            has_failed: AtomicBool::new(false),
            gone: AtomicBool::new(false),
            progress: Bell::new(),
        }
    }

    pub(super) fn runtime(&self) -> MutexGuard<'_, R> {
        lock(&self.runtime)
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

    /// What went wrong so far, in commands up to this one.
    pub(super) fn failure(&self, command: u64) -> Option<Failure> {
        if !self.has_failed.load(Ordering::Acquire) {
            return None;
        }
        lock(&self.failure).clone().filter(|failure| failure.command <= command)
    }

    /// Forgets what went wrong, between shots.
    pub(super) fn take_failure(&self) -> Option<Failure> {
        self.has_failed.swap(false, Ordering::AcqRel).then(|| lock(&self.failure).take())?
    }
}

impl<R: Runtime> Shared<R> {
    /// Hands a batch to the runtime and shows what it measured. One thread at a time.
    pub(super) fn submit(&self, runtime: &mut R, batch: &Batch<'_>) -> Result<()> {
        runtime.submit(batch)?;
        if batch.result_count() == 0 {
            return Ok(());
        }
        for op in batch.ops().iter().filter(|op| op.kind().bears_result()) {
            let id = op.result_id();
            // What cannot be had yet is asked for when it is read.
            let value = runtime.result(id, false).ok().flatten().unwrap_or(NOT_YET);
            if let Some(place) = usize::try_from(id).ok().and_then(|id| self.values.get(id)) {
                place.store(value, Ordering::Relaxed);
            }
        }
        Ok(())
    }
}

/// The thread's own side.
pub(super) struct Worker<R> {
    commands: Receiver,
    shared: Arc<Shared<R>>,
    in_shot: bool,
    lost: Option<Error>,
}

impl<R> Drop for Worker<R> {
    fn drop(&mut self) {
        self.shared.gone.store(true, Ordering::Release);
        self.shared.progress.ring();
    }
}

impl<R: Runtime> Worker<R> {
    pub(super) const fn new(commands: Receiver, shared: Arc<Shared<R>>) -> Self {
        Self { commands, shared, in_shot: false, lost: None }
    }

    /// Carries commands out until there are no more or the queue is broken off.
    pub(super) fn run(mut self) {
        while let Ok(words) = self.commands.receive() {
            let command = self.shared.done.load(Ordering::Relaxed) + 1;
            let mut state = (self.in_shot, self.lost.take());
            let carried = carry_out(words, &self.shared, &mut state);
            (self.in_shot, self.lost) = state;
            if let Err(error) = carried {
                let failed = &self.shared.has_failed;
                // The first one counts: the others follow from it.
                if !failed.load(Ordering::Relaxed) {
                    *lock(&self.shared.failure) = Some(Failure { command, error });
                    failed.store(true, Ordering::Release);
                }
            }
            self.shared.count_done();
        }
    }
}

/// Carries one command out. `state`: whether a shot is running in the stack, and what has lost the
/// instance. After a failure the rest of the shot is left out.
fn carry_out<R: Runtime>(
    words: &[u64],
    shared: &Shared<R>,
    state: &mut (bool, Option<Error>),
) -> Result<()> {
    let (in_shot, lost) = state;
    let command = Command::decode(words)?;
    if let Some(error) = lost {
        return Err(error.clone());
    }
    let failed = shared.has_failed.load(Ordering::Relaxed);
    let mut runtime = shared.runtime();
    let called = CatchUnwind::run(|| match command {
        Command::ShotBegin(shot, seed) => {
            let begun = runtime.shot_begin(shot, seed);
            // A shot that is lost at its begin has begun: it must be ended.
            *in_shot = begun.as_ref().map_or_else(|e| e.class() == Class::ShotLost, |()| true);
            begun
        }
        Command::Batch(batch) if *in_shot && !failed => shared.submit(&mut *runtime, &batch),
        Command::ShotEnd if *in_shot => {
            *in_shot = false;
            runtime.shot_end()
        }
        Command::Batch(_) | Command::ShotEnd => Ok(()),
    });
    let done = called.unwrap_or_else(|words| {
        let error = Error::from(ErrorKind::Broken("panicked")).in_layer(runtime.id());
        Err(error.with_text(format_args!("panicked: {words}")))
    });
    drop(runtime);
    if let Err(error) = &done
        && error.class() == Class::InstanceLost
    {
        *lost = Some(error.clone());
    }
    done
}
