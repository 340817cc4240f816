//! Samples against exact distributions, at a stated bound.
//!
//! Every check here is allowed to fail by chance as often as a normal variable strays by more than
//! 5 sigma: 5.7e-7 of all seeds. With fixed seeds a failure is therefore a bug. The bound for one
//! outcome is Chernoff's, which holds for any number of shots and any probability; it is divided
//! over the outcomes (Bonferroni). The bound for all outcomes together is Pearson's chi-square.
//!
//! Not here: drawing samples.
#![expect(
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "counts stay far below 2^53, and only the verdict leaves this module"
)]

use std::{collections::BTreeMap, fmt::Write};

use crate::oracle::Distribution;

/// How often each record was seen.
pub type Counts = BTreeMap<Vec<u8>, u64>;

/// Two-sided probability of straying by more than 5 sigma.
pub const FALSE_ALARM: f64 = 5.733e-7;
/// An exact probability below this counts as zero: such an outcome must never be seen.
const IMPOSSIBLE: f64 = 1e-12;
/// Cells that expect fewer shots than this are pooled before the chi-square.
const EXPECTED_MIN: f64 = 8.0;

/// Counts records.
pub fn count(records: impl IntoIterator<Item = Vec<u8>>) -> Counts {
    let mut counts = Counts::new();
    for record in records {
        *counts.entry(record).or_default() += 1;
    }
    counts
}

/// Whether `counts` may be a sample of `exact`.
///
/// # Errors
/// A table of all outcomes that names the check that failed.
pub fn agrees(counts: &Counts, exact: &Distribution) -> Result<(), String> {
    let shots: u64 = counts.values().sum();
    let sum: f64 = exact.values().sum();
    if shots == 0 {
        return Err("no shots: nothing to compare".into());
    }
    if (sum - 1.0).abs() > 1e-9 {
        return Err(format!("the exact distribution sums to {sum}, not to 1"));
    }
    let fail = |what: String| Err(format!("{what}\n{}", table(counts, exact, shots)));
    for (record, &seen) in counts {
        if exact.get(record).copied().unwrap_or(0.0) < IMPOSSIBLE {
            return fail(format!("{} was seen {seen} times and is impossible", text(record)));
        }
    }
    let allowed = FALSE_ALARM / exact.len() as f64;
    for (record, &p) in exact {
        let seen = counts.get(record).copied().unwrap_or(0);
        let chance = chernoff(seen, shots, p);
        if chance < allowed {
            let record = text(record);
            return fail(format!(
                "{record}: seen {seen} of {shots}, exact probability {p:.6}: so far off happens \
                 with probability {chance:.1e} at most; allowed is {allowed:.1e} (5 sigma)"
            ));
        }
    }
    let (chi_square, freedom) = pearson(counts, exact, shots);
    let limit = chi_square_limit(freedom);
    if chi_square > limit {
        return fail(format!(
            "chi-square {chi_square:.1} with {freedom} degrees of freedom exceeds {limit:.1} (5 sigma)"
        ));
    }
    Ok(())
}

/// Whether two samples may come from one distribution (unknown to us).
///
/// # Errors
/// A table of all outcomes.
pub fn samples_agree(a: &Counts, b: &Counts) -> Result<(), String> {
    let (shots_a, shots_b): (u64, u64) = (a.values().sum(), b.values().sum());
    if shots_a == 0 || shots_b == 0 {
        return Err("no shots: nothing to compare".into());
    }
    let (share_a, share_b) = (shots_a as f64, shots_b as f64);
    let mut cells: BTreeMap<&[u8], [f64; 2]> = BTreeMap::new();
    for (record, &seen) in a {
        cells.entry(record).or_default()[0] += seen as f64;
    }
    for (record, &seen) in b {
        cells.entry(record).or_default()[1] += seen as f64;
    }
    let mut rare = [0.0, 0.0];
    let mut common = Vec::new();
    let smaller = share_a.min(share_b) / (share_a + share_b);
    for [x, y] in cells.into_values() {
        if (x + y) * smaller < EXPECTED_MIN {
            rare = [rare[0] + x, rare[1] + y];
        } else {
            common.push([x, y]);
        }
    }
    if rare[0] + rare[1] > 0.0 {
        common.push(rare);
    }
    let (ratio_a, ratio_b) = ((share_b / share_a).sqrt(), (share_a / share_b).sqrt());
    let chi_square: f64 =
        common.iter().map(|[x, y]| (ratio_a * x - ratio_b * y).powi(2) / (x + y)).sum();
    let limit = chi_square_limit(common.len().saturating_sub(1));
    if chi_square > limit {
        return Err(format!(
            "two samples differ: chi-square {chi_square:.1} over {} cells exceeds {limit:.1} \
             (5 sigma)\n{a:?}\n{b:?}",
            common.len()
        ));
    }
    Ok(())
}

/// An upper bound on the probability that `shots` trials with probability `p` give a count at least
/// as far from the expected one as `seen`, on either side.
#[must_use]
pub fn chernoff(seen: u64, shots: u64, p: f64) -> f64 {
    let n = shots as f64;
    let f = seen as f64 / n;
    let term = |x: f64, y: f64| if x > 0.0 { x * (x / y).ln() } else { 0.0 };
    let p = p.min(1.0);
    (2.0 * (-n * (term(f, p) + term(1.0 - f, 1.0 - p))).exp()).min(1.0)
}

