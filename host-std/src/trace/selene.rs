//! JSON that Selene's own trace model loads (`selene_core.trace`, schema 0.1.0).
//!
//! Their four sources are our borders: what the program asked for, what the runtime scheduled, what
//! the last error model put out, and what the simulator got, which is the same with how long it took.
//! Borders between error models, and outcomes, have no place in their model.
//! One shot is a `Trace`; several are `Traces`, one after the other.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use pandia_core::op::gates::slot;
use pandia_core::op::{Op, OpKind};
use pandia_core::trace::{Event, Header, OpDown, Unit};
use serde::Serialize;

use super::about::About;
use super::format::{ByShot, ShotWriter, TraceWriter};
use super::name::op_name;
use super::shot::ShotTrace;

/// The version of their schema.
const SCHEMA_VERSION: &str = "0.1.0";
/// Whole numbers beyond it are refused there: JavaScript cannot hold them.
const WHOLE_MAX: u64 = (1 << 53) - 1;

/// Writes their JSON.
pub(super) struct Selene {
    out: Box<dyn Write>,
    about: About,
    /// Whether durations are nanoseconds, which is what theirs are.
    is_timed: bool,
    shots: u64,
}

/// One of their records.
#[derive(Serialize)]
struct EventRecord {
    source: Source,
    event: SeleneEvent,
}

#[derive(Serialize)]
#[serde(tag = "kind")]
enum Source {
    UserProgram { index: u64 },
    Runtime { start_time: u64, end_time: u64 },
    ErrorModel { index: u64 },
    Simulator { index: u64, duration_ns: u64 },
}

