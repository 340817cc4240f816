//! One thread of the parent: has its worker run chunks, and gets another one when it is gone.

use core::sync::atomic::Ordering;
use core::time::Duration;
use std::sync::mpsc::{Receiver, SyncSender};
use std::time::Instant;

use pandia_core::emulator::ShotError;
use pandia_core::ids::ShotId;

use super::Isolation;
use super::frames::Kind;
use super::job::Failure;
use super::process::{Event, Worker};
use super::slots::Place;
use super::start::{ATTEMPTS, Recipe, Wanted, refusal};
use crate::runner::chunk::Chunk;
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

/// How a request ended.
enum Ended {
    /// The worker says that it is done.
    Done,
    /// The worker is gone, and how, in words.
    Died(String),
    /// Nobody wants the chunk any more, and the worker is busy with it.
    Dropped,
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
            let mut failures = Vec::new();
            let count = chunk.remaining();
            let ended = self.request(&mut worker, (first, count), chunk.index, &mut failures);
            let failed_before = self.keep(&worker, chunk, failures);
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

    /// Has shots run and waits for the end.
    fn request(
        &self,
        worker: &mut Worker,
        (first, count): (ShotId, u64),
        chunk_index: u64,
        failures: &mut Vec<ShotError>,
    ) -> Result<Ended, RunError> {
        worker.slots.clear();
        let mut payload = [0; 16];
        payload[..8].copy_from_slice(&first.0.to_le_bytes());
        payload[8..].copy_from_slice(&count.to_le_bytes());
        worker.tell(Kind::Run, &payload);
        let mut watch = Watch::new(self.recipe.isolation.shot_timeout);
        let mut cancelled = false;
        loop {
            match worker.next() {
                Event::Frame((Kind::Done, _)) => return Ok(Ended::Done),
                Event::Frame((Kind::Failed, text)) => {
                    match serde_json::from_slice::<Failure>(&text) {
                        Ok(failure) => failures.push(failure.into()),
                        Err(_) => {
                            return Ok(Ended::Died(worker.nonsense("a failure without words")));
                        }
                    }
                }
                Event::Frame((Kind::Refused, text)) => {
                    let nonsense = |worker: &mut Worker| worker.nonsense("a refusal without words");
                    return refusal(&text).map_or_else(|| Ok(Ended::Died(nonsense(worker))), Err);
                }
                // The worker builds a lost instance anew.
                Event::Frame((Kind::Stage, _)) => {}
                Event::Frame((kind, _)) => {
                    let words = worker.nonsense(&format!("{kind:?} while shots run"));
                    return Ok(Ended::Died(words));
                }
                Event::Gone(words) => return Ok(Ended::Died(words)),
                Event::Tick => {
                    if let Some(words) = watch.overdue(worker.slots.progress()) {
                        worker.kill();
                        return Ok(Ended::Died(words));
                    }
                    if self.shared.is_beyond_end(chunk_index) {
                        return Ok(Ended::Dropped);
                    }
                    if self.shared.is_stopped() && !cancelled {
                        worker.tell(Kind::Cancel, &[]);
                        cancelled = true;
                    }
                }
            }
        }
    }

    /// Takes over the shots that have ended; whether one of them failed.
    fn keep(&mut self, worker: &Worker, chunk: &mut Chunk, failures: Vec<ShotError>) -> bool {
        let mut failures = failures.into_iter().peekable();
        let mut failed = false;
        for index in 0..chunk.remaining() {
            let Some(shot) = chunk.next_shot() else { break };
            let failure = match worker.slots.read(index, &mut self.bits) {
                Place::Empty => break,
                Place::Bits => {
                    chunk.push_bits(&self.bits);
                    continue;
                }
                Place::Failed => failures.next_if(|failure| failure.shot == shot),
                Place::Nonsense => None,
            };
            failed = true;
            chunk.push_failure(failure.unwrap_or_else(|| {
                contain::lost(shot, format_args!("the worker process gave bits that cannot be"))
            }));
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

/// Sees that shots get on.
struct Watch {
    limit: Option<Duration>,
    seen: (u64, u64),
    since: Instant,
}

impl Watch {
    fn new(limit: Option<Duration>) -> Self {
        Self { limit, seen: (0, 0), since: Instant::now() }
    }

    /// Words for a shot that takes too long. A shot has at least the time that it is allowed, and at
    /// most a quarter more.
    fn overdue(&mut self, progress: (u64, u64)) -> Option<String> {
        let limit = self.limit?;
        if progress != self.seen {
            (self.seen, self.since) = (progress, Instant::now());
            return None;
        }
        (self.since.elapsed() > limit).then(|| {
            format!("was ended, since the shot took longer than {} s", limit.as_secs_f64())
        })
    }
}
