//! What it costs to hand operations over: directly, through layers, through a table.

use pandia::dylib::Library;
use pandia_benches::{Floor, Goal, Ladder, Runner, drive, pieces};
use pandia_core::abi::{Instance, NoGuard, TableBackend};
use pandia_core::backend::{Backend, MetricValue, Stack};
use pandia_core::error::Result;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::noise::{
    CoherentPart, DepolarizingPart, IdealPart, LeakagePart, PauliPart, ReadoutPart,
};
use pandia_core::op::Batch;
use pandia_core::op::builder::OpVec;
use pandia_core::part::{Config, LayerPart, Setting, SimulatorPart, Value};
use pandia_core::sim::CoinflipPart;
use std::error::Error;

/// The sum of all that `backend` counts: what noise inserted.
fn counted<B: Backend>(backend: &B) -> u64 {
    (0..).map_while(|index| backend.metric(index)).fold(0, |sum, metric| match metric.value {
        MetricValue::Counter(count) => sum + count,
        MetricValue::Gauge(_) => sum,
    })
}

/// The layer `P` with these settings over the floor.
fn over_floor<P: LayerPart>(settings: &[(&str, f64)]) -> Result<impl Backend> {
    let settings: Vec<_> =
        settings.iter().map(|&(key, value)| Setting { key, value: Value::Real(value) }).collect();
    let config = Config::new(64, StreamId(7)).with(&settings);
    let layer = P::build(&config, vec![P::EMPTY; P::cells(&config)?])?;
    let mut stack = Stack::new(layer, Floor::default());
    stack.shot_begin(ShotId(0), Seed(1))?;
    Ok(stack)
}

/// What the layer `P` costs over the floor in batches of 64.
fn layer<P: LayerPart>(
    runner: &mut Runner,
    settings: &[(&str, f64)],
    repeats: u64,
    goal: Goal,
) -> Result<()> {
    let pieces = pieces(64)?;
    let mut noisy = over_floor::<P>(settings)?;
    let name = format!("dispatch/{}/batch-64", P::SPEC.short_name());
    runner.bench(name.clone(), "op", 256 * repeats, Goal::None, || {
        drive(&mut noisy, &pieces, repeats).map_or(0, |()| counted(&noisy))
    });
    runner.difference(&name, "dispatch/direct/batch-64", goal);
    Ok(())
}

/// What one and three tables cost over the floor.
fn tables(runner: &mut Runner, size: u32, pieces: &[OpVec], repeats: u64) -> Result<()> {
    let ops = 256 * repeats;
    let at = |goal| if size == 64 { Goal::AtMostNs(goal) } else { Goal::None };
    let mut inner = Instance::<_, NoGuard>::new(Floor::default());
    let mut table = TableBackend::lent(inner.pair())?;
    let crossing = format!("dispatch/table-1/batch-{size}");
    runner.bench(crossing.clone(), "op", ops, Goal::None, || {
        drive(&mut table, pieces, repeats).map_or(0, |()| 1)
    });
    runner.difference(&crossing, &format!("dispatch/direct/batch-{size}"), at(5.0));
    let mut middle = Instance::<_, NoGuard>::new(table);
    let mut outer = Instance::<_, NoGuard>::new(TableBackend::lent(middle.pair())?);
    let mut three = TableBackend::lent(outer.pair())?;
    runner.bench(format!("dispatch/table-3/batch-{size}"), "op", ops, at(12.0), || {
        drive(&mut three, pieces, repeats).map_or(0, |()| 1)
    });
    Ok(())
}

/// The coin, which does nothing at gates, linked in and out of its library.
fn coins(
    runner: &mut Runner,
    library: &Library,
    size: u32,
    pieces: &[OpVec],
    repeats: u64,
) -> core::result::Result<(), Box<dyn Error>> {
    let ops = 256 * repeats;
    let config = Config::new(64, StreamId(7));
    let mut linked = CoinflipPart::build(&config, [])?;
    let mut loaded = library.part("coinflip")?.build_simulator(&config)?;
    linked.shot_begin(ShotId(0), Seed(1))?;
    loaded.shot_begin(ShotId(0), Seed(1))?;
    let names = ["linked", "dylib"].map(|kind| format!("dispatch/coin-{kind}/batch-{size}"));
    runner.bench(names[0].clone(), "op", ops, Goal::None, || {
        drive(&mut linked, pieces, repeats).map_or(0, |()| 1)
    });
    runner.bench(names[1].clone(), "op", ops, Goal::None, || {
        drive(&mut loaded, pieces, repeats).map_or(0, |()| 1)
    });
    let goal = if size == 64 { Goal::AtMostNs(5.0) } else { Goal::None };
    runner.difference(&names[1], &names[0], goal);
    Ok(())
}

fn main() -> core::result::Result<(), Box<dyn Error>> {
    let mut runner = Runner::from_args();
    let repeats = if runner.is_tiny() { 1 } else { 500 };
    let ladder = Ladder::new(6, 6)?;
    let records = u64::from(ladder.batch().op_count());
    runner.bench("dispatch/check-records", "op", records * repeats, Goal::AtMostNs(5.0), || {
        (0..repeats).fold(0, |sum, _| {
            let words = std::hint::black_box(ladder.batch().ops().words());
            sum + Batch::new(words).map_or(0, |batch| u64::from(batch.op_count()))
        })
    });
    // Built by `cargo build --workspace`, in the profile of this bench.
    let library = Library::open_named("coinflip")?;
    for size in [1, 16, 64, 256] {
        let pieces = pieces(size)?;
        let ops = 256 * repeats;
        let direct = format!("dispatch/direct/batch-{size}");
        let mut floor = Floor::default();
        runner.bench(direct.clone(), "op", ops, Goal::None, || {
            floor.seen = 0;
            drive(&mut floor, &pieces, repeats).map_or(0, |()| floor.seen)
        });
        let mut over_floor = over_floor::<DepolarizingPart>(&[("p_1q", 1e-3), ("p_2q", 1e-3)])?;
        let goal = if size == 64 { Goal::AtMostNs(10.0) } else { Goal::None };
        let noisy = format!("dispatch/depolarizing/batch-{size}");
        runner.bench(noisy.clone(), "op", ops, Goal::None, || {
            drive(&mut over_floor, &pieces, repeats).map_or(0, |()| counted(&over_floor))
        });
        runner.difference(&noisy, &direct, goal);
        tables(&mut runner, size, &pieces, repeats)?;
        coins(&mut runner, &library, size, &pieces, repeats)?;
    }
    let (goal, one) = (Goal::AtMostNs(10.0), 1e-3);
    layer::<IdealPart>(&mut runner, &[], repeats, goal)?;
    let paulis =
        [("px", one), ("pz", one), ("zz", one), ("xi", one), ("gate.zz_phase.0-1.zz", one)];
    layer::<PauliPart>(&mut runner, &paulis, repeats, goal)?;
    layer::<ReadoutPart>(&mut runner, &[("p_1_given_0", one)], repeats, goal)?;
    // Leaked qubits seep back, or soon nothing but skipped gates would be measured.
    let leaks = [("p_leak_1q", 1e-5), ("p_leak_2q", 1e-5), ("p_seep", 0.5)];
    layer::<LeakagePart>(&mut runner, &leaks, repeats, goal)?;
    // Every gate is followed by an inserted one.
    layer::<CoherentPart>(&mut runner, &[("fraction_1q", 0.01)], repeats, Goal::None)?;
    Ok(())
}
