//! Timelines held to the Trace Event Format by structs that refuse every other field.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::trace::sample;

const SOURCE: &str = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[3] q; bit[3] c;
    h q[0]; cx q[0], q[1]; cx q[1], q[2]; barrier q; reset q[1]; x q[1]; delay[30ns] q[2];
    c = measure q;";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "displayTimeUnit")]
    display_time_unit: String,
    #[serde(rename = "otherData")]
    other_data: Map<String, Value>,
    #[serde(rename = "traceEvents")]
    trace_events: Vec<Event>,
}

/// The fields that the format requires of each phase, and no other.
#[derive(Debug, Deserialize)]
#[serde(tag = "ph", deny_unknown_fields)]
enum Event {
    #[serde(rename = "X")]
    Complete {
        name: String,
        cat: String,
        ts: f64,
        dur: f64,
        pid: u64,
        tid: u64,
        args: Map<String, Value>,
    },
    #[serde(rename = "i")]
    Instant {
        name: String,
        cat: String,
        ts: f64,
        s: String,
        pid: u64,
        tid: u64,
        args: Map<String, Value>,
    },
    #[serde(rename = "M")]
    Metadata { name: String, pid: u64, tid: u64, args: Map<String, Value> },
}

fn document(parts: &[&str], shots: u64) -> (sample::Sample, Document) {
    let sample = sample::run(SOURCE, parts, 0..shots);
    let bytes = sample.written("chrome").unwrap();
    // By way of a value: read straight into variants, numbers are not numbers where a crate of the
    // workspace turns on serde_json's arbitrary precision.
    let value: Value = serde_json::from_slice(&bytes).unwrap();
    let document = serde_json::from_value(value).unwrap();
    (sample, document)
}

/// A nanosecond is the finest that a schedule knows.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and positive")]
fn ns(us: f64) -> u64 {
    (us * 1000.0).round() as u64
}

/// The names of tracks by process and number.
fn tracks(document: &Document) -> BTreeMap<(u64, u64), String> {
    let name = |event: &Event| match event {
        Event::Metadata { name, pid, tid, args } if name == "thread_name" => {
            Some(((*pid, *tid), args["name"].as_str().unwrap().to_owned()))
        }
        _ => None,
    };
    document.trace_events.iter().filter_map(name).collect()
}

/// Checks that no two events of a track overlap and that all lie in tracks with a name.
fn check(document: &Document) {
    assert_eq!(document.display_time_unit, "ns");
    assert_eq!(document.other_data["program"], "sample.qasm");
    let tracks = tracks(document);
    let mut spans: BTreeMap<(u64, u64), Vec<(u64, u64)>> = BTreeMap::new();
    for event in &document.trace_events {
        match event {
            Event::Complete { name, cat, ts, dur, pid, tid, .. } => {
                assert!(!name.is_empty() && !cat.is_empty() && *dur > 0.0);
                spans.entry((*pid, *tid)).or_default().push((ns(*ts), ns(ts + dur)));
            }
            Event::Instant { cat, s, ts, pid, tid, args, .. } => {
                assert!(s == "t" && *ts >= 0.0);
                // The others take no time: barriers, and the batches that carry them.
                assert!(!cat.ends_with("outcome") || args.contains_key("result"));
                assert!(tracks.contains_key(&(*pid, *tid)));
            }
            Event::Metadata { .. } => {}
        }
    }
    for (track, mut spans) in spans {
        assert!(tracks.contains_key(&track), "{track:?} has no name");
        spans.sort_unstable();
        for pair in spans.windows(2) {
            assert!(pair[0].1 <= pair[1].0, "{pair:?} overlap in {}", tracks[&track]);
        }
    }
}

const NOISY: [&str; 4] = [
    "simple",
    "depolarizing:p_1q=0.5,p_2q=0.5",
    "readout:p_1_given_0=0.5,p_0_given_1=0.5",
    "state_vector",
];

