//! Every error model, alone and stacked, against the oracle: trajectories over the state vector and
//! the tableau within 5 sigma, channels over the density matrix to rounding.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod cases;
mod choi;

use cases::{Case, cases};
use pandia_core::{
    backend::Backend,
    part::SimulatorPart,
    sim::{DensityMatrixPart, StabilizerPart, StateVectorPart},
};
use pandia_tests::{
    circuit::{Circuit, Op},
    driver::{AnyBackend, Driver, probabilities, simulator},
    oracle::{Distribution, Step, density, noise::rewritten, pure, step::steps},
    random_circuit::{Dice, Mixture, circuit, clifford_gate, measured, universal_gate},
    stats::{agrees, count},
    tolerance::{self, Compared},
};

fn exact(circuit: &Circuit, case: &Case) -> Distribution {
    let futures = case.futures.iter();
    let futures = futures.map(|(p, models)| (*p, rewritten(&steps(circuit), models)));
    let noisy = [Step::Mix(futures.collect())];
    density::distribution(&density::run_steps(circuit.qubit_count, circuit.bit_count, &noisy))
}

/// The circuit with every other measurement one that tells leaked qubits apart, and some idling.
fn seasoned(mut circuit: Circuit) -> Circuit {
    circuit.ops = (0..)
        .zip(circuit.ops)
        .flat_map(|(k, op)| match op {
            Op::Measure { qubit, bit } if k % 2 == 0 => vec![Op::MeasureLeaked { qubit, bit }],
            op if k % 5 == 0 => vec![op, Op::Idle { qubits: vec![k / 5 % circuit.qubit_count] }],
            op => vec![op],
        })
        .collect();
    circuit
}

fn over<P: SimulatorPart>(case: &Case, qubit_count: u32) -> AnyBackend
where
    P::Simulator<Box<[P::Cell]>>: 'static,
{
    (case.build)(Box::new(simulator::<P>(qubit_count).unwrap())).unwrap()
}

/// Samples `case` over the simulator `P` on random circuits of `gate`.
fn samples_are_exact<P: SimulatorPart>(
    case: &Case,
    seeds: core::ops::Range<u64>,
    shots: u64,
    gate: fn(&mut Dice, u32) -> Op,
) where
    P::Simulator<Box<[P::Cell]>>: 'static,
{
    for seed in seeds {
        let circuit = seasoned(measured(circuit(seed, 3, 2, Mixture::full(20), gate)));
        let mut backend = over::<P>(case, 3);
        let records = Driver::new(&circuit).shots(&mut *backend, shots, seed).unwrap();
        agrees(&count(records), &exact(&circuit, case))
            .unwrap_or_else(|e| panic!("{}, seed {seed}: {e}", case.name));
    }
}

#[test]
fn trajectories_of_every_model_are_distributed_exactly() {
    for case in cases() {
        samples_are_exact::<StateVectorPart<f64>>(&case, 0..4, 12_000, universal_gate);
    }
}

#[test]
fn a_small_rotation_over_the_tableau_is_refused_with_its_angle() {
    let case = cases().into_iter().find(|case| case.name == "coherent").unwrap();
    let mut backend = over::<StabilizerPart>(&case, 3);
    let circuit = Circuit::new(3, 0).gate("h", &[0]).gate("x", &[1]);
    let error = Driver::new(&circuit).shot(&mut *backend, 0, 0).unwrap_err();
    assert!(error.to_string().contains("rad"), "{error}");
}

#[test]
fn trajectories_over_the_tableau_are_distributed_exactly() {
    // A small rotation is no Clifford gate: the handshake refuses the coherent model here.
    for case in cases().iter().filter(|case| !case.name.contains("coherent")) {
        samples_are_exact::<StabilizerPart>(case, 20..22, 8_000, clifford_gate);
    }
}

/// Over a simulator that takes channels, a model that draws nothing but channels is exact: the
/// probabilities are the oracle's to rounding. Leakage draws its flags even there.
#[test]
fn channels_of_every_model_give_the_exact_state() {
    for case in cases().iter().filter(|case| case.futures.len() == 1 && !case.leaks()) {
        for seed in 0..6 {
            let mixture = Mixture { resets: 0.15, ..Mixture::gates(20) };
            let circuit = seasoned(circuit(seed, 3, 0, mixture, universal_gate));
            let noisy = rewritten(&steps(&circuit), &case.futures[0].1);
            let expected = density::average(&density::run_steps(3, 0, &noisy));
            let mut backend = over::<DensityMatrixPart>(case, 3);
            Driver::new(&circuit).begin(&mut *backend, 0, seed).unwrap();
            let seen = probabilities(&mut *backend, &[0, 1, 2]).unwrap();
            for (index, p) in seen.iter().enumerate() {
                let off = (p - expected.at(index, index).re).abs();
                let bound = tolerance::of(Compared::DensityMatrix);
                assert!(off <= bound, "{}, seed {seed}: off by {off:e}", case.name);
            }
        }
    }
}

