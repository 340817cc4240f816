//! The forms of reports: JSON word for word, every key of it documented, tables, pages.
//!
//! `BLESS=1 cargo test -p pandia --test cli report` writes the JSON as it is now; read the diff.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use pandia::trace::{TRACE_FORMATS, TraceReader};
use pandia_core::trace::{Event, Header, Unit};
use serde_json::Value;

use super::json;
use crate::support::Folder;

const RUN: &str = "run ghz.qasm --shots 200 --seed 5 \
     --noise depolarizing:p_1q=0.2,p_2q=0.1 --noise readout:p_1_given_0=0.1 \
     --noise leakage:p_leak_1q=0.2,p_seep=0.5 \
     --runtime simple:duration_1q_ns=50,duration_2q_ns=200,duration_measure_ns=1000 \
     --trace-time --trace real.ptrace";

/// Made-up time of a call at the top: more than everything below takes.
const TOP_NS: u64 = 100_000;

/// A trace whose durations are the same on every machine: made up, but otherwise real.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.good(RUN);
    let mut real = TraceReader::open(&folder.path().join("real.ptrace")).unwrap();
    let about = real.about().cloned().unwrap();
    let out = BufWriter::new(File::create(folder.path().join("t.ptrace")).unwrap());
    let header = Header { unit: Unit::Ns, ..*real.header() };
    let mut made = (TRACE_FORMATS[0].make)(Box::new(out), &header, &about).unwrap();
    // By joint, time of the calls that belong to the call above that is still on its way.
    let mut below = [0; 8];
    while let Some(mut record) = real.next_record().unwrap() {
        let joint = usize::from(record.at.joint);
        match &mut record.event {
            Event::BatchEnd(end) if joint == 0 => end.duration = Some(TOP_NS),
            Event::BatchEnd(end) => {
                let own = 100 + 10 * u64::from(end.op_count);
                let duration = own + std::mem::take(&mut below[joint + 1]);
                below[joint] += duration;
                end.duration = Some(duration);
            }
            Event::Outcome(up) => up.duration = (joint == 0).then_some(7),
            Event::ShotEnd { begin, end, .. } => {
                let depth = u64::from(about.joints - record.at.joint);
                (*begin, *end) = (Some(depth), Some(2 * depth));
            }
            _ => {}
        }
        made.record(&record).unwrap();
    }
    made.finish().unwrap();
    folder
}

fn golden(about: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/report");
    folder.join(format!("{about}.json"))
}

#[test]
fn the_json_of_reports_stays_as_it_is() {
    let folder = folder();
    for about in ["noise", "perf"] {
        let text = folder.good(&format!("report {about} t.ptrace --format json"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(golden(about), &text).unwrap();
        }
        let known = fs::read_to_string(golden(about)).unwrap();
        assert!(text == known, "{about}.json has changed; BLESS=1 writes it:\n{text}");
    }
}

/// Every key of an object or of one within it.
fn keys(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                into.insert(key.clone());
                keys(value, into);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| keys(value, into)),
        _ => {}
    }
}

#[test]
fn every_key_of_the_json_is_documented_and_no_other() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reports.md");
    let docs = fs::read_to_string(docs).unwrap();
    let (_, docs) = docs.split_once("\n## JSON\n").unwrap();
    let rows = docs.lines().filter_map(|line| line.strip_prefix("| `"));
    let documented: BTreeSet<String> =
        rows.filter_map(|row| Some(row.split_once('`')?.0.to_owned())).collect();
    let mut all = BTreeSet::new();
    for about in ["noise", "perf"] {
        let text = fs::read_to_string(golden(about)).unwrap();
        keys(&serde_json::from_str(&text).unwrap(), &mut all);
    }
    assert_eq!(all, documented, "docs/reports.md does not list what reports have");
}

#[test]
fn own_times_and_those_of_operations_add_up() {
    let folder = folder();
    let report = json(&folder, "perf");
    let sum = |list: &Value, key: &str| -> f64 {
        list.as_array().unwrap().iter().map(|one| one[key].as_f64().unwrap()).sum()
    };
    let total = report["total"]["time"].as_f64().unwrap();
    assert!(total > 0.0 && (sum(&report["parts"], "own_time") - total).abs() < 0.5);
    assert!((sum(&report["parts"], "own_share") - 1.0).abs() < 1e-9);
    let parts = report["parts"].as_array().unwrap();
    let dispatch: f64 = parts[..2].iter().map(|part| part["own_time"].as_f64().unwrap()).sum();
    let said = report["total"]["dispatch_time"].as_f64().unwrap();
    assert_eq!(
        (parts[0]["kind"].as_str(), parts[1]["kind"].as_str()),
        (Some("runtime"), Some("lowering"))
    );
    assert!((said - dispatch).abs() < 0.5);
    for boundary in report["boundaries"].as_array().unwrap() {
        let ops = report["ops"].as_array().unwrap();
        let mine = ops.iter().filter(|op| op["joint"] == boundary["joint"]);
        let (times, counts): (Vec<_>, Vec<_>) =
            mine.map(|op| (op["time"].as_f64().unwrap(), op["count"].as_u64().unwrap())).unzip();
        let time = boundary["time"].as_f64().unwrap();
        assert!((times.iter().sum::<f64>() - time).abs() < 1e-6 * time, "{boundary}");
        assert_eq!(counts.iter().sum::<u64>(), boundary["ops"].as_u64().unwrap());
        let call = &boundary["call"];
        let [p50, p90, p99, max] =
            ["p50", "p90", "p99", "max"].map(|key| call[key].as_f64().unwrap());
        assert!(0.0 < p50 && p50 <= p90 && p90 <= p99 && p99 <= max, "{call}");
        let calls: u64 = boundary["batch"]["calls_by_power"]
            .as_array()
            .unwrap()
            .iter()
            .map(|calls| calls.as_u64().unwrap())
            .sum();
        assert_eq!(calls, boundary["calls"].as_u64().unwrap());
    }
    // Three digits are kept.
    let max = report["boundaries"][0]["call"]["max"].as_f64().unwrap();
    assert!((max / 100_000.0 - 1.0).abs() < 1e-3, "{max}");
    assert!(report["boundaries"][0]["read_time"].as_u64().unwrap() > 0);
}

#[test]
fn tables_name_every_part_and_pages_need_nothing_else() {
    let folder = folder();
    for about in ["noise", "perf"] {
        let text = folder.good(&format!("report {about} t.ptrace --html {about}.html"));
        for part in ["depolarizing", "readout", "leakage"] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        let page = String::from_utf8(folder.read(&format!("{about}.html"))).unwrap();
        assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
        let pictures = page.matches("<svg ").count();
        assert!(pictures >= 5 && page.matches("</svg>").count() == pictures, "{pictures} pictures");
        let quiet = page.replace("http://www.w3.org/2000/svg", "");
        for foreign in ["http:", "https:", "<script", "src=", "<link", "@import", "url("] {
            assert!(!quiet.contains(foreign), "{foreign} in {about}.html");
        }
        for nonsense in ["NaN", "inf\"", "=\"-"] {
            assert!(!page.contains(nonsense), "{nonsense} in {about}.html");
        }
    }
}

#[test]
fn rows_can_be_asked_for() {
    let folder = folder();
    let few = folder.good("report noise t.ptrace --rows 1");
    let all = folder.good("report noise t.ptrace --rows 1000");
    assert!(few.contains("more rows that do not disagree") && !all.contains("more rows"));
    assert!(few.lines().count() + 50 < all.lines().count());
}
