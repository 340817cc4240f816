//! Equal seeds give equal bits: again, in another instance, alone, out of order, beside others.

use pandia_core::backend::Backend;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::builder::OpVec;
use pandia_core::part::PartKind;

use crate::check::bench::{Bench, QUBITS, apply, shot, shots};
use crate::check::circuits::coins;
use crate::check::finding::{Checked, ensure, went_well};

const SHOTS: u64 = 24;

pub(super) fn run(bench: &mut Bench) -> Checked {
    let seed = bench.held.seed;
    let mut first = bench.make_busy()?;
    let gates = bench.gates(first.face())?;
    let ops = coins(&gates, QUBITS)?;
    bench.step("shots in a row");
    let row = shots(first.face(), &ops, SHOTS, seed)?;
    bench.step("the same shots again");
    let again = shots(first.face(), &ops, SHOTS, seed)?;
    ensure(row == again, || differ(&row, &again, "run again in the same instance"))?;
    bench.step("the same shots in another instance");
    let mut second = bench.make_busy()?;
    bench.gates(second.face())?;
    let other = shots(second.face(), &ops, SHOTS, seed)?;
    ensure(row == other, || differ(&row, &other, "run in another instance"))?;
    alone(bench, &ops, &row)?;
    bench.step("two instances in turn");
    interleaved(first.face(), second.face(), &ops, seed, &row)?;
    bench.step("other seeds and streams");
    let other = shots(first.face(), &ops, SHOTS, seed + 1)?;
    let constant = row.iter().chain(&other).all(|values| *values == row[0]);
    if constant {
        bench.note("all shots of coins are alike: whether seeds matter cannot be told");
    } else if row == other {
        bench.find(format!("seeds {seed} and {} give the same {SHOTS} shots of coins", seed + 1));
    } else if bench.kind() == PartKind::Simulator {
        let mut shape = bench.busy();
        shape.stream ^= 0x5555;
        let mut streamed = bench.site(shape)?.build()?;
        bench.gates(streamed.face())?;
        let other = shots(streamed.face(), &ops, SHOTS, seed)?;
        if row == other {
            bench.find("another random stream in the configuration gives the same shots of coins");
        }
    }
    first.destroy()?;
    second.destroy()?;
    Ok(())
}

fn differ(row: &[Vec<u64>], other: &[Vec<u64>], how: &str) -> String {
    let shot = row.iter().zip(other).position(|(a, b)| a != b).unwrap_or(0);
    let show = |row: &[Vec<u64>]| format!("{:?}", row.get(shot).cloned().unwrap_or_default());
    format!(
        "shot {shot} gave {}, and {} {how}: outcomes follow from seed, shot and stream alone",
        show(row),
        show(other)
    )
}

/// Shot k is shot k, whatever came before it.
fn alone(bench: &Bench, ops: &OpVec, row: &[Vec<u64>]) -> Checked {
    for k in [SHOTS - 1, 3, 11, 3] {
        bench.step(&format!("shot {k} alone in a fresh instance"));
        let mut fresh = bench.make_busy()?;
        bench.gates(fresh.face())?;
        let values = shot(fresh.face(), ops, k, bench.held.seed)?;
        let expected = usize::try_from(k).ok().and_then(|k| row.get(k));
        ensure(expected == Some(&values), || {
            format!("shot {k} alone gives {values:?}, and {expected:?} in a row")
        })?;
        fresh.destroy()?;
    }
    Ok(())
}

/// Two instances in turn, shot by shot at the same time, give what each gives alone.
fn interleaved(
    first: &mut dyn Backend,
    second: &mut dyn Backend,
    ops: &OpVec,
    seed: u64,
    row: &[Vec<u64>],
) -> Checked {
    let mut other = row.iter().rev().zip((0..SHOTS).rev());
    for (k, expected) in (0..SHOTS).zip(row) {
        let Some((reversed, back)) = other.next() else { break };
        went_well("shot_begin", first.shot_begin(ShotId(k), Seed(seed)))?;
        went_well("shot_begin of a second instance", second.shot_begin(ShotId(back), Seed(seed)))?;
        let in_first = went_well("apply", apply(first, ops))?;
        let in_second = went_well("apply", apply(second, ops))?;
        went_well("shot_end", first.shot_end())?;
        went_well("shot_end of a second instance", second.shot_end())?;
        let same = |outcomes: &[pandia_core::op::Outcome], expected: &[u64]| {
            outcomes.iter().map(|outcome| outcome.value).eq(expected.iter().copied())
        };
        ensure(same(&in_first, expected) && same(&in_second, reversed), || {
            format!(
                "two instances in turn (shots {k} and {back}) give other outcomes than one after \
                 the other: they share something; keep all state in the instance"
            )
        })?;
    }
    Ok(())
}
