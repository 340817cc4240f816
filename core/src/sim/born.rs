//! The Born rule: how an outcome is drawn from the weights of 0 and 1.

use crate::rng::Stream;

/// Whether a branch with this weight can be taken at all: whether its share of the total is above
/// `floor`, which is what rounding may leave of a branch that should be empty.
#[inline]
pub(crate) fn possible(weight: f64, total: f64, floor: f64) -> bool {
    weight > floor * total
}

/// Draws the outcome from the weights of 0 and 1: one draw in any case, never an impossible branch.
#[cfg_attr(target_pointer_width = "64", inline)]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn choose([zero, one]: [f64; 2], floor: f64, stream: &mut Stream) -> bool {
    let total = zero + one;
    let below = stream.unit_f64() * total < one;
    (below && possible(one, total, floor)) || !possible(zero, total, floor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Seed, ShotId, StreamId};
    use crate::real::Real;

    #[test]
    fn rounding_never_lets_an_impossible_outcome_happen() {
        let mut stream = Stream::of(Seed(1), ShotId(1), StreamId(0));
        for _ in 0..1000 {
            assert!(!choose([1.0, 1e-33], f64::POSSIBLE, &mut stream));
            assert!(choose([1e-33, 1.0], f64::POSSIBLE, &mut stream));
            assert!(!choose([0.3, 0.0], f64::POSSIBLE, &mut stream));
            assert!(choose([0.0, 0.999_999], f32::POSSIBLE, &mut stream));
        }
    }

    #[test]
    fn outcomes_come_as_often_as_their_share_says() {
        let mut stream = Stream::of(Seed(1), ShotId(2), StreamId(0));
        let ones = (0..100_000).filter(|_| choose([0.6, 0.2], 1e-12, &mut stream)).count();
        // Five sigma of a binomial with n = 100,000 and p = 1/4: 685.
        assert!(ones.abs_diff(25_000) < 685, "{ones}");
    }
}
