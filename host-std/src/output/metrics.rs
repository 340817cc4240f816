//! What parts counted and measured, as JSON: `docs/metrics.schema.json` describes it.

use std::io::{self, Write};

use pandia_core::ids::ShotId;
use serde_json::{Map, Value, json};

use crate::runner::{MetricTotals, TotalValue};

/// Writes the numbers of a run: for each part of the stack, top-down, its counters (the sum over all
/// shots) and gauges (the last, the least and the greatest value).
///
/// # Errors
/// When `out` refuses.
pub fn write_metrics(totals: &MetricTotals, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &of_run(totals))?;
    writeln!(out)?;
    out.flush()
}

/// Writes the numbers of one shot as a line: counters and gauges as they were at its end.
///
/// # Errors
/// As [`write_metrics`].
pub fn write_shot_metrics(
    shot: ShotId,
    metrics: &MetricTotals,
    out: &mut dyn Write,
) -> io::Result<()> {
    let number = |value| match value {
        TotalValue::Counter(total) => json!(total),
        TotalValue::Gauge { last, .. } => json!(last),
    };
    let line = json!({ "shot": shot.0, "parts": parts(metrics, number) });
    serde_json::to_writer(&mut *out, &line)?;
    writeln!(out)
}

/// Writes the numbers of a run as the line that ends those of its shots.
///
/// # Errors
/// As [`write_metrics`].
pub fn write_metrics_line(totals: &MetricTotals, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &of_run(totals))?;
    writeln!(out)?;
    out.flush()
}

fn of_run(totals: &MetricTotals) -> Value {
    let number = |value| match value {
        TotalValue::Counter(total) => json!(total),
        TotalValue::Gauge { last, min, max } => json!({ "last": last, "min": min, "max": max }),
    };
    json!({ "shots": totals.shots, "parts": parts(totals, number) })
}

/// The numbers part by part, each as `number` says.
fn parts(metrics: &MetricTotals, number: impl Fn(TotalValue) -> Value) -> Vec<Value> {
    let mut parts: Vec<(&str, Map<String, Value>)> = Vec::new();
    for metric in &metrics.metrics {
        let value = number(metric.value);
        // A part's numbers follow one another; of two equal parts the second one repeats a name.
        let same = parts
            .last_mut()
            .filter(|(part, numbers)| *part == metric.part && !numbers.contains_key(&metric.name));
        match same {
            Some((_, numbers)) => drop(numbers.insert(metric.name.clone(), value)),
            None => {
                let numbers = Map::from_iter([(metric.name.clone(), value)]);
                parts.push((&metric.part, numbers));
            }
        }
    }
    { parts.into_iter() }
        .map(|(part, numbers)| json!({ "part": part, "metrics": numbers }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::MetricTotal;
    use crate::trace::schema_tests::check;

    fn totals() -> MetricTotals {
        let of = |part: &str, name: &str, value| MetricTotal {
            part: part.to_owned(),
            name: name.to_owned(),
            value,
        };
        let gauge = TotalValue::Gauge { last: 0.5, min: -1.0, max: 2.0 };
        let metrics = vec![
            of("a", "ops", TotalValue::Counter(u64::MAX)),
            of("a", "level", gauge),
            of("b", "ops", TotalValue::Counter(0)),
        ];
        MetricTotals { shots: 3, metrics }
    }

    #[test]
    fn what_is_written_is_as_the_schema_says_and_nothing_else_is() {
        let schema: Value =
            serde_json::from_str(include_str!("../../../docs/metrics.schema.json")).unwrap();
        let (mut run, mut line, mut shot) = (Vec::new(), Vec::new(), Vec::new());
        write_metrics(&totals(), &mut run).unwrap();
        write_metrics_line(&totals(), &mut line).unwrap();
        write_shot_metrics(ShotId(7), &totals(), &mut shot).unwrap();
        let [run, line, shot]: [Value; 3] =
            [run, line, shot].map(|bytes| serde_json::from_slice(&bytes).unwrap());
        assert_eq!(run, line);
        for value in [&run, &shot] {
            check(&schema, &schema, value).unwrap();
        }
        assert_eq!(run["parts"][0]["metrics"]["level"]["min"], -1.0);
        assert_eq!(shot["parts"][0]["metrics"]["level"], 0.5);
        assert_eq!(shot["parts"][0]["metrics"]["ops"], u64::MAX);
        for (at, wrong) in [("shots", json!(-1)), ("parts", json!({})), ("more", json!(1))] {
            let mut value = run.clone();
            value[at] = wrong;
            assert!(check(&schema, &schema, &value).is_err(), "{at}");
        }
    }
}
