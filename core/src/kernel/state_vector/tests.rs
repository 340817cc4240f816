//! Every kernel against the matrix that it stands for, on every placement of its operands.

use super::*;
use crate::ids::{Seed, ShotId, StreamId};
use crate::rng::Stream;
use std::vec::Vec;

type C = Complex<f64>;

const ZERO: C = Complex::ZERO;
const ONE: C = Complex::ONE;
const I: C = Complex::I;

fn c(re: f64, im: f64) -> C {
    Complex::new(re, im)
}

fn random_state(qubit_count: u32, seed: u64) -> Vec<C> {
    let mut stream = Stream::of(Seed(seed), ShotId(0), StreamId(9));
    let mut amps: Vec<C> = (0..1 << qubit_count)
        .map(|_| c(stream.unit_f64() - 0.5, stream.unit_f64() - 0.5))
        .collect();
    let norm = norm_sqr(&amps).sqrt();
    scale(&mut amps, 1.0 / norm);
    amps
}

/// The matrix applied entry by entry, by index arithmetic.
fn naive(amps: &[C], qubits: &[u32], m: &[C]) -> Vec<C> {
    let size = 1_usize << qubits.len();
    (0..amps.len())
        .map(|index| {
            let row: usize = (0..qubits.len()).map(|j| ((index >> qubits[j]) & 1) << j).sum();
            let rest = qubits.iter().fold(index, |i, &q| i & !(1 << q));
            (0..size).fold(ZERO, |sum, column| {
                let from: usize = (0..qubits.len()).map(|j| ((column >> j) & 1) << qubits[j]).sum();
                sum + m[row * size + column] * amps[rest | from]
            })
        })
        .collect()
}

fn assert_close(a: &[C], b: &[C], what: &str) {
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        assert!((*a - *b).norm_sqr() < 1e-28, "{what}: entry {i}: {a:?} and {b:?}");
    }
}

fn each_1q(name: &str, m: [C; 4], kernel: impl Fn(&mut [C], u32)) {
    for qubit_count in 1..=6 {
        for qubit in 0..qubit_count {
            let before = random_state(qubit_count, u64::from(qubit));
            let mut amps = before.clone();
            kernel(&mut amps, qubit);
            assert_close(&amps, &naive(&before, &[qubit], &m), name);
        }
    }
}

fn each_2q(name: &str, m: [C; 16], kernel: impl Fn(&mut [C], u32, u32)) {
    for qubit_count in 2..=6 {
        for (q0, q1) in (0..36).map(|i| (i / 6, i % 6)) {
            if q0 == q1 || q0.max(q1) >= qubit_count {
                continue;
            }
            let before = random_state(qubit_count, u64::from(q0 * 6 + q1));
            let mut amps = before.clone();
            kernel(&mut amps, q0, q1);
            assert_close(&amps, &naive(&before, &[q0, q1], &m), name);
        }
    }
}

fn each_3q(name: &str, m: &[C; 64], kernel: impl Fn(&mut [C], [u32; 3])) {
    for qubit_count in 3..=6 {
        for qubits in (0..216).map(|i| [i / 36, i / 6 % 6, i % 6]) {
            let [a, b, d] = qubits;
            if a == b || b == d || a == d || a.max(b).max(d) >= qubit_count {
                continue;
            }
            let before = random_state(qubit_count, u64::from(a * 36 + b * 6 + d));
            let mut amps = before.clone();
            kernel(&mut amps, qubits);
            assert_close(&amps, &naive(&before, &qubits, m), name);
        }
    }
}

fn random_entries<const N: usize>(seed: u64) -> [C; N] {
    let mut stream = Stream::of(Seed(seed), ShotId(1), StreamId(9));
    core::array::from_fn(|_| c(stream.unit_f64() - 0.5, stream.unit_f64() - 0.5))
}

/// `m` on operand 1 if operand 0 is 1.
fn controlled(m: [C; 4]) -> [C; 16] {
    let mut out = [ZERO; 16];
    out[0] = ONE;
    out[10] = ONE;
    out[5] = m[0];
    out[7] = m[1];
    out[13] = m[2];
    out[15] = m[3];
    out
}

