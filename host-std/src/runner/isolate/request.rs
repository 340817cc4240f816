//! One request to a worker: it is watched while it runs shots, and what it says of them is heard.
//! Not here: what lies in the memory that both see, and what becomes of it ([`super::drive`]).

use core::time::Duration;
use std::time::Instant;

use pandia_core::emulator::ShotError;
use pandia_core::ids::ShotId;

use super::frames::{Frame, Kind};
use super::job::Failure;
use super::numbers::Heard;
use super::process::{Event, Worker};
use super::start::refusal;
use crate::runner::RunError;
use crate::runner::metrics::CollectMetrics;
use crate::runner::worker::Shared;

/// Most frames of a worker that is gone: more than a socket holds. A child that a part left behind may
/// write for ever.
const LAST_WORDS_MAX: u32 = 1 << 16;

/// Shots to be run, and what the worker has said of them.
pub(super) struct Request {
    first: ShotId,
    count: u64,
    chunk_index: u64,
    /// The shots that failed, in order.
    pub(super) failures: Vec<ShotError>,
    /// What parts counted in the others, if somebody asks.
    pub(super) numbers: Option<Heard>,
}

/// How a request ended.
pub(super) enum Ended {
    /// The worker says that it is done.
    Done,
    /// The worker is gone, and how, in words.
    Died(String),
    /// Nobody wants the chunk any more, and the worker is busy with it.
    Dropped,
}

impl Request {
    /// For shots of this chunk.
    pub(super) fn new(shared: &Shared<'_>, first: ShotId, count: u64, chunk_index: u64) -> Self {
        let asked = shared.metrics != CollectMetrics::Nothing;
        let (failures, numbers) = (Vec::new(), asked.then(|| Heard::new(count)));
        Self { first, count, chunk_index, failures, numbers }
    }

    /// Has the shots run and waits for the end.
    pub(super) fn run(
        &mut self,
        worker: &mut Worker,
        shared: &Shared<'_>,
        shot_timeout: Option<Duration>,
    ) -> Result<Ended, RunError> {
        worker.slots.clear();
        let mut payload = [0; 16];
        payload[..8].copy_from_slice(&self.first.0.to_le_bytes());
        payload[8..].copy_from_slice(&self.count.to_le_bytes());
        worker.tell(Kind::Run, &payload);
        let mut watch = Watch::new(shot_timeout);
        let mut cancelled = false;
        loop {
            match worker.next() {
                Event::Frame((Kind::Done, _)) => return Ok(Ended::Done),
                Event::Frame((Kind::Refused, text)) => {
                    let nonsense = |worker: &mut Worker| worker.nonsense("a refusal without words");
                    return refusal(&text).map_or_else(|| Ok(Ended::Died(nonsense(worker))), Err);
                }
                Event::Frame(frame) => {
                    if let Err(what) = self.hear(frame) {
                        return Ok(Ended::Died(worker.nonsense(&what)));
                    }
                }
                Event::Gone(words) => return Ok(self.hear_out(worker, words)),
                Event::Tick => {
                    if let Some(words) = watch.overdue(worker.slots.progress()) {
                        worker.kill();
                        return Ok(self.hear_out(worker, words));
                    }
                }
            }
            // Also between frames: where every shot sends one, there may be no pause for a tick.
            if shared.is_beyond_end(self.chunk_index) {
                return Ok(Ended::Dropped);
            }
            if shared.is_stopped() && !cancelled {
                worker.tell(Kind::Cancel, &[]);
                cancelled = true;
            }
        }
    }

    /// Takes in what is said of a shot, or says why it makes no sense.
    fn hear(&mut self, (kind, payload): Frame) -> Result<(), String> {
        match (kind, &mut self.numbers) {
            (Kind::Failed, _) => match serde_json::from_slice::<Failure>(&payload) {
                Ok(failure) => self.failures.push(failure.into()),
                Err(_) => return Err("a failure without words".to_owned()),
            },
            (Kind::Metrics, Some(numbers)) => match numbers.hear(&payload) {
                Some(()) => {}
                None => return Err("metrics that cannot be".to_owned()),
            },
            // The worker builds a lost instance anew.
            (Kind::Stage, _) => {}
            (kind, _) => return Err(format!("{kind:?} while shots run")),
        }
        Ok(())
    }

    /// Takes in what a worker had said before its end, and was not heard yet: its shots count.
    fn hear_out(&mut self, worker: &mut Worker, words: String) -> Ended {
        for _ in 0..LAST_WORDS_MAX {
            let heard = worker.last_words().is_some_and(|frame| self.hear(frame).is_ok());
            if !heard {
                break;
            }
        }
        Ended::Died(words)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::Isolation;

    /// What reaches the parent only after it knows of the end: it has looked at the connection before.
    #[test]
    fn what_a_worker_said_before_its_end_is_heard_after_it() {
        let frame = |kind: Kind, payload: &str| {
            format!("\\{:o}\\0\\0\\0\\{:o}{payload}", payload.len(), kind as u8)
        };
        let words = [
            frame(Kind::Metrics, r#"{"index":0,"names":[["a","n"]],"values":[{"n":3}]}"#),
            frame(Kind::Stage, "building a"),
            frame(
                Kind::Failed,
                r#"{"shot":8,"code":-1,"op_index":null,"layer":"a","text":"b","line":null}"#,
            ),
            "hello, this is no frame".to_owned(),
        ];
        let script = format!("printf '{}' >&0", words.concat());
        let program = Isolation::of_program("/bin/sh", ["-c", &script]);
        let mut worker = Worker::spawn(&program, 2, 1, true).unwrap();
        worker.wait();
        let numbers = Some(Heard::new(2));
        let (first, failures) = (ShotId(7), Vec::new());
        let mut request = Request { first, count: 2, chunk_index: 0, failures, numbers };
        let ended = request.hear_out(&mut worker, "went".to_owned());
        assert!(matches!(ended, Ended::Died(words) if words == "went"));
        let told = request.numbers.unwrap().take(0).unwrap();
        assert_eq!(told.iter().map(|number| number.name).collect::<Vec<_>>(), ["n"]);
        assert_eq!(request.failures.len(), 1);
        assert_eq!(request.failures[0].shot, ShotId(8));
    }
}
