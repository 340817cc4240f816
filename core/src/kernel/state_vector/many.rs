//! Dense matrices on two and three qubits, and the exact three-qubit gates.
//!
//! Every function needs `2^n` amplitudes and different qubits below `n`. A matrix is row-major, bit
//! `j` of a row or column index is operand `j`. Each new amplitude is the row's products added up
//! from column 0 on.

use super::walk::{octs, quads};
use crate::kernel::{IS_READ, UNROLL};
use crate::real::{Complex, Real};

/// Any two-qubit matrix.
pub fn matrix_2q<R: Real>(amps: &mut [Complex<R>], q0: u32, q1: u32, m: &[Complex<R>; 16]) {
    let m = *m;
    quads(amps, q0, q1, |s0, s1, s2, s3| {
        for (((a, b), c), d) in s0.iter_mut().zip(s1).zip(s2).zip(s3) {
            let v = [*a, *b, *c, *d];
            let row = |m: [Complex<R>; 4]| m[0] * v[0] + m[1] * v[1] + m[2] * v[2] + m[3] * v[3];
            *a = row([m[0], m[1], m[2], m[3]]);
            *b = row([m[4], m[5], m[6], m[7]]);
            *c = row([m[8], m[9], m[10], m[11]]);
            *d = row([m[12], m[13], m[14], m[15]]);
        }
    });
}

/// The qubits in ascending order, and for each place of eight in that order the place in the
/// operands' own order.
fn sort(qubits: [u32; 3]) -> ([u32; 3], [usize; 8]) {
    if !IS_READ {
        let mut order = [0_usize, 1, 2];
        for (a, b) in [(0, 1), (1, 2), (0, 1)] {
            if qubits[order[a]] > qubits[order[b]] {
                order.swap(a, b);
            }
        }
        let place = |sorted: usize| (0..3).map(|j| ((sorted >> j) & 1) << order[j]).sum();
        return (order.map(|operand| qubits[operand]), core::array::from_fn(place));
    }
    // The same without an index that a compiler told to be brief checks.
    let [mut a, mut b, mut c] = [(qubits[0], 0), (qubits[1], 1), (qubits[2], 2)];
    if a.0 > b.0 {
        (a, b) = (b, a);
    }
    if b.0 > c.0 {
        (b, c) = (c, b);
    }
    if a.0 > b.0 {
        (a, b) = (b, a);
    }
    let place =
        |sorted: usize| (sorted & 1) << a.1 | (sorted >> 1 & 1) << b.1 | (sorted >> 2 & 1) << c.1;
    ([a.0, b.0, c.0], [0, 1, 2, 3, 4, 5, 6, 7].map(place))
}

/// Any three-qubit matrix.
pub fn matrix_3q<R: Real>(amps: &mut [Complex<R>], qubits: [u32; 3], m: &[Complex<R>; 64]) {
    let (sorted, place) = sort(qubits);
    let (rows, _) = m.as_chunks::<8>();
    octs(amps, sorted, |mut runs| {
        for i in 0..runs[0].len() {
            let mut v = [Complex::ZERO; 8];
            for (run, &place) in runs.iter().zip(&place) {
                v[place & 7] = run.get(i).copied().unwrap_or(Complex::ZERO);
            }
            for (run, &place) in runs.iter_mut().zip(&place) {
                let (Some([first, row @ ..]), Some(new)) = (rows.get(place), run.get_mut(i)) else {
                    return;
                };
                let mut sum = *first * v[0];
                for (&entry, &amp) in row.iter().zip(&v[1..]) {
                    sum = sum + entry * amp;
                }
                *new = sum;
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
    if UNROLL {
        exchange_runs(amps, qubits, one, other);
    } else {
        exchange_briefly(amps, qubits, one, other);
    }
}

/// The same amplitude by amplitude, which is a tenth of the code.
fn exchange_briefly<R: Real>(
    amps: &mut [Complex<R>],
    [a, b, c]: [u32; 3],
    one: usize,
    other: usize,
) {
    let at = |value: usize| (value & 1) << a | (value >> 1 & 1) << b | (value >> 2 & 1) << c;
    let (mask, one, between) = (at(0b111), at(one), at(one ^ other));
    for index in 0..amps.len() {
        if index & mask != one {
            continue;
        }
        if let Ok([first, second]) = amps.get_disjoint_mut([index, index ^ between]) {
            core::mem::swap(first, second);
        }
    }
}

fn exchange_runs<R: Real>(amps: &mut [Complex<R>], qubits: [u32; 3], one: usize, other: usize) {
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
