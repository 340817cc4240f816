//! Dense matrices on two and three qubits, and the exact three-qubit gates.
//!
//! Every function needs `2^n` amplitudes and different qubits below `n`. A matrix is row-major, bit
//! `j` of a row or column index is operand `j`. Each new amplitude is the row's products added up
//! from column 0 on.

use super::walk::{octs, quads};
use crate::real::{Complex, Real};

/// Any two-qubit matrix.
pub fn matrix_2q<R: Real>(amps: &mut [Complex<R>], q0: u32, q1: u32, m: &[Complex<R>; 16]) {
    let m = *m;
    quads(amps, q0, q1, |s0, s1, s2, s3| {
        for (((a, b), c), d) in s0.iter_mut().zip(s1).zip(s2).zip(s3) {
            let v = [*a, *b, *c, *d];
            let row = |r: usize| {
                let m = &m[4 * r..4 * r + 4];
                m[0] * v[0] + m[1] * v[1] + m[2] * v[2] + m[3] * v[3]
            };
            (*a, *b, *c, *d) = (row(0), row(1), row(2), row(3));
        }
    });
}

/// The qubits in ascending order, and for each place of eight in that order the place in the
/// operands' own order.
fn sort(qubits: [u32; 3]) -> ([u32; 3], [usize; 8]) {
    let mut order = [0_usize, 1, 2];
    for (a, b) in [(0, 1), (1, 2), (0, 1)] {
        if qubits[order[a]] > qubits[order[b]] {
            order.swap(a, b);
        }
    }
    let place = |sorted: usize| (0..3).map(|j| ((sorted >> j) & 1) << order[j]).sum();
    (order.map(|operand| qubits[operand]), core::array::from_fn(place))
}

/// Any three-qubit matrix.
pub fn matrix_3q<R: Real>(amps: &mut [Complex<R>], qubits: [u32; 3], m: &[Complex<R>; 64]) {
    let (sorted, place) = sort(qubits);
    octs(amps, sorted, |mut runs| {
        for i in 0..runs[0].len() {
            let mut v = [Complex::ZERO; 8];
            for (run, &place) in runs.iter().zip(&place) {
                v[place & 7] = run[i];
            }
            for (run, &place) in runs.iter_mut().zip(&place) {
                let (row, _) = m.as_chunks::<8>();
                let row = &row[place & 7];
                let mut sum = row[0] * v[0];
                for (&entry, &amp) in row[1..].iter().zip(&v[1..]) {
                    sum = sum + entry * amp;
                }
                run[i] = sum;
            }
        }
    });
}

/// Doubly controlled X: controls first. Exact.
pub fn ccx<R: Real>(amps: &mut [Complex<R>], qubits: [u32; 3]) {
    exchange_values(amps, qubits, 0b011, 0b111);
}

/// Controlled exchange: control first. Exact.
pub fn cswap<R: Real>(amps: &mut [Complex<R>], qubits: [u32; 3]) {
    exchange_values(amps, qubits, 0b011, 0b101);
}

/// Exchanges the amplitudes of two values of three qubits (bit `j` is operand `j`).
fn exchange_values<R: Real>(amps: &mut [Complex<R>], qubits: [u32; 3], one: usize, other: usize) {
    let (sorted, place) = sort(qubits);
    octs(amps, sorted, |runs| {
        let (mut first, mut second) = (None, None);
        for (run, place) in runs.into_iter().zip(place) {
            if place == one {
                first = Some(run);
            } else if place == other {
                second = Some(run);
            }
        }
        if let (Some(first), Some(second)) = (first, second) {
            for (a, b) in first.iter_mut().zip(second) {
                core::mem::swap(a, b);
            }
        }
    });
}
