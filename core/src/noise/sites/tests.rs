//! Hits by frequency, thinning, and passes that are taken back.

use super::*;
use crate::noise::drift::Steady;
use crate::noise::test_support::run::within_five_sigma;

fn sites(rate: f64, shot: u64) -> Sites<Steady> {
    let (rate, stream) = (Probability::new(rate).unwrap(), StreamId::of("test", 0));
    let mut sites = Sites::new(rate, stream, Steady);
    sites.begin(Seed(5), ShotId(shot));
    sites
}

#[test]
fn hits_are_binomial_at_every_rate() {
    for p in [1e-6, 1e-4, 0.003, 0.06, 1.0 / 16.0, 0.2, 0.5, 0.97] {
        let trials = if p < 1e-3 { 50_000_000 } else { 1_000_000 };
        let mut sites = sites(p, 0);
        let (mut hits, mut left) = (0, trials);
        while left > 0 {
            // As a layer does: whole batches while they stay clean.
            if left >= 64 && sites.pass(64) {
                left -= 64;
            } else {
                hits += u64::from(sites.hit());
                left -= 1;
            }
        }
        within_five_sigma(hits, trials, p);
    }
}

#[test]
fn the_first_site_of_a_shot_is_like_any_other() {
    for p in [0.01, 0.3] {
        let shots = 200_000;
        let (mut first, mut second) = (0, 0);
        for shot in 0..shots {
            let mut sites = sites(p, shot);
            first += u64::from(sites.hit());
            second += u64::from(sites.hit());
        }
        within_five_sigma(first, shots, p);
        within_five_sigma(second, shots, p);
    }
}

#[test]
fn neighbouring_hits_are_independent() {
    let p = 0.05;
    let mut sites = sites(p, 1);
    let mut before = false;
    let (mut pairs, trials) = (0, 2_000_000);
    for _ in 0..trials {
        let hit = sites.hit();
        pairs += u64::from(hit && before);
        before = hit;
    }
    within_five_sigma(pairs, trials, p * p);
}

#[test]
fn rates_zero_and_one_are_certain() {
    let mut never = sites(0.0, 0);
    assert!(never.pass(1 << 60));
    assert!(!never.hit());
    let mut always = sites(1.0, 0);
    assert!(!always.pass(1));
    assert!((0..100).all(|_| always.hit()));
    assert!(!sites(f64::MIN_POSITIVE, 3).hit());
}

#[test]
fn thinning_gives_each_site_its_own_rate() {
    for (max, rate) in [(0.02, 0.005), (0.5, 0.1), (1.0, 0.25)] {
        let mut sites = sites(max, 0);
        let trials = 1_000_000;
        let share = sites.share(rate);
        let hits = (0..trials).filter(|_| sites.hit() && sites.accept(share)).count() as u64;
        within_five_sigma(hits, trials, rate);
    }
    let mut all = sites(0.5, 0);
    assert_eq!((all.share(0.5), all.share(0.0)), (Chance::Always, Chance::Never));
    assert!(all.accept(Chance::Always) && !all.accept(Chance::Never));
}

#[test]
fn a_share_decides_as_the_scaled_draw_does() {
    for (max, rate) in [(0.02, 0.005), (0.05, 0.02), (1.0, 1e-17), (0.3, 0.1), (0.7, 1e-9)] {
        let sites = sites(max, 0);
        let Chance::Below(threshold) = sites.share(rate) else { panic!("{max} {rate}") };
        let least = threshold >> 11;
        for draw in least.saturating_sub(3)..least + 3 {
            #[expect(clippy::cast_precision_loss, reason = "53 bits fit an f64 exactly")]
            let scaled = draw as f64 * UNIT * max;
            assert_eq!(draw << 11 < threshold, scaled < rate, "{max} {rate} {draw}");
        }
    }
}

#[test]
fn a_pass_that_is_taken_back_leaves_no_trace() {
    let mut a = sites(0.01, 4);
    let mut b = a.clone();
    if a.pass(10) {
        a.unpass(10);
    }
    assert!((0..1000).all(|_| a.hit() == b.hit()));
}
