//! A tap that only counts: how many operations of each kind passed, as metrics.

use crate::backend::{Backend, Layer, Metric, MetricValue};
use crate::error::Result;
use crate::ids::{Seed, ShotId};
use crate::op::record::FLAG_INSERTED;
use crate::op::{Batch, OpKind, Outcomes};
use crate::part::{Config, LayerPart, PartKind, PartSpec, Storage};

/// Places in the list of counts, by kind number.
const KINDS: usize = 16;

/// Counts what passes in a shot.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    ops: [u64; KINDS],
    inserted_ops: u64,
    batches: u64,
    outcomes: u64,
}

/// The metric of each kind.
const NAMES: [(OpKind, &str); OpKind::ALL.len()] = [
    (OpKind::Gate, "gate_ops"),
    (OpKind::Measure, "measure_ops"),
    (OpKind::Reset, "reset_ops"),
    (OpKind::Postselect, "postselect_ops"),
    (OpKind::MeasureLeaked, "measure_leaked_ops"),
    (OpKind::Idle, "idle_ops"),
    (OpKind::Custom, "custom_ops"),
    (OpKind::Channel, "channel_ops"),
    (OpKind::Barrier, "barrier_ops"),
];

impl Count {
    /// How many operations of `kind` passed in this shot.
    #[must_use]
    pub fn ops(&self, kind: OpKind) -> u64 {
        self.ops.get(kind as usize).copied().unwrap_or(0)
    }

    /// How many operations passed that a layer above inserted.
    #[must_use]
    pub const fn inserted_ops(&self) -> u64 {
        self.inserted_ops
    }
}

impl Layer for Count {
    fn id(&self) -> &str {
        CountPart::SPEC.id
    }

    fn shot_begin(&mut self, _shot: ShotId, _seed: Seed) -> Result<()> {
        *self = Self::default();
        Ok(())
    }

    #[inline]
    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        let mut flagged = 0;
        for op in batch.ops() {
            if let Some(count) = self.ops.get_mut(op.kind() as usize) {
                *count += 1;
            }
            flagged += u64::from(op.flags() & FLAG_INSERTED != 0);
        }
        let all = batch.source().depth > 0;
        self.inserted_ops += if all { u64::from(batch.op_count()) } else { flagged };
        self.batches += 1;
        let had = outcomes.len();
        let done = child.apply(batch, outcomes);
        self.outcomes += (outcomes.len() - had) as u64;
        done
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let (name, count) = match NAMES.get(index as usize) {
            Some(&(kind, name)) => (name, self.ops(kind)),
            None => match index as usize - NAMES.len() {
                0 => ("inserted_ops", self.inserted_ops),
                1 => ("batches", self.batches),
                2 => ("outcomes", self.outcomes),
                _ => return None,
            },
        };
        let part = CountPart::SPEC.id;
        Some(Metric { part, name, value: MetricValue::Counter(count) })
    }
}

/// How [`Count`] is described and built.
#[derive(Clone, Copy, Debug)]
pub struct CountPart;

impl LayerPart for CountPart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.count",
        kind: PartKind::Tap,
        version: "1.0.0",
        summary: "Counts operations by kind, batches and outcomes; changes nothing.",
        params: &[],
    };
    type Cell = u64;
    const EMPTY: u64 = 0;
    type Layer<S: Storage<u64>> = Count;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(0)
    }

    fn build<S: Storage<u64>>(config: &Config<'_>, _storage: S) -> Result<Count> {
        config.check(&Self::SPEC)?;
        Ok(Count::default())
    }
}
