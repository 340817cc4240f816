//! The laws as formulas, and settings that are refused.

use super::*;
use crate::error::Result;
use crate::ids::StreamId;
use crate::part::{Config, PartKind, PartSpec, Setting, Value};
use std::string::{String, ToString};
use std::vec::Vec;

const SPEC: PartSpec = PartSpec {
    id: "test.drifts",
    kind: PartKind::ErrorModel,
    version: "1",
    summary: "for the test",
    params: &[LAW, BY, FROM, TO, SPAN, TABLE],
};

fn drift(words: &[(&str, &str)], numbers: &[(&str, f64)]) -> Result<Drifting> {
    let words = words.iter().map(|&(key, word)| Setting { key, value: Value::Text(word) });
    let numbers = numbers.iter().map(|&(key, x)| Setting { key, value: Value::Real(x) });
    let settings: Vec<_> = words.chain(numbers).collect();
    let config = Config::new(1, StreamId(0)).with(&settings);
    config.check(&SPEC)?;
    Drifting::of(&config, &SPEC)
}

fn at_shots(drift: &mut Drifting, shots: &[u64]) -> Vec<f64> {
    let factor = |&shot: &u64| {
        drift.begin(ShotId(shot));
        drift.factor()
    };
    shots.iter().map(factor).collect()
}

fn close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-12;
    assert!(found.iter().zip(expected).all(near), "{found:?} {expected:?}");
}

#[test]
fn each_law_is_its_formula() {
    let ends = [("drift_from", 0.2), ("drift_to", 1.0), ("drift_span", 100.0)];
    let mut none = drift(&[], &[]).unwrap();
    close(&at_shots(&mut none, &[0, 50, 1000]), &[1.0; 3]);
    assert_eq!(none.kept, Chance::Always);
    let mut linear = drift(&[("drift", "linear")], &ends).unwrap();
    close(&at_shots(&mut linear, &[0, 50, 100, u64::MAX]), &[0.2, 0.6, 1.0, 1.0]);
    let mut sine = drift(&[("drift", "sine")], &ends).unwrap();
    let quarter = 0.6 - 0.4 * core::f64::consts::FRAC_1_SQRT_2;
    let found = at_shots(&mut sine, &[0, 25, 50, 75, 100, 1_000_050]);
    close(&found, &[0.2, 0.6, 1.0, 0.6, 0.2, 1.0]);
    sine.begin(ShotId(0));
    let eighth = drift(&[("drift", "sine")], &[ends[0], ends[1], ("drift_span", 8.0)]);
    close(&at_shots(&mut eighth.unwrap(), &[1, 9]), &[quarter; 2]);
    let points = [("drift.1", 0.5), ("drift.0", 1.0), ("drift.2", 0.0), ("drift_span", 10.0)];
    let mut table = drift(&[("drift", "table")], &points).unwrap();
    close(&at_shots(&mut table, &[0, 9, 10, 19, 20, 1000]), &[1.0, 1.0, 0.5, 0.5, 0.0, 0.0]);
}

#[test]
fn a_drift_by_time_begins_anew_with_every_shot() {
    let words = [("drift", "linear"), ("drift_by", "time")];
    let mut drift = drift(&words, &[("drift_from", 0.0), ("drift_span", 10.0)]).unwrap();
    assert!(drift.by_time);
    drift.begin(ShotId(9));
    close(&[drift.factor()], &[0.0]);
    drift.at(TimeNs(5));
    close(&[drift.factor()], &[0.5]);
    drift.begin(ShotId(10));
    close(&[drift.factor()], &[0.0]);
    assert_eq!(drift.kept, Chance::Never);
}

#[test]
fn a_table_with_gaps_or_without_its_law_is_refused() {
    let refused = |words: &[(&str, &str)], numbers: &[(&str, f64)]| -> String {
        drift(words, numbers).unwrap_err().to_string()
    };
    let table = [("drift", "table")];
    for (text, expected) in [
        (refused(&table, &[]), "needs its steps"),
        (refused(&table, &[("drift.0", 1.0), ("drift.2", 0.5)]), "step 1 is missing"),
        (refused(&table, &[("drift.16", 1.0)]), "they are 0 to 15"),
        (refused(&[], &[("drift.0", 1.0)]), "needs drift=table"),
        (refused(&[("drift", "linear")], &[("drift_to", 1.5)]), "a probability"),
    ] {
        assert!(text.contains(expected), "{text}");
    }
}
