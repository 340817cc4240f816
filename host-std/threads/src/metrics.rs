//! Metrics of a runtime that is on another thread, as they were when they were looked at last.

use pandia_core::backend::{Metric, MetricValue};
use pandia_core::runtime::Runtime;

#[derive(Debug, Default)]
pub(super) struct KeptMetrics(Vec<Kept>);

#[derive(Debug)]
struct Kept {
    part: String,
    name: String,
    value: MetricValue,
}

impl KeptMetrics {
    /// Takes down all of them.
    pub(super) fn look_at(&mut self, runtime: &impl Runtime) {
        let mut count = 0;
        while let Some(seen) = u32::try_from(count).ok().and_then(|index| runtime.metric(index)) {
            match self.0.get_mut(count) {
                Some(kept) if kept.part == seen.part && kept.name == seen.name => {
                    kept.value = seen.value;
                }
                _ => {
                    self.0.truncate(count);
                    let (part, name) = (seen.part.to_owned(), seen.name.to_owned());
                    self.0.push(Kept { part, name, value: seen.value });
                }
            }
            count += 1;
        }
        self.0.truncate(count);
    }

    pub(super) fn get(&self, index: u32) -> Option<Metric<'_>> {
        let kept = self.0.get(usize::try_from(index).ok()?)?;
        Some(Metric { part: &kept.part, name: &kept.name, value: kept.value })
    }
}
