//! Small unitary matrices: of a list of operations, under a control, to a power.
//!
//! Entries are re and im in turn, row-major; bit `j` of an index is qubit `j`.
//! Not here: gates' meaning, which is core's gate list.

use core::f64::consts::PI;

use pandia_core::op::gates::{self, MATRIX_MAX};
use pandia_core::real::{Complex, Real};

use super::super::ir::{Expr, QubitRef};
use super::{Op, Prim};

type C = Complex<f64>;

/// Most qubits of a matrix that can travel with an operation.
const QUBITS_MAX: usize = 3;
/// How far an eigenvector may be off before it is no eigenvector.
const EIGEN_TOLERANCE: f64 = 1e-10;
/// Sweeps of Jacobi's method; eight rows need about six.
const SWEEPS_MAX: usize = 40;

/// A square matrix of `size` rows.
struct Square {
    size: usize,
    at: Vec<C>,
}

impl Square {
    fn zero(size: usize) -> Self {
        Self { size, at: vec![C::ZERO; size * size] }
    }

    fn identity(size: usize) -> Self {
        let mut identity = Self::zero(size);
        for k in 0..size {
            identity.at[k * size + k] = C::ONE;
        }
        identity
    }

    fn from_entries(entries: &[f64]) -> Self {
        let at: Vec<C> = entries.chunks_exact(2).map(|c| C::new(c[0], c[1])).collect();
        let size = if at.len() >= 64 {
            8
        } else if at.len() >= 16 {
            4
        } else {
            2
        };
        Self { size, at }
    }

    fn entries(&self) -> Vec<f64> {
        self.at.iter().flat_map(|c| [c.re, c.im]).collect()
    }

    fn times(&self, other: &Self) -> Self {
        let n = self.size;
        let mut out = Self::zero(n);
        for row in 0..n {
            for column in 0..n {
                let mut sum = C::ZERO;
                for k in 0..n {
                    sum = sum + self.at[row * n + k] * other.at[k * n + column];
                }
                out.at[row * n + column] = sum;
            }
        }
        out
    }

    fn adjoint(&self) -> Self {
        let n = self.size;
        let mut out = Self::zero(n);
        for row in 0..n {
            for column in 0..n {
                out.at[column * n + row] = self.at[row * n + column].conj();
            }
        }
        out
    }
}

/// The inverse of a unitary matrix.
pub(super) fn adjoint(entries: &[f64]) -> Vec<f64> {
    Square::from_entries(entries).adjoint().entries()
}

/// The matrix where one more, highest qubit is 1; the identity where it is 0.
pub(super) fn add_control(entries: &[f64]) -> Option<Vec<f64>> {
    let inner = Square::from_entries(entries);
    let n = inner.size;
    if 2 * n > 1 << QUBITS_MAX {
        return None;
    }
    let mut out = Square::identity(2 * n);
    for row in 0..n {
        for column in 0..n {
            out.at[(row + n) * 2 * n + column + n] = inner.at[row * n + column];
        }
    }
    Some(out.entries())
}

/// The qubits that the list acts on, in the order of their first appearance.
pub(super) fn qubits(prims: &[Prim]) -> Vec<QubitRef> {
    let mut qubits: Vec<QubitRef> = Vec::new();
    for prim in prims.iter().filter(|prim| prim.op != Op::Barrier) {
        for qubit in prim.targets.iter().chain(&prim.controls) {
            // More than a matrix can have is all the same.
            if !qubits.contains(qubit) && qubits.len() <= QUBITS_MAX {
                qubits.push(qubit.clone());
            }
        }
    }
    qubits
}