#[test]
fn every_shot_has_a_track_for_each_qubit_and_each_part() {
    let (sample, document) = document(&NOISY, 5);
    check(&document);
    let tracks = tracks(&document);
    for pid in 1..=5 {
        let names: BTreeSet<&str> = tracks
            .iter()
            .filter(|((of, _), _)| *of == pid)
            .map(|(_, name)| name.as_str())
            .collect();
        for qubit in 0..3 {
            assert!(names.contains(format!("qubit {qubit}").as_str()), "{names:?}");
        }
        for part in &sample.about.parts {
            assert!(names.contains(part.part.as_str()), "{names:?}");
        }
    }
}

#[test]
fn inserted_noise_and_changed_outcomes_are_on_the_track_of_their_layer() {
    let (sample, document) = document(&NOISY, 20);
    let tracks = tracks(&document);
    let (mut inserted, mut flipped) = (0, 0);
    for event in &document.trace_events {
        match event {
            Event::Complete { cat, pid, tid, .. } if cat == "inserted" => {
                assert!(tracks[&(*pid, *tid)].starts_with("pandia.depolarizing"));
                inserted += 1;
            }
            Event::Instant { cat, name, pid, tid, .. } if cat == "changed outcome" => {
                assert_eq!(tracks[&(*pid, *tid)], "pandia.readout");
                assert!(name == "0 becomes 1" || name == "1 becomes 0");
                flipped += 1;
            }
            _ => {}
        }
    }
    let records = sample.shots.iter().flat_map(crate::trace::ShotTrace::records);
    let lowest = records.filter(|record| record.at.joint == 4);
    let by_noise = lowest
        .filter(|record| matches!(record.event, pandia_core::trace::Event::Op(down) if down.source.depth > 0))
        .count();
    assert_eq!(inserted, by_noise);
    assert!(inserted > 20 && flipped > 10, "{inserted} {flipped}");
}

#[test]
fn outcomes_are_instants_on_the_track_of_their_qubit() {
    let (sample, document) = document(&["simple", "state_vector"], 10);
    check(&document);
    let tracks = tracks(&document);
    for (pid, bits) in (1..).zip(&sample.bits) {
        for (qubit, bit) in bits.iter().enumerate() {
            let name = document.trace_events.iter().find_map(|event| match event {
                Event::Instant { cat, name, pid: of, tid, .. }
                    if cat == "outcome"
                        && *of == pid
                        && tracks[&(pid, *tid)] == format!("qubit {qubit}") =>
                {
                    Some(name.clone())
                }
                _ => None,
            });
            assert_eq!(name, Some(bit.to_string()));
        }
    }
}

/// Begin and end of what a qubit's track shows, in nanoseconds.
fn spans(document: &Document, qubit: u32) -> Vec<(String, u64, u64)> {
    let tracks = tracks(document);
    let of_qubit = |event: &Event| match event {
        Event::Complete { name, ts, dur, pid, tid, .. }
            if tracks[&(*pid, *tid)] == format!("qubit {qubit}") =>
        {
            Some((name.clone(), ns(*ts), ns(ts + dur)))
        }
        _ => None,
    };
    document.trace_events.iter().filter_map(of_qubit).collect()
}

#[test]
fn a_schedule_gives_the_times_and_without_one_there_are_steps_of_a_microsecond() {
    let (_, document_without) = document(&["simple", "state_vector"], 1);
    let expected = [("h", 0, 1000), ("cx", 1000, 2000), ("measure", 3000, 4000)];
    let expected = expected.map(|(name, begin, end)| (name.to_owned(), begin, end));
    assert_eq!(spans(&document_without, 0), expected);

    let (sample, document) = document(
        &[
            "simple:duration_1q_ns=20,duration_2q_ns=60,duration_measure_ns=500,duration_reset_ns=100",
            "state_vector",
        ],
        1,
    );
    check(&document);
    // Whichever qubit is the last to be measured.
    let end = (0..3).flat_map(|qubit| spans(&document, qubit)).map(|(_, _, end)| end).max();
    let schedule = sample.shots[0].records().filter_map(|record| match record.event {
        pandia_core::trace::Event::BatchEnd(end) => Some(end.start.0 + end.length.0),
        _ => None,
    });
    assert!(end.is_some());
    assert_eq!(end, schedule.max());
    let batches = document.trace_events.iter().filter(|event| {
        matches!(event, Event::Complete { cat, args, .. } if cat == "batch" && args["status"] == 0)
    });
    assert!(batches.count() > 0);
}
