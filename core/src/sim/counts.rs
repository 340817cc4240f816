//! What every simulator counts within a shot.

use crate::backend::{Metric, MetricValue};
use crate::op::Batch;

/// Operations that came and outcomes that went back, since the shot began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    ops: u64,
    outcomes: u64,
}

impl Counts {
    /// A shot begins.
    pub(crate) const fn begin(&mut self) {
        *self = Self { ops: 0, outcomes: 0 };
    }

    /// This batch was carried out.
    #[inline]
    pub(crate) fn add(&mut self, batch: &Batch<'_>) {
        self.ops += u64::from(batch.op_count());
        // Most batches have none, and on a board each word counts.
        if batch.result_count() > 0 {
            self.outcomes += u64::from(batch.result_count());
        }
    }

    /// The metric of this index of the simulator `part`; after those that every simulator has comes
    /// how large its state is, for one that has a state.
    pub(crate) fn metric(self, part: &str, index: u32, state_bytes: usize) -> Option<Metric<'_>> {
        let (name, value) = match index {
            0 => ("ops", MetricValue::Counter(self.ops)),
            1 => ("outcomes", MetricValue::Counter(self.outcomes)),
            #[expect(clippy::cast_precision_loss, reason = "exact to 8 PiB")]
            2 if state_bytes > 0 => ("state_bytes", MetricValue::Gauge(state_bytes as f64)),
            _ => return None,
        };
        Some(Metric { part, name, value })
    }
}
