//! Dense square matrices and vectors of complex numbers.
//! Not here: what a matrix means.

use core::ops::{Add, Mul};

/// The oracle's complex number.
pub type C64 = num_complex::Complex64;

/// Zero.
pub const ZERO: C64 = C64::new(0.0, 0.0);
/// One.
pub const ONE: C64 = C64::new(1.0, 0.0);
/// The imaginary unit.
pub const I: C64 = C64::new(0.0, 1.0);

/// A square matrix, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    dim: usize,
    entries: Vec<C64>,
}

impl Matrix {
    /// All zero.
    #[must_use]
    pub fn zero(dim: usize) -> Self {
        Self { dim, entries: vec![ZERO; dim * dim] }
    }

    /// The identity.
    #[must_use]
    pub fn identity(dim: usize) -> Self {
        Self::diagonal(&vec![ONE; dim])
    }

    /// A diagonal matrix.
    #[must_use]
    pub fn diagonal(diagonal: &[C64]) -> Self {
        let mut matrix = Self::zero(diagonal.len());
        for (k, &entry) in diagonal.iter().enumerate() {
            matrix.set(k, k, entry);
        }
        matrix
    }

    /// From row-major entries.
    ///
    /// # Panics
    /// If the number of entries is no square.
    #[must_use]
    pub fn from_entries(entries: Vec<C64>) -> Self {
        let dim = entries.len().isqrt();
        assert_eq!(dim * dim, entries.len(), "a square matrix has a square number of entries");
        Self { dim, entries }
    }

    /// `|ket><ket|`.
    #[must_use]
    pub fn projector(ket: &[C64]) -> Self {
        let mut matrix = Self::zero(ket.len());
        for (r, &a) in ket.iter().enumerate() {
            for (c, &b) in ket.iter().enumerate() {
                matrix.set(r, c, a * b.conj());
            }
        }
        matrix
    }

    /// Rows, which are as many as columns.
    #[must_use]
    pub const fn dim(&self) -> usize {
        self.dim
    }

    /// Row-major entries.
    #[must_use]
    pub fn entries(&self) -> &[C64] {
        &self.entries
    }

    /// The entry at `row`, `column`.
    #[must_use]
    pub fn at(&self, row: usize, column: usize) -> C64 {
        self.entries[row * self.dim + column]
    }

    /// Writes one entry.
    pub fn set(&mut self, row: usize, column: usize, entry: C64) {
        self.entries[row * self.dim + column] = entry;
    }

    /// Every entry times `factor`.
    #[must_use]
    pub fn scaled(&self, factor: C64) -> Self {
        Self { dim: self.dim, entries: self.entries.iter().map(|entry| entry * factor).collect() }
    }

    /// The conjugate transpose.
    #[must_use]
    pub fn dagger(&self) -> Self {
        let mut matrix = Self::zero(self.dim);
        for r in 0..self.dim {
            for c in 0..self.dim {
                matrix.set(c, r, self.at(r, c).conj());
            }
        }
        matrix
    }

    /// The Kronecker product with `self` on the high bits of the index.
    #[must_use]
    pub fn kron(&self, low: &Self) -> Self {
        let mut matrix = Self::zero(self.dim * low.dim);
        for r in 0..matrix.dim {
            for c in 0..matrix.dim {
                let high = self.at(r / low.dim, c / low.dim);
                matrix.set(r, c, high * low.at(r % low.dim, c % low.dim));
            }
        }
        matrix
    }

    /// The sum of the diagonal.
    #[must_use]
    pub fn trace(&self) -> C64 {
        (0..self.dim).map(|k| self.at(k, k)).sum()
    }

    /// `self` times a column vector.
    #[must_use]
    pub fn times_vector(&self, vector: &[C64]) -> Vec<C64> {
        (0..self.dim)
            .map(|r| vector.iter().enumerate().map(|(c, &v)| self.at(r, c) * v).sum())
            .collect()
    }

    /// `self * rho * self^dagger`.
    #[must_use]
    pub fn sandwich(&self, rho: &Self) -> Self {
        &(self * rho) * &self.dagger()
    }

    /// The operator on `qubit_count` qubits that acts as `self` on `qubits` (operand j of `self`
    /// is qubit `qubits[j]`) and as the identity elsewhere.
    ///
    /// # Panics
    /// If `self` is not a matrix on `qubits.len()` qubits, or a qubit repeats or does not exist.
    #[must_use]
    pub fn embedded(&self, qubits: &[u32], qubit_count: u32) -> Self {
        assert_eq!(self.dim, 1 << qubits.len(), "the matrix must fit its operands");
        for (j, &qubit) in qubits.iter().enumerate() {
            assert!(qubit < qubit_count, "qubit {qubit} of {qubit_count}");
            assert!(!qubits[..j].contains(&qubit), "qubit {qubit} twice in {qubits:?}");
        }
        let mask: usize = qubits.iter().map(|&qubit| 1usize << qubit).sum();
        let operands = |index: usize| -> usize {
            qubits.iter().enumerate().map(|(j, &qubit)| (index >> qubit & 1) << j).sum()
        };
        let mut full = Self::zero(1 << qubit_count);
        for r in 0..full.dim {
            for c in 0..full.dim {
                if r & !mask == c & !mask {
                    full.set(r, c, self.at(operands(r), operands(c)));
                }
            }
        }
        full
    }

