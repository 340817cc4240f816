//! The form of outcomes, and operations that have none.

use super::harness::{Harness, OUTCOMES_MAX, build, ensure, went_well};
use super::{Check, Checked};
use crate::op::gates::slot;
use crate::op::{OpKind, OpSink, Outcome, Outcomes};
use crate::units::{DurationNs, TimeNs};

pub(super) const CHECKS: &[Check] = &[
    Check { name: "outcomes_carry_id_kind_and_index", run: labels },
    Check { name: "outcomes_are_added_to_what_is_there", run: added },
    Check { name: "no_room_for_outcomes_is_refused_before_anything_is_done", run: no_room },
    Check { name: "barriers_and_idling_change_nothing", run: idle },
    Check { name: "a_batch_at_another_time_acts_the_same", run: time },
];

fn labels(h: &mut Harness<'_>) -> Checked {
    let last = h.last_qubit();
    let leaky = h.info.op_kinds & OpKind::MeasureLeaked.bit() != 0;
    let ops = build(|ops| {
        ops.measure(last, u64::MAX)?;
        ops.reset(last)?;
        ops.barrier(&[])?;
        ops.measure(0, 1 << 40)?;
        ops.measure(0, 5)?;
        if leaky {
            ops.measure_leaked(0, 5)?;
        }
        ops.measure(last, 0)
    })?;
    // The harness compares id, kind, index and reserved fields of every outcome with its operation.
    h.shot(&ops)
}

fn added(h: &mut Harness<'_>) -> Checked {
    let ops = build(|ops| {
        ops.reset(0)?;
        ops.measure(0, 9)?;
        ops.measure(0, 8)
    })?;
    let earlier = Outcome { id: 3, value: 1, kind: 2, op_index: 17, ..Outcome::default() };
    let mut room = [Outcome::default(); 4];
    let mut outcomes = Outcomes::new(&mut room);
    went_well("adding an outcome", outcomes.push(earlier))?;
    h.begin()?;
    went_well("apply", h.backend.apply(&ops.batch(), &mut outcomes))?;
    let found = outcomes.as_slice();
    let labels = found.iter().map(|o| (o.id, o.op_index));
    ensure(
        labels.eq([(3, 17), (9, 1), (8, 2)]) && found.first() == Some(&earlier),
        format_args!("after one outcome that was there, the list is {found:?}"),
    )?;
    h.end()
}

fn no_room(h: &mut Harness<'_>) -> Checked {
    h.begin()?;
    let mut circuit = h.circuit();
    let quantum = h.profile.is_quantum() && circuit.gate(h, slot::X, &[0], &[]).is_ok();
    for id in 0..3 {
        went_well("building a circuit", circuit.ops.measure(0, id))?;
    }
    for room in 0..3 {
        let done = h.try_apply(&circuit.ops, room);
        let code = done.err().map_or(0, |e| e.code());
        let expected = crate::ErrorKind::Capacity { what: "", needed: 0, available: 0 }.code();
        ensure(
            code == expected,
            format_args!("3 measurements with room for {room}: answered with {code}"),
        )?;
        ensure(h.outcomes().is_empty(), format_args!("a refused batch gave outcomes"))?;
    }
    let ops = build(|ops| ops.measure(0, 0))?;
    h.apply(&ops)?;
    ensure(
        !quantum || h.value(0) == 0,
        format_args!("a batch without room for its outcomes changed the state"),
    )?;
    h.end()
}

fn idle(h: &mut Harness<'_>) -> Checked {
    let last = h.last_qubit();
    let ops = build(|ops| {
        ops.barrier(&[])?;
        ops.idle(&[0], DurationNs(100))?;
        ops.barrier(&[last])?;
        if last > 0 {
            ops.idle(&[0, last], DurationNs(0))?;
            ops.barrier(&[last, 0])?;
        }
        ops.idle(&[last], DurationNs(u64::from(u32::MAX)))
    })?;
    h.shot(&ops)?;
    h.needs_quantum(1)?;
    let mut circuit = h.circuit();
    circuit.gate(h, slot::H, &[0], &[])?;
    let turned = circuit.clone();
    let more = &mut circuit.ops;
    went_well("building a circuit", more.barrier(&[]))?;
    went_well("building a circuit", more.idle(&[0], DurationNs(1000)))?;
    circuit.gate(h, slot::H, &[0], &[])?;
    circuit.measure(0)?;
    for _ in 0..super::tolerance::SHOTS_ALWAYS {
        h.shot(&circuit.ops)?;
        ensure(h.value(0) == 0, format_args!("H, barrier, idle, H gives 1"))?;
    }
    h.compare(turned, 1, format_args!("H before a barrier"))
}

fn time(h: &mut Harness<'_>) -> Checked {
    h.needs_quantum(1)?;
    let mut circuit = h.circuit();
    circuit.gate(h, slot::X, &[0], &[])?;
    circuit.measure(0)?;
    h.begin()?;
    let late = TimeNs(u64::MAX - 5);
    let source = crate::op::Source { issuer: 99, depth: 3 };
    let batch = circuit.ops.batch().at(late, DurationNs(40)).from_source(source);
    let mut room = [Outcome::default(); OUTCOMES_MAX];
    let mut outcomes = Outcomes::new(&mut room);
    went_well("apply at a late time", h.backend.apply(&batch, &mut outcomes))?;
    ensure(
        outcomes.as_slice().iter().map(|o| o.value).eq([1]),
        format_args!("X at a late time, from another source, is not seen"),
    )?;
    h.end()
}