#[test]
fn shots_over_the_density_matrix_are_distributed_exactly() {
    for case in cases() {
        samples_are_exact::<DensityMatrixPart>(&case, 30..31, 3_000, universal_gate);
    }
}

#[test]
fn trajectories_in_f32_are_distributed_exactly() {
    for case in cases() {
        samples_are_exact::<StateVectorPart<f32>>(&case, 10..11, 8_000, universal_gate);
    }
}

/// A postselection renormalises each trajectory by itself, so hidden errors must be kept apart.
#[test]
fn postselected_trajectories_are_distributed_exactly() {
    // Single models only: the number of courses is exponential in the number of errors.
    for case in cases().into_iter().take(3) {
        let circuit = Circuit::new(3, 3)
            .rotation("ry", &[0], &[1.1])
            .gate("cx", &[0, 1])
            .rotation("rx", &[1], &[0.7])
            .postselect(0, 1)
            .measure_all();
        let noisy = rewritten(&steps(&circuit), &case.futures[0].1);
        let exact = pure::distribution(&pure::run_steps(3, 3, &noisy));
        let mut backend = over::<StateVectorPart<f64>>(&case, 3);
        let records = Driver::new(&circuit).shots(&mut *backend, 20_000, 3).unwrap();
        agrees(&count(records), &exact).unwrap_or_else(|e| panic!("{}: {e}", case.name));
    }
}

#[test]
fn the_size_of_batches_does_not_change_what_goes_wrong() {
    for case in cases() {
        let circuit = seasoned(measured(circuit(5, 3, 2, Mixture::full(60), universal_gate)));
        let mut backend = over::<StateVectorPart<f64>>(&case, 3);
        let whole = Driver::new(&circuit).shots(&mut *backend, 50, 1).unwrap();
        for batch_max in [1, 3] {
            let mut driver = Driver::with_batches(&circuit, batch_max);
            assert_eq!(driver.shots(&mut *backend, 50, 1).unwrap(), whole, "{}", case.name);
        }
    }
}

#[test]
fn shot_seven_alone_is_shot_seven_of_many_under_every_model() {
    for case in cases() {
        let circuit = measured(circuit(6, 3, 2, Mixture::full(40), clifford_gate));
        let mut backend = over::<StateVectorPart<f64>>(&case, 3);
        let mut driver = Driver::new(&circuit);
        let many = driver.shots(&mut *backend, 20, 1).unwrap();
        for shot in [7, 0, 19] {
            let alone = driver.shot(&mut *backend, shot, 1).unwrap();
            assert_eq!(alone, many[usize::try_from(shot).unwrap()], "{}", case.name);
        }
    }
}

/// A model whose rates are all zero draws nothing that matters: outcomes and state have the bits of
/// the bare simulator.
#[test]
fn a_model_without_rates_leaves_every_bit_as_it_was() {
    let circuit = measured(circuit(8, 4, 3, Mixture::full(60), universal_gate));
    let run = |backend: &mut dyn Backend| {
        let mut driver = Driver::new(&circuit);
        let mut seen = Vec::new();
        for shot in 0..20 {
            driver.begin(backend, shot, 4).unwrap();
            seen.push((driver.bits().to_vec(), backend.state_digest().unwrap()));
            backend.shot_end().unwrap();
        }
        seen
    };
    let bare = run(&mut simulator::<StateVectorPart<f64>>(4).unwrap());
    for (name, build) in cases::quiet() {
        let mut backend = build(Box::new(simulator::<StateVectorPart<f64>>(4).unwrap())).unwrap();
        assert!(run(&mut *backend) == bare, "{name}");
    }
}

/// Readout errors touch no state: the simulator's state has the bits it would have without.
#[test]
fn a_layer_on_top_leaves_the_simulators_draws_alone() {
    let circuit = (0..4).fold(Circuit::new(4, 4), |c, q| c.gate("h", &[q])).measure_all();
    let mut bare = simulator::<StateVectorPart<f64>>(4).unwrap();
    let case = cases().into_iter().find(|case| case.name == "readout").unwrap();
    let mut noisy = over::<StateVectorPart<f64>>(&case, 4);
    let (mut a, mut b) = (Driver::new(&circuit), Driver::new(&circuit));
    let mut different = 0;
    for shot in 0..50 {
        a.begin(&mut bare, shot, 4).unwrap();
        b.begin(&mut *noisy, shot, 4).unwrap();
        assert_eq!(bare.state_digest().unwrap(), noisy.state_digest().unwrap(), "shot {shot}");
        different += u32::from(a.bits() != b.bits());
        bare.shot_end().unwrap();
        noisy.shot_end().unwrap();
    }
    assert!(different > 10, "only {different} of 50 shots were misread");
}
