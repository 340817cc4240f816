//! The depolarizing channel on any number of qubits.

use super::parts_of;
use crate::real::{Complex, Real};

/// With probability `p` one of the `4^k - 1` Pauli strings other than the identity acts on the `k`
/// qubits whose bits are set in `operands`, all alike.
///
/// All `4^k` strings together leave the operands fully mixed, so this is a weighted sum of the state
/// itself and of the state with the operands fully mixed.
pub fn depolarizing<R: Real>(rho: &mut [Complex<R>], qubit_count: u32, operands: usize, p: f64) {
    let values = (0..operands.count_ones()).fold(1.0, |values, _| 2.0 * values);
    let strings = values * values;
    let mixed = p * strings / (strings - 1.0);
    let (keep, share) = (R::from_f64(1.0 - mixed), R::from_f64(mixed / values));
    let both = operands | operands << qubit_count;
    for base in parts_of((rho.len() - 1) & !both) {
        let mut trace = Complex::ZERO;
        for value in parts_of(operands) {
            let at = base | value | value << qubit_count;
            trace = trace + rho.get(at).copied().unwrap_or(Complex::ZERO);
        }
        let add = trace.scale(share);
        for column in parts_of(operands) {
            for row in parts_of(operands) {
                if let Some(element) = rho.get_mut(base | row | column << qubit_count) {
                    let kept = element.scale(keep);
                    *element = if row == column { kept + add } else { kept };
                }
            }
        }
    }
}
