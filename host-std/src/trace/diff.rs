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

/// Whether two records say the same: all but what was measured, and but the sequence number, which
/// depends on records that may have been left out.
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