#[derive(Serialize)]
#[serde(tag = "kind")]
enum SeleneEvent {
    Gate { qubits: Vec<u32>, gate_name: Cow<'static, str>, params: Vec<Param> },
    Measurement { qubit: u32 },
    Reset { qubit: u32 },
    Custom { payload: Payload },
}

#[derive(Serialize)]
#[serde(untagged)]
enum Param {
    Real(f64),
    Whole(u64),
    Flag(bool),
}

#[derive(Serialize)]
#[serde(tag = "kind")]
enum Payload {
    KeyValuePairPayload { data: CustomData },
}

/// An operation of somebody's own. Parameters are words in hexadecimal: nobody here knows what they
/// mean.
#[derive(Serialize)]
struct CustomData {
    tag: u16,
    qubits: Vec<u32>,
    params: Vec<String>,
}

fn refused(shot: u64, words: &str) -> io::Error {
    let words = format!("shot {shot}: {words}, which Selene's traces do not take");
    io::Error::new(io::ErrorKind::InvalidInput, words)
}

fn whole(shot: u64, number: u64) -> io::Result<u64> {
    if number <= WHOLE_MAX {
        return Ok(number);
    }
    Err(refused(shot, &format!("{number} is more than 2^53 - 1")))
}

#[expect(clippy::cast_precision_loss, reason = "2^53 - 1 is exact")]
fn real(shot: u64, number: f64) -> io::Result<Param> {
    // Whole numbers that are stored as real ones have the same limit there.
    if number.is_finite() && (number.fract() != 0.0 || number.abs() <= WHOLE_MAX as f64) {
        return Ok(Param::Real(number));
    }
    Err(refused(shot, &format!("the parameter {number:e} is too large or not finite")))
}

/// What they call a gate: their own names for the gates that they have.
fn gate_name(op: Op<'_>) -> Cow<'static, str> {
    match (op.kind(), op.gate()) {
        (OpKind::Gate, slot::PHASED_X) => "Rxy".into(),
        (OpKind::Gate, slot::RZ) => "Rz".into(),
        (OpKind::Gate, slot::ZZ_PHASE) => "Rzz".into(),
        (OpKind::Gate, slot::PHASED_XX) => "Rpp".into(),
        _ => op_name(op),
    }
}

fn event(shot: u64, op: Op<'_>) -> io::Result<SeleneEvent> {
    let qubits = || op.qubits().collect();
    let gate = |gate_name, params| SeleneEvent::Gate { qubits: qubits(), gate_name, params };
    Ok(match op.kind() {
        OpKind::Gate | OpKind::Channel => {
            let params = op.params().iter().map(|&bits| real(shot, f64::from_bits(bits)));
            gate(gate_name(op), params.collect::<io::Result<_>>()?)
        }
        OpKind::Measure | OpKind::MeasureLeaked => SeleneEvent::Measurement { qubit: op.qubit(0) },
        OpKind::Reset => SeleneEvent::Reset { qubit: op.qubit(0) },
        OpKind::Postselect => gate("Postselect".into(), vec![Param::Flag(op.param_u64(0) != 0)]),
        // A local barrier of theirs lasts so many nanoseconds.
        OpKind::Idle => {
            gate("LocalBarrier".into(), vec![Param::Whole(whole(shot, op.param_u64(0))?)])
        }
        OpKind::Barrier => {
            let name = if op.qubit_count() == 0 { "GlobalBarrier" } else { "LocalBarrier" };
            gate(name.into(), vec![Param::Whole(0)])
        }
        OpKind::Custom => {
            let params = op.params().iter().map(|word| format!("{word:#018x}")).collect();
            let data = CustomData { tag: op.gate(), qubits: qubits(), params };
            SeleneEvent::Custom { payload: Payload::KeyValuePairPayload { data } }
        }
    })
}

impl Selene {
    pub(super) fn make(
        mut out: Box<dyn Write>,
        header: &Header,
        about: &About,
    ) -> io::Result<Box<dyn TraceWriter>> {
        write!(out, "{{\"schema_version\":\"{SCHEMA_VERSION}\",")?;
        let is_timed = header.unit == Unit::Ns;
        let selene = Self { out, about: about.clone(), is_timed, shots: 0 };
        if selene.is_several() {
            return Ok(Box::new(ByShot::new(selene.with(b"\"traces\":[")?)));
        }
        Ok(Box::new(ByShot::new(selene)))
    }

    const fn is_several(&self) -> bool {
        self.about.shots_asked != 1
    }

    fn with(mut self, text: &[u8]) -> io::Result<Self> {
        self.out.write_all(text)?;
        Ok(self)
    }

    /// How long each operation of each batch at `joint` took: its share of the batch.
    fn shares(&self, shot: &ShotTrace, joint: u8) -> BTreeMap<u32, u64> {
        let ends = shot.records().filter(|record| self.is_timed && record.at.joint == joint);
        let share = |event: &Event<'_>| match event {
            Event::BatchEnd(end) if end.op_count > 0 => {
                Some((end.batch, end.duration? / u64::from(end.op_count)))
            }
            _ => None,
        };
        ends.filter_map(|record| share(&record.event)).collect()
    }

    /// Writes their events: no comma before the first.
    fn events(&mut self, shot: &ShotTrace) -> io::Result<()> {
        let number = shot.shot().0;
        let seen = shot.records().map(|record| record.at.joint).max().unwrap_or(0);
        let lowest = self.about.joints.checked_sub(1).unwrap_or(seen);
        let below = self.about.parts.get(usize::from(lowest)..).unwrap_or(&[]);
        // On a board nobody saw what error models put out.
        let sees_simulator = below.iter().all(|part| part.kind != "error model");
        let shares = self.shares(shot, lowest);
        let (mut asked, mut executed) = (0, 0);
        let mut is_first = true;
        let mut put = |out: &mut dyn Write, source, op| {
            let record = EventRecord { source, event: event(number, op)? };
            out.write_all(if core::mem::take(&mut is_first) { b"\n" } else { b",\n" })?;
            serde_json::to_writer(out, &record).map_err(io::Error::from)
        };
        for record in shot.records() {
            let Event::Op(OpDown { op, start, length, batch, .. }) = record.event else { continue };
            match record.at.joint {
                0 => {
                    put(&mut self.out, Source::UserProgram { index: asked }, op)?;
                    asked += 1;
                }
                1 => {
                    let start_time = whole(number, start.0)?;
                    let end_time = whole(number, start.0.saturating_add(length.0))?;
                    put(&mut self.out, Source::Runtime { start_time, end_time }, op)?;
                }
                _ => {}
            }
            if record.at.joint == lowest && sees_simulator {
                let index = executed;
                let duration_ns = shares.get(&batch).copied().unwrap_or(0);
                put(&mut self.out, Source::ErrorModel { index }, op)?;
                put(&mut self.out, Source::Simulator { index, duration_ns }, op)?;
                executed += 1;
            }
        }
        Ok(())
    }
}

impl ShotWriter for Selene {
    fn shot(&mut self, shot: &ShotTrace) -> io::Result<()> {
        self.shots += 1;
        if self.is_several() {
            self.out.write_all(if self.shots == 1 { b"\n{" } else { b",\n{" })?;
        } else if self.shots > 1 {
            return Err(io::Error::other("the trace says that it has one shot and has more"));
        }
        self.out.write_all(b"\"events\":[")?;
        self.events(shot)?;
        self.out.write_all(if self.is_several() { b"\n]}" } else { b"\n]" })
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.write_all(if self.is_several() { b"\n]}\n" } else { b"}\n" })?;
        if !self.is_several() && self.shots == 0 {
            return Err(io::Error::other("the trace says that it has one shot and has none"));
        }
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::trace::sample;

    const SOURCE: &str = "OPENQASM 3.0; include \"stdgates.inc\"; include \"pandia.inc\";
        qubit[2] q; bit[2] c; phased_x(0.5, 0.25) q[0]; zz_phase(1.5) q[0], q[1]; barrier q[0];
        delay[25ns] q; reset q[1]; if (c[0]) { x q[0]; } c = measure q;";
    const PARTS: [&str; 3] = [
        "simple:duration_1q_ns=20,duration_2q_ns=60",
        "depolarizing:p_1q=1,p_2q=1",
        "state_vector",
    ];

    fn of_source<'v>(trace: &'v Value, kind: &str) -> Vec<&'v Value> {
        let events = trace["events"].as_array().unwrap();
        events.iter().filter(|event| event["source"]["kind"] == kind).collect()
    }

