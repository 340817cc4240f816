//! The performance report as a page with pictures.

use super::{BoundaryTimes, PerfReport};
use crate::report::chart::{Bar, Bars, Spread, Spreads};
use crate::report::page::Page;
use crate::report::words::{count_words, ratio, real, share_words, short, time_words};

/// So many operations of a boundary are drawn.
const OPS_MAX: usize = 20;

/// What the numbers hold that is not the parts' own doing.
pub(super) const TAPS: &str = "Time in a part is without that in the parts below it. It holds what the taps \
     themselves do right below it, and they write each operation down: small differences between parts \
     say little.";

/// The report as one page of HTML that needs nothing else.
#[must_use]
pub fn perf_page(report: &PerfReport) -> String {
    let mut page = Page::new(&format!("Performance of {}", report.program));
    let time = |value: f64| time_words(value, report.unit);
    page.paragraph(
        "lead",
        &format!(
            "{} shots in {}. Dispatch, which is the runtime's and the lowering's own time: {}.",
            report.shots,
            time(real(report.total.time)),
            share_words(report.total.dispatch_share)
        ),
    );
    page.heading("Parts");
    // One unit for all bars, so that they can be compared.
    let (scale, unit) = unit_of(report.parts.iter().map(|part| real(part.own_time)), report.unit);
    let bars: Vec<Bar> = report
        .parts
        .iter()
        .map(|part| Bar {
            label: short(&part.part).to_owned(),
            value: real(part.own_time) / scale,
            words: format!("{} ({})", time(real(part.own_time)), share_words(part.own_share)),
            ..Bar::default()
        })
        .collect();
    let axis = format!("own time of all calls [{unit}]");
    page.figure(Bars { title: "Where the time goes", axis: &axis, bars: &bars }.svg(), TAPS);
    page.heading("Boundaries");
    calls(report, &mut page);
    for boundary in &report.boundaries {
        batches(boundary, &mut page);
    }
    page.heading("Operations");
    for boundary in &report.boundaries {
        operations(report, boundary, &mut page);
    }
    page.finish()
}

/// The name of a boundary.
fn name(boundary: &BoundaryTimes) -> String {
    format!("{} > {}", short(&boundary.above), short(&boundary.below))
}

/// A unit in which the largest of these reads well, and how much it is.
fn unit_of(values: impl Iterator<Item = f64>, unit: &'static str) -> (f64, &'static str) {
    let most = values.fold(0.0, f64::max);
    let steps: &[(f64, &str)] = match unit {
        "ns" => &[(1e9, "s"), (1e6, "ms"), (1e3, "us"), (1.0, "ns")],
        _ => &[(1e6, "million instructions"), (1.0, "instructions")],
    };
    let fits = steps.iter().find(|(size, _)| most >= *size);
    fits.copied().unwrap_or((1.0, unit))
}

fn calls(report: &PerfReport, page: &mut Page) {
    let spreads: Vec<Spread> = report
        .boundaries
        .iter()
        .filter(|boundary| boundary.calls > 0)
        .map(|boundary| {
            let call = &boundary.call;
            Spread {
                label: name(boundary),
                values: [call.p50, call.p90, call.p99, call.max],
                words: format!("max {}", time_words(call.max, report.unit)),
            }
        })
        .collect();
    let is_time = report.unit == "ns";
    let axis = if is_time { "time of one call" } else { "instructions of one call" };
    let title = "Time of a call by boundary";
    page.figure(
        Spreads { title, axis, is_time, spreads: &spreads }.svg(),
        "Dot: median; bar: up to 90 %; strokes: 99 % and the longest. Everything below is included.",
    );
    let headings = ["boundary", "calls", "ops", "inserted", "outcomes", "p50", "p90", "p99", "max"];
    page.table(
        1,
        &headings,
        report.boundaries.iter().map(|boundary| {
            let call = &boundary.call;
            let counts = [boundary.calls, boundary.ops, boundary.inserted_ops, boundary.outcomes];
            let times = [call.p50, call.p90, call.p99, call.max];
            let mut cells = vec![name(boundary)];
            cells.extend(counts.map(|count| count.to_string()));
            cells.extend(times.map(|value| time_words(value, report.unit)));
            (false, cells)
        }),
    );
}

fn batches(boundary: &BoundaryTimes, page: &mut Page) {
    let bars: Vec<Bar> = boundary
        .batch
        .calls_by_power
        .iter()
        .zip(0_u32..)
        .map(|(&calls, power)| {
            let from = 1_u64 << power.min(63);
            let to = from - 1 + from;
            let label = if from == to { from.to_string() } else { format!("{from} to {to}") };
            let share = share_words(ratio(real(calls), real(boundary.calls)));
            Bar { label, value: real(calls), words: format!("{calls} ({share})"), ..Bar::default() }
        })
        .collect();
    let title = format!("Batch sizes at {}", name(boundary));
    page.figure(
        Bars { title: &title, axis: "calls with so many operations", bars: &bars }.svg(),
        &format!(
            "{} operations in {} calls: {} each, {} at most.",
            boundary.ops,
            boundary.calls,
            crate::report::words::number_words(boundary.batch.size.mean),
            count_words(boundary.batch.size.max)
        ),
    );
}

fn operations(report: &PerfReport, boundary: &BoundaryTimes, page: &mut Page) {
    let ops = report.ops.iter().filter(|op| op.joint == boundary.joint).take(OPS_MAX);
    let ops: Vec<_> = ops.collect();
    let (scale, unit) = unit_of(ops.iter().map(|op| op.time), report.unit);
    let bars: Vec<Bar> = ops
        .iter()
        .map(|op| Bar {
            label: op.op.clone(),
            value: op.time / scale,
            words: format!("{} x {}", op.count, time_words(op.each.mean, report.unit)),
            ..Bar::default()
        })
        .collect();
    let title = format!("Time by operation at {}", name(boundary));
    let axis = format!("time of all, everything below included [{unit}]");
    let alone: u64 = ops.iter().map(|op| op.alone).sum();
    let count: u64 = ops.iter().map(|op| op.count).sum();
    page.figure(
        Bars { title: &title, axis: &axis, bars: &bars }.svg(),
        &format!(
            "{} of {count} operations came in batches of their kind alone; the others have an even \
             share of their batch's time.",
            alone
        ),
    );
}