/// The matrix of the list on `qubits`; `None` if there are too many, or a parameter is not constant,
/// or a qubit is chosen at run time (two such may be the same).
pub(super) fn of(prims: &[Prim], qubits: &[QubitRef]) -> Option<Vec<f64>> {
    let chosen = qubits.iter().any(|qubit| matches!(qubit, QubitRef::Indexed { .. }));
    if qubits.is_empty() || qubits.len() > QUBITS_MAX || (chosen && qubits.len() > 1) {
        return None;
    }
    if !prims.iter().all(Prim::is_const) {
        return None;
    }
    let mut total = Square::identity(1 << qubits.len());
    for prim in prims {
        total = on_qubits(prim, qubits)?.times(&total);
    }
    Some(total.entries())
}

/// One operation's matrix on `qubits`.
fn on_qubits(prim: &Prim, qubits: &[QubitRef]) -> Option<Square> {
    let size = 1_usize << qubits.len();
    let position = |qubit: &QubitRef| qubits.iter().position(|other| other == qubit);
    let small = match &prim.op {
        Op::Barrier => return Some(Square::identity(size)),
        Op::Phase(angle) => Square { size: 1, at: vec![C::cis(angle.as_float()?)] },
        Op::Matrix(entries) => Square::from_entries(entries),
        Op::Native(slot, params) => {
            let params: Option<Vec<f64>> = params.iter().map(Expr::as_float).collect();
            let mut out = [C::ZERO; MATRIX_MAX];
            let gate = gates::by_slot(*slot)?;
            (gate.matrix)(&params?, &mut out);
            let size = 1_usize << gate.qubit_count;
            Square { size, at: out[..size * size].to_vec() }
        }
    };
    let targets: Option<Vec<usize>> = prim.targets.iter().map(position).collect();
    let controls: Option<Vec<usize>> = prim.controls.iter().map(position).collect();
    let (targets, controls) = (targets?, controls?);
    let inner = |index: usize| -> usize {
        targets.iter().enumerate().map(|(j, &at)| (index >> at & 1) << j).sum()
    };
    let mask: usize = targets.iter().map(|&at| 1 << at).sum();
    let mut out = Square::zero(size);
    for row in 0..size {
        let active = controls.iter().all(|&at| row >> at & 1 == 1);
        for column in 0..size {
            let same_elsewhere = row & !mask == column & !mask;
            out.at[row * size + column] = match (active, same_elsewhere) {
                (true, true) => small.at[inner(row) * small.size + inner(column)],
                (false, true) if row == column => C::ONE,
                _ => C::ZERO,
            };
        }
    }
    Some(out)
}

/// The principal power: every eigenvalue's angle, in (-pi, pi], times `exponent`.
pub(super) fn power(entries: &[f64], exponent: f64) -> Option<Vec<f64>> {
    let matrix = Square::from_entries(entries);
    // A Hermitian mixture of the real and the imaginary part has the same eigenvectors, unless two
    // of its eigenvalues meet by chance; then another mixture is tried.
    let mixtures = [(0.834_7, 0.550_7), (0.312_9, 0.949_8), (-0.671_3, 0.741_2)];
    let vectors = mixtures.iter().find_map(|&mix| eigenvectors(&matrix, mix))?;
    let n = matrix.size;
    let diagonal = vectors.adjoint().times(&matrix).times(&vectors);
    let mut powered = Square::zero(n);
    for k in 0..n {
        let value = diagonal.at[k * n + k];
        let mut angle = libm::atan2(value.im, value.re);
        // -1 computed a little below the axis is still -1.
        if angle < -PI + 1e-9 {
            angle += 2.0 * PI;
        }
        powered.at[k * n + k] = C::cis(angle * exponent);
    }
    Some(vectors.times(&powered).times(&vectors.adjoint()).entries())
}

