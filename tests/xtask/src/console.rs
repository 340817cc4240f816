//! The one place that prints. Reports go to stdout, complaints to stderr.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command's report is its output")]

/// Prints one line of a report.
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Prints one line about something that went wrong.
pub(crate) fn complain(line: &str) {
    eprintln!("{line}");
}
