//! Every channel against the sum over its Kraus operators, on every placement of its operands.

use super::*;
use crate::ids::{Seed, ShotId, StreamId};
use crate::rng::Stream;
use std::vec::Vec;

type C = Complex<f64>;
type Matrix = Vec<C>;

const QUBITS: u32 = 4;
const SIZE: usize = 1 << QUBITS;

fn c(re: f64, im: f64) -> C {
    Complex::new(re, im)
}

/// Any matrix will do: a channel is linear.
fn random_rho(seed: u64) -> Matrix {
    let mut stream = Stream::of(Seed(seed), ShotId(0), StreamId(9));
    (0..SIZE * SIZE).map(|_| c(stream.unit_f64() - 0.5, stream.unit_f64() - 0.5)).collect()
}

/// `K` on `qubits` as a whole matrix, `m[r][c]` at `r * SIZE + c`.
fn expand(k: &[C], qubits: &[u32]) -> Matrix {
    let small = 1_usize << qubits.len();
    let value = |index: usize| -> usize {
        qubits.iter().enumerate().map(|(j, &q)| ((index >> q) & 1) << j).sum()
    };
    let rest = |index: usize| qubits.iter().fold(index, |i, &q| i & !(1 << q));
    let mut out = std::vec![Complex::ZERO; SIZE * SIZE];
    for (place, entry) in out.iter_mut().enumerate() {
        let (row, column) = (place / SIZE, place % SIZE);
        if rest(row) == rest(column) {
            *entry = k[value(row) * small + value(column)];
        }
    }
    out
}

/// Adds `weight K rho K^dagger` to `sum`; `rho` and `sum` are in the kernel's layout.
fn add_term(sum: &mut [C], rho: &[C], k: &[C], qubits: &[u32], weight: f64) {
    let k = expand(k, qubits);
    let mut left = std::vec![Complex::ZERO; SIZE * SIZE];
    for r in 0..SIZE {
        for col in 0..SIZE {
            for i in 0..SIZE {
                left[r + col * SIZE] = left[r + col * SIZE] + k[r * SIZE + i] * rho[i + col * SIZE];
            }
        }
    }
    for r in 0..SIZE {
        for col in 0..SIZE {
            for i in 0..SIZE {
                let term = left[r + i * SIZE] * k[col * SIZE + i].conj();
                sum[r + col * SIZE] = sum[r + col * SIZE] + term.scale(weight);
            }
        }
    }
}

fn kron(high: &[C; 4], low: &[C; 4]) -> Vec<C> {
    (0..16)
        .map(|place| {
            let (r, col) = (place / 4, place % 4);
            high[(r >> 1) * 2 + (col >> 1)] * low[(r & 1) * 2 + (col & 1)]
        })
        .collect()
}

fn paulis() -> [[C; 4]; 4] {
    let (o, l, i) = (Complex::ZERO, Complex::ONE, Complex::I);
    [[l, o, o, l], [o, l, l, o], [o, -i, i, o], [l, o, o, -l]]
}

fn assert_close(a: &[C], b: &[C], what: &str) {
    for (at, (a, b)) in a.iter().zip(b).enumerate() {
        assert!((*a - *b).norm_sqr() < 1e-26, "{what}: {at}: {a:?} and {b:?}");
    }
}

fn each_1q(what: &str, terms: &[(f64, [C; 4])], kernel: impl Fn(&mut [C], u32)) {
    for qubit in 0..QUBITS {
        let before = random_rho(u64::from(qubit));
        let mut rho = before.clone();
        kernel(&mut rho, qubit);
        let mut sum = std::vec![Complex::ZERO; SIZE * SIZE];
        for (weight, k) in terms {
            add_term(&mut sum, &before, k, &[qubit], *weight);
        }
        assert_close(&rho, &sum, what);
    }
}

fn each_2q(what: &str, terms: &[(f64, Vec<C>)], kernel: impl Fn(&mut [C], [u32; 2])) {
    for qubits in (0..16).map(|i| [i / 4, i % 4]).filter(|[a, b]| a != b) {
        let before = random_rho(u64::from(qubits[0] * 4 + qubits[1]));
        let mut rho = before.clone();
        kernel(&mut rho, qubits);
        let mut sum = std::vec![Complex::ZERO; SIZE * SIZE];
        for (weight, k) in terms {
            add_term(&mut sum, &before, k, &qubits, *weight);
        }
        assert_close(&rho, &sum, what);
    }
}