    /// What [`Self::embedded`] would make of a column vector, without the full matrix: entry r of
    /// the result is the sum over all values of the operands in r.
    ///
    /// # Panics
    /// If `self` is not a matrix on `qubits.len()` qubits.
    #[must_use]
    pub fn applied(&self, qubits: &[u32], ket: &[C64]) -> Vec<C64> {
        assert_eq!(self.dim, 1 << qubits.len(), "the matrix must fit its operands");
        let put = |index: usize, value: usize| {
            qubits
                .iter()
                .enumerate()
                .fold(index, |index, (j, &qubit)| index & !(1 << qubit) | (value >> j & 1) << qubit)
        };
        let get = |index: usize| -> usize {
            qubits.iter().enumerate().map(|(j, &qubit)| (index >> qubit & 1) << j).sum()
        };
        (0..ket.len())
            .map(|r| (0..self.dim).map(|value| self.at(get(r), value) * ket[put(r, value)]).sum())
            .collect()
    }

    /// The largest distance between equal places of two matrices.
    ///
    /// # Panics
    /// If the sizes differ.
    #[must_use]
    pub fn distance(&self, other: &Self) -> f64 {
        assert_eq!(self.dim, other.dim, "only matrices of one size can be compared");
        distance(&self.entries, &other.entries)
    }
}

impl Mul for &Matrix {
    type Output = Matrix;
    fn mul(self, right: &Matrix) -> Matrix {
        let mut product = Matrix::zero(self.dim);
        for r in 0..self.dim {
            for k in 0..self.dim {
                let left = self.at(r, k);
                if left == ZERO {
                    continue;
                }
                for c in 0..self.dim {
                    product.set(r, c, product.at(r, c) + left * right.at(k, c));
                }
            }
        }
        product
    }
}

impl Add for &Matrix {
    type Output = Matrix;
    fn add(self, right: &Matrix) -> Matrix {
        let entries = self.entries.iter().zip(&right.entries).map(|(a, b)| a + b).collect();
        Matrix { dim: self.dim, entries }
    }
}

/// The largest distance between equal places of two vectors.
///
/// # Panics
/// If the lengths differ.
#[must_use]
pub fn distance(a: &[C64], b: &[C64]) -> f64 {
    assert_eq!(a.len(), b.len(), "only vectors of one length can be compared");
    a.iter().zip(b).map(|(x, y)| (x - y).norm()).fold(0.0, f64::max)
}

/// The same, after turning `b` by the phase that brings it closest to `a`.
#[must_use]
pub fn distance_up_to_phase(a: &[C64], b: &[C64]) -> f64 {
    let overlap: C64 = a.iter().zip(b).map(|(x, y)| x * y.conj()).sum();
    let phase = if overlap.norm() > 0.0 { overlap / overlap.norm() } else { ONE };
    let turned: Vec<C64> = b.iter().map(|y| y * phase).collect();
    distance(a, &turned)
}

/// The squared norm of a vector.
#[must_use]
pub fn norm_squared(vector: &[C64]) -> f64 {
    vector.iter().map(C64::norm_sqr).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_of_operators_on_different_qubits_is_their_kronecker_product() {
        let a = Matrix::from_entries(vec![ONE, I, ZERO, -ONE]);
        let b = Matrix::from_entries(vec![ZERO, ONE, I, I]);
        let product = &a.embedded(&[0], 2) * &b.embedded(&[1], 2);
        assert!(product.distance(&b.kron(&a)) < 1e-15);
        assert!(b.kron(&a).embedded(&[0, 1], 2).distance(&product) < 1e-15);
        assert!(a.kron(&b).embedded(&[1, 0], 2).distance(&product) < 1e-15);
    }

    #[test]
    fn applying_a_matrix_to_some_qubits_is_multiplying_by_the_embedded_one() {
        let m = Matrix::from_entries((0..16).map(|k| C64::new(f64::from(k), -1.0)).collect());
        let ket: Vec<C64> = (0..16).map(|k| C64::new(1.0, f64::from(k * k))).collect();
        for qubits in [[0, 1], [3, 1], [2, 3], [1, 0]] {
            let slow = m.embedded(&qubits, 4).times_vector(&ket);
            assert!(distance(&m.applied(&qubits, &ket), &slow) < 1e-9, "{qubits:?}");
        }
    }

    #[test]
    fn a_phase_does_not_count_as_distance() {
        let a = [ONE, I, ZERO];
        let b = [I, -ONE, ZERO];
        assert!(distance(&a, &b) > 1.0);
        assert!(distance_up_to_phase(&a, &b) < 1e-15);
    }
}
