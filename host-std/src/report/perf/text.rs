//! The performance report as tables for people.

use std::io::{self, Write};

use super::page::TAPS;
use super::{BoundaryTimes, OpTimes, PartTimes, Percentiles, PerfReport};
use crate::report::table::Table;
use crate::report::words::{count_words, share_words, short, time_words};

/// Writes the report for people.
///
/// # Errors
/// Those of the writer.
pub fn write_perf(report: &PerfReport, out: &mut dyn Write) -> io::Result<()> {
    let time = |value: f64| time_words(value, report.unit);
    let whole = |value: u64| time(crate::report::words::real(value));
    writeln!(
        out,
        "{}: {} shots in {}; dispatch (runtime and lowering) {}\n",
        report.program,
        report.shots,
        whole(report.total.time),
        share_words(report.total.dispatch_share)
    )?;
    let mut table = Table::new(1, &["part", "calls", "ops", "own time", "share", "own time an op"]);
    for part in &report.parts {
        let PartTimes { part: id, calls, ops, own_time, own_share, own_time_per_op, .. } = part;
        table.row(vec![
            short(id).to_owned(),
            calls.to_string(),
            ops.to_string(),
            whole(*own_time),
            share_words(*own_share),
            time(*own_time_per_op),
        ]);
    }
    table.write(out)?;
    writeln!(out)?;
    write_boundaries(report, &time, out)?;
    writeln!(out)?;
    let headings =
        ["operation", "into", "count", "alone", "time", "share", "p50", "p90", "p99", "max"];
    let mut table = Table::new(2, &headings);
    for op in &report.ops {
        let OpTimes { below, op, count, alone, time: all, share, each, .. } = op;
        let mut cells = vec![
            op.clone(),
            short(below).to_owned(),
            count.to_string(),
            alone.to_string(),
            time(*all),
            share_words(*share),
        ];
        cells.extend(spread(each, &time));
        table.row(cells);
    }
    table.write(out)?;
    writeln!(out, "\n{TAPS}")?;
    if report.ops.iter().any(|op| op.alone < op.count) {
        let note = "Operations that came in batches with others have an even share of the batch's time; \
                    \"alone\" says how many did not.";
        writeln!(out, "{note}")?;
    }
    Ok(())
}

fn write_boundaries(
    report: &PerfReport,
    time: &dyn Fn(f64) -> String,
    out: &mut dyn Write,
) -> io::Result<()> {
    let headings = [
        "boundary",
        "calls",
        "time a call: p50",
        "p90",
        "p99",
        "max",
        "ops a call: p50",
        "p99",
        "max",
    ];
    let mut table = Table::new(1, &headings);
    for boundary in &report.boundaries {
        let BoundaryTimes { above, below, calls, call, batch, .. } = boundary;
        let mut cells = vec![format!("{} > {}", short(above), short(below)), calls.to_string()];
        cells.extend(spread(call, time));
        let size = &batch.size;
        cells.extend([size.p50, size.p99, size.max].map(count_words));
        table.row(cells);
    }
    table.write(out)
}

fn spread(spread: &Percentiles, time: &dyn Fn(f64) -> String) -> [String; 4] {
    [spread.p50, spread.p90, spread.p99, spread.max].map(time)
}
