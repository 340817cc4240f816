//! What parts counted and measured, as one JSON object.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::runner::{MetricTotals, TotalValue};

/// Writes the numbers of a run: for each part of the stack, top-down, its counters (the sum over all
/// shots) and gauges (the last, the least and the greatest value).
///
/// # Errors
/// When `out` refuses.
pub fn write_metrics(totals: &MetricTotals, out: &mut dyn Write) -> io::Result<()> {
    let mut parts: Vec<(&str, Map<String, Value>)> = Vec::new();
    for metric in &totals.metrics {
        let value = match metric.value {
            TotalValue::Counter(total) => json!(total),
            TotalValue::Gauge { last, min, max } => json!({ "last": last, "min": min, "max": max }),
        };
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
    let parts: Vec<Value> = { parts.into_iter() }
        .map(|(part, numbers)| json!({ "part": part, "metrics": numbers }))
        .collect();
    let all = json!({ "shots": totals.shots, "parts": parts });
    serde_json::to_writer_pretty(&mut *out, &all)?;
    writeln!(out)?;
    out.flush()
}
