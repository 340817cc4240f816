//! Channels as Kraus operators.
//! Not here: which channel a noise model puts where ([`super::noise`]).

use super::{
    gates::pauli_string,
    matrix::{C64, Matrix, ONE, ZERO},
};

/// All Pauli strings on `qubits` qubits but the identity, the first letter changing fastest.
#[must_use]
pub fn errors(qubits: u32) -> Vec<String> {
    let mut strings = vec![String::new()];
    for _ in 0..qubits {
        strings = "IXYZ"
            .chars()
            .flat_map(|last| strings.iter().map(move |s| format!("{s}{last}")))
            .collect();
    }
    strings.split_off(1)
}

/// The channel that applies each Pauli string with its probability, otherwise nothing. Letter j of
/// a string acts on operand j.
#[must_use]
pub fn pauli(qubits: u32, probabilities: &[(&str, f64)]) -> Vec<Matrix> {
    let sum: f64 = probabilities.iter().map(|(_, p)| p).sum();
    let idle = "I".repeat(qubits as usize);
    core::iter::once((idle.as_str(), 1.0 - sum))
        .chain(probabilities.iter().copied())
        .map(|(letters, p)| pauli_string(letters).scaled(C64::new(p.sqrt(), 0.0)))
        .collect()
}

/// With probability `p` one of the Pauli strings that are not the identity, all alike.
#[must_use]
pub fn depolarizing(qubits: u32, p: f64) -> Vec<Matrix> {
    let errors = errors(qubits);
    let share = p / f64::from((1 << (2 * qubits)) - 1);
    let probabilities: Vec<_> = errors.iter().map(|letters| (letters.as_str(), share)).collect();
    pauli(qubits, &probabilities)
}

/// Decay from 1 to 0 with probability `gamma`.
#[must_use]
pub fn amplitude_damping(gamma: f64) -> Vec<Matrix> {
    let keep = Matrix::diagonal(&[ONE, C64::new((1.0 - gamma).sqrt(), 0.0)]);
    let decay = Matrix::from_entries(vec![ZERO, C64::new(gamma.sqrt(), 0.0), ZERO, ZERO]);
    vec![keep, decay]
}

/// The channel of a channel operation: probabilities in the order of [`errors`], or Kraus operators
/// row-major with re and im in turn, one after the other.
#[must_use]
pub fn named(name: &str, qubits: usize, params: &[f64]) -> Option<Vec<Matrix>> {
    let of_errors = |qubits: u32| {
        let errors = errors(qubits);
        let probabilities: Vec<_> =
            errors.iter().map(String::as_str).zip(params.iter().copied()).collect();
        (params.len() == errors.len()).then(|| pauli(qubits, &probabilities))
    };
    let operators = |numbers: usize| {
        let entries = |chunk: &[f64]| chunk.chunks(2).map(|z| C64::new(z[0], z[1])).collect();
        let whole = !params.is_empty() && params.len().is_multiple_of(numbers);
        whole.then(|| {
            params.chunks(numbers).map(|chunk| Matrix::from_entries(entries(chunk))).collect()
        })
    };
    match (name, params) {
        ("pauli_1q", _) => of_errors(1),
        ("pauli_2q", _) => of_errors(2),
        ("kraus_1q", _) => operators(8),
        ("kraus_2q", _) => operators(32),
        ("depolarizing", &[p]) => Some(depolarizing(u32::try_from(qubits).ok()?, p)),
        ("amplitude_damping", &[gamma]) => Some(amplitude_damping(gamma)),
        _ => None,
    }
}

/// Whether the operators keep every trace: the sum of `K^dagger K` is the identity.
#[must_use]
pub fn is_complete(operators: &[Matrix]) -> bool {
    let Some(first) = operators.first() else { return false };
    let sum = operators
        .iter()
        .fold(Matrix::zero(first.dim()), |sum, operator| &sum + &(&operator.dagger() * operator));
    sum.distance(&Matrix::identity(first.dim())) < 1e-12
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_keeps_the_trace() {
        for p in [0.0, 0.1, 0.7, 1.0] {
            assert!(is_complete(&depolarizing(1, p)));
            assert!(is_complete(&depolarizing(2, p)));
            assert!(is_complete(&depolarizing(3, p)));
            assert!(is_complete(&amplitude_damping(p)));
        }
        assert!(is_complete(&pauli(2, &[("XZ", 0.2), ("IY", 0.3)])));
        assert!(!is_complete(&[Matrix::identity(2), Matrix::identity(2)]));
        assert!(!is_complete(&[]));
    }

    #[test]
    fn named_channels_need_parameters_that_fit() {
        assert!(is_complete(&named("pauli_2q", 2, &[0.01; 15]).unwrap()));
        assert_eq!(named("amplitude_damping", 1, &[0.3]), Some(amplitude_damping(0.3)));
        assert_eq!(named("pauli_1q", 1, &[0.1]), None);
        assert_eq!(named("kraus_1q", 1, &[0.1; 9]), None);
        assert_eq!(named("no_such_channel", 1, &[]), None);
    }

    #[test]
    fn there_are_three_and_fifteen_errors() {
        assert_eq!(errors(1), ["X", "Y", "Z"]);
        assert_eq!(errors(2).len(), 15);
        assert_eq!(errors(2)[..4], ["XI", "YI", "ZI", "IX"]);
    }

    #[test]
    fn three_quarters_of_depolarizing_forget_the_state() {
        // p = 3/4 leaves I, X, Y, Z alike: the fully mixed state, whatever came in.
        let rho = Matrix::projector(&[C64::new(0.6, 0.0), C64::new(0.0, 0.8)]);
        let sum = depolarizing(1, 0.75)
            .iter()
            .fold(Matrix::zero(2), |sum, operator| &sum + &operator.sandwich(&rho));
        assert!(sum.distance(&Matrix::identity(2).scaled(C64::new(0.5, 0.0))) < 1e-15);
    }
}