#[test]
fn one_qubit_channels_are_the_sums_over_their_kraus_operators() {
    let [i, x, y, z] = paulis();
    let p = [0.1, 0.25, 0.05];
    let terms = [(0.6, i), (p[0], x), (p[1], y), (p[2], z)];
    each_1q("pauli", &terms, |rho, q| pauli_1q(rho, QUBITS, q, p));
    let (o, l) = (Complex::ZERO, Complex::ONE);
    let root = c(0.7_f64.sqrt(), 0.0);
    let decay = [(1.0, [l, o, o, root]), (1.0, [o, c(0.3_f64.sqrt(), 0.0), o, o])];
    each_1q("damping", &decay, |rho, q| amplitude_damping(rho, QUBITS, q, 0.3));
    let to_zero = [(1.0, [l, o, o, o]), (1.0, [o, l, o, o])];
    each_1q("reset", &to_zero, |rho, q| reset(rho, QUBITS, q));
    let k = [c(0.1, 0.2), c(-0.3, 0.4), c(0.5, -0.6), c(0.7, 0.8)];
    let m = core::array::from_fn(|place| {
        let (to, from) = (place / 4, place % 4);
        k[(to & 1) * 2 + (from & 1)] * k[(to >> 1) * 2 + (from >> 1)].conj()
    });
    each_1q("superoperator", &[(1.0, k)], |rho, q| superoperator_1q(rho, QUBITS, q, &m));
}

#[test]
fn two_qubit_channels_are_the_sums_over_their_kraus_operators() {
    let paulis = paulis();
    let weights: [f64; 16] = core::array::from_fn(|p| 0.01 * f64::from(u8::try_from(p).unwrap()));
    let terms: Vec<_> =
        (0..16).map(|p| (weights[p], kron(&paulis[p / 4], &paulis[p % 4]))).collect();
    each_2q("pauli", &terms, |rho, q| pauli_2q(rho, QUBITS, q, &weights));
    let k: Vec<C> = random_rho(7)[..16].to_vec();
    let m: [C; 256] = core::array::from_fn(|place| {
        let (to, from) = (place / 16, place % 16);
        k[(to & 3) * 4 + (from & 3)] * k[(to >> 2) * 4 + (from >> 2)].conj()
    });
    each_2q("superoperator", &[(1.0, k)], |rho, q| superoperator_2q(rho, QUBITS, q, &m));
    let alike: Vec<_> = (0..16)
        .map(|p| {
            let weight = if p == 0 { 0.7 } else { 0.02 };
            (weight, kron(&paulis[p / 4], &paulis[p % 4]))
        })
        .collect();
    each_2q("depolarizing", &alike, |rho, [a, b]| {
        depolarizing(rho, QUBITS, 1 << a | 1 << b, 0.3);
    });
}

#[test]
fn depolarizing_one_qubit_is_a_pauli_channel_of_equal_parts() {
    for qubit in 0..QUBITS {
        let (mut a, mut b) = (random_rho(1), random_rho(1));
        depolarizing(&mut a, QUBITS, 1 << qubit, 0.3);
        pauli_1q(&mut b, QUBITS, qubit, [0.1; 3]);
        assert_close(&a, &b, "depolarizing");
    }
}

#[test]
fn probabilities_are_read_from_the_diagonal() {
    let rho = random_rho(3);
    let diagonal: Vec<f64> = (0..SIZE).map(|i| rho[i * (SIZE + 1)].re).collect();
    let mut out = [0.0; 4];
    marginals(&rho, QUBITS, &[2, 0], &mut out);
    let ones = weights(&rho, QUBITS, 2)[1];
    let expected = |value: usize| -> f64 {
        (0..SIZE)
            .filter(|i| (i >> 2) & 1 == value & 1 && i & 1 == value >> 1)
            .map(|i| diagonal[i])
            .sum()
    };
    for (value, got) in out.into_iter().enumerate() {
        assert!((got - expected(value)).abs() < 1e-14);
    }
    assert!((ones - out[1] - out[3]).abs() < 1e-14);
}
