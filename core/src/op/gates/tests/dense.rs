//! Small dense matrices, only to test the list.

use std::vec::Vec;

use crate::op::gates::{MATRIX_MAX, PauliString, by_slot};
use crate::real::Complex;

pub(super) type C = Complex<f64>;

/// A small dense matrix, row-major.
#[derive(Clone, Debug)]
pub(super) struct Dense {
    pub(super) size: usize,
    pub(super) entries: Vec<C>,
}

impl Dense {
    pub(super) fn identity(qubit_count: u8) -> Self {
        let size = 1 << qubit_count;
        let entries =
            (0..size * size).map(|k| if k / size == k % size { C::ONE } else { C::ZERO }).collect();
        Self { size, entries }
    }

    pub(super) fn at(&self, row: usize, column: usize) -> C {
        self.entries[row * self.size + column]
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        let size = self.size;
        let entry = |k: usize| {
            (0..size).fold(C::ZERO, |sum, m| sum + self.at(k / size, m) * other.at(m, k % size))
        };
        Self { size, entries: (0..size * size).map(entry).collect() }
    }

    pub(super) fn dagger(&self) -> Self {
        let size = self.size;
        let entries = (0..size * size).map(|k| self.at(k % size, k / size).conj()).collect();
        Self { size, entries }
    }

    pub(super) fn distance(&self, other: &Self) -> f64 {
        let off = |(a, b): (&C, &C)| (*a - *b).norm_sqr().sqrt();
        self.entries.iter().zip(&other.entries).map(off).fold(0.0, f64::max)
    }

    /// The distance after the best global phase is taken out.
    pub(super) fn distance_up_to_phase(&self, other: &Self) -> f64 {
        let overlap = self
            .entries
            .iter()
            .zip(&other.entries)
            .fold(C::ZERO, |sum, (a, b)| sum + *a * b.conj());
        let norm = overlap.norm_sqr().sqrt();
        assert!(norm > 1e-6, "not even near");
        let phase = overlap.scale(1.0 / norm);
        let turned = other.entries.iter().map(|b| *b * phase).collect();
        self.distance(&Self { size: self.size, entries: turned })
    }

    /// A gate on some of `qubit_count` qubits.
    pub(super) fn gate(qubit_count: u8, slot: u16, operands: &[u8], params: &[f64]) -> Self {
        let gate = by_slot(slot).unwrap();
        assert_eq!(usize::from(gate.qubit_count), operands.len(), "{}", gate.name);
        let mut matrix = [C::ZERO; MATRIX_MAX];
        gate.unitary(params, &mut matrix).unwrap();
        let inner_size = 1 << gate.qubit_count;
        let mut out = Self::identity(qubit_count);
        let pick = |index: usize| {
            operands.iter().enumerate().fold(0, |sum, (j, &q)| sum | (index >> q & 1) << j)
        };
        let rest = |index: usize| operands.iter().fold(index, |rest, &q| rest & !(1 << q));
        for row in 0..out.size {
            for column in 0..out.size {
                out.entries[row * out.size + column] = if rest(row) == rest(column) {
                    matrix[pick(row) * inner_size + pick(column)]
                } else {
                    C::ZERO
                };
            }
        }
        out
    }

    pub(super) fn pauli(qubit_count: u8, string: PauliString) -> Self {
        let mut out = Self::identity(qubit_count);
        out.entries.fill(C::ZERO);
        let mut sign = if string.negative { -C::ONE } else { C::ONE };
        for _ in 0..(string.x & string.z).count_ones() {
            sign = sign * C::I;
        }
        for column in 0..out.size {
            let odd = (column & usize::from(string.z)).count_ones() % 2 == 1;
            let row = column ^ usize::from(string.x);
            out.entries[row * out.size + column] = if odd { -sign } else { sign };
        }
        out
    }

    /// The signed Pauli string that this matrix is, if it is one.
    pub(super) fn as_pauli(&self, qubit_count: u8) -> Option<PauliString> {
        let all = 1_u8 << qubit_count;
        (0..all)
            .flat_map(|x| (0..all).map(move |z| (x, z)))
            .flat_map(|(x, z)| [false, true].map(|negative| PauliString { x, z, negative }))
            .find(|&string| self.distance(&Self::pauli(qubit_count, string)) < 1e-9)
    }

    /// The images of X and Z under conjugation, if all of them are Pauli strings.
    pub(super) fn action(&self, qubit_count: u8) -> Option<Vec<PauliString>> {
        (0..qubit_count)
            .flat_map(|q| [PauliString::x(q), PauliString::z(q)])
            .map(|p| {
                let image = self.times(&Self::pauli(qubit_count, p)).times(&self.dagger());
                image.as_pauli(qubit_count)
            })
            .collect()
    }
}
