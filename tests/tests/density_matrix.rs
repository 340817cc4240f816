//! The density matrix against the oracle: gates, measurements, and channels sent as operations.

use pandia_core::sim::DensityMatrixPart;
use pandia_tests::{
    circuit::Circuit,
    driver::{Driver, probabilities, simulator},
    oracle::density,
    random_circuit::{Dice, Mixture, circuit, measured, random_channel, universal_gate},
    stats::{agrees, count},
    tolerance::{self, Compared},
};

#[test]
fn probabilities_of_random_circuits_with_resets_are_the_oracles() {
    for seed in 0..30 {
        let mixture = Mixture { resets: 0.15, ..Mixture::gates(30) };
        let circuit = circuit(seed, 4, 0, mixture, universal_gate);
        let mut backend = simulator::<DensityMatrixPart>(4).unwrap();
        Driver::new(&circuit).begin(&mut backend, 0, 0).unwrap();
        let seen = probabilities(&mut backend, &[0, 1, 2, 3]).unwrap();
        let expected = density::average(&density::run(&circuit));
        for (index, p) in seen.iter().enumerate() {
            let off = (p - expected.at(index, index).re).abs();
            assert!(off <= tolerance::of(Compared::DensityMatrix), "seed {seed}: {off:e}");
        }
    }
}

#[test]
fn outcomes_of_random_circuits_are_distributed_exactly() {
    for seed in 0..10 {
        let circuit = measured(circuit(seed, 3, 2, Mixture::full(25), universal_gate));
        let exact = density::distribution(&density::run(&circuit));
        let mut backend = simulator::<DensityMatrixPart>(3).unwrap();
        let shots = Driver::new(&circuit).shots(&mut backend, 3_000, seed).unwrap();
        agrees(&count(shots), &exact).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
    }
}

/// Gates and channels of every kind in turn.
fn noisy(seed: u64, qubit_count: u32) -> Circuit {
    let mut dice = Dice::new(seed);
    (0..24).fold(Circuit::new(qubit_count, 0), |circuit, k| {
        circuit.op(match k % 3 {
            0 => random_channel(&mut dice, qubit_count),
            _ => universal_gate(&mut dice, qubit_count),
        })
    })
}

#[test]
fn channels_of_every_kind_are_the_oracles() {
    for seed in 0..40 {
        let qubit_count = 1 + u32::try_from(seed % 4).unwrap();
        let circuit = noisy(seed, qubit_count);
        let qubits: Vec<u32> = (0..qubit_count).collect();
        let expected = density::average(&density::run(&circuit));
        let mut backend = simulator::<DensityMatrixPart>(qubit_count).unwrap();
        Driver::new(&circuit).begin(&mut backend, 0, 0).unwrap();
        let seen = probabilities(&mut backend, &qubits).unwrap();
        for (index, p) in seen.iter().enumerate() {
            let off = (p - expected.at(index, index).re).abs();
            assert!(off <= tolerance::of(Compared::DensityMatrix), "seed {seed}: {off:e}");
        }
    }
}

/// Off-diagonal entries are seen by turning every qubit before looking: all Pauli expectations.
#[test]
fn coherences_are_the_oracles_in_every_pauli_basis() {
    for seed in 0..6 {
        for basis in 0..27_u32 {
            let mut circuit = noisy(seed, 3);
            for qubit in 0..3 {
                match basis / 3_u32.pow(qubit) % 3 {
                    0 => {}
                    1 => circuit = circuit.gate("h", &[qubit]),
                    _ => circuit = circuit.gate("sdg", &[qubit]).gate("h", &[qubit]),
                }
            }
            let expected = density::average(&density::run(&circuit));
            let mut backend = simulator::<DensityMatrixPart>(3).unwrap();
            Driver::new(&circuit).begin(&mut backend, 0, 0).unwrap();
            for (index, p) in probabilities(&mut backend, &[0, 1, 2]).unwrap().iter().enumerate() {
                let off = (p - expected.at(index, index).re).abs();
                assert!(off <= tolerance::of(Compared::DensityMatrix), "seed {seed}: {off:e}");
            }
        }
    }
}

#[test]
fn channels_on_five_qubits_are_the_oracles() {
    let circuit = noisy(77, 5);
    let expected = density::average(&density::run(&circuit));
    let mut backend = simulator::<DensityMatrixPart>(5).unwrap();
    Driver::new(&circuit).begin(&mut backend, 0, 0).unwrap();
    for (index, p) in probabilities(&mut backend, &[0, 1, 2, 3, 4]).unwrap().iter().enumerate() {
        let off = (p - expected.at(index, index).re).abs();
        assert!(off <= tolerance::of(Compared::DensityMatrix), "off by {off:e}");
    }
}