#[test]
fn one_qubit_kernels_are_their_matrices() {
    let r = core::f64::consts::FRAC_1_SQRT_2;
    let m: [C; 4] = random_entries(1);
    each_1q("matrix", m, |a, q| matrix_1q(a, q, m));
    let k = c(0.25, 0.0);
    each_1q("rotation_xy", [k, m[1], m[2], k], |a, q| rotation_xy(a, q, 0.25, m[1], m[2]));
    let (s, ms) = (c(0.75, 0.0), c(-0.75, 0.0));
    each_1q("rotation_real", [k, ms, s, k], |a, q| rotation_real(a, q, 0.25, 0.75));
    each_1q("diagonal", [m[0], ZERO, ZERO, m[3]], |a, q| diagonal(a, q, m[0], m[3]));
    each_1q("phase", [ONE, ZERO, ZERO, m[3]], |a, q| phase(a, q, m[3]));
    each_1q("s", [ONE, ZERO, ZERO, I], |a, q| phase_i(a, q, false));
    each_1q("sdg", [ONE, ZERO, ZERO, -I], |a, q| phase_i(a, q, true));
    each_1q("x", [ZERO, ONE, ONE, ZERO], x);
    each_1q("y", [ZERO, -I, I, ZERO], |a, q| y(a, q, false));
    each_1q("y conj", [ZERO, I, -I, ZERO], |a, q| y(a, q, true));
    each_1q("z", [ONE, ZERO, ZERO, -ONE], z);
    let r = c(r, 0.0);
    each_1q("h", [r, r, r, -r], hadamard);
    let half = c(0.5, 0.0);
    each_1q("collapse", [half, ZERO, ZERO, ZERO], |a, q| collapse(a, q, false, 0.5));
    each_1q("collapse", [ZERO, ZERO, ZERO, half], |a, q| collapse(a, q, true, 0.5));
    each_1q("to zero", [ZERO, half, ZERO, ZERO], |a, q| collapse_to_zero(a, q, 0.5));
}

#[test]
fn two_qubit_kernels_are_their_matrices() {
    let m: [C; 4] = random_entries(2);
    let dense: [C; 16] = random_entries(3);
    each_2q("dense", dense, |a, p, q| matrix_2q(a, p, q, &dense));
    each_2q("cx", controlled([ZERO, ONE, ONE, ZERO]), cx);
    each_2q("cy", controlled([ZERO, -I, I, ZERO]), |a, p, q| controlled_y(a, p, q, false));
    each_2q("cy conj", controlled([ZERO, I, -I, ZERO]), |a, p, q| controlled_y(a, p, q, true));
    each_2q("cz", controlled([ONE, ZERO, ZERO, -ONE]), cz);
    each_2q("cphase", controlled([ONE, ZERO, ZERO, m[1]]), |a, p, q| cphase(a, p, q, m[1]));
    each_2q("controlled", controlled(m), |a, p, q| controlled_matrix(a, p, q, m));
    each_2q("crz", controlled([m[0], ZERO, ZERO, m[1]]), |a, p, q| {
        controlled_diagonal(a, p, q, m[0], m[1]);
    });
    let mut swapped = [ZERO; 16];
    (swapped[0], swapped[6], swapped[9], swapped[15]) = (ONE, ONE, ONE, ONE);
    each_2q("swap", swapped, swap);
    (swapped[6], swapped[9]) = (I, I);
    each_2q("iswap", swapped, |a, p, q| iswap(a, p, q, false));
    (swapped[6], swapped[9]) = (-I, -I);
    each_2q("iswap conj", swapped, |a, p, q| iswap(a, p, q, true));
    let mut by_parity = [ZERO; 16];
    (by_parity[0], by_parity[5], by_parity[10], by_parity[15]) = (m[0], m[1], m[1], m[0]);
    each_2q("parity", by_parity, |a, p, q| parity(a, p, q, m[0], m[1]));
    let mut exchanged = [ZERO; 16];
    for i in 0..4 {
        exchanged[5 * i] = c(0.25, 0.0);
        exchanged[4 * i + 3 - i] = m[2];
    }
    (exchanged[3], exchanged[12]) = (m[0], m[1]);
    each_2q("exchange", exchanged, |a, p, q| exchange(a, p, q, 0.25, [m[0], m[1], m[2]]));
}