    #[test]
    fn one_shot_is_a_trace_with_the_four_sources_in_their_order() {
        let sample = sample::run(SOURCE, &PARTS, 4..5);
        let trace: Value = serde_json::from_slice(&sample.written("selene").unwrap()).unwrap();
        assert_eq!(trace["schema_version"], "0.1.0");
        let asked: Vec<String> = of_source(&trace, "UserProgram")
            .iter()
            .map(|record| {
                let event = &record["event"];
                event["gate_name"].as_str().or(event["kind"].as_str()).unwrap().to_owned()
            })
            .collect();
        let expected = ["Rxy", "Rzz", "LocalBarrier", "LocalBarrier", "Reset", "Measurement"];
        assert_eq!(asked[..6], expected);
        let indices: Vec<u64> = of_source(&trace, "UserProgram")
            .iter()
            .map(|record| record["source"]["index"].as_u64().unwrap())
            .collect();
        assert_eq!(indices, (0..indices.len() as u64).collect::<Vec<_>>());
        let scheduled = of_source(&trace, "Runtime");
        assert_eq!(scheduled.len(), asked.len());
        assert!(scheduled.iter().any(|record| record["source"]["end_time"].as_u64() > Some(0)));
        let (output, executed) = (of_source(&trace, "ErrorModel"), of_source(&trace, "Simulator"));
        assert!(executed.len() > scheduled.len(), "no noise");
        let events = |records: &[&Value]| -> Vec<Value> {
            records.iter().map(|record| record["event"].clone()).collect()
        };
        assert_eq!(events(&output), events(&executed));
        let turn = executed.iter().find(|record| record["event"]["gate_name"] == "Rxy").unwrap();
        assert_eq!(turn["event"]["params"], serde_json::json!([0.5, 0.25]));
    }

    #[test]
    fn several_shots_are_traces() {
        let sample = sample::run(SOURCE, &PARTS, 0..3);
        let traces: Value = serde_json::from_slice(&sample.written("selene").unwrap()).unwrap();
        let traces = traces["traces"].as_array().unwrap();
        assert_eq!(traces.len(), 3);
        for trace in traces {
            assert!(!of_source(trace, "Simulator").is_empty());
        }
    }

    #[test]
    fn numbers_that_their_model_refuses_are_refused() {
        for (angle, taken) in [("1e300", false), ("9007199254740991.0", true), ("1.5e-300", true)] {
            let source = format!("OPENQASM 3.0; include \"stdgates.inc\"; qubit q; rz({angle}) q;");
            let sample = sample::run(&source, &["simple", "state_vector"], 0..1);
            let written = sample.written("selene");
            assert_eq!(written.is_ok(), taken, "{angle}");
            if let Err(error) = written {
                assert!(error.to_string().contains("shot 0: the parameter 1e300"), "{error}");
            }
        }
    }
}
