//! One thread: builds its own instance of the stack and runs the chunks that it takes, or has a
//! process of its own do so ([`super::isolate`]).

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Mutex, MutexGuard, PoisonError};

use pandia_core::emulator::Emulator;
use pandia_core::error::Class;
use pandia_core::ids::Seed;
use pandia_core::program::{Memory, Program};
use pandia_core::runtime::Runtime;

use super::chunk::Chunk;
use super::contain;
use super::error::RunError;
use super::isolate::{self, Isolation};
use super::metrics::{CollectMetrics, numbers_of};
use super::run::OnError;
use crate::stack::{CancelHandle, Shape, StackPlan};
use crate::trace::{Capture, TraceOptions};

/// What all threads of a run see.
#[derive(Debug)]
pub(super) struct Shared<'a> {
    pub(super) program: &'a Program<'a>,
    pub(super) plan: &'a StackPlan,
    pub(super) shape: Shape,
    pub(super) seed: Seed,
    pub(super) on_error: OnError,
    pub(super) first_shot: u64,
    pub(super) shot_count: u64,
    pub(super) chunk_shots: u64,
    /// Whether somebody asks what parts count.
    pub(super) metrics: CollectMetrics,
    /// Where shots run: here, or in processes of their own.
    pub(super) isolation: Option<&'a Isolation>,
    /// What is traced, if anything.
    pub(super) trace: Option<TraceOptions>,
    /// Set from outside to end the run early.
    pub(super) stop: &'a AtomicBool,
    /// The chunk to take next.
    pub(super) next_chunk: AtomicU64,
    /// Chunks above this one are not wanted any more.
    pub(super) last_chunk: AtomicU64,
    /// Hands on the stacks that can be cancelled.
    pub(super) cancels: Mutex<Vec<CancelHandle>>,
}

/// What a thread sends to the merger.
#[derive(Debug)]
pub(super) enum Message {
    /// A chunk whose shots were run.
    Chunk(Chunk),
    /// The thread ended before its time; a chunk may be missing for ever.
    Gone,
}

/// Says that the thread is gone, unless its work was done. Also while a panic unwinds.
struct Farewell {
    full: SyncSender<Message>,
    done: bool,
}

impl Drop for Farewell {
    fn drop(&mut self) {
        if !self.done {
            // A merger that has ended does not need to know.
            let _ = self.full.send(Message::Gone);
        }
    }
}

/// Why a thread stopped running shots.
enum Then {
    /// There is nothing left to do.
    Finish,
    /// The instance is lost; there is more to do.
    Rebuild,
}

