//! The oracle on states whose distribution is known by hand.

use core::f64::consts::{FRAC_1_SQRT_2, PI};

use super::{
    Distribution, density,
    matrix::{C64, ONE, ZERO, distance, distance_up_to_phase},
    pure,
};
use crate::circuit::Circuit;

fn exact(circuit: &Circuit) -> Distribution {
    let distribution = density::distribution(&density::run(circuit));
    let pure = pure::distribution(&pure::run(circuit));
    for (record, p) in &distribution {
        assert!((p - pure[record]).abs() < 1e-12);
    }
    distribution
}

fn close(distribution: &Distribution, expected: &[(&[u8], f64)]) {
    assert_eq!(distribution.len(), expected.len(), "{distribution:?}");
    for (record, p) in expected {
        assert!((distribution[*record] - p).abs() < 1e-12, "{distribution:?}");
    }
}

#[test]
fn a_bell_pair_gives_equal_bits() {
    let circuit = Circuit::new(2, 2).gate("h", &[0]).gate("cx", &[0, 1]);
    let half = C64::new(FRAC_1_SQRT_2, 0.0);
    assert!(distance(&pure::ket(&circuit), &[half, ZERO, ZERO, half]) < 1e-15);
    close(&exact(&circuit.measure_all()), &[(&[0, 0], 0.5), (&[1, 1], 0.5)]);
}

#[test]
fn a_ghz_state_gives_all_zero_or_all_one() {
    let circuit = (1..5).fold(Circuit::new(5, 5).gate("h", &[0]), |c, k| c.gate("cx", &[k - 1, k]));
    close(&exact(&circuit.measure_all()), &[(&[0; 5], 0.5), (&[1; 5], 0.5)]);
}

/// The textbook QFT on 3 qubits, qubit 2 being the highest bit, with the final swap.
fn qft3(circuit: Circuit) -> Circuit {
    circuit
        .gate("h", &[2])
        .rotation("cphase", &[1, 2], &[PI / 2.0])
        .rotation("cphase", &[0, 2], &[PI / 4.0])
        .gate("h", &[1])
        .rotation("cphase", &[0, 1], &[PI / 2.0])
        .gate("h", &[0])
        .gate("swap", &[0, 2])
}

#[test]
fn the_qft_of_a_basis_state_is_its_row_of_roots_of_unity() {
    for input in 0..8_u32 {
        let mut circuit = Circuit::new(3, 0);
        for k in (0..3).filter(|k| input >> k & 1 == 1) {
            circuit = circuit.gate("x", &[k]);
        }
        let expected: Vec<C64> = (0..8_u32)
            .map(|k| C64::from_polar(1.0 / 8_f64.sqrt(), 2.0 * PI * f64::from(input * k) / 8.0))
            .collect();
        assert!(distance_up_to_phase(&pure::ket(&qft3(circuit)), &expected) < 1e-14, "{input}");
    }
}

#[test]
fn teleportation_carries_any_state_over() {
    let (theta, phi, lambda) = (1.1, 0.4, -2.0);
    let circuit = Circuit::new(3, 3)
        .rotation("u3", &[0], &[theta, phi, lambda])
        .gate("h", &[1])
        .gate("cx", &[1, 2])
        .gate("cx", &[0, 1])
        .gate("h", &[0])
        .measure(0, 0)
        .measure(1, 1)
        .gate_if(1, "x", &[2])
        .gate_if(0, "z", &[2])
        .rotation("u3", &[2], &[-theta, -lambda, -phi])
        .measure(2, 2);
    let quarter: Vec<([u8; 3], f64)> =
        [[0, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, 0]].map(|record| (record, 0.25)).to_vec();
    let expected: Vec<(&[u8], f64)> = quarter.iter().map(|(r, p)| (&r[..], *p)).collect();
    close(&exact(&circuit), &expected);
}

#[test]
fn a_reset_of_half_a_bell_pair_leaves_the_other_half_random() {
    let circuit = Circuit::new(2, 2).gate("h", &[0]).gate("cx", &[0, 1]).reset(0).measure_all();
    close(&exact(&circuit), &[(&[0, 0], 0.5), (&[0, 1], 0.5)]);
}

#[test]
fn postselecting_half_a_bell_pair_decides_the_other_half() {
    let circuit =
        Circuit::new(2, 2).gate("h", &[0]).gate("cx", &[0, 1]).postselect(0, 1).measure_all();
    close(&exact(&circuit), &[(&[1, 1], 1.0)]);
}

#[test]
fn postselecting_what_cannot_be_leaves_no_history() {
    let circuit = Circuit::new(1, 1).postselect(0, 1).measure_all();
    assert!(density::run(&circuit).is_empty());
    assert!(pure::run(&circuit).is_empty());
}

#[test]
fn an_empty_circuit_stays_at_zero() {
    assert!(distance(&pure::ket(&Circuit::new(1, 0)), &[ONE, ZERO]) < 1e-15);
}
