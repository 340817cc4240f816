//! Records as text, one a line, where there is no memory to put text together: on a board.

use core::fmt;

use super::event::{BATCH_NONE, BatchEnd, Event, OpDown, Record};
use crate::op::{Op, OpKind, Source, channel, gates};

/// Shot, joint, sequence number, and what was seen. Who inserted something is an issuer's number.
impl fmt::Display for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} ", self.at.shot.0, self.at.joint, self.sequence)?;
        match &self.event {
            Event::ShotBegin { seed } => write!(f, "shot begins, seed {}", seed.0),
            Event::Op(down) => op_down(f, down),
            Event::Outcome(up) if up.batch == BATCH_NONE => {
                write!(f, "reads result {}: {}", up.id, up.value)
            }
            Event::Outcome(up) => {
                write!(f, "{}.{} result {} is {}", up.batch, up.op_index, up.id, up.value)
            }
            Event::BatchEnd(end) => batch_end(f, end),
            Event::ShotEnd { status, .. } => write!(f, "shot ends, status {status}"),
            Event::Dropped { count } => write!(f, "{count} records are missing here"),
            Event::TraceEnd { records } => write!(f, "the trace ends after {records} records"),
        }
    }
}

fn op_down(f: &mut fmt::Formatter<'_>, down: &OpDown<'_>) -> fmt::Result {
    write!(f, "{}.{} ", down.batch, down.index)?;
    call(f, down.op)?;
    if down.start.0 > 0 || down.length.0 > 0 {
        write!(f, ", at {} ns for {} ns", down.start.0, down.length.0)?;
    }
    inserted_by(f, down.source)
}

fn batch_end(f: &mut fmt::Formatter<'_>, end: &BatchEnd) -> fmt::Result {
    let BatchEnd { batch, op_count, result_count, status, .. } = end;
    write!(f, "{batch} back, {op_count} operations, {result_count} outcomes, status {status}")?;
    if let Some(duration) = end.duration {
        write!(f, ", took {duration}")?;
    }
    inserted_by(f, end.source)
}

fn inserted_by(f: &mut fmt::Formatter<'_>, source: Source) -> fmt::Result {
    match source.depth {
        0 => Ok(()),
        _ => write!(f, ", inserted by {:#x}", source.issuer),
    }
}

/// An operation by its name, with real numbers as the bits' decimal form and its qubits.
fn call(f: &mut fmt::Formatter<'_>, op: Op<'_>) -> fmt::Result {
    let number = op.gate();
    let name = match op.kind() {
        OpKind::Gate => gates::by_slot(number).map(|gate| gate.name),
        OpKind::Channel => channel::by_number(number).map(|channel| channel.name),
        _ => None,
    };
    match name {
        Some(name) => f.write_str(name)?,
        None if op.kind() == OpKind::Custom || op.kind() == OpKind::Gate => {
            write!(f, "{} {number}", op.kind().name())?;
        }
        None => f.write_str(op.kind().name())?,
    }
    for &bits in op.params() {
        match op.kind() {
            OpKind::Gate | OpKind::Channel => write!(f, " {}", f64::from_bits(bits))?,
            _ => write!(f, " {bits}")?,
        }
    }
    op.qubits().try_for_each(|qubit| write!(f, " q[{qubit}]"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ShotId;
    use crate::op::gates::slot;
    use crate::op::{OpBuffer, OpSink};
    use crate::trace::{At, OutcomeUp};
    use crate::units::{DurationNs, TimeNs};
    use std::string::ToString;

    #[test]
    fn a_record_is_a_line() {
        let mut ops = OpBuffer::<32>::new();
        ops.gate(slot::RZ, &[3], &[-0.5]).unwrap();
        ops.measure(1, 7).unwrap();
        let source = Source { issuer: 0xab, depth: 1 };
        let batch = ops.batch().at(TimeNs(10), DurationNs(20)).from_source(source);
        let at = At { shot: ShotId(4), joint: 2 };
        let said: std::vec::Vec<_> = Event::ops_of(6, &batch)
            .chain([
                Event::Outcome(OutcomeUp::read(7, 1, None)),
                Event::BatchEnd(BatchEnd::of(6, &batch, 1, -3, None)),
                Event::Dropped { count: 12 },
            ])
            .zip(0..)
            .map(|(event, sequence)| Record { at, sequence, event }.to_string())
            .collect();
        let expected = [
            "4 2 0 6.0 rz -0.5 q[3], at 10 ns for 20 ns, inserted by 0xab",
            "4 2 1 6.1 measure 7 q[1], at 10 ns for 20 ns, inserted by 0xab",
            "4 2 2 reads result 7: 1",
            "4 2 3 6 back, 2 operations, 1 outcomes, status -3, inserted by 0xab",
            "4 2 4 12 records are missing here",
        ];
        assert_eq!(said, expected);
    }
}
