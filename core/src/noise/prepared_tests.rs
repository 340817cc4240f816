//! That a layer of prepared rates is the one that its rates give, whatever they are.

use super::{Depolarizing, DepolarizingRates, Leakage, LeakageRates};
use crate::error::ErrorKind;
use crate::ids::StreamId;
use crate::units::Probability;
use std::format;

/// Rates of every law: never, always, one draw a site, skips, and skips beyond all counting.
const RATES: [f64; 9] = [0.0, 1.0, 0.5, 0.0625, 0.062, 0.01, 1e-9, 1e-18, f64::MIN_POSITIVE];
const STREAM: StreamId = StreamId(5);

fn p(value: f64) -> Probability {
    Probability::new(value).unwrap()
}

fn depolarizing(a: f64, b: f64) -> DepolarizingRates {
    DepolarizingRates { p_1q: p(a), p_2q: p(b), p_meas: p(b / 2.0), p_init: p(a / 3.0) }
}

fn leakage(a: f64, b: f64) -> LeakageRates {
    LeakageRates {
        p_leak_1q: p(a),
        p_leak_2q: p(b),
        p_spread: p(b / 3.0),
        p_seep: p(a / 2.0),
        leak_measurement_bias: p(1.0 - b),
        depolarizes_partners: a < b,
    }
}

#[test]
fn every_field_is_that_of_the_layer_of_these_rates() {
    for a in RATES {
        for b in RATES {
            let rates = depolarizing(a, b);
            let known = Depolarizing::of_rates(&rates, STREAM).unwrap();
            let prepared = Depolarizing::of_prepared(&rates.prepare().unwrap(), STREAM).unwrap();
            assert_eq!(format!("{prepared:?}"), format!("{known:?}"));

            let rates = leakage(a, b);
            let known = Leakage::of_rates(70, &rates, STREAM, [9; 2]).unwrap();
            let words = rates.prepare().unwrap();
            let prepared = Leakage::of_prepared(70, &words, STREAM, [9; 2]).unwrap();
            assert_eq!(format!("{prepared:?}"), format!("{known:?}"));
        }
    }
}

#[test]
fn words_of_another_layer_or_version_or_of_none_are_refused() {
    let good = depolarizing(0.01, 0.5).prepare().unwrap();
    let mut of_leakage = good;
    of_leakage[0] = leakage(0.01, 0.5).prepare().unwrap()[0];
    let mut newer = good;
    newer[0] += 1 << 16;
    let mut no_law = good;
    no_law[6] = 4;
    let mut no_share = good;
    no_share[15] = 3;
    for (words, says) in [
        (of_leakage, "another layer or version"),
        (newer, "another layer or version"),
        (no_law, "damaged"),
        (no_share, "damaged"),
    ] {
        let error = Depolarizing::of_prepared(&words, STREAM).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Config(text) if text.contains(says)), "{error}");
    }
    assert!(Depolarizing::of_prepared(&good, STREAM).is_ok());
}
