//! Instances come and go: in used memory, in the middle of a shot, many at a time.

use pandia_core::ids::{Seed, ShotId};

use crate::check::bench::{Bench, QUBITS, apply, shots};
use crate::check::circuits::coins;
use crate::check::finding::{Checked, ensure, went_well};
use crate::check::made::Site;
use crate::check::memory::DIRT;

const ROUNDS: u8 = 24;

pub(super) fn run(bench: &mut Bench) -> Checked {
    rounds(bench, ROUNDS)?;
    many(bench)
}

fn rounds(bench: &mut Bench, rounds: u8) -> Checked {
    let seed = bench.held.seed;
    let mut site: Site = bench.site(bench.busy())?;
    let mut expected = None;
    for round in 0..rounds {
        bench.step(&format!("create number {round} in the same memory"));
        if round % 3 > 0 {
            site.memory.refill([DIRT, 0, 0xff][usize::from(round % 3)]);
        }
        let mut made = site.build()?;
        let gates = bench.gates(made.face())?;
        let ops = coins(&gates, QUBITS)?;
        let row = shots(made.face(), &ops, 4, seed)?;
        let first = expected.get_or_insert_with(|| row.clone());
        ensure(*first == row, || {
            format!(
                "instance {round} in the same memory gives other shots than the first: it \
                     reads what an earlier one, or nobody, has left there"
            )
        })?;
        if round % 2 == 0 {
            bench.step("destroy in the middle of a shot");
            went_well("shot_begin", made.face().shot_begin(ShotId(1), Seed(seed)))?;
            went_well("apply", apply(made.face(), &ops))?;
        }
        site = made.destroy()?.over(bench.below(QUBITS)?);
    }
    bench.step("create and destroy at once");
    for _ in 0..rounds {
        site = site.build()?.destroy()?;
    }
    Ok(())
}

/// Many instances at a time, ended in another order than they were made in.
fn many(bench: &mut Bench) -> Checked {
    bench.step("sixteen instances at a time");
    let mut all = Vec::new();
    for _ in 0..16 {
        all.push(bench.make_busy()?);
    }
    let gates = bench.gates(all[0].face())?;
    let ops = coins(&gates, QUBITS)?;
    let mut rows = Vec::new();
    for made in &mut all {
        bench.gates(made.face())?;
        rows.push(shots(made.face(), &ops, 2, bench.held.seed)?);
    }
    let same = rows.iter().all(|row| *row == rows[0]);
    ensure(same, || "sixteen instances of one configuration give different shots".to_owned())?;
    while all.len() > 1 {
        let middle = all.len() / 2;
        all.swap_remove(middle).destroy()?;
    }
    let last = shots(all[0].face(), &ops, 2, bench.held.seed)?;
    ensure(last == rows[0], || "an instance changes when others are destroyed".to_owned())
}

/// What is run under valgrind: less of the same, since everything takes fifty times as long.
pub(super) fn under_valgrind(bench: &mut Bench) -> Checked {
    rounds(bench, 4)?;
    bench.held.streams = bench.held.streams.min(4);
    super::streams::run(bench)
}