impl Shared<'_> {
    fn cancels(&self) -> MutexGuard<'_, Vec<CancelHandle>> {
        let mut cancels = self.cancels.lock().unwrap_or_else(PoisonError::into_inner);
        cancels.retain(CancelHandle::is_open);
        cancels
    }

    /// Asks every call in progress to return early.
    pub(super) fn cancel(&self) {
        let cancels = self.cancels().clone();
        for cancel in &cancels {
            cancel.cancel();
        }
        // While a board is connected to there is no stack yet.
        self.plan.cancel();
    }

    /// Runs chunks until there are none left. Empty chunks come in by `free`, full ones leave by
    /// `full`.
    pub(super) fn work(
        &self,
        free: &Receiver<Chunk>,
        full: SyncSender<Message>,
    ) -> Result<(), RunError> {
        let mut farewell = Farewell { full, done: false };
        let done = match self.isolation {
            None => self.build_and_run(free, &farewell.full),
            Some(isolation) => isolate::drive(self, isolation, free, &farewell.full),
        };
        farewell.done = done.is_ok();
        done
    }

    fn build_and_run(
        &self,
        free: &Receiver<Chunk>,
        full: &SyncSender<Message>,
    ) -> Result<(), RunError> {
        let mut bits = vec![0; self.program.bit_count() as usize];
        let mut ints = vec![0; self.program.int_count() as usize];
        let mut reals = vec![0.0; self.program.real_count() as usize];
        let mut current = None;
        let capture = self.trace.map(Capture::new);
        let capture = capture.as_ref();
        loop {
            let memory = Memory { bits: &mut bits, ints: &mut ints, reals: &mut reals };
            let built = contain::build(|| {
                let (runtime, cancel) = self.plan.build_traced(self.shape, capture)?;
                self.cancels().extend(cancel);
                Emulator::new(self.program, memory, runtime, self.seed)
                    .map_err(|error| RunError::Program(Box::new(error)))
            });
            let mut emulator = match (built, current.take()) {
                (Ok(emulator), chunk) => {
                    current = chunk;
                    emulator
                }
                (Err(error), Some(chunk)) => return self.give_up(chunk, &error, free, full),
                (Err(error), None) => return Err(error),
            };
            let then = self.run_chunks(&mut emulator, capture, &mut current, free, full);
            contain::drop_quietly(emulator);
            match then {
                Then::Finish => return Ok(()),
                Then::Rebuild => {}
            }
        }
    }

    /// Ends the run where an instance was lost and no new one can be had: what was finished is kept,
    /// and the shot that comes next has failed.
    pub(super) fn give_up(
        &self,
        mut chunk: Chunk,
        error: &RunError,
        free: &Receiver<Chunk>,
        full: &SyncSender<Message>,
    ) -> Result<(), RunError> {
        if chunk.is_complete() {
            let sent = full.send(Message::Chunk(chunk));
            match (sent, self.take_chunk(free)) {
                (Ok(()), Some(next)) => chunk = next,
                (Ok(()), None) | (Err(_), _) => return Ok(()),
            }
        }
        // A run that was stopped meanwhile wants no instance any more.
        if let Some(shot) = chunk.next_shot().filter(|_| !self.is_stopped()) {
            let text = format_args!("no new instance can be had, which ends the run: {error}");
            chunk.push_failure(contain::lost(shot, text));
        }
        chunk.make_last();
        self.last_chunk.fetch_min(chunk.index, Ordering::Relaxed);
        // A merger that has ended does not need to know.
        let _ = full.send(Message::Chunk(chunk));
        Ok(())
    }

    fn run_chunks<R: Runtime>(
        &self,
        emulator: &mut Emulator<'_, '_, R>,
        capture: Option<&Capture>,
        current: &mut Option<Chunk>,
        free: &Receiver<Chunk>,
        full: &SyncSender<Message>,
    ) -> Then {
        loop {
            let Some(mut chunk) = current.take().or_else(|| self.take_chunk(free)) else {
                return Then::Finish;
            };
            if let Then::Rebuild = self.run_shots(emulator, capture, &mut chunk) {
                *current = Some(chunk);
                return Then::Rebuild;
            }
            if full.send(Message::Chunk(chunk)).is_err() {
                return Then::Finish;
            }
        }
    }

    /// The next chunk that is wanted. The memory is there before the number is taken, so the
    /// merger never waits for a chunk that waits for memory.
    pub(super) fn take_chunk(&self, free: &Receiver<Chunk>) -> Option<Chunk> {
        let mut chunk = free.recv().ok()?;
        let index = self.next_chunk.fetch_add(1, Ordering::Relaxed);
        let before = index.saturating_mul(self.chunk_shots);
        if before >= self.shot_count || self.is_unwanted(index) {
            return None;
        }
        let wanted = self.chunk_shots.min(self.shot_count - before);
        chunk.start(index, self.first_shot + before, wanted);
        Some(chunk)
    }

    pub(super) fn is_unwanted(&self, chunk_index: u64) -> bool {
        self.is_stopped() || self.is_beyond_end(chunk_index)
    }

    /// Whether the run has been told to stop.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether the run has ended before this chunk.
    pub(super) fn is_beyond_end(&self, chunk_index: u64) -> bool {
        chunk_index > self.last_chunk.load(Ordering::Relaxed)
    }

    /// Fills the chunk, up to its end, a request to stop, or a failure that ends the run.
    fn run_shots<R: Runtime>(
        &self,
        emulator: &mut Emulator<'_, '_, R>,
        capture: Option<&Capture>,
        chunk: &mut Chunk,
    ) -> Then {
        while let Some(shot) = chunk.next_shot() {
            if self.is_unwanted(chunk.index) {
                break;
            }
            if let Some(capture) = capture {
                capture.begin_shot();
            }
            let failure = match contain::run_shot(emulator, shot) {
                Ok(bits) => {
                    chunk.push_bits(bits);
                    chunk.push_trace(capture);
                    chunk.push_metrics(self.metrics, numbers_of(emulator.runtime()));
                    continue;
                }
                Err(failure) => failure,
            };
            if self.stop.load(Ordering::Relaxed) {
                // It may have been cancelled: nobody wants it any more.
                break;
            }
            let lost = failure.error.class() == Class::InstanceLost;
            chunk.push_failure(failure);
            chunk.push_trace(capture);
            if self.on_error == OnError::Stop {
                self.last_chunk.fetch_min(chunk.index, Ordering::Relaxed);
                break;
            }
            if lost {
                return Then::Rebuild;
            }
        }
        Then::Finish
    }
}
