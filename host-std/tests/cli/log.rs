//! What parts log: which lines are shown, with `PANDIA_LOG` and with `--quiet`, in this process and in
//! workers.

use crate::faults;
use crate::support::Folder;

/// What the part logs in the shot in which it does, one line a level; the last is at a level that
/// there is not, which counts as the quietest.
const LINES: [&str; 5] = [
    "error: test.faults: an error",
    "warning: test.faults: a warning",
    "info: test.faults: a note",
    "debug: test.faults: a detail",
    "trace: test.faults: more detail",
];

/// What a run says on standard error.
fn said(level: Option<&str>, more: &str) -> Vec<String> {
    let folder = faults::folder();
    let part = faults::c("log");
    let mut command = folder.command(&format!("run coins.qasm --threads 1 {more} {part}"));
    command.env_remove("PANDIA_LOG");
    if let Some(level) = level {
        command.env("PANDIA_LOG", level);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    said.lines().map(str::to_owned).collect()
}

#[test]
fn each_level_shows_its_lines_and_those_above() {
    for isolate in ["", "--isolate"] {
        for quiet in ["", "--quiet"] {
            let more = format!("{isolate} {quiet}");
            let usual = if quiet.is_empty() { 2 } else { 1 };
            // What the variable says counts more than --quiet; an empty one says nothing.
            for (level, count) in [
                (None, usual),
                (Some(""), usual),
                (Some("off"), 0),
                (Some("error"), 1),
                (Some("warn"), 2),
                (Some("WARN"), 2),
                (Some("info"), 3),
                (Some("debug"), 4),
                (Some("trace"), 5),
            ] {
                assert_eq!(said(level, &more), LINES[..count], "{level:?} {more}");
            }
        }
    }
}

#[test]
fn a_level_that_there_is_not_is_refused_with_those_that_there_are() {
    let folder = Folder::new();
    for arguments in
        ["run bell.qasm", "run bell.qasm --quiet", "plugins", "run bell.qasm --isolate"]
    {
        let mut command = folder.command(arguments);
        let output = command.env("PANDIA_LOG", "loud").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout), (Some(2), vec![]), "{arguments}: {said}");
        assert_eq!(
            said,
            "error: the variable PANDIA_LOG is \"loud\", which is no level\n\
             help: set it to off, error, warn, info, debug or trace, or take it away\n"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_level_that_is_no_text_is_refused_too() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = Folder::new();
    let mut command = folder.command("plugins");
    let output = command.env("PANDIA_LOG", std::ffi::OsStr::from_bytes(&[0xff])).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("which is no level"));
}
