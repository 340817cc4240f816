//! What parts log, on standard error: errors and warnings, more if `PANDIA_LOG` asks for it.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use anstyle::{AnsiColor, Style};
use indicatif::ProgressBar;
use log::{Level, LevelFilter, Log, Metadata, Record};

use super::error::Failure;

/// Names the least level that is shown: off, error, warn, info, debug or trace.
const VARIABLE: &str = "PANDIA_LOG";

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

struct PartLog {
    /// The bar that is drawn now; lines go above it.
    bar: Mutex<Option<ProgressBar>>,
}

static LOG: PartLog = PartLog { bar: Mutex::new(None) };

/// Begins to show what parts log. What the variable says counts more than `quiet`, which leaves the
/// errors.
///
/// # Errors
/// If the variable holds a word that is no level.
pub(super) fn start(quiet: bool) -> Result<(), Failure> {
    let usual = if quiet { LevelFilter::Error } else { LevelFilter::Warn };
    log::set_max_level(asked_level()?.unwrap_or(usual));
    // Fails only if this program has a logger already, which then takes the lines.
    let _ = log::set_logger(&LOG);
    Ok(())
}

/// The level that the variable names, if it is there and not empty.
fn asked_level() -> Result<Option<LevelFilter>, Failure> {
    let word = std::env::var_os(VARIABLE).unwrap_or_default();
    let word = word.to_string_lossy();
    if word.is_empty() {
        return Ok(None);
    }
    word.parse().map(Some).map_err(|_| {
        let message = format!("the variable {VARIABLE} is {word:?}, which is no level");
        Failure::host(message, "set it to off, error, warn, info, debug or trace, or take it away")
    })
}

/// Lines go above this bar from now on, until [`without_bar`].
pub(super) fn with_bar(bar: &ProgressBar) {
    *LOG.bar.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.clone());
}

/// No bar is drawn any more.
pub(super) fn without_bar() {
    *LOG.bar.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

impl Log for PartLog {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let (style, word) = match record.level() {
            Level::Error => (ERROR, "error"),
            Level::Warn => (WARNING, "warning"),
            Level::Info => (Style::new(), "info"),
            Level::Debug => (Style::new(), "debug"),
            Level::Trace => (Style::new(), "trace"),
        };
        // One line a record, and nothing that moves the cursor: the text is a part's.
        let text: String = record
            .args()
            .to_string()
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let write = || {
            let mut err = anstream::stderr().lock();
            let _ = writeln!(err, "{style}{word}:{style:#} {}: {text}", record.target());
        };
        let bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        match &*bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    fn flush(&self) {}
}
