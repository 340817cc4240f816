//! Where two traces differ first.

use pandia_core::trace::{BatchEnd, Event, OutcomeUp, Record};

use super::about::About;

/// The same without what was measured, which differs from run to run.
fn unmeasured(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Outcome(up) => Event::Outcome(OutcomeUp { duration: None, ..up }),
        Event::BatchEnd(end) => Event::BatchEnd(BatchEnd { duration: None, ..end }),
        Event::ShotEnd { status, .. } => Event::ShotEnd { status, begin: None, end: None },
        other => other,
    }
}

/// Whether two records say the same: all but what was measured, but the seed, which is the run's, and
/// but the sequence number, which depends on records that may have been left out.
#[must_use]
pub fn is_same(one: &Record<'_>, other: &Record<'_>) -> bool {
    if one.at != other.at {
        return false;
    }
    match (one.event, other.event) {
        // Bits and not values: a parameter that is no number is equal to itself.
        (Event::Op(one), Event::Op(other)) => {
            one.op.words() == other.op.words()
                && (one.batch, one.index) == (other.batch, other.index)
                && (one.start, one.length, one.source) == (other.start, other.length, other.source)
        }
        // The seeds are said by the traces' headers.
        (Event::ShotBegin { .. }, Event::ShotBegin { .. }) => true,
        (one, other) => unmeasured(one) == unmeasured(other),
    }
}

/// What two traces say differently of their runs, in words: name of the field, first, second.
#[must_use]
pub fn about_differences(one: &About, other: &About) -> Vec<(String, String, String)> {
    let fields = |about: &About| match serde_json::to_value(about) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (one, other) = (fields(one), fields(other));
    let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let said = |fields: &serde_json::Map<String, serde_json::Value>, name: &str| {
        fields.get(name).map_or("nothing".to_owned(), ToString::to_string)
    };
    names
        .into_iter()
        .filter(|name| one.get(*name) != other.get(*name))
        .map(|name| (name.clone(), said(&one, name), said(&other, name)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::trace::ShotTrace;

    const SOURCE: &str = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[2] q; bit[2] c;
        h q[0]; rz(0.25) q[0]; cx q[0], q[1]; c = measure q;";

    #[test]
    fn a_run_is_the_same_as_itself_and_measured_time_does_not_count() {
        let sample = sample::run(SOURCE, &["simple", "state_vector"], 0..3);
        let again = sample::run(SOURCE, &["simple", "state_vector"], 0..3);
        let mut timed = 0;
        for (one, other) in sample.shots.iter().zip(&again.shots) {
            assert_eq!(one.len(), other.len());
            for (one, other) in one.records().zip(other.records()) {
                assert!(is_same(&one, &other));
                let event = match other.event {
                    Event::BatchEnd(end) => {
                        timed += 1;
                        Event::BatchEnd(BatchEnd { duration: Some(7), ..end })
                    }
                    event => event,
                };
                assert!(is_same(&one, &Record { event, sequence: other.sequence + 9, ..other }));
            }
        }
        assert!(timed > 3);
        assert_eq!(about_differences(&sample.about, &again.about), []);
    }

    #[test]
    fn every_field_that_is_said_differs() {
        let sample = sample::run(SOURCE, &["simple", "state_vector"], 0..1);
        let shot: &ShotTrace = &sample.shots[0];
        let mut tried = 0;
        for record in shot.records() {
            let mut at = record.at;
            at.joint += 1;
            assert!(!is_same(&record, &Record { at, ..record }));
            let event = match record.event {
                Event::Outcome(up) => Event::Outcome(OutcomeUp { value: up.value ^ 1, ..up }),
                Event::BatchEnd(end) => Event::BatchEnd(BatchEnd { status: -1, ..end }),
                Event::ShotEnd { begin, end, .. } => Event::ShotEnd { status: -1, begin, end },
                _ => continue,
            };
            assert!(!is_same(&record, &Record { event, ..record }));
            tried += 1;
        }
        assert!(tried > 5);
        let other = sample::run(&SOURCE.replace("0.25", "0.5"), &["simple", "state_vector"], 0..1);
        let pairs = || shot.records().zip(other.shots[0].records());
        let differing = pairs().filter(|(one, other)| !is_same(one, other));
        // The turn, at each joint.
        assert_eq!(differing.count(), usize::from(sample.about.joints));
    }

    #[test]
    fn what_runs_say_differently_of_themselves_is_named() {
        let sample = sample::run(SOURCE, &["simple", "state_vector"], 0..1);
        let other = About { seed: 8, ..sample.about.clone() };
        let said = about_differences(&sample.about, &other);
        assert_eq!(said, [("seed".to_owned(), "7".to_owned(), "8".to_owned())]);
    }
}
