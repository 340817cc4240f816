//! Density-matrix arithmetic: functions on `4^n` complex numbers.
//!
//! Element (row `r`, column `c`) lies at `r + c * 2^n`: as amplitudes of `2 n` qubits, of which
//! qubit `q` is bit `q` of the row and qubit `n + q` bit `q` of the column. So a gate `U` is the
//! state-vector kernel of `U` on `q` and that of its complex conjugate on `n + q`; what is here is
//! the rest: channels, and sums over the diagonal, which go in index order in `f64`.
//! Functions need different qubits below `n` and probabilities that are some.
//! Not here: which channel a record means ([`crate::sim`]).

mod channel_1q;
mod channel_2q;
mod depolarizing;

pub use channel_1q::{amplitude_damping, pauli_1q, reset, superoperator_1q};
pub use channel_2q::{pauli_2q, superoperator_2q};
pub use depolarizing::depolarizing;

use crate::real::{Complex, Real};

/// The diagonal: the probabilities of all basis states, in index order.
fn diagonal<R: Real>(rho: &[Complex<R>], qubit_count: u32) -> impl Iterator<Item = f64> {
    rho.iter().step_by((1 << qubit_count) + 1).map(|element| element.re.to_f64())
}

/// The traces of the two blocks in which `qubit` is 0 and 1.
#[must_use]
pub fn weights<R: Real>(rho: &[Complex<R>], qubit_count: u32, qubit: u32) -> [f64; 2] {
    let mut sums = [0.0; 2];
    for (index, probability) in diagonal(rho, qubit_count).enumerate() {
        sums[(index >> qubit) & 1] += probability;
    }
    sums
}

/// The probabilities of all values of `qubits`, the others summed over: `out[v]`, where bit `j` of
/// `v` is the value of `qubits[j]`. `out` has `2^k` places.
pub fn marginals<R: Real>(rho: &[Complex<R>], qubit_count: u32, qubits: &[u32], out: &mut [f64]) {
    out.fill(0.0);
    for (index, probability) in diagonal(rho, qubit_count).enumerate() {
        let value = qubits
            .iter()
            .enumerate()
            .fold(0, |value, (j, &qubit)| value | ((index >> qubit) & 1) << j);
        if let Some(sum) = out.get_mut(value) {
            *sum += probability;
        }
    }
}

/// All numbers whose bits are a part of `mask`, in ascending order.
fn parts_of(mask: usize) -> impl Iterator<Item = usize> {
    let mut next = Some(0_usize);
    core::iter::from_fn(move || {
        let part = next?;
        let following = part.wrapping_sub(mask) & mask;
        next = (following != 0).then_some(following);
        Some(part)
    })
}

#[cfg(test)]
mod tests;
