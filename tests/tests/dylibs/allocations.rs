//! Crossing the border allocates nothing.

use super::built::library;
use allocation_counter::measure;
use pandia::dylib::Library;
use pandia_core::abi::{Instance, NoGuard, TableBackend};
use pandia_core::backend::Backend;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::noise::DepolarizingPart;
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpSink, Outcome, Outcomes};
use pandia_core::part::Config;
use pandia_core::sim::StateVectorPart;
use pandia_tests::driver::{simulator, under};

fn allocations(backend: &mut dyn Backend) -> u64 {
    let mut ops = OpVec::new();
    for k in 0..64 {
        ops.gate(slot::RX, &[k % 4], &[0.3]).unwrap();
    }
    ops.measure(0, 0).unwrap();
    let mut memory = [Outcome::default(); 1];
    measure(|| {
        for shot in 0..50 {
            backend.shot_begin(ShotId(shot), Seed(1)).unwrap();
            backend.apply(&ops.batch(), &mut Outcomes::new(&mut memory)).unwrap();
            backend.shot_end().unwrap();
        }
    })
    .count_total
}

#[test]
fn nothing_is_allocated_through_three_tables() {
    let bottom = simulator::<StateVectorPart<f64>>(4).unwrap();
    let mut bottom = Instance::<_, NoGuard>::new(bottom);
    let table = TableBackend::lent(bottom.pair()).unwrap();
    let mut middle = Instance::<_, NoGuard>::new(table);
    let table = TableBackend::lent(middle.pair()).unwrap();
    let mut top = Instance::<_, NoGuard>::new(table);
    let mut table = TableBackend::lent(top.pair()).unwrap();
    assert_eq!(allocations(&mut table), 0);
}

#[test]
fn nothing_is_allocated_here_for_parts_out_of_libraries() {
    let part = |name: &str| Library::open(&library(name)).unwrap().parts()[0].clone();
    let config = Config::new(4, StreamId(0));
    let simulator = part("state_vector").build_simulator(&config).unwrap();
    let noise = under::<DepolarizingPart>(Box::new(simulator), 0, &[("p_1q", 0.1)], &[]).unwrap();
    let mut stack = noise;
    assert_eq!(allocations(&mut stack), 0);
}
