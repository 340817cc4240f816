//! The noise report as a page with pictures.

use super::{ErrorKind, ErrorRow, Group, LayerReport, NoiseReport, Population, Tally};
use crate::report::chart::{Bar, Bars, Curve, CurvePoint};
use crate::report::page::Page;
use crate::report::words::{count_words, number_words, real, share_words, short, time_words};

/// So many rows are drawn, and so many stand in the table.
const ROWS_DRAWN_MAX: usize = 40;
const ROWS_IN_TABLE_MAX: usize = 400;
/// So many bars of a group are drawn.
const GROUPS_MAX: usize = 64;
/// 95 of 100 lie within so many standard errors.
const SIGMAS: f64 = 1.96;

const HOW_TO_READ: &str = "Bars: inserted. Diamonds and error bars: expected by the configuration, and the \
     interval that agrees with it. Orange with ! lies outside.";

/// The report as one page of HTML that needs nothing else.
#[must_use]
pub fn noise_page(report: &NoiseReport) -> String {
    let mut page = Page::new(&format!("What noise did to {}", report.program));
    let lead = format!("{} shots on {} qubits.", report.shots, report.qubits);
    page.paragraph("lead", &lead);
    let level = share_words(report.level);
    if report.disagreements == 0 {
        let words = format!(
            "All {} counts agree with the configuration (all intervals hold at once with {level}).",
            report.tests
        );
        page.paragraph("good", &words);
    } else {
        let words = format!(
            "{} of {} counts disagree with the configuration (all intervals hold at once with {level}).",
            report.disagreements, report.tests
        );
        page.paragraph("bad", &words);
    }
    if report.layers.is_empty() {
        page.paragraph("", "There is no error model in the stack whose both sides were watched.");
    }
    for layer in &report.layers {
        layer_section(layer, &mut page);
    }
    idle_section(report, &mut page);
    page.finish()
}

