//! What parts count and measure, over the shots of a run: counters are added up, of gauges the last,
//! the least and the greatest value are kept.
//!
//! Not here: how they are written down ([`crate::output`]).

use pandia_core::backend::{Metric, MetricValue};
use pandia_core::runtime::Runtime;

/// What is collected of what parts count and measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CollectMetrics {
    /// Nothing.
    #[default]
    Nothing,
    /// The totals of the run.
    Totals,
    /// The numbers of each shot, and the totals.
    EachShot,
}

/// Most named numbers of one stack.
pub(super) const METRICS_MAX: u32 = 1 << 12;

/// What a runtime and its stack say after a shot.
pub(super) fn numbers_of(runtime: &impl Runtime) -> impl Iterator<Item = Metric<'_>> {
    (0..METRICS_MAX).map_while(|index| runtime.metric(index))
}

/// One named number over some shots.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricTotal {
    /// Which part's.
    pub part: String,
    /// What it counts or measures.
    pub name: String,
    /// Over all shots.
    pub value: TotalValue,
}

/// The value of a [`MetricTotal`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TotalValue {
    /// Counted within shots: the sum over them.
    Counter(u64),
    /// A level at the end of shots.
    Gauge {
        /// Of the last shot.
        last: f64,
        /// The least.
        min: f64,
        /// The greatest.
        max: f64,
    },
}

/// The named numbers of a stack, top-down, over the shots that ended well.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetricTotals {
    /// How many shots they are of.
    pub shots: u64,
    /// The numbers, in the order in which the stack has them.
    pub metrics: Vec<MetricTotal>,
}

impl TotalValue {
    const fn of(value: MetricValue) -> Self {
        match value {
            MetricValue::Counter(value) => Self::Counter(value),
            MetricValue::Gauge(value) => Self::Gauge { last: value, min: value, max: value },
        }
    }

    /// These and, after them, those. A number that changes its kind starts anew.
    fn then(self, later: Self) -> Self {
        match (self, later) {
            (Self::Counter(one), Self::Counter(other)) => Self::Counter(one.saturating_add(other)),
            (Self::Gauge { min, max, .. }, Self::Gauge { last, min: low, max: high }) => {
                Self::Gauge { last, min: min.min(low), max: max.max(high) }
            }
            _ => later,
        }
    }
}

impl MetricTotals {
    pub(super) fn clear(&mut self) {
        self.shots = 0;
        self.metrics.clear();
    }

    /// The numbers of one shot.
    pub(super) fn of_shot<'n>(numbers: impl Iterator<Item = Metric<'n>>) -> Self {
        let mut one = Self::default();
        one.add_shot(numbers);
        one
    }

    /// Adds the numbers of a later shot.
    pub(super) fn add_shot<'n>(&mut self, numbers: impl Iterator<Item = Metric<'n>>) {
        self.shots += 1;
        for (place, Metric { part, name, value }) in numbers.enumerate() {
            self.add(place, part, name, TotalValue::of(value));
        }
    }

    /// Adds those of later shots.
    pub(super) fn add_all(&mut self, later: &Self) {
        self.shots += later.shots;
        for (place, MetricTotal { part, name, value }) in later.metrics.iter().enumerate() {
            self.add(place, part, name, *value);
        }
    }

    /// By its place in the list, since a part may stand in the stack twice.
    fn add(&mut self, place: usize, part: &str, name: &str, value: TotalValue) {
        let is_it = |known: &MetricTotal| known.part == part && known.name == name;
        match self.metrics.get_mut(place) {
            Some(known) if is_it(known) => known.value = known.value.then(value),
            _ => {
                let (part, name) = (part.to_owned(), name.to_owned());
                self.metrics.truncate(place);
                self.metrics.push(MetricTotal { part, name, value });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(part: &str, name: &str, value: TotalValue) -> MetricTotals {
        let mut totals = MetricTotals { shots: 1, metrics: Vec::new() };
        totals.add(0, part, name, value);
        totals
    }

    #[test]
    fn counters_are_added_up_and_gauges_keep_their_range() {
        let mut sum = of("a", "n", TotalValue::Counter(3));
        sum.add_all(&of("a", "n", TotalValue::Counter(4)));
        assert_eq!((sum.shots, sum.metrics[0].value), (2, TotalValue::Counter(7)));
        let gauge = |level| TotalValue::of(MetricValue::Gauge(level));
        let mut levels = of("a", "n", gauge(2.0));
        levels.add_all(&of("a", "n", gauge(5.0)));
        levels.add_all(&of("a", "n", gauge(1.0)));
        let expected = TotalValue::Gauge { last: 1.0, min: 1.0, max: 5.0 };
        assert_eq!(levels.metrics[0].value, expected);
    }

    #[test]
    fn a_list_that_becomes_another_one_starts_anew() {
        let mut totals = of("a", "n", TotalValue::Counter(3));
        totals.add_all(&of("b", "n", TotalValue::Counter(4)));
        assert_eq!(totals.metrics.len(), 1);
        assert_eq!(
            (totals.metrics[0].part.as_str(), totals.metrics[0].value),
            ("b", TotalValue::Counter(4))
        );
    }
}
