//! `pandia trace summary`.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use anstyle::Style;
use serde::Serialize;

use super::super::console::stdout;
use super::super::error::Failure;
use super::super::raw::ListFormat;
use super::super::raw_trace::RawSelection;
use super::input::Input;
use crate::trace::{About, Summarizer, TraceSummary};

const HEADING: Style = Style::new().bold();

#[derive(Serialize)]
struct SummaryJson<'a> {
    file: String,
    about: &'a About,
    #[serde(flatten)]
    summary: &'a TraceSummary,
}

pub(super) fn summary(
    file: &Path,
    selection: &RawSelection,
    format: ListFormat,
) -> Result<(), Failure> {
    let mut input = Input::open(file, selection)?;
    let about = input.left();
    let mut summarizer = Summarizer::new(&about);
    while let Some(record) = input.next()? {
        summarizer.add(&record);
    }
    let summary = summarizer.finish();
    let mut out = stdout();
    match format {
        ListFormat::Json => {
            let file = file.display().to_string();
            let json = SummaryJson { file, about: &about, summary: &summary };
            serde_json::to_writer_pretty(&mut out, &json).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        ListFormat::Table => write_table(&about, &summary, &mut out)?,
    }
    Ok(out.flush()?)
}

fn write_table(about: &About, summary: &TraceSummary, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "program   {}", about.program)?;
    writeln!(out, "seed      {}", about.seed)?;
    writeln!(out, "shots     {} of {}", summary.shots, about.shots_asked)?;
    if summary.shots_failed > 0 {
        writeln!(out, "failed    {}", summary.shots_failed)?;
    }
    writeln!(out, "records   {}", summary.records)?;
    if summary.records_missing > 0 {
        writeln!(out, "missing   {}", summary.records_missing)?;
    }
    writeln!(out)?;
    let mut rows = Vec::new();
    for joint in &summary.joints {
        rows.push([
            joint.joint.to_string(),
            format!("{} > {}", joint.above, joint.below),
            joint.batches.to_string(),
            joint.outcomes.to_string(),
            joint.inserted_ops.to_string(),
            shown(&joint.ops),
        ]);
    }
    write_rows(["joint", "between", "batches", "outcomes", "inserted", "operations"], &rows, out)?;
    if summary.inserted.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let rows: Vec<[String; 2]> = summary
        .inserted
        .iter()
        .map(|inserted| [inserted.part.clone(), shown(&inserted.ops)])
        .collect();
    write_rows(["inserted by", "operations"], &rows, out)
}

/// Counts by kind in words.
fn shown(ops: &BTreeMap<&str, u64>) -> String {
    let all: Vec<String> = ops.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    all.join(", ")
}

/// Columns as wide as what is in them; the last one is as wide as it gets.
fn write_rows<const N: usize>(
    titles: [&str; N],
    rows: &[[String; N]],
    out: &mut dyn Write,
) -> io::Result<()> {
    let widths: Vec<usize> = (0..N)
        .map(|column| {
            let cells = rows.iter().map(|row| row[column].len());
            cells.max().unwrap_or(0).max(titles[column].len())
        })
        .collect();
    let line = |cells: [&str; N]| {
        let mut text = String::new();
        for (cell, &width) in cells.iter().zip(&widths) {
            text.push_str(&format!("{cell:<width$}  "));
        }
        text.trim_end().to_owned()
    };
    writeln!(out, "{HEADING}{}{HEADING:#}", line(titles))?;
    for row in rows {
        writeln!(out, "{}", line(row.each_ref().map(String::as_str)))?;
    }
    Ok(())
}
