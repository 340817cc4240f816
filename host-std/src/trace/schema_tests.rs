//! The lines that are written are those that `docs/trace.schema.json` describes, and no others.
//!
//! The few words of JSON Schema that the file uses are understood here; another one is refused, so
//! that nothing in the file goes unheeded.

use serde_json::Value;

use super::tests::Run;

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../docs/trace.schema.json")).unwrap()
}

/// Whether `value` is what `schema` says, or why not.
pub(crate) fn check(root: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    for (word, says) in schema.as_object().unwrap() {
        let fits = match word.as_str() {
            "$schema" | "title" | "$defs" => true,
            "$ref" => {
                let name = says.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                check(root, root["$defs"].get(name).unwrap(), value)?;
                true
            }
            "const" => says == value,
            "enum" => says.as_array().unwrap().contains(value),
            "minimum" => !value.is_number() || number(value) >= number(says),
            "maximum" => !value.is_number() || number(value) <= number(says),
            "type" => match says {
                Value::Array(any) => any.iter().any(|name| has_type(name, value)),
                one => has_type(one, value),
            },
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    check(root, says, item)?;
                }
                true
            }
            "required" => says.as_array().unwrap().iter().all(|key| {
                value.as_object().is_none_or(|object| object.contains_key(key.as_str().unwrap()))
            }),
            "properties" => {
                for (key, says) in says.as_object().unwrap() {
                    if let Some(value) = value.get(key) {
                        check(root, says, value).map_err(|why| format!("{key}: {why}"))?;
                    }
                }
                true
            }
            "additionalProperties" => {
                let named =
                    |key: &str| schema.get("properties").is_some_and(|p| p[key] != Value::Null);
                let mut others =
                    value.as_object().into_iter().flatten().filter(|(key, _)| !named(key));
                match says {
                    Value::Bool(false) => others.next().is_none(),
                    says => others.all(|(_, value)| check(root, says, value).is_ok()),
                }
            }
            "oneOf" => {
                let fits = |says: &&Value| check(root, says, value).is_ok();
                says.as_array().unwrap().iter().filter(fits).count() == 1
            }
            other => panic!("the test does not know the word {other}"),
        };
        if !fits {
            return Err(format!("{value} does not fit {word} {says}"));
        }
    }
    Ok(())
}

/// Whole numbers up to 2^64 compare exactly.
fn number(value: &Value) -> i128 {
    let number = value.as_number().unwrap();
    number.as_i128().unwrap_or_else(|| panic!("{number} is not whole"))
}

fn has_type(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        other => panic!("the test does not know the type {other}"),
    }
}

/// Lines of runs that differ in all that shows: failed shots, measured time, leaked qubits.
fn lines() -> Vec<Value> {
    let failing = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[1] q; bit[1] c;
        h q[0]; c[0] = measure q[0]; if (c[0]) { rx(0.3) q[0]; }";
    let runs = [
        Run { timed: true, shots: 4, ..Run::default() },
        Run { simulator: "density_matrix", shots: 4, ..Run::default() },
        Run { program: failing, noise: &[], simulator: "stabilizer", shots: 6, ..Run::default() },
    ];
    let texts = runs.map(|run| String::from_utf8(Run { format: "jsonl", ..run }.bytes()).unwrap());
    let lines = texts.iter().flat_map(|text| text.lines());
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_line_is_as_the_schema_says() {
    let schema = schema();
    let mut forms: Vec<Vec<String>> = Vec::new();
    let mut kinds: Vec<String> = Vec::new();
    for line in lines() {
        let kind = line["record"].as_str().unwrap();
        check(&schema, &schema["$defs"][kind], &line).unwrap_or_else(|why| panic!("{line}: {why}"));
        check(&schema, &schema, &line).unwrap_or_else(|why| panic!("{line}: {why}"));
        if !kinds.iter().any(|known| known == kind) {
            kinds.push(kind.to_owned());
        }
        let form: Vec<_> =
            line.as_object().unwrap().keys().chain([&kind.to_owned()]).cloned().collect();
        if forms.contains(&form) {
            continue;
        }
        forms.push(form);
        // What may be left out is the only thing that may.
        let required = schema["$defs"][kind]["required"].as_array().unwrap();
        for key in line.as_object().unwrap().keys() {
            let mut less = line.clone();
            less.as_object_mut().unwrap().remove(key);
            let may = !required.iter().any(|one| one == key.as_str());
            assert_eq!(check(&schema, &schema, &less).is_ok(), may, "{kind} without {key}");
        }
        let mut more = line.clone();
        more["other"] = 1.into();
        assert!(check(&schema, &schema, &more).is_err());
    }
    kinds.sort_unstable();
    let expected = ["about", "batch_end", "op", "outcome", "shot_begin", "shot_end", "trace_end"];
    assert_eq!(kinds, expected);
}

#[test]
fn every_field_of_the_schema_is_written_by_somebody() {
    let schema = schema();
    let lines = lines();
    for (kind, says) in schema["$defs"].as_object().unwrap() {
        let Some(fields) = says["properties"].as_object().filter(|f| f.contains_key("record"))
        else {
            continue;
        };
        let of_kind: Vec<_> = lines.iter().filter(|line| line["record"] == kind.as_str()).collect();
        for field in fields.keys() {
            // Only boards drop records, and only runs with a board have one.
            let elsewhere = kind == "dropped" || field == "board";
            let written = of_kind.iter().any(|line| line.get(field).is_some());
            assert_eq!(written, !elsewhere, "{kind}.{field}");
        }
    }
}

#[test]
fn the_line_in_the_documentation_is_one() {
    let text = include_str!("../../../docs/trace.md");
    let line = text.lines().find(|line| line.starts_with("{\"record\"")).unwrap();
    check(&schema(), &schema(), &serde_json::from_str(line).unwrap()).unwrap();
}
