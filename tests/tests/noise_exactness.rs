//! The same model in the same configuration, drawn over a state vector and exact over a density
//! matrix; and leakage against its classical chain.
//! Not here: models against the oracle (`noise`).
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use pandia_core::{
    backend::Caps,
    noise::{CoherentPart, DepolarizingPart, LeakagePart, PauliPart, ReadoutPart},
    part::SimulatorPart,
    sim::{DensityMatrixPart, StabilizerPart, StateVectorPart},
};
use pandia_tests::{
    circuit::Circuit,
    driver::{AnyBackend, Driver, probabilities, simulator, under},
    oracle::Distribution,
    random_circuit::{Mixture, circuit, universal_gate},
    stats::{agrees, count},
};

const QUBITS: u32 = 3;
const SHOTS: u64 = 20_000;

type Build = fn(AnyBackend) -> AnyBackend;

fn over<P: SimulatorPart>(build: Build) -> AnyBackend
where
    P::Simulator<Box<[P::Cell]>>: 'static,
{
    build(Box::new(simulator::<P>(QUBITS).unwrap()))
}

fn depolarizing(child: AnyBackend) -> AnyBackend {
    let numbers = [("p_1q", 0.05), ("p_2q", 0.1), ("p_init", 0.2), ("gate.h.1", 0.3)];
    under::<DepolarizingPart>(child, 0, &numbers, &[]).unwrap()
}

fn depolarizing_after(child: AnyBackend) -> AnyBackend {
    let numbers = [("p_1q", 0.02), ("p_2q", 0.2), ("pair.2-0", 0.3)];
    under::<DepolarizingPart>(child, 1, &numbers, &[("when", "after")]).unwrap()
}

fn pauli(child: AnyBackend) -> AnyBackend {
    let numbers = [
        ("px", 0.02),
        ("pz", 0.1),
        ("xz", 0.1),
        ("iy", 0.05),
        ("gate.ccx.zx", 0.3),
        ("pair.2-1.xi", 0.2),
        ("reset.x", 0.1),
    ];
    under::<PauliPart>(child, 0, &numbers, &[]).unwrap()
}

fn coherent(child: AnyBackend) -> AnyBackend {
    let numbers =
        [("offset_1q", 0.05), ("fraction_1q", 0.03), ("offset_2q", -0.1), ("fraction_2q", 0.2)];
    under::<CoherentPart>(child, 0, &numbers, &[]).unwrap()
}

fn stacked(child: AnyBackend) -> AnyBackend {
    coherent(depolarizing_after(pauli(depolarizing(child))))
}

/// A random circuit with resets and a Toffoli gate, not measured.
fn sample(seed: u64) -> Circuit {
    circuit(seed, QUBITS, 0, Mixture::gates(12), universal_gate)
        .gate("h", &[1])
        .reset(0)
        .gate("ccx", &[1, 2, 0])
        .gate("h", &[1])
        .gate("cx", &[0, 2])
}

fn final_probabilities(backend: &mut AnyBackend, circuit: &Circuit, shot: u64) -> Vec<f64> {
    Driver::new(circuit).begin(&mut **backend, shot, 5).unwrap();
    let found = probabilities(&mut **backend, &[0, 1, 2]).unwrap();
    backend.shot_end().unwrap();
    found
}

/// Mean and variance of the mean of every probability over the shots.
fn mean(backend: &mut AnyBackend, circuit: &Circuit) -> Vec<(f64, f64)> {
    let mut sums = vec![(0.0, 0.0); 1 << QUBITS];
    for shot in 0..SHOTS {
        for (sum, p) in sums.iter_mut().zip(final_probabilities(backend, circuit, shot)) {
            *sum = (sum.0 + p, sum.1 + p * p);
        }
    }
    let shots = f64::from(u32::try_from(SHOTS).unwrap());
    let of = |(sum, squares): (f64, f64)| {
        let mean = sum / shots;
        (mean, (squares / shots - mean * mean).max(0.0) / shots)
    };
    sums.into_iter().map(of).collect()
}

#[test]
fn what_is_drawn_averages_to_what_is_exact() {
    let cases: [(&str, Build); 4] = [
        ("depolarizing", depolarizing),
        ("depolarizing after", depolarizing_after),
        ("pauli", pauli),
        ("coherent over depolarizing over pauli over depolarizing", stacked),
    ];
    for (name, build) in cases {
        for seed in 0..2 {
            let circuit = sample(seed);
            let mut exact = over::<DensityMatrixPart>(build);
            assert!(exact.info().caps.has(Caps::CHANNELS));
            let exact_once = final_probabilities(&mut exact, &circuit, 0);
            assert_eq!(exact_once, final_probabilities(&mut exact, &circuit, 1), "{name} draws");
            let mut drawn = over::<StateVectorPart<f64>>(build);
            for ((mean, variance), exact) in mean(&mut drawn, &circuit).into_iter().zip(exact_once)
            {
                let bound = 5.0 * variance.sqrt() + 1e-9;
                assert!((mean - exact).abs() <= bound, "{name}: {mean} +- {bound}, exact {exact}");
            }
        }
    }
}

#[test]
fn coherent_errors_are_the_same_over_both() {
    for seed in 0..5 {
        let circuit = circuit(seed, QUBITS, 0, Mixture::gates(12), universal_gate);
        let drawn = final_probabilities(&mut over::<StateVectorPart<f64>>(coherent), &circuit, 0);
        let exact = final_probabilities(&mut over::<DensityMatrixPart>(coherent), &circuit, 0);
        for (drawn, exact) in drawn.into_iter().zip(exact) {
            assert!((drawn - exact).abs() < 1e-12, "{drawn} {exact}");
        }
    }
}

