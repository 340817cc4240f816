//! `pandia check`.

use core::time::Duration;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::console::{Console, stdout};
use super::error::Failure;
use super::raw::{ListFormat, ProfileName, RawCheck};
use crate::check::{CHECKS, CheckResult, Expected, Held, Options, Report, Verdict, run};

const HEADING: Style = Style::new().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
/// Longest time that a check may be given.
const SECONDS_MAX: f64 = 86_400.0;

pub(super) fn validate(raw: &RawCheck, console: &Console) -> Result<(), Failure> {
    let mut out = stdout();
    let Some(file) = raw.file.as_ref().filter(|_| !raw.list) else {
        list(raw.format, &mut out)?;
        return Ok(out.flush()?);
    };
    let mut options = Options::new(file);
    options.plugin = raw.plugin.clone();
    options.only = raw.only.iter().map(|name| name.trim().replace('-', "_")).collect();
    options.settings = raw.set.iter().map(|text| setting(text)).collect::<Result<_, _>>()?;
    options.held = held(raw)?;
    options.timeout = timeout(raw.timeout)?;
    options.in_process = raw.in_process;
    let bar = console.steps();
    let report = run(&options, &mut |progress| {
        bar.set_length(progress.total as u64);
        bar.set_position(progress.done as u64);
        bar.set_message(format!("{} {}", progress.plugin, progress.check));
    });
    bar.finish_and_clear();
    let report = report?;
    match raw.format {
        ListFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &report).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        ListFormat::Table => write_report(&report, &mut out)?,
    }
    out.flush()?;
    if report.is_clean() {
        return Ok(());
    }
    let count = report.summary.findings;
    let message =
        format!("{count} finding{} in {}", if count == 1 { "" } else { "s" }, report.file);
    let help = Some("docs/check.md says what each check means, and the way out".to_owned());
    Err(Failure::Program { message, help })
}

fn held(raw: &RawCheck) -> Result<Held, Failure> {
    if raw.ops == 0 || (raw.streams == 0 && raw.stream.is_none()) {
        let help = "give numbers from 1, or leave --ops and --streams out";
        return Err(Failure::host("--ops or --streams 0: there is nothing to run", help));
    }
    let profile = match raw.profile {
        ProfileName::Auto => Expected::Auto,
        ProfileName::Exact => Expected::Exact,
        ProfileName::Single => Expected::Single,
        ProfileName::Clifford => Expected::Clifford,
        ProfileName::Random => Expected::Random,
        ProfileName::Noisy => Expected::Noisy,
    };
    let (seed, streams, stream, ops) = (raw.seed, raw.streams, raw.stream, raw.ops);
    Ok(Held { profile, seed, streams, stream, ops })
}

fn timeout(seconds: f64) -> Result<Duration, Failure> {
    if seconds > 0.0 && seconds <= SECONDS_MAX {
        return Ok(Duration::from_secs_f64(seconds));
    }
    Err(Failure::host(
        format!("--timeout {seconds}: no check takes that long"),
        format!("give seconds, more than 0 and at most {SECONDS_MAX}"),
    ))
}

fn setting(text: &str) -> Result<(String, String), Failure> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => {
            Err(Failure::host(format!("--set {text}: this is no setting"), "write --set KEY=VALUE"))
        }
    }
}

fn list(format: ListFormat, out: &mut dyn Write) -> io::Result<()> {
    if format == ListFormat::Json {
        let list: Vec<serde_json::Value> = CHECKS
            .iter()
            .map(|check| {
                serde_json::json!({
                    "name": check.name,
                    "applies_to": check.applies.name(),
                    "about": check.about,
                })
            })
            .collect();
        serde_json::to_writer_pretty(&mut *out, &list)?;
        return writeln!(out);
    }
    let width = CHECKS.iter().map(|check| check.name.len()).max().unwrap_or(0);
    for check in CHECKS {
        writeln!(out, "{HEADING}{:<width$}{HEADING:#}  {}", check.name, check.about)?;
        writeln!(out, "{:<width$}  for {}", "", check.applies.name())?;
    }
    Ok(())
}

fn write_report(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let interface = report.interface.as_deref().unwrap_or("unknown");
    writeln!(out, "{HEADING}{}{HEADING:#}  interface {interface}", report.file)?;
    write_check(&report.module, out)?;
    for plugin in &report.plugins {
        let (id, kind, version) = (&plugin.id, &plugin.kind, &plugin.version);
        writeln!(out, "\n{HEADING}{id}{HEADING:#}  {kind}, version {version}")?;
        for check in &plugin.checks {
            write_check(check, out)?;
        }
    }
    let sum = report.summary;
    writeln!(
        out,
        "\n{} passed, {} failed, {} skipped, {} not run; findings: {}",
        sum.passed, sum.failed, sum.skipped, sum.not_run, sum.findings
    )
}

fn write_check(check: &CheckResult, out: &mut dyn Write) -> io::Result<()> {
    let style = if check.verdict == Verdict::Failed { BAD } else { Style::new() };
    let verdict = check.verdict.name();
    write!(out, "  {:<14} {style}{verdict}{style:#}", check.name)?;
    if let Some(reason) = &check.reason {
        write!(out, ": {reason}")?;
    }
    writeln!(out)?;
    for finding in &check.findings {
        writeln!(out, "      {BAD}finding:{BAD:#} {}", finding.text)?;
    }
    for note in &check.notes {
        writeln!(out, "      note: {note}")?;
    }
    if let Some(finding) = check.findings.first() {
        writeln!(out, "      again: {}", finding.repeat)?;
    }
    Ok(())
}
