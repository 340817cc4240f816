//! JSON lines: one object a record, as `docs/trace.md` and `docs/trace.schema.json` say.

use std::io::{self, Write};

use pandia_core::op::{Op, OpKind, Source, gates};
use pandia_core::trace::{BATCH_NONE, Event, Header, OpDown, Record, VERSION};
use serde::Serialize;

use super::about::About;
use super::format::TraceWriter;

/// Writes JSON lines.
pub(super) struct JsonLines {
    out: Box<dyn Write>,
    about: About,
    records: u64,
}

/// A line.
#[derive(Serialize)]
#[serde(tag = "record", rename_all = "snake_case")]
enum Line<'a> {
    About {
        version: u16,
        unit: &'static str,
        #[serde(flatten)]
        about: &'a About,
    },
    ShotBegin {
        #[serde(flatten)]
        place: Place,
        seed: u64,
    },
    Op {
        #[serde(flatten)]
        place: Place,
        batch: u32,
        index: u32,
        #[serde(flatten)]
        scheduled: Scheduled<'a>,
        op: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        gate: Option<GateName>,
        qubits: Qubits<'a>,
        params: Params<'a>,
        flags: u8,
    },
    Outcome {
        #[serde(flatten)]
        place: Place,
        #[serde(skip_serializing_if = "Option::is_none")]
        batch: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        op_index: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        op: Option<&'static str>,
        id: u64,
        value: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        duration: Option<u64>,
    },
    BatchEnd {
        #[serde(flatten)]
        place: Place,
        batch: u32,
        op_count: u32,
        result_count: u32,
        #[serde(flatten)]
        scheduled: Scheduled<'a>,
        status: i32,
        #[serde(skip_serializing_if = "Option::is_none")]
        duration: Option<u64>,
    },
    ShotEnd {
        #[serde(flatten)]
        place: Place,
        status: i32,
        #[serde(skip_serializing_if = "Option::is_none")]
        begin_duration: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        end_duration: Option<u64>,
    },
    Dropped {
        #[serde(flatten)]
        place: Place,
        count: u64,
    },
    TraceEnd {
        records: u64,
    },
}

/// What every record of a shot has.
#[derive(Serialize)]
struct Place {
    shot: u64,
    sequence: u64,
    joint: u8,
}

/// When a batch is to happen, and who issued it.
#[derive(Serialize)]
struct Scheduled<'a> {
    start_ns: u64,
    length_ns: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    inserted_by: Option<Inserter<'a>>,
}

/// Who inserted a batch.
#[derive(Serialize)]
struct Inserter<'a> {
    issuer: u32,
    depth: u32,
    /// Its place among the parts, if it is one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<&'a str>,
}

/// The name of a built-in gate; the number of another one, of a channel, or the tag of an operation
/// of somebody's own.
#[derive(Serialize)]
#[serde(untagged)]
enum GateName {
    BuiltIn(&'static str),
    Number(u16),
}

struct Qubits<'a>(Op<'a>);

impl Serialize for Qubits<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.qubits())
    }
}

/// Real numbers for gates and channels (`null` for what is not finite), whole ones for the others.
struct Params<'a>(Op<'a>);

impl Serialize for Params<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let params = self.0.params();
        match self.0.kind() {
            OpKind::Gate | OpKind::Channel => {
                serializer.collect_seq(params.iter().map(|&bits| f64::from_bits(bits)))
            }
            _ => serializer.collect_seq(params),
        }
    }
}

impl JsonLines {
    pub(super) fn make(
        out: Box<dyn Write>,
        header: &Header,
        about: &About,
    ) -> io::Result<Box<dyn TraceWriter>> {
        let mut lines = Self { out, about: about.clone(), records: 0 };
        let unit = header.unit.name();
        write_line(&mut lines.out, &Line::About { version: VERSION, unit, about })?;
        Ok(Box::new(lines))
    }
}

fn write_line(out: &mut dyn Write, line: &Line<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

fn scheduled(about: &About, start_ns: u64, length_ns: u64, source: Source) -> Scheduled<'_> {
    let inserted_by = (source.depth > 0).then(|| {
        let layer = about.inserter(source);
        let part = layer.and_then(|layer| about.parts.get(layer)).map(|part| part.part.as_str());
        Inserter { issuer: source.issuer, depth: source.depth, layer, part }
    });
    Scheduled { start_ns, length_ns, inserted_by }
}

fn gate_name(op: Op<'_>) -> Option<GateName> {
    match op.kind() {
        OpKind::Gate => Some(
            gates::by_slot(op.gate())
                .map_or(GateName::Number(op.gate()), |gate| GateName::BuiltIn(gate.name)),
        ),
        OpKind::Channel | OpKind::Custom => Some(GateName::Number(op.gate())),
        _ => None,
    }
}

fn op_line<'a>(about: &'a About, place: Place, down: OpDown<'a>) -> Line<'a> {
    let OpDown { batch, index, start, length, source, op } = down;
    Line::Op {
        place,
        batch,
        index,
        scheduled: scheduled(about, start.0, length.0, source),
        op: op.kind().name(),
        gate: gate_name(op),
        qubits: Qubits(op),
        params: Params(op),
        flags: op.flags(),
    }
}

impl TraceWriter for JsonLines {
    fn record(&mut self, record: &Record<'_>) -> io::Result<()> {
        self.records += 1;
        let (at, sequence) = (record.at, record.sequence);
        let place = Place { shot: at.shot.0, sequence, joint: at.joint };
        let line = match record.event {
            Event::ShotBegin { seed } => Line::ShotBegin { place, seed: seed.0 },
            Event::Op(down) => op_line(&self.about, place, down),
            Event::Outcome(up) => {
                let of_batch = up.batch != BATCH_NONE;
                Line::Outcome {
                    place,
                    batch: of_batch.then_some(up.batch),
                    op_index: of_batch.then_some(up.op_index),
                    op: up.kind.map(OpKind::name),
                    id: up.id,
                    value: up.value,
                    duration: up.duration,
                }
            }
            Event::BatchEnd(end) => Line::BatchEnd {
                place,
                batch: end.batch,
                op_count: end.op_count,
                result_count: end.result_count,
                scheduled: scheduled(&self.about, end.start.0, end.length.0, end.source),
                status: end.status,
                duration: end.duration,
            },
            Event::ShotEnd { status, begin, end } => {
                Line::ShotEnd { place, status, begin_duration: begin, end_duration: end }
            }
            Event::Dropped { count } => Line::Dropped { place, count },
            Event::TraceEnd { records } => Line::TraceEnd { records },
            _ => return Err(io::Error::other("a record that this version does not know")),
        };
        write_line(&mut self.out, &line)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        write_line(&mut self.out, &Line::TraceEnd { records: self.records })?;
        self.out.flush()
    }
}
