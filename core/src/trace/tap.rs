//! The tap: a backend over a child that changes nothing and tells a recorder what passes.

use super::event::{At, BatchEnd, Event, OutcomeUp};
use super::recorder::Recorder;
use super::timing::{Timing, Untimed};
use crate::backend::{Backend, CancelTarget, GateSet, Info, Metric, StateQuery, Verdict};
use crate::error::{Error, Result};
use crate::ids::{Seed, ShotId};
use crate::op::{Batch, Outcomes};

/// Records what passes between its caller and its child. It has no id, no metric and no draws of its
/// own, and signs no error, so that a stack with it gives the bits of the stack without.
#[derive(Clone, Debug)]
pub struct Tap<B, R, T = Untimed> {
    child: B,
    recorder: R,
    timing: T,
    at: At,
    /// The number of the next call of this shot.
    batch: u32,
    /// How long the child took to begin the shot.
    begin: Option<u64>,
}

impl<B, R> Tap<B, R> {
    /// A tap over `child` at `joint` that measures no time.
    pub const fn new(child: B, joint: u8, recorder: R) -> Self {
        Self::timed(child, joint, recorder, Untimed)
    }
}

impl<B, R, T> Tap<B, R, T> {
    /// A tap over `child` at `joint` that measures with `timing`.
    pub const fn timed(child: B, joint: u8, recorder: R, timing: T) -> Self {
        let at = At { shot: ShotId(0), joint };
        Self { child, recorder, timing, at, batch: 0, begin: None }
    }

    /// The child.
    pub const fn child(&self) -> &B {
        &self.child
    }

    /// The recorder.
    pub const fn recorder(&self) -> &R {
        &self.recorder
    }

    /// The recorder, to be emptied.
    pub const fn recorder_mut(&mut self) -> &mut R {
        &mut self.recorder
    }
}

/// 0, or the error's code.
fn status(done: &Result<()>) -> i32 {
    done.as_ref().err().map_or(0, Error::code)
}

impl<B: Backend, R: Recorder, T: Timing> Backend for Tap<B, R, T> {
    fn id(&self) -> &str {
        self.child.id()
    }

    fn info(&self) -> Info {
        self.child.info()
    }

    fn takes_no_channels() -> bool {
        B::takes_no_channels()
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.child.negotiate(gates, verdicts)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.at.shot = shot;
        self.batch = 0;
        self.recorder.record(self.at, core::iter::once(Event::ShotBegin { seed }));
        let before = self.timing.before();
        let done = self.child.shot_begin(shot, seed);
        self.begin = self.timing.since(before);
        done
    }

    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        let number = self.batch;
        self.batch = self.batch.wrapping_add(1);
        self.recorder.record(self.at, Event::ops_of(number, batch));
        let had = outcomes.len();
        let before = self.timing.before();
        let done = self.child.apply(batch, outcomes);
        let duration = self.timing.since(before);
        let new = outcomes.as_slice().get(had..).unwrap_or(&[]);
        let count = u32::try_from(new.len()).unwrap_or(u32::MAX);
        let end = BatchEnd::of(number, batch, count, status(&done), duration);
        let up = new.iter().map(|outcome| Event::Outcome(OutcomeUp::of_batch(number, outcome)));
        self.recorder.record(self.at, up.chain(core::iter::once(Event::BatchEnd(end))));
        done
    }

    fn shot_end(&mut self) -> Result<()> {
        let before = self.timing.before();
        let done = self.child.shot_end();
        let end = self.timing.since(before);
        let event = Event::ShotEnd { status: status(&done), begin: self.begin, end };
        self.recorder.record(self.at, core::iter::once(event));
        done
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        self.child.metric(index)
    }

    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        self.child.state(query, out)
    }

    fn state_digest(&mut self) -> Result<u64> {
        self.child.state_digest()
    }

    fn cancel(&self) {
        self.child.cancel();
    }

    fn cancel_target(&self) -> Option<CancelTarget> {
        self.child.cancel_target()
    }

    #[cfg(pandia_drill = "1")]
    fn snapshot(&mut self) -> Result<u64> {
        self.child.snapshot()
    }

    #[cfg(pandia_drill = "2")]
    fn flush(&mut self) -> Result<()> {
        self.child.flush()
    }
}
