//! What becomes of results: counts, one line per shot, tables, reports, pictures.
//!
//! Bit strings are in Qiskit's order: classical bit 0 of a register is rightmost, registers are
//! separated by a space, and the one declared last is leftmost. A leaked qubit shows as 2.
//! Not here: running shots, files, arguments.

mod bits;
mod counts;
mod histogram;
mod metrics;
mod replay;
mod report;
mod shots;
mod svg;
mod table;

pub use bits::BitLayout;
pub use counts::Counts;
pub use histogram::write_histogram;
pub use metrics::{write_metrics, write_metrics_line, write_shot_metrics};
pub use replay::Replay;
pub use report::{FailureReport, Parameter, PartReport, RegisterReport, RunReport};
pub use shots::JsonLines;
pub(crate) use svg::escaped;
pub use svg::write_svg;
pub use table::{write_csv, write_table};