fn leaking(child: AnyBackend) -> AnyBackend {
    let numbers = [
        ("p_leak_1q", 0.1),
        ("p_leak_2q", 0.05),
        ("p_spread", 0.3),
        ("p_seep", 0.2),
        ("leak_measurement_bias", 0.7),
    ];
    under::<LeakagePart>(child, 0, &numbers, &[("leaked_gate", "depolarize")]).unwrap()
}

/// The probabilities of the flags (bit k: qubit k has leaked) after a gate on both qubits.
fn chain_step(p: [f64; 4]) -> [f64; 4] {
    let (leak, spread, seep) = (0.05, 0.3, 0.2);
    let mut after = [0.0; 4];
    for (before, p) in p.into_iter().enumerate() {
        let stays_leaked = |qubit: usize| {
            if before == 0 {
                leak
            } else if before >> qubit & 1 == 1 {
                1.0 - seep
            } else {
                1.0 - (1.0 - leak) * (1.0 - spread)
            }
        };
        for (flags, chance) in after.iter_mut().enumerate() {
            let of = |qubit| {
                let leaked = stays_leaked(qubit);
                if flags >> qubit & 1 == 1 { leaked } else { 1.0 - leaked }
            };
            *chance += p * of(0) * of(1);
        }
    }
    after
}

#[test]
fn leakage_is_its_classical_chain_over_any_simulator() {
    let mut circuit = Circuit::new(QUBITS, 2);
    let mut chain = [1.0, 0.0, 0.0, 0.0];
    for gate in 0..6 {
        circuit = circuit.gate("cx", if gate % 2 == 0 { &[0, 1] } else { &[1, 0] });
        chain = chain_step(chain);
    }
    let circuit = circuit.measure_leaked(0, 0).measure_leaked(1, 1);
    let flags = |record: &[u8]| record.iter().map(|&value| u8::from(value == 2)).collect();
    let exact: Distribution =
        (0_u8..4).map(|flags| (vec![flags & 1, flags >> 1], chain[usize::from(flags)])).collect();
    for mut backend in [over::<StateVectorPart<f64>>(leaking), over::<DensityMatrixPart>(leaking)] {
        let records = Driver::new(&circuit).shots(&mut *backend, SHOTS, 11).unwrap();
        agrees(&count(records.iter().map(|record| flags(record))), &exact).unwrap();
    }
}

/// Half of a Bell pair leaks: the other half is fully mixed, in any basis.
#[test]
fn the_partner_of_a_leaked_qubit_is_in_its_reduced_state() {
    fn one_leaks(child: AnyBackend) -> AnyBackend {
        under::<LeakagePart>(child, 0, &[("gate.t", 1.0)], &[]).unwrap()
    }
    for turned in [false, true] {
        let mut circuit =
            Circuit::new(QUBITS, 2).gate("h", &[0]).gate("cx", &[0, 1]).gate("t", &[0]);
        if turned {
            circuit = circuit.gate("h", &[1]);
        }
        let circuit = circuit.measure(1, 0).measure_leaked(0, 1);
        let exact = Distribution::from([(vec![0, 2], 0.5), (vec![1, 2], 0.5)]);
        for mut backend in
            [over::<StateVectorPart<f64>>(one_leaks), over::<DensityMatrixPart>(one_leaks)]
        {
            let records = Driver::new(&circuit).shots(&mut *backend, SHOTS, 3).unwrap();
            agrees(&count(records), &exact).unwrap();
        }
    }
}

/// A tableau cannot turn by a small angle, and says so of the program's operation.
#[test]
fn a_coherent_error_over_the_tableau_is_refused_by_angle() {
    let circuit = Circuit::new(QUBITS, 1).gate("cx", &[0, 1]).gate("h", &[2]);
    let quarter_turns = |child| under::<CoherentPart>(child, 0, &[("fraction_1q", 0.5)], &[]);
    let mut works = over::<StabilizerPart>(|child| child);
    works = quarter_turns(works).unwrap();
    let h = Circuit::new(QUBITS, 1).gate("x", &[0]).gate("z", &[2]);
    assert!(Driver::new(&h).shot(&mut *works, 0, 0).is_ok());
    let mut refuses = over::<StabilizerPart>(coherent);
    let error = Driver::new(&circuit).shot(&mut *refuses, 0, 0).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("zz_phase") && text.contains("Clifford"), "{text}");
    assert_eq!((error.layer(), error.op_index()), ("pandia.stabilizer", Some(0)));
}

#[test]
fn a_leaked_qubit_reads_biased_and_readout_confuses_what_it_says() {
    fn confused(child: AnyBackend) -> AnyBackend {
        let leaking =
            under::<LeakagePart>(child, 0, &[("gate.t", 1.0), ("leak_measurement_bias", 0.7)], &[]);
        let numbers = [("p_1_given_0", 0.1), ("p_0_given_1", 0.2), ("p_1_given_2", 0.25)];
        under::<ReadoutPart>(leaking.unwrap(), 0, &numbers, &[]).unwrap()
    }
    let circuit = Circuit::new(QUBITS, 2).gate("t", &[0]).measure(0, 0).measure_leaked(0, 1);
    let one = 0.7 * 0.8 + 0.3 * 0.1;
    let exact = Distribution::from([
        (vec![0, 1], (1.0 - one) * 0.25),
        (vec![0, 2], (1.0 - one) * 0.75),
        (vec![1, 1], one * 0.25),
        (vec![1, 2], one * 0.75),
    ]);
    let mut backend = over::<StateVectorPart<f64>>(confused);
    let records = Driver::new(&circuit).shots(&mut *backend, SHOTS, 3).unwrap();
    agrees(&count(records), &exact).unwrap();
}
