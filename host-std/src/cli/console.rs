//! Standard error: errors, warnings, notes, progress. Colours only on a terminal.

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::error::Failure;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default().bold();

/// Standard error. What cannot be written there is lost: there is no other place for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Console {
    quiet: bool,
}

impl Console {
    pub(super) const fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    pub(super) const fn is_quiet(self) -> bool {
        self.quiet
    }

    pub(super) fn failure(self, failure: &Failure) {
        let mut err = anstream::stderr().lock();
        let _ = match failure {
            Failure::Source(text) => writeln!(err, "{text}"),
            other => writeln!(err, "{ERROR}error:{ERROR:#} {other}"),
        };
        if let Some(help) = failure.help() {
            let _ = writeln!(err, "{HELP}help:{HELP:#} {help}");
        }
    }

    /// Something that deserves a look, though the command goes on.
    pub(super) fn warning(self, text: &str) {
        if !self.quiet {
            let _ = writeln!(anstream::stderr().lock(), "{WARNING}warning:{WARNING:#} {text}");
        }
    }

    /// A warning of the compiler, which has a heading of its own.
    pub(super) fn diagnostic(self, text: &str) {
        self.note(text);
    }

    /// Something good to know.
    pub(super) fn note(self, text: &str) {
        if !self.quiet {
            let _ = writeln!(anstream::stderr().lock(), "{text}");
        }
    }

    /// How long something took: differs from run to run, so only people see it.
    pub(super) fn timing(self, text: &str) {
        if io::stderr().is_terminal() {
            self.note(text);
        }
    }

    /// A progress bar over checks, with room for words; hidden unless standard error is a terminal.
    pub(super) fn steps(self) -> ProgressBar {
        let bar = self.progress(0);
        match ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}") {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        }
    }

    /// A progress bar over `shots`; hidden unless standard error is a terminal.
    pub(super) fn progress(self, shots: u64) -> ProgressBar {
        let visible = !self.quiet && io::stderr().is_terminal();
        let target =
            if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(shots), target);
        let template = "{bar:40} {human_pos}/{human_len} shots, {rate} a second, {eta} left";
        match ProgressStyle::with_template(template) {
            Ok(style) => bar.with_style(style.with_key("rate", write_rate)),
            Err(_) => bar,
        }
    }
}

fn write_rate(state: &ProgressState, out: &mut dyn core::fmt::Write) {
    // A bar that cannot be drawn is no failure.
    let _ = write!(out, "{:.0}", state.per_sec());
}

/// Standard output, buffered, with colours only on a terminal.
pub(super) fn stdout() -> impl Write {
    io::BufWriter::with_capacity(64 << 10, anstream::stdout().lock())
}

/// Columns of the terminal that standard output is, or 80.
pub(super) fn columns() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0))
}
