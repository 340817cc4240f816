//! Core's gate list against the oracle's definitions from first principles.

use pandia_core::{
    op::gates::{self, MATRIX_MAX},
    real::Complex,
};
use pandia_tests::{
    oracle::{
        C64, Matrix,
        gates::{GATES, MATRIX_GATES, matrix},
    },
    random_circuit::{Dice, random_unitary},
    tolerance::{self, Compared},
};

/// Core's matrix of `gate` as the oracle writes matrices.
fn of_core(gate: &gates::Gate, params: &[f64]) -> Matrix {
    let mut out = [Complex::new(0.0, 0.0); MATRIX_MAX];
    (gate.matrix)(params, &mut out);
    let entries = 1 << (2 * gate.qubit_count);
    Matrix::from_entries(out[..entries].iter().map(|z| C64::new(z.re, z.im)).collect())
}

/// Parameters that fit the gate: a random unitary for a gate that is given by its matrix.
fn any_params(dice: &mut Dice, gate: &gates::Gate) -> Vec<f64> {
    if MATRIX_GATES.iter().any(|(name, _)| *name == gate.name) {
        return random_unitary(dice, u32::from(gate.qubit_count));
    }
    gate.params.iter().map(|_| dice.angle()).collect()
}

#[test]
fn every_listed_gate_has_the_oracles_matrix() {
    assert!(!gates::LIST.is_empty(), "core lists no gate");
    let mut dice = Dice::new(2);
    for gate in gates::LIST {
        for _ in 0..50 {
            let params = any_params(&mut dice, gate);
            let expected = matrix(gate.name, &params).unwrap_or_else(|| {
                panic!("the oracle has no gate {} with {} parameters", gate.name, params.len())
            });
            let distance = of_core(gate, &params).distance(&expected);
            assert!(
                distance <= tolerance::of(Compared::GateMatrix),
                "{}{params:?} is off by {distance:e}",
                gate.name
            );
        }
    }
}

#[test]
fn every_gate_of_the_oracle_is_listed_with_the_same_shape() {
    for &(name, qubits, params) in GATES {
        let gate = gates::by_name(name).unwrap_or_else(|| panic!("core does not list {name}"));
        assert_eq!((gate.name, u32::from(gate.qubit_count)), (name, qubits));
        assert_eq!(gate.params.len(), params, "{name}");
    }
    for &(name, qubits) in MATRIX_GATES {
        let gate = gates::by_name(name).unwrap_or_else(|| panic!("core does not list {name}"));
        assert_eq!(u32::from(gate.qubit_count), qubits, "{name}");
    }
}

#[test]
fn names_aliases_slots_and_ids_are_unique() {
    let mut names: Vec<&str> =
        gates::LIST.iter().flat_map(|g| g.aliases.iter().copied().chain([g.name])).collect();
    let mut ids: Vec<&str> = gates::LIST.iter().map(|g| g.id).collect();
    let mut slots: Vec<u16> = gates::LIST.iter().map(|g| g.slot).collect();
    let (name_count, id_count, slot_count) = (names.len(), ids.len(), slots.len());
    names.sort_unstable();
    names.dedup();
    ids.sort_unstable();
    ids.dedup();
    slots.sort_unstable();
    slots.dedup();
    assert_eq!((names.len(), ids.len(), slots.len()), (name_count, id_count, slot_count));
    assert!(slots.iter().all(|slot| *slot < gates::FIRST_USER_SLOT));
}