/// Pearson's statistic and its degrees of freedom, rare outcomes pooled.
fn pearson(counts: &Counts, exact: &Distribution, shots: u64) -> (f64, usize) {
    let mut cells = Vec::new();
    let (mut rare_expected, mut rare_seen) = (0.0, 0.0);
    for (record, p) in exact {
        let expected = p * shots as f64;
        let seen = counts.get(record).copied().unwrap_or(0) as f64;
        if expected < EXPECTED_MIN {
            rare_expected += expected;
            rare_seen += seen;
        } else {
            cells.push((expected, seen));
        }
    }
    if rare_expected >= EXPECTED_MIN {
        cells.push((rare_expected, rare_seen));
    }
    let chi_square = cells.iter().map(|(expected, seen)| (seen - expected).powi(2) / expected);
    (chi_square.sum(), cells.len().saturating_sub(1))
}

/// The value that chi-square exceeds as rarely as 5 sigma (Wilson and Hilferty's approximation,
/// which errs to the safe side for few degrees of freedom).
fn chi_square_limit(freedom: usize) -> f64 {
    if freedom == 0 {
        // A single cell holds all shots: there is nothing left to compare.
        return f64::INFINITY;
    }
    let k = freedom as f64;
    let spread = 2.0 / (9.0 * k);
    k * (1.0 - spread + 5.0 * spread.sqrt()).powi(3)
}

fn text(record: &[u8]) -> String {
    record.iter().map(|bit| char::from(b'0' + bit)).collect()
}

fn table(counts: &Counts, exact: &Distribution, shots: u64) -> String {
    let mut lines = String::from("record (bit 0 first): seen, expected\n");
    let records: std::collections::BTreeSet<_> = counts.keys().chain(exact.keys()).collect();
    for record in records {
        let seen = counts.get(record).copied().unwrap_or(0);
        let expected = exact.get(record).copied().unwrap_or(0.0) * shots as f64;
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "  {}: {seen}, {expected:.1}", text(record));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coin(p: f64) -> Distribution {
        Distribution::from([(vec![0], 1.0 - p), (vec![1], p)])
    }

    fn seen(zeros: u64, ones: u64) -> Counts {
        Counts::from([(vec![0], zeros), (vec![1], ones)])
    }

    #[test]
    fn a_fair_sample_passes_and_a_biased_one_does_not() {
        assert_eq!(agrees(&seen(5_050, 4_950), &coin(0.5)), Ok(()));
        // sigma = 50: 6 sigma off.
        let error = agrees(&seen(5_300, 4_700), &coin(0.5)).unwrap_err();
        assert!(error.contains("5 sigma"), "{error}");
    }

    #[test]
    fn an_impossible_outcome_fails_even_if_seen_once() {
        let error = agrees(&seen(9_999, 1), &coin(0.0)).unwrap_err();
        assert!(error.contains("impossible"), "{error}");
    }

    #[test]
    fn one_rare_event_is_no_reason_to_fail() {
        // Expected 0.01 events, seen 1: happens once in a hundred runs.
        assert_eq!(agrees(&seen(9_999, 1), &coin(1e-6)), Ok(()));
        assert!(agrees(&seen(9_990, 10), &coin(1e-6)).is_err());
    }

    #[test]
    fn many_small_deviations_add_up() {
        // Each of 100 outcomes is off by 3 sigma, alternately: no single one is suspicious.
        let exact: Distribution = (0..100).map(|k| (vec![k], 0.01)).collect();
        let counts: Counts =
            (0..100_u8).map(|k| (vec![k], if k % 2 == 0 { 1_095 } else { 905 })).collect();
        let error = agrees(&counts, &exact).unwrap_err();
        assert!(error.contains("chi-square"), "{error}");
    }

    #[test]
    fn an_empty_sample_or_a_wrong_distribution_is_refused() {
        assert!(agrees(&Counts::new(), &coin(0.5)).is_err());
        assert!(agrees(&seen(1, 1), &Distribution::from([(vec![0], 0.5)])).is_err());
        assert!(samples_agree(&Counts::new(), &seen(1, 1)).is_err());
    }

    #[test]
    fn two_samples_of_one_coin_agree() {
        assert_eq!(samples_agree(&seen(500, 500), &seen(5_050, 4_950)), Ok(()));
        assert!(samples_agree(&seen(500, 500), &seen(6_500, 3_500)).is_err());
        assert_eq!(samples_agree(&seen(10, 0), &seen(100, 0)), Ok(()));
    }

    #[test]
    fn the_limit_of_chi_square_is_never_below_the_true_quantile() {
        // Quantiles at 1 - 2.87e-7 (one-sided 5 sigma) from the exact distribution.
        for (freedom, quantile) in [(1, 26.3), (2, 30.1), (10, 49.8)] {
            let limit = chi_square_limit(freedom);
            assert!(limit >= quantile && limit < quantile * 1.2, "{freedom}: {limit}");
        }
    }
}
