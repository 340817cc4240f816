//! What waiting does to one qubit: the numbers of its channel and of that channel's twirl.
//!
//! With `T1` the relaxation time and `T2 <= 2 T1` the decay time of coherences, a time `t` is
//! - amplitude damping by `gamma = 1 - exp(-t/T1)` (Nielsen and Chuang, 8.3.5), which by itself takes
//!   coherences to `exp(-t/(2 T1))`, and
//! - pure dephasing at the rate `1/Tphi = 1/T2 - 1/(2 T1)`: Z with `(1 - exp(-t/Tphi))/2`.
//!
//! So the population of 1 decays as `exp(-t/T1)` and coherences as `exp(-t/T2)`. The Pauli twirl of the
//! two is `px = py = gamma/4`, `pz = 1/2 - gamma/4 - exp(-t/T2)/2` (Ghosh, Fowler and Geller,
//! PRA 86, 062318, 2012; Tomita and Svore, PRA 90, 062320, 2014).
//! Not here: how long a qubit has waited.

use crate::real::exp_m1;

/// How far `T2` may be above `2 T1`: the rounding of decimals.
const T2_TOLERANCE: f64 = 1e-9;

/// Decay times in ns; 0 stands for none: no relaxation, no dephasing of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Decay {
    pub(super) t1_ns: f64,
    pub(super) t2_ns: f64,
}

/// 1 over a time, 0 for a time that is none.
fn rate(time_ns: f64) -> f64 {
    if time_ns > 0.0 { 1.0 / time_ns } else { 0.0 }
}

/// `1 - exp(-x)` for `x >= 0`.
fn decayed(x: f64) -> f64 {
    -exp_m1(-x)
}

impl Decay {
    /// Whether waiting does nothing.
    pub(super) fn is_none(&self) -> bool {
        self.t1_ns <= 0.0 && self.t2_ns <= 0.0
    }

    /// Whether there is such a qubit: `T2 <= 2 T1`.
    pub(super) fn is_possible(&self) -> bool {
        self.t1_ns <= 0.0
            || self.t2_ns <= 0.0
            || self.t2_ns <= 2.0 * self.t1_ns * (1.0 + T2_TOLERANCE)
    }

    /// The rate of pure dephasing in 1/ns.
    fn dephasing(&self) -> f64 {
        if self.t2_ns <= 0.0 {
            return 0.0;
        }
        (rate(self.t2_ns) - 0.5 * rate(self.t1_ns)).max(0.0)
    }

    /// Amplitude damping `gamma`, and the probability of Z, after `time` ns.
    pub(super) fn channel(&self, time: f64) -> [f64; 2] {
        [decayed(time * rate(self.t1_ns)), 0.5 * decayed(time * self.dephasing())]
    }

    /// The probabilities of X, Y and Z of the twirl after `time` ns.
    pub(super) fn twirl(&self, time: f64) -> [f64; 3] {
        let quarter = 0.25 * decayed(time * rate(self.t1_ns));
        // 1/T2 as it comes out, also where none was given.
        let of_coherence = self.dephasing() + 0.5 * rate(self.t1_ns);
        let z = 0.5 * decayed(time * of_coherence) - quarter;
        [quarter, quarter, z.max(0.0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::real::exp;

    #[test]
    fn the_channel_takes_populations_by_t1_and_coherences_by_t2() {
        for (t1_ns, t2_ns) in [(100.0, 60.0), (100.0, 200.0), (1e9, 1.0), (50.0, 50.0)] {
            let decay = Decay { t1_ns, t2_ns };
            for time in [1e-6, 0.5, 10.0, 150.0] {
                let [gamma, z] = decay.channel(time);
                assert!((1.0 - gamma - exp(-time / t1_ns)).abs() < 1e-15);
                let coherence = libm::sqrt(1.0 - gamma) * (1.0 - 2.0 * z);
                assert!((coherence - exp(-time / t2_ns)).abs() < 1e-14, "{decay:?} {time}");
                let [x, y, z] = decay.twirl(time);
                // The twirl keeps the diagonal of the transfer matrix.
                assert!((1.0 - 2.0 * (x + y) - exp(-time / t1_ns)).abs() < 1e-14);
                assert!((1.0 - 2.0 * (y + z) - exp(-time / t2_ns)).abs() < 1e-14);
            }
        }
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "the bits must be equal")]
    fn a_time_that_is_not_given_is_no_decay() {
        let none = Decay::default();
        assert!(none.is_none() && none.is_possible());
        assert_eq!((none.channel(1e9), none.twirl(1e9)), ([0.0; 2], [0.0; 3]));
        // T1 alone: T2 = 2 T1. T2 alone: pure dephasing.
        let relaxes = Decay { t1_ns: 10.0, t2_ns: 0.0 };
        let limit = Decay { t1_ns: 10.0, t2_ns: 20.0 };
        assert_eq!(relaxes.channel(7.0), limit.channel(7.0));
        assert_eq!(relaxes.twirl(7.0), limit.twirl(7.0));
        let dephases = Decay { t1_ns: 0.0, t2_ns: 10.0 };
        assert_eq!(dephases.channel(7.0), [0.0, 0.5 * (1.0 - exp(-0.7))]);
        assert!(!Decay { t1_ns: 10.0, t2_ns: 20.1 }.is_possible());
    }
}
