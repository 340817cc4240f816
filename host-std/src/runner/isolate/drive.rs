//! One thread of the parent: has its worker run chunks, and gets another one when it is gone.

use core::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender};

use pandia_core::ids::ShotId;

use super::Isolation;
use super::process::Worker;
use super::request::{Ended, Request};
use super::slots::Place;
use super::start::{ATTEMPTS, Recipe, Wanted};
use crate::runner::chunk::Chunk;
use crate::runner::metrics::CollectMetrics;
use crate::runner::worker::{Message, Shared};
use crate::runner::{OnError, RunError, contain};

/// Has chunks run until there are none left, as [`Shared::work`] does in this process.
pub(in crate::runner) fn drive(
    shared: &Shared<'_>,
    isolation: &Isolation,
    free: &Receiver<Chunk>,
    full: &SyncSender<Message>,
) -> Result<(), RunError> {
    let wanted = Wanted {
        program: shared.program,
        stack: &shared.plan.spec(),
        seed: shared.seed,
        stop_at_failure: shared.on_error == OnError::Stop,
        check_memory: false,
        metrics: shared.metrics != CollectMetrics::Nothing,
        slots: shared.chunk_shots,
    };
    let recipe = Recipe::new(isolation, wanted)?;
    let mut driver =
        Driver { shared, recipe, worker: None, started: false, barren: 0, bits: Vec::new() };
    while let Some(mut chunk) = shared.take_chunk(free) {
        match driver.fill(&mut chunk) {
            Ok(()) => {}
            Err(error) if driver.started => return shared.give_up(chunk, &error, free, full),
            Err(error) => return Err(error),
        }
        if full.send(Message::Chunk(chunk)).is_err() {
            break;
        }
    }
    if let Some(worker) = driver.worker {
        worker.dismiss();
    }
    Ok(())
}

struct Driver<'a> {
    shared: &'a Shared<'a>,
    recipe: Recipe<'a>,
    worker: Option<Worker>,
    /// Whether there has been a worker.
    started: bool,
    /// Workers in a row that ended without having begun a shot.
    barren: u32,
    bits: Vec<u8>,
}

impl Driver<'_> {
    /// Fills the chunk, up to its end, a request to stop, or a failure that ends the run.
    fn fill(&mut self, chunk: &mut Chunk) -> Result<(), RunError> {
        let shared = self.shared;
        while let Some(first) = chunk.next_shot() {
            if shared.is_unwanted(chunk.index) {
                return Ok(());
            }
            let mut worker = match self.worker.take() {
                Some(worker) => worker,
                None => match self.recipe.start(&|| !shared.is_unwanted(chunk.index))? {
                    Some(worker) => worker,
                    None => return Ok(()),
                },
            };
            self.started = true;
            let mut request = Request::new(shared, first, chunk.remaining(), chunk.index);
            let ended = request.run(&mut worker, shared, self.recipe.isolation.shot_timeout);
            let failed_before = self.keep(&worker, chunk, request);
            let failed = match ended? {
                Ended::Dropped => return Ok(()),
                Ended::Done => {
                    self.worker = Some(worker);
                    self.barren = 0;
                    // A worker leaves shots out only where it has to.
                    if !chunk.is_complete() && !failed_before && !shared.is_stopped() {
                        let problem = "said that it was done too early".to_owned();
                        return Err(RunError::Worker { problem, attempts: 1 });
                    }
                    failed_before
                }
                Ended::Died(words) => self.bury(&worker, chunk, first, &words)? || failed_before,
            };
            if failed && shared.on_error == OnError::Stop {
                shared.last_chunk.fetch_min(chunk.index, Ordering::Relaxed);
                return Ok(());
            }
            if shared.is_stopped() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Takes over the shots that have ended; whether one of them failed.
    fn keep(&mut self, worker: &Worker, chunk: &mut Chunk, request: Request) -> bool {
        let Request { failures, mut numbers, .. } = request;
        let mut failures = failures.into_iter().peekable();
        let mut failed = false;
        for index in 0..chunk.remaining() {
            let Some(shot) = chunk.next_shot() else { break };
            let failure = match worker.slots.read(index, &mut self.bits) {
                Place::Empty => break,
                Place::Bits => {
                    let Some(heard) = &mut numbers else {
                        chunk.push_bits(&self.bits);
                        continue;
                    };
                    // Told before the shot counted as ended: a part has spoilt the connection.
                    let Some(told) = heard.take(index) else { break };
                    chunk.push_bits(&self.bits);
                    chunk.push_metrics(self.shared.metrics, told.iter());
                    continue;
                }
                Place::Failed => failures.next_if(|failure| failure.shot == shot),
                Place::Nonsense => None,
            };
            failed = true;
            chunk.push_failure(failure.unwrap_or_else(|| {
                contain::lost(shot, format_args!("the worker process gave bits that cannot be"))
            }));
            if self.shared.on_error == OnError::Stop {
                // The worker ran on if it does not know; nobody counts what came after.
                break;
            }
        }
        failed
    }

    /// What the end of a worker costs: the shot that was running, if one was. Whether one was.
    fn bury(
        &mut self,
        worker: &Worker,
        chunk: &mut Chunk,
        first: ShotId,
        words: &str,
    ) -> Result<bool, RunError> {
        let kept = chunk.next_shot().map_or(0, |shot| shot.0 - first.0);
        if let Some(shot) = chunk.next_shot()
            && worker.slots.is_running(kept)
        {
            self.barren = 0;
            chunk.push_failure(contain::lost(shot, format_args!("the worker process {words}")));
            return Ok(true);
        }
        // It ended between shots: none is lost, but a new worker may do no better.
        self.barren = if kept > 0 || chunk.is_complete() { 0 } else { self.barren + 1 };
        if self.barren >= ATTEMPTS {
            let problem = format!("{words}, before shot {}", first.0);
            return Err(RunError::Worker { problem, attempts: ATTEMPTS });
        }
        Ok(false)
    }
}
