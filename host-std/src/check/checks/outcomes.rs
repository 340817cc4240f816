//! One outcome for each measurement, with its id, its operation, and a value that can be.

use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{OpKind, OpSink, Outcome};

use super::writes::CAPS;
use crate::check::bench::{Bench, QUBITS};
use crate::check::circuits::{build, coins};
use crate::check::finding::{Checked, ensure, went_well};
use crate::check::raw_face::{RawFace, batch_of, list_over};

pub(super) fn run(bench: &mut Bench) -> Checked {
    let mut made = bench.make_busy()?;
    let gates = bench.gates(made.face())?;
    let coins = coins(&gates, QUBITS)?;
    let leaked = made.face().info().op_kinds & OpKind::MeasureLeaked.bit() != 0;
    let strange = build(|ops| {
        ops.measure(1, u64::from(u32::MAX) - 7)?;
        ops.idle(&[0], pandia_core::units::DurationNs(5))?;
        if leaked {
            ops.measure_leaked(0, 3)?;
        }
        ops.reset(1)?;
        ops.measure(1, 3)?;
        ops.measure(1, 3)
    })?;
    let raw = RawFace::of(made.pair);
    for (ops, what) in [(&coins, "coins"), (&strange, "measurements with ids of any kind")] {
        if raw.backend().is_none() {
            // A runtime hands out results by id; the other checks ask for every one.
            went_well("shot_begin", made.face().shot_begin(ShotId(0), Seed(1)))?;
            let done = crate::check::bench::apply(made.face(), ops);
            went_well("shot_end", made.face().shot_end())?;
            went_well(what, done)?;
            continue;
        }
        for shot in 0..20 {
            bench.step(&format!("{what}, shot {shot}"));
            let mut places = vec![Outcome::default(); ops.result_count() as usize + 8];
            let mut list = list_over(&mut places);
            raw.shot_begin(shot, bench.held.seed)?.done("shot_begin")?;
            let answer = raw.apply(&batch_of(ops), &mut list, CAPS);
            raw.shot_end()?.done("shot_end")?;
            let answer = answer?;
            if answer.status == -102 {
                bench.note("a recorded run parts from what this check asks for");
                continue;
            }
            answer.done(&format!("apply of {what}"))?;
            let len = list.len as usize;
            compare(ops, places.get(..len).unwrap_or(&[]), len)?;
        }
    }
    made.destroy()?;
    Ok(())
}

fn compare(ops: &pandia_core::op::builder::OpVec, got: &[Outcome], len: usize) -> Checked {
    let asked = ops.result_count() as usize;
    ensure(len == asked, || {
        format!("gave {len} outcomes for a batch of {asked} measurements; one each is right")
    })?;
    let batch = ops.batch();
    let bearing = (0_u32..).zip(batch.ops()).filter(|(_, op)| op.kind().bears_result());
    for ((index, op), outcome) in bearing.zip(got) {
        let (id, largest) = (op.result_id(), if op.kind() == OpKind::Measure { 1 } else { 2 });
        ensure(outcome.value <= largest, || {
            format!("operation {index} gave the value {}; 0 to {largest} can be", outcome.value)
        })?;
        ensure(outcome.id == id, || {
            format!("operation {index} asked for result id {id}; its outcome has {}", outcome.id)
        })?;
        ensure(outcome.op_index == index, || {
            format!("the outcome of operation {index} names operation {}", outcome.op_index)
        })?;
        let form = (outcome.kind, outcome.flags, outcome.reserved0);
        ensure(form == (op.kind() as u8, 0, 0), || {
            format!(
                "the outcome of operation {index} has kind {}, flags {}, reserved {}; {}, 0 and 0 \
                 are right",
                form.0,
                form.1,
                form.2,
                op.kind() as u8
            )
        })?;
    }
    Ok(())
}
