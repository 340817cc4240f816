//! A runtime in Rust as a library: hands every batch to the stack as it comes, one after the other
//! in time, and keeps the results. The same as `c/runtime.c`.

use pandia_core::backend::{Backend, GateSet, Info, Metric, Verdict};
use pandia_core::error::{Error, ErrorKind, Result};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Op, OpKind, Outcome, Outcomes};
use pandia_core::part::{Config, PartKind, PartSpec, Storage};
use pandia_core::runtime::{Runtime, RuntimePart};
use pandia_core::units::{DurationNs, TimeNs};
use pandia_ffi::CatchUnwind;

const ID: &str = "example.rust.runtime";
const GATE_NS: u64 = 10;
const MEASURE_NS: u64 = 100;
/// The value of a result that nobody has measured yet.
const NOT_YET: u64 = u64::MAX;

/// Storage: an outcome for each result id, then room for as many outcomes of a batch.
pub(crate) struct Immediate<B, S> {
    stack: B,
    storage: S,
    result_count: usize,
    now_ns: u64,
}

fn length_ns(op: Op<'_>) -> u64 {
    match op.kind() {
        OpKind::Gate => GATE_NS,
        OpKind::Measure | OpKind::MeasureLeaked | OpKind::Reset => MEASURE_NS,
        OpKind::Idle => op.param_u64(0),
        _ => 0,
    }
}

impl<B: Backend, S: Storage<Outcome>> Immediate<B, S> {
    /// Sends a piece of the caller's batch, at the time that it is now, and keeps its results.
    fn send(&mut self, batch: &Batch<'_>, words: &[u64], first_op: u32) -> Result<()> {
        let piece = Batch::new(words)?.from_source(batch.source());
        let length_ns = piece.ops().iter().map(length_ns).fold(0, u64::saturating_add);
        let piece = piece.at(TimeNs(self.now_ns), DurationNs(length_ns));
        let (results, room) = self.storage.as_mut().split_at_mut(self.result_count);
        let mut outcomes = Outcomes::new(room);
        self.stack.apply(&piece, &mut outcomes).map_err(|error| {
            let error = error.shift_op(first_op);
            if first_op > 0 { error.after_partial_work() } else { error }
        })?;
        for outcome in outcomes.as_slice() {
            let place = usize::try_from(outcome.id).ok().and_then(|id| results.get_mut(id));
            let Some(place) = place else {
                let wrong = "the stack gave an outcome with an id that nobody asked for";
                return Err(ErrorKind::Outcomes(wrong).into());
            };
            *place = *outcome;
        }
        self.now_ns = self.now_ns.saturating_add(length_ns);
        Ok(())
    }

    /// Sends the batch, in pieces if it bears more outcomes than there is room for.
    fn send_all(&mut self, batch: &Batch<'_>) -> Result<()> {
        for (index, op) in (0..).zip(batch.ops()) {
            if op.kind().bears_result() && op.result_id() >= self.result_count as u64 {
                let error = Error::from(ErrorKind::Argument("a result id beyond the last"));
                let count = self.result_count;
                let text = format_args!("no such result id; results here: {count}");
                return Err(error.with_text(text).at_op(index));
            }
        }
        let words = batch.ops().words();
        let (mut first_word, mut word, mut first_op, mut outcomes) = (0, 0, 0, 0);
        for (index, op) in (0..).zip(batch.ops()) {
            let bears = usize::from(op.kind().bears_result());
            if outcomes + bears > self.result_count {
                self.send(batch, &words[first_word..word], first_op)?;
                (first_word, first_op, outcomes) = (word, index, 0);
            }
            outcomes += bears;
            word += op.words().len();
        }
        if first_word < word {
            self.send(batch, &words[first_word..word], first_op)
        } else {
            Ok(())
        }
    }
}

impl<B: Backend, S: Storage<Outcome>> Runtime for Immediate<B, S> {
    fn id(&self) -> &str {
        ID
    }

    fn info(&self) -> Info {
        self.stack.info()
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.stack.negotiate(gates, verdicts)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.stack.shot_begin(shot, seed)?;
        for result in &mut self.storage.as_mut()[..self.result_count] {
            result.value = NOT_YET;
        }
        self.now_ns = 0;
        Ok(())
    }

    fn submit(&mut self, batch: &Batch<'_>) -> Result<()> {
        self.send_all(batch).map_err(|error| error.in_layer(ID))
    }

    fn result(&mut self, id: u64, _wait: bool) -> Result<Option<u64>> {
        let results = &self.storage.as_ref()[..self.result_count];
        let result = usize::try_from(id).ok().and_then(|id| results.get(id));
        match result {
            Some(result) if result.value != NOT_YET => Ok(Some(result.value)),
            _ => {
                let wrong = "nothing was measured into this result in this shot; measure it first";
                Err(Error::from(ErrorKind::Argument(wrong)).in_layer(ID))
            }
        }
    }

    fn shot_end(&mut self) -> Result<()> {
        self.stack.shot_end()
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        self.stack.metric(index)
    }
}

pub(crate) struct ImmediatePart;

impl RuntimePart for ImmediatePart {
    const SPEC: PartSpec = PartSpec {
        id: ID,
        kind: PartKind::Runtime,
        version: "1.0.0",
        summary: "Every batch at once, one after the other in time; in one file of Rust.",
        params: &[],
    };
    type Cell = Outcome;
    const EMPTY: Outcome =
        Outcome { id: 0, value: 0, kind: 0, flags: 0, reserved0: 0, op_index: 0 };
    type Runtime<B: Backend, S: Storage<Outcome>> = Immediate<B, S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(2 * config.result_count as usize)
    }

    fn build<B: Backend, S: Storage<Outcome>>(
        config: &Config<'_>,
        stack: B,
        storage: S,
    ) -> Result<Immediate<B, S>> {
        let (needed, available) = (Self::cells(config)? as u64, storage.as_ref().len() as u64);
        if available < needed {
            return Err(ErrorKind::Capacity { what: "room for results", needed, available }.into());
        }
        Ok(Immediate { stack, storage, result_count: config.result_count as usize, now_ns: 0 })
    }
}

pandia_core::export_module!(guard = CatchUnwind; runtime ImmediatePart);
