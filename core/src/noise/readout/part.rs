//! How the readout layer is described and built.

use super::{Confusion, Readout, code};
use crate::error::Result;
use crate::noise::drift::{self, Drifting};
use crate::noise::keys::{self, probabilities, probability};
use crate::noise::rates::{Place, Rates, SUM_TOLERANCE, Subject};
use crate::noise::sites::Sites;
use crate::part::{Config, LayerPart, PartKind, PartSpec, Storage};
use crate::units::Probability;

/// How [`Readout`] is described and built.
#[derive(Clone, Copy, Debug)]
pub struct ReadoutPart;

/// Parameter, measured value, reported value.
const NAMES: [(&str, u8, u8); 6] = [
    ("p_1_given_0", 0, 1),
    ("p_0_given_1", 1, 0),
    ("p_2_given_0", 0, 2),
    ("p_2_given_1", 1, 2),
    ("p_0_given_2", 2, 0),
    ("p_1_given_2", 2, 1),
];

impl LayerPart for ReadoutPart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.readout",
        kind: PartKind::ErrorModel,
        version: "1.0.0",
        summary: "Readout confusion: reports another value than was measured.",
        params: &[
            probability("p_1_given_0", "a measured 0 is reported as 1"),
            probability("p_0_given_1", "a measured 1 is reported as 0"),
            probability("p_2_given_0", "measure_leaked reports a 0 as leaked"),
            probability("p_2_given_1", "measure_leaked reports a 1 as leaked"),
            probability("p_0_given_2", "measure_leaked reports a leaked qubit as 0"),
            probability("p_1_given_2", "measure_leaked reports a leaked qubit as 1"),
            probabilities("p_1_given_0.*", "p_1_given_0 of one qubit: p_1_given_0.3"),
            probabilities("p_0_given_1.*", "p_0_given_1 of one qubit"),
            probabilities("p_2_given_0.*", "p_2_given_0 of one qubit"),
            probabilities("p_2_given_1.*", "p_2_given_1 of one qubit"),
            probabilities("p_0_given_2.*", "p_0_given_2 of one qubit"),
            probabilities("p_1_given_2.*", "p_1_given_2 of one qubit"),
            drift::LAW,
            drift::BY,
            drift::FROM,
            drift::TO,
            drift::SPAN,
            drift::TABLE,
        ],
    };
    type Cell = u64;
    const EMPTY: u64 = 0;
    type Layer<S: Storage<u64>> = Readout<S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(Rates::<[u64; 0]>::words(config))
    }

    fn build<S: Storage<u64>>(config: &Config<'_>, storage: S) -> Result<Readout<S>> {
        let spec = &Self::SPEC;
        config.check(spec)?;
        let mut rates = Rates::new(config, storage, 0)?;
        let mut confusion = Confusion::default();
        for (name, measured, reported) in NAMES {
            confusion[usize::from(measured)][usize::from(reported)] =
                config.probability(spec, name)?.get();
        }
        for setting in config.settings {
            let key = setting.key;
            let Some((name, qubit)) = key.split_once('.') else { continue };
            if name == "drift" {
                continue;
            }
            let place = Place::qubit(keys::qubit(config, spec, key, qubit)?);
            for (_, measured, reported) in NAMES.into_iter().filter(|(known, ..)| *known == name) {
                let p = keys::real(spec, key, setting.value)?;
                rates.set(Subject::Measure, place, code(measured, reported), p)?;
            }
        }
        let sites = Sites::new(Probability::ZERO, config.stream, Drifting::of(config, spec)?);
        let mut layer = Readout { rates, confusion, sites, misread: [0; 3] };
        let mut rate_max = largest(spec, "p_*", &layer.confusion)?;
        for setting in config.settings {
            // A sum may mix one qubit's own numbers with those of all.
            if let Some((family, qubit)) = setting.key.split_once('.')
                && family != "drift"
            {
                let qubit = keys::qubit(config, spec, setting.key, qubit)?;
                rate_max = rate_max.max(largest(spec, setting.key, &layer.of_qubit(qubit))?);
            }
        }
        layer.sites.set_rate_max(Probability::new(rate_max)?);
        Ok(layer)
    }
}

/// The largest probability of a wrong report, after a check that none exceeds 1.
fn largest(spec: &PartSpec, key: &str, confusion: &Confusion) -> Result<f64> {
    let mut largest = 0.0_f64;
    for (measured, row) in confusion.iter().enumerate() {
        let sum = row[0] + row[1] + row[2];
        if sum > 1.0 + SUM_TOLERANCE {
            return Err(keys::refused(
                spec,
                key,
                format_args!(
                    "wrong reports of {measured} have probability {sum}; at most 1 adds up"
                ),
            ));
        }
        largest = largest.max(sum.min(1.0));
    }
    Ok(largest)
}
