//! How far apart numbers may be that should be equal: one table, with the reason for each row.
//! Not here: statistical bounds ([`crate::stats`]).

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// Entries of gate matrices in f64.
    GateMatrix,
    /// Amplitudes of a state vector in f64.
    AmplitudesF64,
    /// Amplitudes of a state vector in f32.
    AmplitudesF32,
    /// Entries of a density matrix in f64.
    DensityMatrix,
    /// Probabilities read from a simulator in f64.
    ProbabilityF64,
    /// Probabilities read from a simulator in f32.
    ProbabilityF32,
    /// Amplitudes in f64 after a projection.
    ProjectedF64,
}

/// The table: what, the largest absolute difference, why it is no smaller.
const TABLE: &[(Compared, f64, &str)] = &[
    (
        Compared::GateMatrix,
        4e-13,
        "libm and the platform's functions differ by an ulp; the product with 1000 radians in it \
         loses 3 digits of the argument",
    ),
    (
        Compared::AmplitudesF64,
        1e-12,
        "up to 100 gates of about 3 roundings each on numbers of at most 1, eps = 2.2e-16",
    ),
    (Compared::AmplitudesF32, 2e-5, "as in f64, eps = 1.2e-7; coefficients are rounded to f32 too"),
    (Compared::DensityMatrix, 1e-12, "every entry is multiplied from both sides: twice f64's"),
    (Compared::ProbabilityF64, 1e-12, "a sum of squares of amplitudes, each within 1e-15 or so"),
    (Compared::ProbabilityF32, 4e-5, "a sum of squares of f32 amplitudes"),
    (
        Compared::ProjectedF64,
        1e-10,
        "what is kept is divided by its norm, and so is its error; holds down to a norm of 1/100",
    ),
];

/// The largest absolute difference that counts as equal.
#[must_use]
pub fn of(compared: Compared) -> f64 {
    TABLE.iter().find(|row| row.0 == compared).map_or(0.0, |row| row.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_gives_its_reason_and_is_there_once() {
        for (k, (compared, _, reason)) in TABLE.iter().enumerate() {
            assert!(reason.len() > 10, "{compared:?}");
            assert!(TABLE[..k].iter().all(|row| row.0 != *compared), "{compared:?} twice");
        }
    }
}
