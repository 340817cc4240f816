//! The performance report: time by part, boundary and kind of operation.
//!
//! A tap measures the call that carries a batch down, everything below included. So the time of a
//! part by itself is that of the calls into it without that of its calls further down; what the taps
//! themselves do lies in the part above them.

mod collect;
mod page;
mod text;

use std::io::Read;

use pandia_core::trace::Unit;
use serde::Serialize;

use self::collect::Collected;
use super::error::ReportError;
use crate::trace::TraceReader;
pub use page::perf_page;
pub use text::write_perf;

/// Where the time of a run went.
#[derive(Clone, Debug, Serialize)]
pub struct PerfReport {
    /// `perf`.
    pub report: &'static str,
    /// The version of this form.
    pub version: u32,
    /// The program's name as given.
    pub program: String,
    /// What durations are counted in: `ns` or `instructions`.
    pub unit: &'static str,
    /// How many shots the trace holds.
    pub shots: u64,
    /// All together.
    pub total: PerfTotal,
    /// The parts from the runtime down to the simulator.
    pub parts: Vec<PartTimes>,
    /// The boundaries from the program down.
    pub boundaries: Vec<BoundaryTimes>,
    /// Operations by boundary and kind, the most time first.
    pub ops: Vec<OpTimes>,
}

/// Time of all parts together.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct PerfTotal {
    /// Time in calls from the program, or from a runtime that has a thread of its own if that is more.
    pub time: u64,
    /// The runtime's and the lowering's own: what it costs to get operations to the parts that
    /// do something with them.
    pub dispatch_time: u64,
    /// Its share of the time.
    pub dispatch_share: f64,
}

/// The time of one part.
#[derive(Clone, Debug, Serialize)]
pub struct PartTimes {
    /// Its id.
    pub part: String,
    /// What it is for.
    pub kind: String,
    /// The boundary right above it.
    pub joint: u8,
    /// How often it was called with a batch.
    pub calls: u64,
    /// How many operations came.
    pub ops: u64,
    /// Time in it and everything below.
    pub time: u64,
    /// Time in it alone.
    pub own_time: u64,
    /// The share of that.
    pub own_share: f64,
    /// That time by operations that came.
    pub own_time_per_op: f64,
}

/// What passed one boundary.
#[derive(Clone, Debug, Serialize)]
pub struct BoundaryTimes {
    /// Its number: 0 lies between program and runtime.
    pub joint: u8,
    /// What lies above.
    pub above: String,
    /// What lies below.
    pub below: String,
    /// How many calls carried a batch down.
    pub calls: u64,
    /// How many of them came back with an error.
    pub failed_calls: u64,
    /// How many operations passed.
    pub ops: u64,
    /// How many of them a part above had inserted.
    pub inserted_ops: u64,
    /// How many outcomes came up.
    pub outcomes: u64,
    /// Time in the calls.
    pub time: u64,
    /// Time in which results were read, at boundary 0: a runtime that measures late works then.
    pub read_time: u64,
    /// Time to begin and end shots.
    pub shot_time: u64,
    /// Time of a call.
    pub call: Percentiles,
    /// Operations of a call.
    pub batch: BatchSizes,
}

/// How many operations calls carry.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BatchSizes {
    /// The distribution.
    pub size: Percentiles,
    /// How many calls carry 1, 2 to 3, 4 to 7, … operations: up to twice the last less one.
    pub calls_by_power: Vec<u64>,
}

/// Operations of one kind at one boundary.
#[derive(Clone, Debug, Serialize)]
pub struct OpTimes {
    /// The boundary.
    pub joint: u8,
    /// The part below it.
    pub below: String,
    /// The gate, or the kind of operation.
    pub op: String,
    /// How many.
    pub count: u64,
    /// How many came in batches of nothing else: only their time is known for certain. A mixed
    /// batch's time is split evenly among its operations.
    pub alone: u64,
    /// Their time, everything below included.
    pub time: f64,
    /// Its share of all time at this boundary.
    pub share: f64,
    /// Time of one.
    pub each: Percentiles,
}

/// Where a distribution lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Percentiles {
    /// The mean.
    pub mean: f64,
    /// Half are not larger.
    pub p50: f64,
    /// Nine of ten are not larger.
    pub p90: f64,
    /// 99 of 100 are not larger.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

impl PerfReport {
    /// Reads a trace to its end.
    ///
    /// # Errors
    /// [`ReportError`] if it cannot be read, has no measured times or no operations, or does not say
    /// which parts there were.
    pub fn of<R: Read>(trace: &mut TraceReader<R>) -> Result<Self, ReportError> {
        let unit = trace.header().unit;
        let about = trace.about().cloned().ok_or(ReportError::NoRun)?;
        if unit == Unit::None {
            return Err(ReportError::NotTimed);
        }
        let mut collected = Collected::new(&about);
        while let Some(record) = trace.next_record()? {
            collected.add(&record);
        }
        collected.report(&about, unit.name())
    }
}
