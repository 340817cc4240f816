//! The noise report as tables for people.

use std::io::{self, Write};

use super::{ErrorRow, LayerReport, NoiseReport, Population, Tally};
use crate::report::table::Table;
use crate::report::words::{count_words, number_words, share_words, short, time_words};

/// Writes the report for people; of the rows that agree at most `rows_max` a layer.
///
/// # Errors
/// Those of the writer.
pub fn write_noise(report: &NoiseReport, rows_max: usize, out: &mut dyn Write) -> io::Result<()> {
    let NoiseReport { program, shots, level, tests, disagreements, .. } = report;
    writeln!(out, "{program}: {shots} shots; {disagreements} of {tests} counts disagree with the")?;
    writeln!(out, "configuration (all intervals hold at once with {})", share_words(*level))?;
    if report.layers.is_empty() {
        writeln!(out, "\nThere is no error model in the stack whose both sides were watched.")?;
    }
    for layer in &report.layers {
        write_layer(layer, rows_max, out)?;
    }
    if report.idle.is_empty() {
        return writeln!(out, "\nNothing takes time in the runtime's schedule, so no qubit waits.");
    }
    let ns = |value| time_words(value, "ns");
    writeln!(out, "\nidle time in a shot of {}", ns(report.shot_ns))?;
    let mut table = Table::new(0, &["qubit", "idle", "share", "busy"]);
    for one in &report.idle {
        let (idle, busy) = (ns(one.idle_ns), ns(one.busy_ns));
        table.row(vec![one.qubit.to_string(), idle, share_words(one.idle_share), busy]);
    }
    table.write(out)
}

fn write_layer(layer: &LayerReport, rows_max: usize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{} (below boundary {})", short(&layer.part), layer.joint)?;
    if let Some(why) = layer.silent_because {
        writeln!(out, "Nothing can be expected of this layer: {why}.")?;
    }
    if layer.left_out_batches > 0 {
        writeln!(
            out,
            "{} batches are not in the numbers: an error came back, or the layer changed them in a \
             way that is not understood.",
            layer.left_out_batches
        )?;
    }
    if layer.rows.is_empty() {
        return writeln!(out, "It did nothing, as it should.");
    }
    let headings = ["error", "gate", "qubits", "chances", "inserted", "expected", "interval", ""];
    let mut table = Table::new(3, &headings);
    for sum in &layer.sums {
        let name = [sum.kind.words().to_owned(), "all".to_owned(), String::new()];
        table.row(name.into_iter().chain(cells(&sum.tally)).collect());
    }
    let (wrong, right): (Vec<&ErrorRow>, Vec<_>) =
        layer.rows.iter().partition(|row| row.tally.agrees == Some(false));
    let left_out = right.len().saturating_sub(rows_max);
    for row in wrong.into_iter().chain(right.into_iter().take(rows_max)) {
        let qubits: Vec<String> = row.qubits.iter().map(u32::to_string).collect();
        let name = [row.error.clone(), row.gate.clone(), qubits.join("-")];
        table.row(name.into_iter().chain(cells(&row.tally)).collect());
    }
    table.write(out)?;
    if left_out > 0 {
        writeln!(out, "and {left_out} more rows that do not disagree; --rows N shows more")?;
    }
    layer.leakage.as_ref().map_or(Ok(()), |population| write_population(population, out))
}

fn cells(tally: &Tally) -> [String; 5] {
    let or_none = |words: Option<String>| words.unwrap_or_else(|| "-".to_owned());
    let interval = tally.low.zip(tally.high);
    [
        tally.chances.to_string(),
        count_words(tally.inserted),
        or_none(tally.expected.map(number_words)),
        or_none(
            interval.map(|(low, high)| format!("{} to {}", count_words(low), count_words(high))),
        ),
        match tally.agrees {
            Some(true) => "agrees".to_owned(),
            Some(false) => "DISAGREES".to_owned(),
            None => String::new(),
        },
    ]
}

/// So many lines of the curve are shown.
const POINTS_MAX: usize = 8;

fn write_population(population: &Population, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nleaked qubits over the time of a shot")?;
    let mut table = Table::new(0, &["at", "shots", "leaked", "standard error"]);
    let every = population.points.len().div_ceil(POINTS_MAX).max(1);
    let chosen = population.points.iter().rev().step_by(every).collect::<Vec<_>>();
    for point in chosen.into_iter().rev() {
        let at = match population.unit {
            "ns" => time_words(crate::report::words::real(point.at), "ns"),
            unit => format!("{} {unit}", point.at),
        };
        let error = format!("{:.2} %", point.leaked_error * 100.0);
        let leaked = format!("{:.2} %", point.leaked * 100.0);
        table.row(vec![at, point.shots.to_string(), leaked, error]);
    }
    table.write(out)
}
