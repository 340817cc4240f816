//! From records to the report.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;
use pandia_core::op::record::FLAG_INSERTED;
use pandia_core::trace::{BatchEnd, Event, OpDown, Record};

use super::{
    BatchSizes, BoundaryTimes, OpTimes, PartTimes, Percentiles, PerfReport, PerfTotal, ReportError,
};
use crate::report::words::{op_name, ratio, real};
use crate::trace::About;

/// The time of an operation is that of its batch divided, so it is kept finer than what is measured.
const FINE: u64 = 1000;

/// A distribution, to three digits.
#[derive(Debug)]
struct Spread {
    /// `None` only if the library refuses three digits, which it does not.
    histogram: Option<Histogram<u64>>,
    /// How much one of it is worth.
    unit: f64,
}

impl Spread {
    fn new(unit: f64) -> Self {
        Self { histogram: Histogram::new(3).ok(), unit }
    }

    fn add(&mut self, value: u64, count: u64) {
        if let Some(histogram) = &mut self.histogram {
            // It grows as needed, and holds whatever fits the half of 64 bits.
            let recorded = histogram.record_n(value.min(u64::MAX / 2), count);
            debug_assert!(recorded.is_ok(), "{recorded:?}");
        }
    }

    fn percentiles(&self) -> Percentiles {
        let Some(histogram) = self.histogram.as_ref().filter(|h| !h.is_empty()) else {
            return Percentiles::default();
        };
        let max = histogram.max();
        let at = |quantile| real(histogram.value_at_quantile(quantile).min(max)) * self.unit;
        let mean = histogram.mean() * self.unit;
        let (p50, p90, p99) = (at(0.5), at(0.9), at(0.99));
        Percentiles { mean, p50, p90, p99, max: real(max) * self.unit }
    }
}

/// Operations of one kind at one boundary.
#[derive(Debug)]
struct Kind {
    count: u64,
    alone: u64,
    time: f64,
    each: Spread,
}

/// What passed one boundary.
#[derive(Debug)]
struct Boundary {
    calls: u64,
    failed_calls: u64,
    ops: u64,
    inserted_ops: u64,
    outcomes: u64,
    time: u64,
    read_time: u64,
    shot_time: u64,
    call: Spread,
    size: Spread,
    calls_by_power: Vec<u64>,
    kinds: BTreeMap<String, Kind>,
    /// The kinds of the batch that is on its way.
    batch: Vec<(String, u64)>,
}

impl Boundary {
    fn new() -> Self {
        Self {
            calls: 0,
            failed_calls: 0,
            ops: 0,
            inserted_ops: 0,
            outcomes: 0,
            time: 0,
            read_time: 0,
            shot_time: 0,
            call: Spread::new(1.0),
            size: Spread::new(1.0),
            calls_by_power: Vec::new(),
            kinds: BTreeMap::new(),
            batch: Vec::new(),
        }
    }

    fn op(&mut self, down: &OpDown<'_>) {
        if down.index == 0 {
            self.batch.clear();
        }
        let inserted = down.source.depth > 0 || down.op.flags() & FLAG_INSERTED != 0;
        self.inserted_ops += u64::from(inserted);
        let name = op_name(down.op);
        match self.batch.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => self.batch.push((name, 1)),
        }
    }

    fn batch_end(&mut self, end: &BatchEnd) {
        let (ops, duration) = (u64::from(end.op_count), end.duration.unwrap_or(0));
        self.calls += 1;
        self.failed_calls += u64::from(end.status != 0);
        self.ops += ops;
        self.outcomes += u64::from(end.result_count);
        self.time = self.time.saturating_add(duration);
        self.call.add(duration, 1);
        self.size.add(ops, 1);
        let power = usize::try_from(ops.checked_ilog2().unwrap_or(0)).unwrap_or(0);
        if self.calls_by_power.len() <= power {
            self.calls_by_power.resize(power + 1, 0);
        }
        if let Some(count) = self.calls_by_power.get_mut(power) {
            *count += 1;
        }
        let alone = self.batch.len() == 1;
        let each = ratio(real(duration), real(ops));
        let fine = duration.saturating_mul(FINE).checked_div(ops).unwrap_or(0);
        for (name, count) in self.batch.drain(..) {
            let kind = self.kinds.entry(name).or_insert_with(|| Kind {
                count: 0,
                alone: 0,
                time: 0.0,
                each: Spread::new(1.0 / real(FINE)),
            });
            kind.count += count;
            kind.alone += if alone { count } else { 0 };
            kind.time += each * real(count);
            kind.each.add(fine, count);
        }
    }

    /// Time in calls of every kind.
    const fn all_time(&self) -> u64 {
        self.time.saturating_add(self.read_time).saturating_add(self.shot_time)
    }
}

