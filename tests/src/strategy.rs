//! Circuits for proptest: op lists that shrink to fewer and simpler operations.
//! Not here: the properties.

use proptest::{
    collection::vec,
    prelude::{Just, Strategy},
    prop_oneof,
    sample::select,
    test_runner::{Config, RngSeed},
};

use crate::{
    circuit::{Circuit, Op},
    oracle::gates::GATES,
    random_circuit::{CLIFFORD, CLIFFORD_ROTATIONS},
};

/// So many cases, always the same ones, and no files written.
#[must_use]
pub fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..Config::default() }
}

/// Circuits of up to `ops_max` gates from the oracle's whole list with any angles.
pub fn universal(qubit_count: u32, ops_max: usize) -> impl Strategy<Value = Circuit> {
    let angle = prop_oneof![1 => Just(0.0), 1 => quarter_turns(), 6 => -13.0..13.0_f64];
    let shapes: Vec<_> = GATES.iter().copied().filter(|row| row.1 <= qubit_count).collect();
    let op = (select(shapes), operands(), [angle.boxed(), any_angle(), any_angle()]);
    vec(op, 0..ops_max).prop_map(move |ops| gates(qubit_count, ops))
}

/// Clifford circuits of up to `ops_max` gates, by name or as quarter turns.
pub fn clifford(qubit_count: u32, ops_max: usize) -> impl Strategy<Value = Circuit> {
    let named = CLIFFORD.iter().map(|&(name, qubits)| (name, qubits, 0));
    let shapes: Vec<_> = named
        .chain(CLIFFORD_ROTATIONS.iter().copied())
        .filter(|row| row.1 <= qubit_count)
        .collect();
    let op = (select(shapes), operands(), [quarter_turns(), quarter_turns(), quarter_turns()]);
    vec(op, 0..ops_max).prop_map(move |ops| gates(qubit_count, ops))
}

type Shape = (&'static str, u32, usize);

fn quarter_turns() -> proptest::strategy::BoxedStrategy<f64> {
    (-4..=4_i32).prop_map(|turns| f64::from(turns) * core::f64::consts::FRAC_PI_2).boxed()
}

fn any_angle() -> proptest::strategy::BoxedStrategy<f64> {
    (-13.0..13.0_f64).boxed()
}

fn operands() -> [core::ops::Range<u32>; 3] {
    [0..64, 0..64, 0..64]
}

fn gates(qubit_count: u32, ops: Vec<(Shape, [u32; 3], [f64; 3])>) -> Circuit {
    let ops = ops.into_iter().map(|((name, qubits, params), picks, angles)| {
        let mut free: Vec<u32> = (0..qubit_count).collect();
        let qubits = picks[..qubits as usize]
            .iter()
            .map(|pick| free.remove(*pick as usize % free.len()))
            .collect();
        Op::Gate { name, qubits, params: angles[..params].to_vec() }
    });
    Circuit { qubit_count, bit_count: qubit_count, ops: ops.collect() }
}
