//! A refused call changes nothing: the shot goes on as that of a twin that was never asked.

use pandia_core::backend::Backend;
use pandia_core::error::Class;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::{Gate, slot};
use pandia_core::op::{OpKind, OpSink, Outcome, Params, Parts};

use super::writes::CAPS;
use crate::check::bench::{Bench, QUBITS, apply};
use crate::check::circuits::{STRANGE_TAG, coins};
use crate::check::finding::{Checked, ensure, failed, went_well};
use crate::check::raw_face::{RawFace, batch_of, list_over};

/// A batch that is wrong at its end, after operations that would change the state and draw.
fn wrong(gates: &[&'static Gate], how: usize) -> Checked<Option<(&'static str, OpVec)>> {
    let start = coins(gates, QUBITS)?;
    let mut what = "";
    let mut tail = |ops: &mut OpVec| match how {
        0 => {
            what = "a batch that ends with a measurement of a qubit that does not exist";
            ops.measure(QUBITS + 60, 0)
        }
        1 => {
            what = "a batch that ends with an unknown gate";
            ops.gate(slot::UNITARY_3Q + 500, &[0], &[])
        }
        2 => {
            what = "a batch that ends with an unknown custom operation";
            let (kind, gate, qubits) = (OpKind::Custom, STRANGE_TAG, &[0][..]);
            ops.push(Parts { kind, flags: 0, gate, qubits, params: Params::NONE })
        }
        3 => {
            what = "a batch that ends with a gate on one qubit twice";
            ops.gate(slot::CX, &[0, 0], &[])
        }
        _ => {
            what = "a batch that ends with an angle that is no number";
            ops.gate(slot::RZ, &[0], &[f64::NAN])
        }
    };
    let needs = match how {
        3 => Some(slot::CX),
        4 => Some(slot::RZ),
        _ => None,
    };
    if needs.is_some_and(|slot| !gates.iter().any(|gate| gate.slot == slot)) {
        return Ok(None);
    }
    let mut ops = OpVec::new();
    for op in start.batch().ops() {
        let qubits: Vec<u32> = op.qubits().collect();
        let params = Params::Words(op.params());
        let (kind, flags, gate) = (op.kind(), op.flags(), op.gate());
        went_well("building", ops.push(Parts { kind, flags, gate, qubits: &qubits, params }))?;
    }
    went_well("building a circuit", tail(&mut ops))?;
    Ok(Some((what, ops)))
}

pub(super) fn run(bench: &mut Bench) -> Checked {
    let mut twin = bench.make_busy()?;
    let gates = bench.gates(twin.face())?;
    let ops = coins(&gates, QUBITS)?;
    let mut made = bench.make_busy()?;
    bench.gates(made.face())?;
    for how in 0..5 {
        let Some((what, bad)) = wrong(&gates, how)? else { continue };
        bench.step(what);
        for shot in 0..4 {
            let done = one(bench, (made.face(), twin.face()), (&ops, &bad), what, shot);
            let goes_on = done.is_ok();
            bench.keep(done);
            if !goes_on {
                break;
            }
        }
    }
    bench.step("a batch whose outcomes have no room");
    let raw = RawFace::of(made.pair);
    if raw.backend().is_some() {
        let done = no_room(bench, &raw, made.face(), twin.face(), &ops);
        bench.keep(done);
    }
    made.destroy()?;
    twin.destroy()?;
    Ok(())
}

/// The values of one batch.
fn values(face: &mut dyn Backend, ops: &OpVec) -> Checked<Vec<u64>> {
    let outcomes = went_well("apply", apply(face, ops))?;
    Ok(outcomes.iter().map(|outcome| outcome.value).collect())
}

fn begin(face: &mut dyn Backend, shot: u64, seed: u64) -> Checked {
    went_well("shot_begin", face.shot_begin(ShotId(shot), Seed(seed)))
}

fn one(
    bench: &Bench,
    (face, twin): (&mut dyn Backend, &mut dyn Backend),
    (ops, bad): (&OpVec, &OpVec),
    what: &str,
    shot: u64,
) -> Checked {
    begin(face, shot, bench.held.seed)?;
    begin(twin, shot, bench.held.seed)?;
    let before = values(face, ops);
    let asked = apply(face, bad);
    let lost = match &asked {
        Ok(_) => None,
        Err(e) => Some(e.class()),
    };
    let after = if lost == Some(Class::Refused) { values(face, ops) } else { Ok(Vec::new()) };
    let digests = (face.state_digest().ok(), {
        let first = values(twin, ops)?;
        let second = if lost == Some(Class::Refused) { values(twin, ops)? } else { Vec::new() };
        let digest = twin.state_digest().ok();
        went_well("shot_end", twin.shot_end())?;
        went_well("shot_end after a refusal", face.shot_end())?;
        ensure(before? == first, || "equal shots of two instances differ".to_owned())?;
        let after = after?;
        ensure(after == second, || {
            format!(
                "after {what} was refused, the shot goes on with {after:?}; without it, \
                     {second:?}: a refused call changes nothing"
            )
        })?;
        digest
    });
    match asked {
        Ok(_) => failed(format!("{what} is carried out instead of being refused")),
        Err(e) if e.class() == Class::InstanceLost => {
            failed(format!("{what} costs the whole instance: {e} (status {})", e.code()))
        }
        Err(_) if lost == Some(Class::Refused) => ensure(digests.0 == digests.1, || {
            format!("after {what} was refused, the state is another than without it")
        }),
        // The shot was lost, as layers may do that cut batches in pieces. It has ended well.
        Err(_) => Ok(()),
    }
}

fn no_room(
    bench: &Bench,
    raw: &RawFace,
    face: &mut dyn Backend,
    twin: &mut dyn Backend,
    ops: &OpVec,
) -> Checked {
    begin(face, 9, bench.held.seed)?;
    begin(twin, 9, bench.held.seed)?;
    let mut places = vec![Outcome::default(); ops.result_count() as usize - 1];
    let mut list = list_over(&mut places);
    let answer = raw.apply(&batch_of(ops), &mut list, CAPS);
    let (after, plain) = (values(face, ops), values(twin, ops)?);
    went_well("shot_end", face.shot_end())?;
    went_well("shot_end", twin.shot_end())?;
    answer?.refused_with("a batch whose outcomes have no room", -3)?;
    ensure(list.len == 0, || {
        format!("a batch without room was refused, but gave {} outcomes", list.len)
    })?;
    let after = after?;
    ensure(after == plain, || {
        "a batch without room was refused after something had been done: check the room first"
            .to_owned()
    })
}