/// Orthonormal eigenvectors of a unitary matrix, as columns.
fn eigenvectors(matrix: &Square, (real_part, imaginary_part): (f64, f64)) -> Option<Square> {
    let n = matrix.size;
    let adjoint = matrix.adjoint();
    let mut hermitian = Square::zero(n);
    for k in 0..n * n {
        let (a, b) = (matrix.at[k], adjoint.at[k]);
        let (sum, difference) = ((a + b).scale(0.5), (a - b).scale(0.5));
        // (U - U†) / 2i
        let imaginary = C::new(difference.im, -difference.re);
        hermitian.at[k] = sum.scale(real_part) + imaginary.scale(imaginary_part);
    }
    let mut vectors = Square::identity(n);
    for _ in 0..SWEEPS_MAX {
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut hermitian, &mut vectors, p, q);
            }
        }
    }
    let diagonal = vectors.adjoint().times(matrix).times(&vectors);
    let off = (0..n * n).filter(|k| k / n != k % n).map(|k| diagonal.at[k].norm_sqr());
    (off.fold(0.0, f64::max) < EIGEN_TOLERANCE * EIGEN_TOLERANCE).then_some(vectors)
}

/// One Jacobi rotation: makes entry (p, q) of the Hermitian matrix zero.
fn rotate(hermitian: &mut Square, vectors: &mut Square, p: usize, q: usize) {
    let n = hermitian.size;
    let off = hermitian.at[p * n + q];
    let length = Real::sqrt(off.norm_sqr());
    // Below this nothing changes, and the square of the length would lose its digits.
    if length < 1e-30 {
        return;
    }
    let slope = (hermitian.at[q * n + q].re - hermitian.at[p * n + p].re) / (2.0 * length);
    let sign = if slope < 0.0 { -1.0 } else { 1.0 };
    let tangent = sign / (slope.abs() + Real::sqrt(1.0 + slope * slope));
    let cos = 1.0 / Real::sqrt(1.0 + tangent * tangent);
    let sin = tangent * cos;
    // exp(-i angle of the entry)
    let turn = off.conj().scale(1.0 / length);
    for matrix in [&mut *hermitian, vectors] {
        for row in 0..n {
            let (a, b) = (matrix.at[row * n + p], matrix.at[row * n + q] * turn);
            matrix.at[row * n + p] = a.scale(cos) - b.scale(sin);
            matrix.at[row * n + q] = a.scale(sin) + b.scale(cos);
        }
    }
    for column in 0..n {
        let a = hermitian.at[p * n + column];
        let b = hermitian.at[q * n + column] * turn.conj();
        hermitian.at[p * n + column] = a.scale(cos) - b.scale(sin);
        hermitian.at[q * n + column] = a.scale(sin) + b.scale(cos);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: &[f64], b: &[f64]) {
        assert_eq!(a.len(), b.len());
        for (x, y) in a.iter().zip(b) {
            assert!((x - y).abs() < 1e-9, "{a:?} is not {b:?}");
        }
    }

    /// A permutation of eight states with cycles of length 1, 3 and 4, with phases.
    fn odd_matrix() -> Vec<f64> {
        let to = [0, 2, 3, 1, 5, 6, 7, 4];
        let mut square = Square::zero(8);
        let mut angle = 0.0;
        for (from, &into) in to.iter().enumerate() {
            square.at[into * 8 + from] = C::cis(angle);
            angle += 0.37;
        }
        square.entries()
    }

    #[test]
    fn a_root_multiplied_with_itself_is_the_matrix() {
        let matrix = odd_matrix();
        for (exponent, times) in [(0.5, 2), (0.25, 4), (1.0 / 3.0, 3)] {
            let root = Square::from_entries(&power(&matrix, exponent).unwrap());
            let mut product = Square::identity(8);
            for _ in 0..times {
                product = product.times(&root);
            }
            close(&product.entries(), &matrix);
        }
    }

    #[test]
    fn degenerate_eigenvalues_are_no_trouble() {
        // -1 on everything: the principal root is i on everything.
        let minus = Square::identity(4).entries().iter().map(|x| -x).collect::<Vec<_>>();
        let root = power(&minus, 0.5).unwrap();
        let i: Vec<f64> = Square::identity(4).at.iter().flat_map(|c| [0.0, c.re]).collect();
        close(&root, &i);
    }
}
