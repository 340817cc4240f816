//! Metrics of the stack at the other end: what they are called, and what is known of them.

use super::session::Remote;
use super::set_up::SetUp;
use crate::backend::{Metric, MetricValue};
use crate::error::{ErrorKind, Result};
use crate::link::errors::LinkError;
use crate::link::message::{Reply, Request};
use core::cell::Cell;
use core::ops::Range;
use embedded_io::{Read, Write};
use heapless::{String, Vec};

/// Most metrics of a stack behind a line.
const METRICS_MAX: usize = 64;
/// Bytes of all their names, a part's once where it has several in a row.
const NAMES_BYTES: usize = 2048;

/// All metrics, in the other end's order.
#[derive(Debug)]
pub(super) struct Metrics {
    names: String<NAMES_BYTES>,
    all: Vec<Known, METRICS_MAX>,
}

/// Where a metric's names are, and its last known value.
#[derive(Debug)]
struct Known {
    part: Range<u16>,
    name: Range<u16>,
    last: Cell<MetricValue>,
}

impl Metrics {
    pub(super) const fn new() -> Self {
        Self { names: String::new(), all: Vec::new() }
    }

    fn clear(&mut self) {
        self.names.clear();
        self.all.clear();
    }

    fn push(&mut self, part: &str, name: &str, value: MetricValue) -> Result<()> {
        let before = self.all.last().map(|known| known.part.clone());
        let part = match before.filter(|range| self.text(range) == part) {
            Some(same) => same,
            None => self.keep(part)?,
        };
        let name = self.keep(name)?;
        self.all.push(Known { part, name, last: Cell::new(value) }).map_err(|_| {
            let (what, available) = ("metrics of a stack on a board", METRICS_MAX as u64);
            ErrorKind::Capacity { what, needed: available + 1, available }.into()
        })
    }

    fn keep(&mut self, text: &str) -> Result<Range<u16>> {
        let start = self.names.len();
        self.names.push_str(text).map_err(|_| ErrorKind::Capacity {
            what: "bytes of the names of a stack's metrics on a board",
            needed: (start + text.len()) as u64,
            available: NAMES_BYTES as u64,
        })?;
        let at = |place: usize| u16::try_from(place).unwrap_or(u16::MAX);
        Ok(at(start)..at(self.names.len()))
    }

    fn text(&self, range: &Range<u16>) -> &str {
        self.names.get(usize::from(range.start)..usize::from(range.end)).unwrap_or("")
    }

    /// The metric of this index as it was last known, and where its value is kept.
    pub(super) fn get(&self, index: u32) -> Option<(Metric<'_>, &Cell<MetricValue>)> {
        let Known { part, name, last } = self.all.get(index as usize)?;
        let (part, name, value) = (self.text(part), self.text(name), last.get());
        Some((Metric { part, name, value }, last))
    }
}

impl<IO: Read + Write, S: SetUp, const FRAME: usize, const WINDOW: usize>
    Remote<IO, S, FRAME, WINDOW>
{
    pub(super) fn list_metrics(&mut self) -> Result<()> {
        self.metrics.clear();
        for index in 0.. {
            let Self { client, metrics, .. } = self;
            match client.get_mut().call(&Request::Metric(index))? {
                Reply::Metric(Some(line)) => {
                    metrics.push(line.part, line.name, line.value.into())?;
                }
                Reply::Metric(None) => return Ok(()),
                Reply::Failed(fault) => return Err(fault.error()),
                _ => return Err(LinkError::Nonsense.into()),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    #[test]
    fn names_are_kept_once_and_too_many_are_refused_with_both_numbers() {
        let mut metrics = Metrics::new();
        let mut pushed = 0;
        let refused = loop {
            let (part, name) = (format!("example.part{}", pushed / 8), format!("metric_{pushed}"));
            match metrics.push(&part, &name, MetricValue::Counter(pushed)) {
                Ok(()) => pushed += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(pushed, METRICS_MAX as u64);
        assert!(format!("{refused}").contains("65 needed, 64 available"), "{refused}");
        let (metric, _) = metrics.get(17).unwrap();
        let value = MetricValue::Counter(17);
        assert_eq!(metric, Metric { part: "example.part2", name: "metric_17", value });
        metrics.clear();
        let long = "x".repeat(NAMES_BYTES + 1);
        let refused = metrics.push("", &long, MetricValue::Counter(0)).unwrap_err();
        assert!(format!("{refused}").contains("2049 needed, 2048 available"), "{refused}");
    }
}
