//! Records for people, one a line.

use core::fmt::Write as _;

use pandia_core::op::{Op, OpKind};
use pandia_core::trace::{BATCH_NONE, BatchEnd, Event, OpDown, Record};

use super::about::About;
use super::name::{op_name, outcome_name};

/// What stands above the columns of [`line()`].
pub const LINE_HEADING: &str = "  shot  joint     seq  what";

/// A record as a line: shot, joint, sequence number, what happened.
#[must_use]
pub fn line(about: &About, record: &Record<'_>) -> String {
    let (shot, joint) = (record.at.shot.0, record.at.joint);
    format!("{shot:>6}  {joint:>5}  {:>6}  {}", record.sequence, what(about, &record.event))
}

fn what(about: &About, event: &Event<'_>) -> String {
    match event {
        Event::ShotBegin { seed } => format!("shot begins, seed {}", seed.0),
        Event::Op(down) => op_down(about, down),
        Event::Outcome(up) => {
            let (id, value) = (up.id, outcome_name(up.value));
            if up.batch == BATCH_NONE {
                format!("reads result {id}: {value}")
            } else {
                format!("{}.{}  result {id} is {value}", up.batch, up.op_index)
            }
        }
        Event::BatchEnd(end) => batch_end(about, end),
        Event::ShotEnd { status: 0, .. } => "shot ends".to_owned(),
        Event::ShotEnd { status, .. } => format!("shot ends with error {status}"),
        Event::Dropped { count } => format!("{count} records are missing here"),
        Event::TraceEnd { records } => format!("the trace ends after {records} records"),
        _ => "something that this version does not know".to_owned(),
    }
}

fn op_down(about: &About, down: &OpDown<'_>) -> String {
    let mut text = format!("{}.{}  {}", down.batch, down.index, call(down.op));
    // Writing to a string does not fail.
    if down.start.0 > 0 || down.length.0 > 0 {
        let _ = write!(text, ", at {} ns for {} ns", down.start.0, down.length.0);
    }
    if down.source.depth > 0 {
        let by = about.inserter(down.source).and_then(|layer| about.parts.get(layer));
        let by = by.map_or("who is not known", |part| &part.part);
        let _ = write!(text, ", inserted by {by}");
    }
    text
}

fn batch_end(about: &About, end: &BatchEnd) -> String {
    let ops = if end.op_count == 1 { "operation" } else { "operations" };
    let outcomes = if end.result_count == 1 { "outcome" } else { "outcomes" };
    let mut text =
        format!("{}.  back: {} {ops}, {} {outcomes}", end.batch, end.op_count, end.result_count);
    if end.status != 0 {
        let _ = write!(text, ", error {}", end.status);
    }
    if let Some(duration) = end.duration {
        let _ = write!(text, ", took {duration}");
    }
    if let Some(part) = about.inserter(end.source).and_then(|layer| about.parts.get(layer)) {
        let _ = write!(text, ", inserted by {}", part.part);
    }
    text
}

/// An operation as a call: `rz(0.5) q[3]`.
pub(super) fn call(op: Op<'_>) -> String {
    let params: Vec<String> = match op.kind() {
        OpKind::Gate | OpKind::Channel => {
            op.params().iter().map(|&bits| f64::from_bits(bits).to_string()).collect()
        }
        OpKind::Measure | OpKind::MeasureLeaked => vec![format!("result {}", op.result_id())],
        OpKind::Idle => vec![format!("{} ns", op.param_u64(0))],
        _ => op.params().iter().map(ToString::to_string).collect(),
    };
    let qubits: Vec<String> = op.qubits().map(|qubit| format!("q[{qubit}]")).collect();
    let params = if params.is_empty() { String::new() } else { format!("({})", params.join(", ")) };
    format!("{}{params} {}", op_name(op), qubits.join(", ")).trim_end().to_owned()
}
