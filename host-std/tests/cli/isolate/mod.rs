//! Parts that break down, in real libraries: what it costs, what is said, and what is left behind.

mod answers;
mod crashes;
mod memory;
mod metrics;
mod panics;
mod processes;
mod same;

use crate::faults::{AT, C, COINS, c, folder, rust};
use crate::support::{Folder, Ran};

fn json(ran: &Ran) -> serde_json::Value {
    let parsed = serde_json::from_str(&ran.stdout);
    assert!(parsed.is_ok(), "{}\n{}", ran.stdout, ran.stderr);
    parsed.unwrap()
}

/// The report of `run coins.qasm --format json ARGUMENTS`, which must end with this status.
fn report(folder: &Folder, code: i32, arguments: &str) -> serde_json::Value {
    let ran = folder.run(&format!("run coins.qasm --format json {arguments}"));
    assert_eq!(ran.code, code, "{arguments}\n{}", ran.stderr);
    json(&ran)
}

/// The report with what differs between two ways to the same results taken out.
fn results(report: &serde_json::Value) -> [&serde_json::Value; 4] {
    ["shots", "digest", "counts", "shots_failed"].map(|key| &report[key])
}
