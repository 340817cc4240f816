//! How a channel that was checked reaches its kernel.

use crate::kernel::density_matrix as dm;
use crate::op::Op;
use crate::op::channel;
use crate::real::{Complex, Real};

/// Applies a channel that was checked.
pub(super) fn apply<R: Real>(rho: &mut [Complex<R>], n: u32, op: Op<'_>) {
    let p = |index| op.param_f64(index);
    match op.gate() {
        channel::PAULI_1Q => dm::pauli_1q(rho, n, op.qubit(0), [p(0), p(1), p(2)]),
        channel::PAULI_2Q => {
            let mut all: [f64; 16] =
                core::array::from_fn(|pauli| if pauli == 0 { 0.0 } else { p(pauli - 1) });
            all[0] = (1.0 - all.iter().sum::<f64>()).max(0.0);
            dm::pauli_2q(rho, n, [op.qubit(0), op.qubit(1)], &all);
        }
        channel::KRAUS_1Q => {
            dm::superoperator_1q(rho, n, op.qubit(0), &superoperator::<R, 2, 16>(op));
        }
        channel::KRAUS_2Q => {
            let qubits = [op.qubit(0), op.qubit(1)];
            dm::superoperator_2q(rho, n, qubits, &superoperator::<R, 4, 256>(op));
        }
        channel::AMPLITUDE_DAMPING => dm::amplitude_damping(rho, n, op.qubit(0), p(0)),
        channel::DEPOLARIZING => {
            let operands = op.qubits().fold(0, |mask, qubit| mask | 1 << qubit);
            dm::depolarizing(rho, n, operands, p(0));
        }
        _ => {} // A hint that nobody knows here.
    }
}

/// The sum over the Kraus operators `K` of `K` on the rows times its conjugate on the columns:
/// `SIZE^2` by `SIZE^2`, row-major; place `r + SIZE * c`.
fn superoperator<R: Real, const SIZE: usize, const ENTRIES: usize>(
    op: Op<'_>,
) -> [Complex<R>; ENTRIES] {
    let mut sum = [Complex::<f64>::ZERO; ENTRIES];
    for kraus in op.params().chunks_exact(2 * SIZE * SIZE) {
        let entry = |row: usize, column: usize| {
            let at = 2 * (row * SIZE + column);
            Complex::new(f64::from_bits(kraus[at]), f64::from_bits(kraus[at + 1]))
        };
        for (place, sum) in sum.iter_mut().enumerate() {
            let (to, from) = (place / (SIZE * SIZE), place % (SIZE * SIZE));
            let rows = entry(to % SIZE, from % SIZE);
            *sum = *sum + rows * entry(to / SIZE, from / SIZE).conj();
        }
    }
    sum.map(Complex::cast)
}
