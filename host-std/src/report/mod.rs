//! What a trace says about a run: where the time went ([`PerfReport`]), and what noise did
//! ([`NoiseReport`]).
//!
//! Each report is a value that serialises to the JSON of `docs/reports.md`; the table for people and
//! the page with pictures are written from that value alone, so the three never differ.
//! Not here: reading traces ([`crate::trace`]), and what an error model may do, which core says
//! ([`pandia_core::noise::expected`]).

mod chart;
mod error;
mod noise;
mod page;
mod perf;
mod table;
mod words;

pub use error::ReportError;
pub use noise::{
    ErrorKind, ErrorRow, Group, LayerReport, NoiseReport, Population, PopulationPoint, QubitIdle,
    Tally, noise_page, write_noise,
};
pub use perf::{
    BatchSizes, BoundaryTimes, OpTimes, PartTimes, Percentiles, PerfReport, PerfTotal, perf_page,
    write_perf,
};
