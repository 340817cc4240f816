//! The check under valgrind: which of its errors are the plugin's.
//!
//! The host under valgrind has errors of its own at times, and so has the system. An error counts if
//! the plugin's library is among the frames that led to it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use super::child::ChildRequest;
use super::error::CheckError;
use super::finding::{CheckResult, Finding, Verdict};
use super::isolate;
use super::options::Options;

/// How many times as long everything may take.
const SLOWER: u32 = 10;
/// How many errors are shown.
const SHOWN_MAX: usize = 5;

/// The program, where it is installed.
fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("valgrind")).find(|file| file.is_file())
}

/// Makes the check.
pub(super) fn make(
    options: &Options,
    request: &ChildRequest,
    pandia: PathBuf,
) -> Result<CheckResult, CheckError> {
    let Some(valgrind) = program() else {
        let why = "valgrind is missing (apt-get install valgrind)";
        return Ok(CheckResult::new(&request.check, Verdict::NotRun).because(why));
    };
    // Of its own for each check of each process: several may be made at a time.
    static MADE: AtomicU32 = AtomicU32::new(0);
    let (own, made) = (std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    let log = std::env::temp_dir().join(format!("pandia-valgrind-{own}-{made}.xml"));
    let mut command = Command::new(valgrind);
    command.args(["--quiet", "--leak-check=full", "--show-leak-kinds=definite"]);
    command.args(["--errors-for-leak-kinds=definite", "--num-callers=40", "--xml=yes"]);
    command.arg(format!("--xml-file={}", log.display())).arg(pandia);
    let made = isolate::make(command, request, options.timeout * SLOWER);
    let report = std::fs::read_to_string(&log).unwrap_or_default();
    // The file is of no use to anybody else; one that cannot be removed does no harm.
    let _ = std::fs::remove_file(&log);
    let mut result = made?.result;
    if !report.contains("<valgrindoutput>") {
        let why = "valgrind wrote no report; does it run here?";
        return Ok(CheckResult::new(&request.check, Verdict::NotRun).because(why));
    }
    let library = std::fs::canonicalize(&options.file).unwrap_or_else(|_| options.file.clone());
    let errors = errors_of(&report, &library);
    for text in errors.iter().take(SHOWN_MAX) {
        result.verdict = Verdict::Failed;
        result.findings.push(Finding { text: text.clone(), repeat: String::new(), stream: None });
    }
    if errors.len() > SHOWN_MAX {
        result.notes.push(format!("{} more errors of this kind", errors.len() - SHOWN_MAX));
    }
    Ok(result)
}

/// What stands between the tags called so, for the first of them.
fn between<'t>(text: &'t str, tag: &str) -> Option<&'t str> {
    let start = text.find(&format!("<{tag}>"))? + tag.len() + 2;
    let end = text[start..].find(&format!("</{tag}>"))? + start;
    text.get(start..end)
}

fn plain(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&apos;", "'").replace("&amp;", "&")
}

/// The errors in a report that the library had a part in, in words.
fn errors_of(report: &str, library: &Path) -> Vec<String> {
    let library = library.display().to_string();
    let mut told = Vec::new();
    for error in report.split("<error>").skip(1) {
        let error = error.split("</error>").next().unwrap_or(error);
        let frames = error.split("<frame>").skip(1);
        let is_ours = |frame: &&str| between(frame, "obj").map(plain) == Some(library.clone());
        let Some(frame) = frames.into_iter().find(is_ours) else { continue };
        let what = between(error, "text").or_else(|| between(error, "what")).unwrap_or("an error");
        let function = between(frame, "fn").unwrap_or("?");
        let place = match (between(frame, "file"), between(frame, "line")) {
            (Some(file), Some(line)) => format!(" ({file}:{line})"),
            _ => String::new(),
        };
        let text = format!("valgrind: {}, in {}{place}", plain(what), plain(function));
        if !told.contains(&text) {
            told.push(text);
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "<valgrindoutput><error><what>Invalid read of size 8</what><stack>\
        <frame><obj>/usr/lib/libc.so.6</obj><fn>memcpy</fn></frame>\
        <frame><obj>/tmp/a&amp;b.so</obj><fn>apply</fn><file>part.c</file><line>7</line></frame>\
        </stack></error><error><what>Invalid write</what><stack>\
        <frame><obj>/usr/bin/pandia</obj><fn>main</fn></frame></stack></error></valgrindoutput>";

    #[test]
    fn only_errors_that_the_library_led_to_count() {
        let found = errors_of(REPORT, Path::new("/tmp/a&b.so"));
        assert_eq!(found, ["valgrind: Invalid read of size 8, in apply (part.c:7)"]);
        assert!(errors_of(REPORT, Path::new("/tmp/other.so")).is_empty());
    }
}
