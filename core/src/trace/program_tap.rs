//! The tap at joint 0, between program and runtime.

use super::event::{At, BatchEnd, Event, OutcomeUp};
use super::recorder::Recorder;
use super::timing::{Timing, Untimed};
use crate::backend::{GateSet, Info, Metric, Verdict};
use crate::error::{Error, Result};
use crate::ids::{Seed, ShotId};
use crate::op::Batch;
use crate::runtime::Runtime;

/// Records what the program asks of its runtime and what it reads. It changes nothing.
#[derive(Clone, Debug)]
pub struct ProgramTap<R, C, T = Untimed> {
    runtime: R,
    recorder: C,
    timing: T,
    at: At,
    /// The number of the next batch of this shot.
    batch: u32,
    /// How long the runtime took to begin the shot.
    begin: Option<u64>,
}

impl<R, C> ProgramTap<R, C> {
    /// A tap over `runtime` that measures no time.
    pub const fn new(runtime: R, recorder: C) -> Self {
        Self::timed(runtime, recorder, Untimed)
    }
}

impl<R, C, T> ProgramTap<R, C, T> {
    /// A tap over `runtime` that measures with `timing`.
    pub const fn timed(runtime: R, recorder: C, timing: T) -> Self {
        let at = At { shot: ShotId(0), joint: 0 };
        Self { runtime, recorder, timing, at, batch: 0, begin: None }
    }
}

impl<R: Runtime, C: Recorder, T: Timing> ProgramTap<R, C, T> {
    fn record(&mut self, event: Event<'_>) {
        self.recorder.record(self.at, core::iter::once(event));
    }
}

/// 0, or the error's code.
fn status(done: &Result<()>) -> i32 {
    done.as_ref().err().map_or(0, Error::code)
}

impl<R: Runtime, C: Recorder, T: Timing> Runtime for ProgramTap<R, C, T> {
    fn id(&self) -> &str {
        self.runtime.id()
    }

    fn info(&self) -> Info {
        self.runtime.info()
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.runtime.negotiate(gates, verdicts)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.at.shot = shot;
        self.batch = 0;
        self.record(Event::ShotBegin { seed });
        let before = self.timing.before();
        let done = self.runtime.shot_begin(shot, seed);
        self.begin = self.timing.since(before);
        done
    }

    fn submit(&mut self, batch: &Batch<'_>) -> Result<()> {
        let number = self.batch;
        self.batch = self.batch.wrapping_add(1);
        self.recorder.record(self.at, Event::ops_of(number, batch));
        let before = self.timing.before();
        let done = self.runtime.submit(batch);
        let duration = self.timing.since(before);
        self.record(Event::BatchEnd(BatchEnd::of(number, batch, 0, status(&done), duration)));
        done
    }

    fn result(&mut self, id: u64, wait: bool) -> Result<Option<u64>> {
        let before = self.timing.before();
        let read = self.runtime.result(id, wait);
        let duration = self.timing.since(before);
        if let Ok(Some(value)) = read {
            self.record(Event::Outcome(OutcomeUp::read(id, value, duration)));
        }
        read
    }

    fn shot_end(&mut self) -> Result<()> {
        let before = self.timing.before();
        let done = self.runtime.shot_end();
        let end = self.timing.since(before);
        self.record(Event::ShotEnd { status: status(&done), begin: self.begin, end });
        done
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        self.runtime.metric(index)
    }
}
