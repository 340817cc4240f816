//! Reports of real traces: forms, words, and what is refused.

mod forms;
mod noise;
mod refused;

use crate::support::Folder;

/// A folder with the trace `t.ptrace` of this run.
fn traced(run: &str) -> Folder {
    let folder = Folder::new();
    folder.good(&format!("run {run} --trace t.ptrace"));
    folder
}

/// The report as JSON.
fn json(folder: &Folder, about: &str) -> serde_json::Value {
    let text = folder.good(&format!("report {about} t.ptrace --format json"));
    serde_json::from_str(&text).unwrap()
}