fn layer_section(layer: &LayerReport, page: &mut Page) {
    page.heading(&format!("{} (below boundary {})", short(&layer.part), layer.joint));
    if let Some(why) = layer.silent_because {
        page.paragraph("", &format!("Nothing can be expected of this layer: {why}."));
    }
    if layer.left_out_batches > 0 {
        let count = layer.left_out_batches;
        page.paragraph("bad", &format!("{count} batches are not in the numbers: an error came back, or the layer changed them in a way that is not understood."));
    }
    if layer.rows.is_empty() {
        page.paragraph("", "It did nothing, as it should.");
        return;
    }
    page.paragraph("lead", HOW_TO_READ);
    let title = |group: &Group| group.kind.words().to_owned();
    groups(&layer.sums, "All together", &title, page);
    let kinds: Vec<ErrorKind> = layer.sums.iter().map(|group| group.kind).collect();
    for kind in kinds {
        let name = |group: &Group| group.of.clone();
        let of = |all: &[Group]| -> Vec<Group> {
            all.iter().filter(|group| group.kind == kind).cloned().collect()
        };
        let words = kind.words();
        groups(&of(&layer.by_gate), &format!("{} by gate", capital(words)), &name, page);
        let qubit = |group: &Group| format!("qubit {}", group.of);
        groups(&of(&layer.by_qubit), &format!("{} by qubit", capital(words)), &qubit, page);
        groups(&of(&layer.by_pauli), &format!("{} by Pauli", capital(words)), &name, page);
    }
    rows(layer, page);
    if let Some(population) = &layer.leakage {
        leakage(population, page);
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn bar(label: String, tally: &Tally) -> Bar {
    let words = count_words(tally.inserted);
    let words = tally
        .expected
        .map_or_else(|| words.clone(), |expected| format!("{words} / {}", number_words(expected)));
    Bar {
        label,
        value: tally.inserted,
        words,
        range: tally.low.zip(tally.high),
        expected: tally.expected,
        is_wrong: tally.agrees == Some(false),
    }
}

fn groups(groups: &[Group], title: &str, name: &dyn Fn(&Group) -> String, page: &mut Page) {
    let bars: Vec<Bar> =
        groups.iter().take(GROUPS_MAX).map(|group| bar(name(group), &group.tally)).collect();
    let axis = "how often in all shots (beside it: inserted / expected)";
    page.figure(Bars { title, axis, bars: &bars }.svg(), "");
}

/// Those that disagree first, then the largest.
fn by_weight(rows: &[ErrorRow]) -> Vec<&ErrorRow> {
    let mut all: Vec<&ErrorRow> = rows.iter().collect();
    let size = |row: &ErrorRow| row.tally.expected.unwrap_or(0.0).max(row.tally.inserted);
    let agrees = |row: &ErrorRow| row.tally.agrees != Some(false);
    all.sort_by(|a, b| agrees(a).cmp(&agrees(b)).then(size(b).total_cmp(&size(a))));
    all
}

fn place(row: &ErrorRow) -> String {
    let qubits: Vec<String> = row.qubits.iter().map(u32::to_string).collect();
    qubits.join("-")
}

fn rows(layer: &LayerReport, page: &mut Page) {
    let all = by_weight(&layer.rows);
    let label =
        |row: &&ErrorRow| bar(format!("{} {}: {}", row.gate, place(row), row.error), &row.tally);
    let bars: Vec<Bar> = all.iter().take(ROWS_DRAWN_MAX).map(label).collect();
    let title = if all.len() > ROWS_DRAWN_MAX {
        format!("By gate, qubits and error: {ROWS_DRAWN_MAX} of {}", all.len())
    } else {
        "By gate, qubits and error".to_owned()
    };
    let axis = "how often in all shots (beside it: inserted / expected)";
    page.figure(Bars { title: &title, axis, bars: &bars }.svg(), "");
    let headings = ["gate", "qubits", "error", "chances", "inserted", "expected", "from", "to"];
    page.table(
        3,
        &headings,
        all.iter().take(ROWS_IN_TABLE_MAX).map(|row| {
            let tally = &row.tally;
            let some = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), count_words);
            let cells = vec![
                row.gate.clone(),
                place(row),
                row.error.clone(),
                tally.chances.to_string(),
                count_words(tally.inserted),
                tally.expected.map_or_else(|| "-".to_owned(), number_words),
                some(tally.low),
                some(tally.high),
            ];
            (tally.agrees == Some(false), cells)
        }),
    );
    if let Some(more) = all.len().checked_sub(ROWS_IN_TABLE_MAX + 1) {
        page.paragraph("lead", &format!("and {} more rows; --format json has all", more + 1));
    }
}

fn leakage(population: &Population, page: &mut Page) {
    let points: Vec<CurvePoint> = population
        .points
        .iter()
        .map(|point| CurvePoint {
            x: real(point.at),
            y: point.leaked * 100.0,
            error: point.leaked_error * 100.0 * SIGMAS,
        })
        .collect();
    let axis_x = match population.unit {
        "ns" => "time from the beginning of the shot [ns]",
        _ => "operations since the beginning of the shot",
    };
    let (title, axis_y) = ("Leaked qubits over the time of a shot", "leaked qubits [%]");
    page.figure(
        Curve { title, axis_x, axis_y, points: &points }.svg(),
        "Mean share of the qubits over the shots that still ran; band: 95 % of its standard error.",
    );
}

fn idle_section(report: &NoiseReport, page: &mut Page) {
    page.heading("Idle time");
    if report.idle.is_empty() {
        page.paragraph("", "Nothing takes time in the runtime's schedule, so no qubit waits.");
        return;
    }
    let bars: Vec<Bar> = report
        .idle
        .iter()
        .take(GROUPS_MAX)
        .map(|one| Bar {
            label: format!("qubit {}", one.qubit),
            value: one.idle_ns,
            words: format!("{} ({})", time_words(one.idle_ns, "ns"), share_words(one.idle_share)),
            ..Bar::default()
        })
        .collect();
    let (title, axis) = ("Idle time by qubit", "mean time in a shot in which nothing is done [ns]");
    page.figure(
        Bars { title, axis, bars: &bars }.svg(),
        &format!(
            "By the runtime's schedule; a shot takes {} in the mean.",
            time_words(report.shot_ns, "ns")
        ),
    );
}
