//! How far a count may be off by chance: exact tails of the binomial distribution.
//!
//! A row's errors are independent, each with a probability of its own, so their number is
//! Poisson-binomial. W. Hoeffding, "On the distribution of the number of successes in independent
//! trials", Ann. Math. Statist. 27 (1956) 713–721, theorem 4: of all such numbers with the same mean, the
//! binomial one with equal probabilities is the most likely to lie outside an interval that holds the
//! mean. So its interval is right for equal probabilities and on the safe side for others.

/// Terms below this share of the largest one do not count.
const NEGLIGIBLE: f64 = 1e-30;

/// The smallest interval around the mean such that a count of `trials` with the given mean lies below
/// it with a probability of at most `tail`, and above it likewise.
pub(super) fn interval(trials: u64, mean: f64, tail: f64) -> (u64, u64) {
    let n = real(trials);
    let p = if trials == 0 { 0.0 } else { (mean / n).clamp(0.0, 1.0) };
    if p <= 0.0 {
        return (0, 0);
    }
    if p >= 1.0 {
        return (trials, trials);
    }
    let odds = p / (1.0 - p);
    let mode = whole((n + 1.0) * p).min(trials);
    // From the mode outward every term follows from its neighbour; what they sum to is known at
    // the end, so no factorial is needed.
    let mut below = Vec::new();
    let (mut k, mut term) = (mode, 1.0);
    while k > 0 && term > NEGLIGIBLE {
        term *= real(k) / (real(trials - k + 1) * odds);
        k -= 1;
        below.push(term);
    }
    let mut above = Vec::new();
    (k, term) = (mode, 1.0);
    while k < trials && term > NEGLIGIBLE {
        term *= real(trials - k) * odds / real(k + 1);
        k += 1;
        above.push(term);
    }
    // The small ones first, so that none is lost.
    let sum = |terms: &[f64]| terms.iter().rev().sum::<f64>();
    let may_lose = tail * (sum(&below) + 1.0 + sum(&above));
    let low = mode - kept(&below, may_lose);
    let high = mode + kept(&above, may_lose);
    // Hoeffding's theorem holds for intervals with the mean in them.
    (low.min(whole(mean)), high.max(whole(mean.ceil()).min(trials)))
}

/// How many of the terms remain, from the first on, if the others may add up to `may_lose`.
fn kept(terms: &[f64], may_lose: f64) -> u64 {
    let mut lost = 0.0;
    let cut = terms.iter().rev().take_while(|&&term| {
        lost += term;
        lost <= may_lose
    });
    (terms.len() - cut.count()) as u64
}

#[expect(clippy::cast_precision_loss, reason = "counts of a trace are far below 2^53")]
const fn real(count: u64) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and not above a count"
)]
const fn whole(value: f64) -> u64 {
    value as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The probabilities of all counts, by convolution.
    fn distribution(chances: &[f64]) -> Vec<f64> {
        let mut all = vec![1.0];
        for p in chances {
            let mut next = vec![0.0; all.len() + 1];
            for (k, probability) in all.iter().enumerate() {
                next[k] += probability * (1.0 - p);
                next[k + 1] += probability * p;
            }
            all = next;
        }
        all
    }

    fn tails(chances: &[f64], (low, high): (u64, u64)) -> (f64, f64) {
        let all = distribution(chances);
        let (low, high) = (usize::try_from(low).unwrap(), usize::try_from(high).unwrap());
        (all[..low].iter().sum(), all[high + 1..].iter().sum())
    }

    #[test]
    fn no_smaller_interval_keeps_the_tails_of_equal_chances() {
        for (n, p, tail) in [(10, 0.5, 0.05), (200, 0.01, 1e-3), (400, 0.9, 1e-6), (50, 0.02, 1e-9)]
        {
            let chances = vec![p; n];
            let mean = real(n as u64) * p;
            let (low, high) = interval(n as u64, mean, tail);
            let (below, above) = tails(&chances, (low, high));
            assert!(below <= tail && above <= tail, "{n} {p}: {below} {above}");
            if low > 0 && real(low) < mean - 1.0 {
                assert!(tails(&chances, (low + 1, high)).0 > tail, "{n} {p}: {low} is too low");
            }
            if high < n as u64 && real(high) > mean + 1.0 {
                assert!(tails(&chances, (low, high - 1)).1 > tail, "{n} {p}: {high} is too high");
            }
        }
    }

    #[test]
    fn unequal_chances_are_on_the_safe_side() {
        let chances: Vec<f64> = (0..300).map(|k| f64::from(k % 10) / 30.0).collect();
        let mean = chances.iter().sum();
        for tail in [0.05, 1e-3, 1e-6] {
            let (below, above) = tails(&chances, interval(300, mean, tail));
            assert!(below <= tail && above <= tail, "{tail}: {below} {above}");
        }
    }

    #[test]
    fn certainty_leaves_no_room() {
        assert_eq!(interval(0, 0.0, 0.01), (0, 0));
        assert_eq!(interval(7, 0.0, 0.01), (0, 0));
        assert_eq!(interval(7, 7.0, 0.01), (7, 7));
    }

    #[test]
    fn large_counts_have_the_width_of_the_normal_distribution() {
        let (low, high) = interval(1_000_000_000, 1e6, 1.349_898e-3);
        // Three sigma: 3 * sqrt(1e6 * 0.999) is 2998.5.
        assert!(
            (997_001..=997_004).contains(&low) && (1_002_996..=1_003_001).contains(&high),
            "{low} {high}"
        );
    }
}
