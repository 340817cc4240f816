//! What no report is made of: what is wrong, where, and the way out.

use super::traced;
use crate::support::Folder;

fn refused(folder: &Folder, about: &str, file: &str, words: &[&str]) {
    let ran = folder.run(&format!("report {about} {file}"));
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
    assert!(ran.stderr.starts_with(&format!("error: {file}: ")), "{}", ran.stderr);
    for word in words.iter().chain(&["\nhelp: "]) {
        assert!(ran.stderr.contains(word), "{word} is not in\n{}", ran.stderr);
    }
}

#[test]
fn a_trace_without_times_has_no_performance_report() {
    let folder = traced("bell.qasm --shots 3");
    refused(&folder, "perf", "t.ptrace", &["no measured times", "--trace-time"]);
    folder.good("report noise t.ptrace");
}

#[test]
fn what_is_no_trace_or_a_damaged_one_is_refused_with_its_place() {
    let folder = traced("bell.qasm --shots 3 --trace-time --noise depolarizing:p_1q=0.5");
    let whole = folder.read("t.ptrace");
    folder.write("text.ptrace", "OPENQASM 3;");
    folder.write("cut.ptrace", &whole[..whole.len() / 2]);
    let mut damaged = whole.clone();
    let last = damaged.len() - 40;
    damaged[last..].fill(0xff);
    folder.write("damaged.ptrace", &damaged);
    for about in ["noise", "perf"] {
        refused(&folder, about, "text.ptrace", &["this is no trace", "--trace FILE.ptrace"]);
        refused(&folder, about, "cut.ptrace", &["cut off", "at byte"]);
        refused(&folder, about, "damaged.ptrace", &["malformed", "at byte"]);
        let ran = folder.run(&format!("report {about} none.ptrace"));
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("none.ptrace: the trace cannot be read"), "{}", ran.stderr);
    }
}

#[test]
fn a_trace_of_settings_that_a_part_does_not_take_is_refused_by_name() {
    let folder = traced("bell.qasm --shots 3 --noise depolarizing:p_2q=0.5");
    let trace = folder.read("t.ptrace");
    let altered = replaced(&trace, b"\"p_2q\":0.5", b"\"p_2q\":5.5");
    folder.write("other.ptrace", altered);
    refused(&folder, "noise", "other.ptrace", &["pandia.depolarizing", "p_2q=5.5"]);
}

#[test]
fn a_level_that_is_no_probability_is_refused() {
    let folder = traced("bell.qasm --shots 3");
    for level in ["0", "1", "-0.5", "1.5", "NaN"] {
        let ran = folder.run(&format!("report noise t.ptrace --level {level}"));
        assert_eq!(ran.code, 2, "{level}");
        assert!(ran.stderr.contains("--level") && ran.stderr.contains("help:"), "{}", ran.stderr);
    }
}

#[test]
fn a_page_that_cannot_be_written_is_an_error() {
    let folder = traced("bell.qasm --shots 3");
    let ran = folder.run("report noise t.ptrace --html no/such/folder.html");
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("--html no/such/folder.html"), "{}", ran.stderr);
}

/// The bytes with `old`, which is there once, replaced by as many others.
pub(super) fn replaced(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let places: Vec<usize> =
        (0..bytes.len() - old.len()).filter(|&at| bytes[at..].starts_with(old)).collect();
    assert_eq!(places.len(), 1, "{}", String::from_utf8_lossy(old));
    let mut all = bytes.to_vec();
    all[places[0]..places[0] + new.len()].copy_from_slice(new);
    all
}
