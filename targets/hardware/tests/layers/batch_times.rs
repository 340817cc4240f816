//! Least, mean and most of what batches took, across the end of a counter.

use crate::support::{Child, Events, Ticking, gigahertz};
use core::num::NonZeroU32;
use pandia_core::ErrorKind;
use pandia_core::backend::{Backend, Metric, MetricValue, Stack};
use pandia_core::clock::TickUnit;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcomes};
use pandia_hardware::BatchTimes;

fn metrics(stack: &impl Backend) -> Vec<(String, MetricValue)> {
    (0..)
        .map_while(|index| stack.metric(index))
        .take_while(|metric| metric.part == stack.id())
        .map(|Metric { name, value, .. }| (name.to_owned(), value))
        .collect()
}

/// A batch that takes so long fails.
const FAILS: u64 = 9999;

/// Runs batches that take so many ticks of `counter`.
fn run(counter: &Ticking<16>, shots: &[&[u64]]) -> Vec<(String, MetricValue)> {
    let takes = shots.concat();
    let child = Child::doing(&Events::default(), |batch| {
        counter.count.set(counter.count.get() + takes[batch]);
        // A batch that fails after long is not measured.
        if takes[batch] == FAILS { Err(ErrorKind::State("asked to fail")) } else { Ok(()) }
    });
    let mut stack = Stack::new(BatchTimes::new(counter), child);
    let mut ops = OpBuffer::<8>::new();
    ops.gate(slot::H, &[0], &[]).unwrap();
    for (shot, ticks) in (0..).zip(shots) {
        stack.shot_begin(ShotId(shot), Seed(0)).unwrap();
        for &ticks in *ticks {
            let done = stack.apply(&ops.batch(), &mut Outcomes::new(&mut []));
            assert_eq!(done.is_ok(), ticks != FAILS);
        }
        stack.shot_end().unwrap();
    }
    metrics(&stack)
}

fn named(names: [&str; 4], counted: u64, levels: [f64; 3]) -> Vec<(String, MetricValue)> {
    let levels = levels.map(MetricValue::Gauge);
    let values = [&[MetricValue::Counter(counted)], levels.as_slice()].concat();
    names.map(str::to_owned).into_iter().zip(values).collect()
}

const NS: [&str; 4] = ["batches", "batch_min_ns", "batch_mean_ns", "batch_max_ns"];

#[test]
fn times_are_in_nanoseconds_across_the_end_of_the_counter() {
    let hz = TickUnit::Hz(NonZeroU32::new(25_000_000).unwrap());
    // The first batch passes the end of 16 bits.
    let counter = Ticking::new(hz, 65_500, 0);
    let seen = run(&counter, &[&[100, 50, FAILS], &[300]]);
    assert_eq!(seen, named(NS, 1, [50.0 * 40.0, 150.0 * 40.0, 300.0 * 40.0]));
}

#[test]
fn a_counter_of_instructions_names_them() {
    let counter = Ticking::new(TickUnit::Instructions, 0, 0);
    let names =
        ["batches", "batch_min_instructions", "batch_mean_instructions", "batch_max_instructions"];
    assert_eq!(run(&counter, &[&[7, 2, 4]]), named(names, 3, [2.0, 4.0, 7.0]));
}

#[test]
fn before_the_first_batch_all_are_zero() {
    let counter = Ticking::new(gigahertz(), 0, 0);
    assert_eq!(run(&counter, &[]), named(NS, 0, [0.0; 3]));
    assert_eq!(run(&counter, &[&[FAILS]]), named(NS, 0, [0.0; 3]));
}
