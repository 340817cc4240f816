//! Quantities with their unit in the type: time and probability.
//!
//! Not here: identifiers ([`crate::ids`]) and angles, which are plain `f64` radians everywhere.

use crate::error::{ErrorKind, Result};

/// A moment in simulated time, in nanoseconds from the start of the shot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TimeNs(pub u64);

/// A length of simulated time in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct DurationNs(pub u64);

impl TimeNs {
    /// The start of the shot.
    pub const ZERO: Self = Self(0);

    /// The moment `length` later; stays at the largest time instead of wrapping.
    #[must_use]
    pub const fn after(self, length: DurationNs) -> Self {
        Self(self.0.saturating_add(length.0))
    }
}

impl DurationNs {
    /// No time at all.
    pub const ZERO: Self = Self(0);
}

/// A probability: a finite number in `[0, 1]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Probability(f64);

impl Probability {
    /// Never.
    pub const ZERO: Self = Self(0.0);
    /// Always.
    pub const ONE: Self = Self(1.0);

    /// Checks `value`.
    ///
    /// # Errors
    /// [`ErrorKind::NotAProbability`] if `value` is NaN or outside `[0, 1]`.
    pub fn new(value: f64) -> Result<Self> {
        if (0.0..=1.0).contains(&value) {
            // `+ 0.0` turns a negative zero into zero, so equal probabilities have equal bits.
            Ok(Self(value + 0.0))
        } else {
            Err(ErrorKind::NotAProbability { value }.into())
        }
    }

    /// The number in `[0, 1]`.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_is_finite_and_between_zero_and_one() {
        for good in [0.0, -0.0, 1.0, 0.5, f64::MIN_POSITIVE] {
            assert!(Probability::new(good).is_ok(), "{good}");
        }
        for bad in [-1e-300, 1.0 + f64::EPSILON, f64::NAN, f64::INFINITY, -f64::INFINITY] {
            assert!(Probability::new(bad).is_err(), "{bad}");
        }
    }
}
