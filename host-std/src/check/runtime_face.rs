//! A runtime with the face of a backend, so that what holds of stacks is asked of runtimes, too:
//! a batch is submitted and every one of its results is waited for.

use pandia_core::abi::TableRuntime;
use pandia_core::backend::{Backend, Caps, GateSet, Info, Metric, Verdict};
use pandia_core::error::{ErrorKind, Result};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Outcome, Outcomes, RawBatch};
use pandia_core::runtime::Runtime;

/// The runtime over its stack.
#[derive(Debug)]
pub(super) struct RuntimeFace {
    runtime: TableRuntime<'static>,
    results: u32,
}

impl RuntimeFace {
    pub(super) const fn new(runtime: TableRuntime<'static>, results: u32) -> Self {
        Self { runtime, results }
    }

    fn collect(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        let mut result = 0;
        for (op_index, op) in (0_u32..).zip(batch.ops()) {
            if !op.kind().bears_result() {
                continue;
            }
            let Some(value) = self.runtime.result(result, true)? else {
                return Err(ErrorKind::Outcomes("no result although it was waited for").into());
            };
            outcomes.push(Outcome {
                id: op.result_id(),
                value,
                kind: op.kind() as u8,
                op_index,
                ..Outcome::default()
            })?;
            result += 1;
        }
        Ok(())
    }
}

impl Backend for RuntimeFace {
    fn id(&self) -> &str {
        self.runtime.id()
    }

    fn info(&self) -> Info {
        let info = self.runtime.info();
        Info { caps: info.caps.without(Caps::STATE), ..info }
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.runtime.negotiate(gates, verdicts)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.runtime.shot_begin(shot, seed)
    }

    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        outcomes.reserve(batch.result_count())?;
        if batch.result_count() > self.results {
            return Err(ErrorKind::Argument("more measurements than result ids").into());
        }
        // Results go by number from 0, whatever ids the batch has.
        let mut words = batch.ops().words().to_vec();
        let (mut at, mut result) = (0, 0);
        for op in batch.ops() {
            let len = op.words().len();
            if op.kind().bears_result()
                && let Some(id) = words.get_mut(at + len - op.param_count())
            {
                *id = result;
                result += 1;
            }
            at += len;
        }
        let renumbered = RawBatch {
            words: &words,
            op_count: batch.op_count(),
            result_count: batch.result_count(),
            start: batch.start(),
            length: batch.length(),
            source: batch.source(),
        };
        self.runtime.submit(&renumbered.check()?)?;
        self.collect(batch, outcomes)
    }

    fn shot_end(&mut self) -> Result<()> {
        self.runtime.shot_end()
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        self.runtime.metric(index)
    }
}
