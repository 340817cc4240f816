//! The stabilizer tableau against the oracle and against the state vector.

use pandia_core::{
    backend::Backend,
    sim::{StabilizerPart, StateVectorPart},
};
use pandia_tests::{
    circuit::{Circuit, Op},
    driver::{Driver, probabilities, simulator},
    oracle::{density, pure},
    random_circuit::{Dice, Mixture, circuit, clifford_gate, measured},
    stats::{agrees, count, samples_agree},
    tolerance::{self, Compared},
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
                    assert!(
                        (p - q).abs() <= tolerance::of(Compared::ProbabilityF64),
                        "seed {seed}: {a}, {b}: {seen:?} {expected:?}"
                    );
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
            assert!(
                (p - amplitude.norm_sqr()).abs() <= tolerance::of(Compared::ProbabilityF64),
                "seed {seed}: {seen:?}"
            );
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

/// What undoes a Clifford gate of the random circuits.
fn undone(op: &Op) -> Vec<Op> {
    let Op::Gate { name, qubits, params } = op else { unreachable!("gates only") };
    let (name, times) = match *name {
        "s" => ("sdg", 1),
        "sdg" => ("s", 1),
        "sx" => ("sxdg", 1),
        "sxdg" => ("sx", 1),
        "iswap" => ("iswap", 3),
        name => (name, 1),
    };
    let params = match params[..] {
        [] => vec![],
        [theta, phi, lambda] => vec![-theta, -lambda, -phi],
        [theta, ref rest @ ..] => [&[-theta], rest].concat(),
    };
    vec![Op::Gate { name, qubits: qubits.clone(), params }; times]
}

/// A circuit whose qubits lie in different words of a wide tableau, after everything was entangled
/// with everything and disentangled again: the same joint probabilities and outcomes.
#[test]
fn far_apart_qubits_of_a_wide_tableau_are_like_neighbours() {
    const PLACES: [u32; 5] = [3, 63, 64, 130, 199];
    for seed in 0..8 {
        let small = circuit(5_000 + seed, 5, 3, Mixture::full(50), clifford_gate);
        let exact = density::distribution(&density::run(&measured(small.clone())));
        let mess = circuit(6_000 + seed, 200, 0, Mixture::gates(1_500), clifford_gate).ops;
        let mut wide = Circuit::new(200, small.bit_count + 5);
        wide.ops = mess.iter().cloned().chain(mess.iter().rev().flat_map(undone)).collect();
        wide.ops.extend(measured(small).ops.iter().map(|op| moved(op, &PLACES)));
        let mut backend = simulator::<StabilizerPart>(200).unwrap();
        let shots = Driver::new(&wide).shots(&mut backend, 150, seed).unwrap();
        agrees(&count(shots), &exact).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
    }
}

fn moved(op: &Op, places: &[u32]) -> Op {
    let place = |qubit: u32| places[qubit as usize];
    match op.clone() {
        Op::Gate { name, qubits, params } => {
            Op::Gate { name, qubits: qubits.into_iter().map(place).collect(), params }
        }
        Op::Measure { qubit, bit } => Op::Measure { qubit: place(qubit), bit },
        Op::Reset { qubit } => Op::Reset { qubit: place(qubit) },
        Op::If { bit, value, then } => {
            Op::If { bit, value, then: then.iter().map(|op| moved(op, places)).collect() }
        }
        other => unreachable!("{other:?} is not in the random circuits"),
    }
}

#[test]
fn measuring_a_wide_tableau_twice_gives_the_same_bits() {
    for (seed, qubit_count) in [(1, 64), (2, 65), (3, 130), (4, 200)] {
        let mut circuit = circuit(seed, qubit_count, 0, Mixture::gates(2_000), clifford_gate);
        circuit.bit_count = 2 * qubit_count;
        for round in 0..2 {
            for qubit in 0..qubit_count {
                circuit = circuit.measure(qubit, round * qubit_count + qubit);
            }
        }
        let mut backend = simulator::<StabilizerPart>(qubit_count).unwrap();
        let mut driver = Driver::new(&circuit);
        let records = driver.shots(&mut backend, 5, seed).unwrap();
        for record in &records {
            let (first, second) = record.split_at(qubit_count as usize);
            assert_eq!(first, second, "{qubit_count} qubits");
        }
        assert!(records.iter().any(|record| *record != records[0]), "there is no chance in it");
    }
}
