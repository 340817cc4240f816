//! The stabilizer tableau against the oracle and against the state vector.

use pandia_core::{
    backend::Backend,
    sim::{StabilizerPart, StateVectorPart},
};
use pandia_tests::{
    circuit::Circuit,
    driver::{Driver, probabilities, simulator},
    oracle::{density, pure},
    random_circuit::{Dice, Mixture, circuit, clifford_gate, measured},
    stats::{agrees, count, samples_agree},
};

#[test]
fn outcomes_of_random_clifford_circuits_are_distributed_as_the_oracle_says() {
    for seed in 0..40 {
        let qubit_count = 1 + u32::try_from(seed % 4).unwrap();
        let circuit = measured(circuit(seed, qubit_count, 2, Mixture::full(40), clifford_gate));
        let exact = density::distribution(&density::run(&circuit));
        let mut backend = simulator::<StabilizerPart>(qubit_count).unwrap();
        let shots = Driver::new(&circuit).shots(&mut backend, 2_000, seed).unwrap();
        agrees(&count(shots), &exact).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
    }
}

#[test]
fn outcomes_of_wide_clifford_circuits_are_distributed_as_the_state_vectors() {
    for seed in 0..8 {
        let circuit = circuit(1_000 + seed, 10, 6, Mixture::full(150), clifford_gate);
        let records = |backend: &mut dyn Backend| {
            count(Driver::new(&circuit).shots(backend, 1_000, seed).unwrap())
        };
        let tableau = records(&mut simulator::<StabilizerPart>(10).unwrap());
        let vector = records(&mut simulator::<StateVectorPart<f64>>(10).unwrap());
        samples_agree(&tableau, &vector).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
    }
}

/// Single-qubit and pair probabilities of a stabilizer state are multiples of a quarter; they must
/// be equal to the state vector's for every pair.
#[test]
fn probabilities_equal_the_state_vectors() {
    for seed in 0..20 {
        let circuit = circuit(2_000 + seed, 10, 0, Mixture::gates(150), clifford_gate);
        let mut tableau = simulator::<StabilizerPart>(10).unwrap();
        let mut vector = simulator::<StateVectorPart<f64>>(10).unwrap();
        Driver::new(&circuit).begin(&mut tableau, 0, seed).unwrap();
        Driver::new(&circuit).begin(&mut vector, 0, seed).unwrap();
        for a in 0..10 {
            for b in (0..10).filter(|b| *b != a) {
                let seen = probabilities(&mut tableau, &[a, b]).unwrap();
                let expected = probabilities(&mut vector, &[a, b]).unwrap();
                for (p, q) in seen.iter().zip(&expected) {
                    assert!((p - q).abs() < 1e-9, "seed {seed}: {a}, {b}: {seen:?} {expected:?}");
                }
            }
        }
    }
}

/// All 64 joint probabilities, each qubit turned into a random basis first: equality in many bases
/// leaves no sign of any stabilizer free.
#[test]
fn joint_probabilities_equal_the_oracles_in_random_bases() {
    for seed in 0..60 {
        let mut dice = Dice::new(seed);
        let mut circuit = circuit(4_000 + seed, 6, 0, Mixture::gates(60), clifford_gate);
        for qubit in 0..6 {
            circuit = match dice.below(3) {
                0 => circuit,
                1 => circuit.gate("h", &[qubit]),
                _ => circuit.gate("sdg", &[qubit]).gate("h", &[qubit]),
            };
        }
        let mut tableau = simulator::<StabilizerPart>(6).unwrap();
        Driver::new(&circuit).begin(&mut tableau, 0, seed).unwrap();
        let seen = probabilities(&mut tableau, &[0, 1, 2, 3, 4, 5]).unwrap();
        for (p, amplitude) in seen.iter().zip(pure::ket(&circuit)) {
            assert!((p - amplitude.norm_sqr()).abs() < 1e-12, "seed {seed}: {seen:?}");
        }
    }
}

#[test]
fn a_certain_outcome_is_certain_in_both() {
    for seed in 0..30 {
        let circuit = measured(circuit(3_000 + seed, 5, 0, Mixture::gates(60), clifford_gate));
        let exact = pure::distribution(&pure::run(&circuit));
        let mut backend = simulator::<StabilizerPart>(5).unwrap();
        for (qubit, shot) in (0..5).flat_map(|qubit| (0..8).map(move |shot| (qubit, shot))) {
            let record = Driver::new(&circuit).shot(&mut backend, shot, seed).unwrap();
            let p: f64 =
                exact.iter().filter(|(r, _)| r[qubit] == record[qubit]).map(|(_, p)| p).sum();
            assert!(p > 0.49, "seed {seed}: qubit {qubit} cannot be {}", record[qubit]);
        }
    }
}

#[test]
fn an_angle_that_is_not_clifford_is_refused_and_named() {
    for (name, qubits, params) in [
        ("rz", vec![0], vec![0.1]),
        ("t", vec![0], vec![]),
        ("ccx", vec![0, 1, 2], vec![]),
        ("zz_phase", vec![0, 1], vec![0.3]),
    ] {
        let circuit = Circuit::new(3, 0).gate("h", &[0]).rotation(name, &qubits, &params);
        let mut backend = simulator::<StabilizerPart>(3).unwrap();
        let error = Driver::new(&circuit).shot(&mut backend, 0, 0).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
}