/// What was read of a trace so far.
#[derive(Debug)]
pub(super) struct Collected {
    boundaries: Vec<Boundary>,
    shots: u64,
}

impl Collected {
    pub(super) fn new(about: &About) -> Self {
        let boundaries = (0..about.joints).map(|_| Boundary::new()).collect();
        Self { boundaries, shots: 0 }
    }

    pub(super) fn add(&mut self, record: &Record<'_>) {
        let Some(boundary) = self.boundaries.get_mut(usize::from(record.at.joint)) else { return };
        match record.event {
            Event::Op(down) => boundary.op(&down),
            Event::BatchEnd(end) => boundary.batch_end(&end),
            Event::Outcome(up) => {
                let waited = up.duration.unwrap_or(0);
                boundary.read_time = boundary.read_time.saturating_add(waited);
            }
            Event::ShotEnd { begin, end, .. } => {
                let both = begin.unwrap_or(0).saturating_add(end.unwrap_or(0));
                boundary.shot_time = boundary.shot_time.saturating_add(both);
                self.shots += u64::from(record.at.joint == 0);
            }
            _ => {}
        }
    }

    pub(super) fn report(
        self,
        about: &About,
        unit: &'static str,
    ) -> Result<PerfReport, ReportError> {
        if self.boundaries.iter().all(|boundary| boundary.ops == 0) {
            return Err(ReportError::Empty);
        }
        let time = |joint: usize| self.boundaries.get(joint).map_or(0, Boundary::all_time);
        // A runtime on a thread of its own works while the program does not wait for it.
        let total = time(0).max(time(1));
        let parts: Vec<PartTimes> = self
            .boundaries
            .iter()
            .zip(0_u8..)
            .map(|(boundary, joint)| {
                let own_time = boundary.all_time().saturating_sub(time(usize::from(joint) + 1));
                let below = about.below(joint);
                PartTimes {
                    part: below.map_or_else(String::new, |part| part.part.clone()),
                    kind: below.map_or_else(String::new, |part| part.kind.clone()),
                    joint,
                    calls: boundary.calls,
                    ops: boundary.ops,
                    time: boundary.all_time(),
                    own_time,
                    own_share: ratio(real(own_time), real(total)),
                    own_time_per_op: ratio(real(own_time), real(boundary.ops)),
                }
            })
            .collect();
        let dispatches = |part: &&PartTimes| matches!(part.kind.as_str(), "runtime" | "lowering");
        let dispatch_time = parts.iter().filter(dispatches).map(|part| part.own_time).sum();
        let dispatch_share = ratio(real(dispatch_time), real(total));
        Ok(PerfReport {
            report: "perf",
            version: 1,
            program: about.program.clone(),
            unit,
            shots: self.shots,
            total: PerfTotal { time: total, dispatch_time, dispatch_share },
            parts,
            ops: ops(&self.boundaries, about),
            boundaries: self.boundaries.into_iter().zip(0..).map(|b| shown(b, about)).collect(),
        })
    }
}

fn shown((boundary, joint): (Boundary, u8), about: &About) -> BoundaryTimes {
    BoundaryTimes {
        joint,
        above: about.above(joint).to_owned(),
        below: about.below(joint).map_or_else(String::new, |part| part.part.clone()),
        calls: boundary.calls,
        failed_calls: boundary.failed_calls,
        ops: boundary.ops,
        inserted_ops: boundary.inserted_ops,
        outcomes: boundary.outcomes,
        time: boundary.time,
        read_time: boundary.read_time,
        shot_time: boundary.shot_time,
        call: boundary.call.percentiles(),
        batch: BatchSizes {
            size: boundary.size.percentiles(),
            calls_by_power: boundary.calls_by_power,
        },
    }
}

fn ops(boundaries: &[Boundary], about: &About) -> Vec<OpTimes> {
    let mut all = Vec::new();
    for (boundary, joint) in boundaries.iter().zip(0_u8..) {
        for (op, kind) in &boundary.kinds {
            all.push(OpTimes {
                joint,
                below: about.below(joint).map_or_else(String::new, |part| part.part.clone()),
                op: op.clone(),
                count: kind.count,
                alone: kind.alone,
                time: kind.time,
                share: ratio(kind.time, real(boundary.time)),
                each: kind.each.percentiles(),
            });
        }
    }
    all.sort_by(|a, b| a.joint.cmp(&b.joint).then(b.time.total_cmp(&a.time)));
    all
}