#[test]
fn three_qubit_kernels_are_their_matrices() {
    let dense: [C; 64] = random_entries(4);
    each_3q("dense", &dense, |a, q| matrix_3q(a, q, &dense));
    let permutation = |from: usize, to: usize| {
        let mut m = [ZERO; 64];
        for i in 0..8 {
            let image = if i == from {
                to
            } else if i == to {
                from
            } else {
                i
            };
            m[8 * image + i] = ONE;
        }
        m
    };
    each_3q("ccx", &permutation(3, 7), ccx);
    each_3q("cswap", &permutation(3, 5), cswap);
}

#[test]
fn sums_have_the_order_that_is_written_down() {
    // The order spelled out once more, without any of the shortcuts.
    fn sum(values: &[f32]) -> f64 {
        if values.len() > 4096 {
            let (a, b) = values.split_at(values.len() / 2);
            return sum(a) + sum(b);
        }
        let mut lanes = [0.0_f32; 8];
        for (i, value) in values.iter().enumerate() {
            lanes[i % 8] += value;
        }
        for width in [4, 2, 1] {
            for k in 0..width {
                lanes[k] += lanes[k + width];
            }
        }
        f64::from(lanes[0])
    }
    for qubit_count in [1, 2, 3, 4, 7, 12, 13, 15] {
        let amps: Vec<Complex<f32>> =
            random_state(qubit_count, 5).into_iter().map(Complex::cast).collect();
        let squares: Vec<f32> = amps.iter().map(|a| a.norm_sqr()).collect();
        assert_eq!(norm_sqr(&amps).to_bits(), sum(&squares).to_bits());
        for qubit in 0..qubit_count {
            let masked = |value: usize| -> Vec<f32> {
                let of = |i: usize| if (i >> qubit) & 1 == value { squares[i] } else { 0.0 };
                (0..squares.len()).map(of).collect()
            };
            let bits = weights(&amps, qubit).map(f64::to_bits);
            assert_eq!(bits, [sum(&masked(0)).to_bits(), sum(&masked(1)).to_bits()]);
        }
    }
}

#[test]
fn marginals_and_amplitudes_pick_the_qubits_in_the_order_listed() {
    let amps = random_state(4, 6);
    let mut out = [0.0; 4];
    marginals(&amps, &[3, 1], &mut out);
    for (value, got) in out.into_iter().enumerate() {
        let expected: f64 = (0..16)
            .filter(|i| (i >> 3) & 1 == value & 1 && (i >> 1) & 1 == value >> 1)
            .map(|i: usize| amps[i].norm_sqr())
            .sum();
        assert!((got - expected).abs() < 1e-15);
    }
    let mut out = [0.0; 8];
    amplitudes(&amps, &[3, 1], &mut out);
    for (value, index) in [0_usize, 8, 2, 10].into_iter().enumerate() {
        assert_eq!(c(out[2 * value], out[2 * value + 1]), amps[index]);
    }
}

#[test]
fn the_digest_is_of_the_bytes() {
    let mut amps = [Complex::<f32>::ZERO; 2];
    reset_all(&mut amps);
    // FNV-1a of 00 00 80 3f followed by twelve zero bytes.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in [0, 0, 0x80, 0x3f_u64].into_iter().chain([0; 12]) {
        hash = (hash ^ byte).wrapping_mul(0x0000_0100_0000_01b3);
    }
    assert_eq!(digest(&amps), hash);
    let other = [Complex::<f32>::ZERO, Complex::ONE];
    assert_ne!(digest(&other), hash);
}
