//! Algebraic properties that hold without any reference: norm, inverses, repeated measurements,
//! independence of shots.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use pandia_core::{
    backend::Backend,
    sim::{StabilizerPart, StateVectorPart},
};
use pandia_tests::{
    circuit::{Circuit, Op},
    driver::{Driver, amplitudes, probabilities, simulator},
    oracle::{
        gates::matrix,
        matrix::{ONE, ZERO, distance, norm_squared},
    },
    random_circuit::{Mixture, circuit, clifford_gate, measured, universal_gate},
    strategy::{clifford, config, universal},
    tolerance::{self, Compared},
};
use proptest::{prop_assert, prop_assert_eq, proptest};

/// The circuit that undoes `circuit`, each gate by the conjugate transpose of the oracle's matrix.
fn inverse(circuit: &Circuit) -> Vec<Op> {
    let undo = |op: &Op| {
        let Op::Gate { name, qubits, params } = op else { unreachable!("gates only") };
        let dagger = matrix(name, params).unwrap().dagger();
        let params = dagger.entries().iter().flat_map(|z| [z.re, z.im]).collect();
        let name = ["", "unitary_1q", "unitary_2q", "unitary_3q"][qubits.len()];
        Op::Gate { name, qubits: qubits.clone(), params }
    };
    circuit.ops.iter().rev().map(undo).collect()
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn gates_keep_the_norm(circuit in universal(6, 80)) {
        let mut wide = simulator::<StateVectorPart<f64>>(6).unwrap();
        Driver::new(&circuit).begin(&mut wide, 0, 0).unwrap();
        let norm = norm_squared(&amplitudes(&mut wide).unwrap());
        prop_assert!((norm - 1.0).abs() <= tolerance::of(Compared::ProbabilityF64));
        let mut narrow = simulator::<StateVectorPart<f32>>(6).unwrap();
        Driver::new(&circuit).begin(&mut narrow, 0, 0).unwrap();
        let norm = norm_squared(&amplitudes(&mut narrow).unwrap());
        prop_assert!((norm - 1.0).abs() <= tolerance::of(Compared::ProbabilityF32));
    }

    #[test]
    fn the_inverse_undoes(circuit in universal(5, 40)) {
        let there_and_back = Circuit {
            ops: [circuit.ops.clone(), inverse(&circuit)].concat(),
            ..circuit
        };
        let mut backend = simulator::<StateVectorPart<f64>>(5).unwrap();
        Driver::new(&there_and_back).begin(&mut backend, 0, 0).unwrap();
        let mut start = vec![ZERO; 32];
        start[0] = ONE;
        let off = distance(&amplitudes(&mut backend).unwrap(), &start);
        prop_assert!(off <= tolerance::of(Compared::AmplitudesF64), "off by {off:e}");
    }

    #[test]
    fn measuring_twice_gives_the_same_bit(circuit in universal(4, 40)) {
        let twice = Circuit { bit_count: 8, ..circuit };
        let twice = (0..4).fold(twice, |c, q| c.measure(q, q));
        let twice = (0..4).fold(twice, |c, q| c.measure(q, 4 + q));
        for shot in 0..4 {
            let mut backend = simulator::<StateVectorPart<f64>>(4).unwrap();
            let bits = Driver::new(&twice).shot(&mut backend, shot, 0).unwrap();
            prop_assert_eq!(&bits[..4], &bits[4..]);
        }
    }

    #[test]
    fn measuring_a_tableau_twice_gives_the_same_bit(circuit in clifford(12, 100)) {
        let twice = Circuit { bit_count: 24, ..circuit };
        let twice = (0..12).fold(twice, |c, q| c.measure(q, q));
        let twice = (0..12).fold(twice, |c, q| c.measure(q, 12 + q));
        let mut backend = simulator::<StabilizerPart>(12).unwrap();
        let bits = Driver::new(&twice).shot(&mut backend, 0, 0).unwrap();
        prop_assert_eq!(&bits[..12], &bits[12..]);
    }

    #[test]
    fn tableau_and_state_vector_agree_qubit_by_qubit(circuit in clifford(6, 60)) {
        let mut tableau = simulator::<StabilizerPart>(6).unwrap();
        let mut vector = simulator::<StateVectorPart<f64>>(6).unwrap();
        Driver::new(&circuit).begin(&mut tableau, 0, 0).unwrap();
        Driver::new(&circuit).begin(&mut vector, 0, 0).unwrap();
        for qubit in 0..6 {
            let seen = probabilities(&mut tableau, &[qubit]).unwrap();
            let expected = probabilities(&mut vector, &[qubit]).unwrap();
            prop_assert!((seen[1] - expected[1]).abs() <= tolerance::of(Compared::ProbabilityF64), "{qubit}: {seen:?} {expected:?}");
        }
    }
}

#[test]
fn shot_seven_alone_is_shot_seven_of_many() {
    let circuit = measured(circuit(7, 5, 4, Mixture::full(50), clifford_gate));
    let check = |backend: &mut dyn Backend| {
        let mut driver = Driver::new(&circuit);
        let many = driver.shots(backend, 12, 99).unwrap();
        assert!(many.iter().any(|record| *record != many[0]), "the circuit has no chance in it");
        for shot in [7, 0, 11] {
            let alone = driver.shot(backend, shot, 99).unwrap();
            assert_eq!(alone, many[usize::try_from(shot).unwrap()], "{}", backend.id());
        }
    };
    check(&mut simulator::<StateVectorPart<f64>>(5).unwrap());
    check(&mut simulator::<StateVectorPart<f32>>(5).unwrap());
    check(&mut simulator::<StabilizerPart>(5).unwrap());
}

#[test]
fn another_seed_gives_other_shots() {
    let circuit = (0..20).fold(Circuit::new(20, 20), |c, q| c.gate("h", &[q])).measure_all();
    let mut backend = simulator::<StabilizerPart>(20).unwrap();
    let mut driver = Driver::new(&circuit);
    let a = driver.shots(&mut backend, 10, 1).unwrap();
    let b = driver.shots(&mut backend, 10, 2).unwrap();
    assert!(a.iter().all(|record| !b.contains(record)));
}

#[test]
fn a_state_left_over_from_a_shot_is_not_seen_by_the_next() {
    let messy = circuit(3, 5, 5, Mixture::full(50), universal_gate);
    let empty = Circuit::new(5, 5).measure_all();
    let mut backend = simulator::<StateVectorPart<f64>>(5).unwrap();
    for shot in 0..5 {
        Driver::new(&messy).shot(&mut backend, shot, 0).unwrap();
        assert_eq!(Driver::new(&empty).shot(&mut backend, shot, 0).unwrap(), [0; 5]);
    }
}
