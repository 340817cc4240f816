//! The objects of the Trace Event Format that a timeline is made of.

use serde::Serialize;
use serde_json::{Map, Value};

/// One event. Times are microseconds.
#[derive(Debug, Serialize)]
#[serde(tag = "ph")]
pub(super) enum TraceEvent<'a> {
    /// Something with a begin and a length.
    #[serde(rename = "X")]
    Complete {
        name: &'a str,
        cat: &'static str,
        ts: f64,
        dur: f64,
        pid: u64,
        tid: u64,
        args: Map<String, Value>,
    },
    /// Something at one moment; `s` is `t`: of one track, or `p`: of the whole process.
    #[serde(rename = "i")]
    Instant {
        name: &'a str,
        cat: &'static str,
        ts: f64,
        s: &'static str,
        pid: u64,
        tid: u64,
        args: Map<String, Value>,
    },
    /// What a process or a track is called, and where it stands among the others.
    #[serde(rename = "M")]
    Metadata { name: &'static str, pid: u64, tid: u64, args: Map<String, Value> },
}

/// Microseconds of nanoseconds, as the format counts.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 ns, a hundred days")]
pub(super) fn us(ns: u64) -> f64 {
    ns as f64 / 1000.0
}

/// An object of these entries.
pub(super) fn object<const N: usize>(entries: [(&str, Value); N]) -> Map<String, Value> {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
