//! Which error comes how often, seen by itself: each operand of one noisy gate is half of a Bell
//! pair, the gate is undone without noise, and a Bell measurement of each pair then names the Pauli
//! error on that operand. A wrong share of a rare error cannot hide in a long circuit's noise.

use pandia_core::{
    noise::{DepolarizingPart, PauliPart},
    sim::{DensityMatrixPart, StabilizerPart, StateVectorPart},
};
use pandia_tests::{
    circuit::Circuit,
    driver::{AnyBackend, Driver, probabilities, simulator, under},
    oracle::{
        channel::errors,
        density,
        gates::{matrix, pauli_string},
        noise::{Model, PauliRates, Place, Rates, depolarizing_by, pauli_model, rewritten},
        step::steps,
    },
    stats::{agrees, count},
    tolerance::{self, Compared},
};

const NONE: Rates = Rates { p_1q: 0.0, p_2q: 0.0, p_meas: 0.0, p_init: 0.0 };

/// Bell pairs, the gate, the gate undone, the pairs taken apart again.
fn bare(gate: &'static str, width: u32) -> Circuit {
    let undo = matrix(gate, &[]).unwrap().dagger();
    let undo: Vec<f64> = undo.entries().iter().flat_map(|z| [z.re, z.im]).collect();
    let undo_name = ["", "unitary_1q", "unitary_2q", "unitary_3q"][width as usize];
    let operands: Vec<u32> = (0..width).collect();
    let mut circuit = Circuit::new(2 * width, 2 * width);
    for j in 0..width {
        circuit = circuit.gate("h", &[j]).gate("cx", &[j, width + j]);
    }
    circuit = circuit.gate(gate, &operands).rotation(undo_name, &operands, &undo);
    for j in 0..width {
        circuit = circuit.gate("cx", &[j, width + j]).gate("h", &[j]);
    }
    circuit
}

/// Samples over the state vector, and the density matrix to rounding.
fn check(circuit: &Circuit, model: &Model, build: impl Fn(AnyBackend) -> AnyBackend) {
    let measured = circuit.clone().measure_all();
    let width = circuit.qubit_count;
    let noisy = rewritten(&steps(&measured), std::slice::from_ref(model));
    let exact = density::distribution(&density::run_steps(width, width, &noisy));
    let mut drawn = build(Box::new(simulator::<StateVectorPart<f64>>(width).unwrap()));
    let records = Driver::new(&measured).shots(&mut *drawn, 60_000, 1).unwrap();
    agrees(&count(records), &exact).unwrap_or_else(|e| panic!("{e}"));

    let mut sent = build(Box::new(simulator::<DensityMatrixPart>(width).unwrap()));
    Driver::new(circuit).begin(&mut *sent, 0, 0).unwrap();
    let qubits: Vec<u32> = (0..width).collect();
    for (index, p) in probabilities(&mut *sent, &qubits).unwrap().iter().enumerate() {
        let record: Vec<u8> = (0..width).map(|k| u8::from(index >> k & 1 == 1)).collect();
        let off = (p - exact.get(&record).unwrap_or(&0.0)).abs();
        assert!(off <= tolerance::of(Compared::DensityMatrix), "{record:?} is off by {off:e}");
    }
}

#[test]
fn depolarizing_draws_all_errors_alike() {
    for (gate, width, key) in
        [("s", 1, "gate.s"), ("cz", 2, "gate.cz"), ("cx", 2, "gate.cx"), ("ccx", 3, "gate.ccx")]
    {
        for (word, place) in [("before", Place::Before), ("after", Place::After)] {
            // Bell pairs are made and taken apart by cx, whose noise would hide that of a cx.
            let key = if gate == "cx" { "gate.cx.0-1" } else { key };
            let rate = move |name: &str, qubits: &[u32]| match (name, qubits) {
                ("cx", [0, 1]) if gate == "cx" => 0.9,
                (name, _) if name == gate && gate != "cx" => 0.9,
                _ => 0.0,
            };
            check(&bare(gate, width), &depolarizing_by(rate, NONE, place), |child| {
                under::<DepolarizingPart>(child, 0, &[(key, 0.9)], &[("when", word)]).unwrap()
            });
        }
    }
}

#[test]
fn each_pauli_pair_has_its_own_share() {
    let names: Vec<String> = errors(2).iter().map(|s| s.to_lowercase()).collect();
    let shares: Vec<f64> = (1..=15).map(|k| f64::from(k) / 150.0).collect();
    let numbers: Vec<(String, f64)> =
        names.iter().zip(&shares).map(|(name, p)| (format!("gate.cy.{name}"), *p)).collect();
    let numbers: Vec<(&str, f64)> = numbers.iter().map(|(key, p)| (key.as_str(), *p)).collect();
    const LETTERS: [&str; 15] =
        ["XI", "YI", "ZI", "IX", "XX", "YX", "ZX", "IY", "XY", "YY", "ZY", "IZ", "XZ", "YZ", "ZZ"];
    assert_eq!(errors(2), LETTERS);
    for (word, place) in [("before", Place::Before), ("after", Place::After)] {
        let two = LETTERS.iter().copied().zip(shares.iter().copied()).collect();
        let on_all = pauli_model(PauliRates { two, ..PauliRates::default() }, place);
        let model: Model = std::rc::Rc::new(move |step| match step {
            pandia_tests::oracle::Step::Gate { name: "cy", .. } => on_all(step),
            other => vec![other.clone()],
        });
        check(&bare("cy", 2), &model, |child| {
            under::<PauliPart>(child, 0, &numbers, &[("when", word)]).unwrap()
        });
    }
}

/// The Bell measurement does tell the 16 pairs apart: otherwise the tests above prove nothing.
#[test]
fn a_bell_measurement_names_the_error() {
    let mut seen = Vec::new();
    for letters in errors(2) {
        let error = pauli_string(&letters);
        let error: Vec<f64> = error.entries().iter().flat_map(|z| [z.re, z.im]).collect();
        let mut circuit = bare("cz", 2);
        let middle = circuit.ops.len() / 2 + 1;
        let op = Circuit::new(4, 0).rotation("unitary_2q", &[0, 1], &error).ops.remove(0);
        circuit.ops.insert(middle, op);
        let exact = density::distribution(&density::run(&circuit.measure_all()));
        assert_eq!(exact.len(), 1, "{letters}: {exact:?}");
        seen.extend(exact.into_keys());
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 15);
}

/// A Z right before a measurement changes no outcome, so every shot has the bits of a noiseless one:
/// the errors were drawn from a stream of their own.
#[test]
fn errors_leave_the_simulators_draws_alone() {
    let circuit = (0..6).fold(Circuit::new(6, 6), |c, q| c.gate("h", &[q])).measure_all();
    let quiet: AnyBackend = Box::new(simulator::<StabilizerPart>(6).unwrap());
    let child: AnyBackend = Box::new(simulator::<StabilizerPart>(6).unwrap());
    let mut noisy = under::<PauliPart>(child, 0, &[("meas.z", 0.5)], &[]).unwrap();
    let mut quiet = quiet;
    let expected = Driver::new(&circuit).shots(&mut *quiet, 100, 1).unwrap();
    assert_eq!(Driver::new(&circuit).shots(&mut *noisy, 100, 1).unwrap(), expected);
}
