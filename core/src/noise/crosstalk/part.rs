//! How the crosstalk layer is described and built.

use super::{Counts, Crosstalk, Kind};
use crate::error::Result;
use crate::noise::drift::{self, Drifting};
use crate::noise::keys::{self, probabilities, probability};
use crate::noise::layer::Channels;
use crate::noise::rates::{Rates, Subject};
use crate::noise::sites::Sites;
use crate::op::gates::GATE_QUBITS_MAX;
use crate::part::{Config, LayerPart, ParamKind, ParamSpec, PartKind, PartSpec, Storage, Value};
use crate::units::Probability;

/// How [`Crosstalk`] is described and built.
#[derive(Clone, Copy, Debug)]
pub struct CrosstalkPart;

impl LayerPart for CrosstalkPart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.crosstalk",
        kind: PartKind::ErrorModel,
        version: "1.0.0",
        summary: "Gates and measurements disturb other qubits, by a coupling map.",
        params: &[
            probability("p_gate", "each qubit of a gate disturbs each other qubit"),
            probability("p_meas", "a measurement or reset disturbs each other qubit"),
            ParamSpec {
                name: "error",
                kind: ParamKind::Choice(&["depolarize", "dephase", "flip"]),
                unit: "1",
                default: Some(Value::Text("depolarize")),
                help: "what a disturbed qubit gets: X, Y or Z with p/3 each, Z, or X",
            },
            probabilities("pair.*", "in place of p_gate between two qubits: pair.0-1"),
            probabilities("meas.*", "in place of p_meas between two qubits: meas.0-1"),
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
    type Layer<S: Storage<u64>> = Crosstalk<S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(Rates::<[u64; 0]>::words(config))
    }

    fn build<S: Storage<u64>>(config: &Config<'_>, storage: S) -> Result<Crosstalk<S>> {
        let spec = &Self::SPEC;
        config.check(spec)?;
        let mut rates = Rates::new(config, storage, 0)?;
        for setting in config.settings {
            let key = setting.key;
            let (subject, place) = match key.split_once('.') {
                Some(("pair", words)) => (Subject::Place, keys::pair(config, spec, key, words)?),
                Some(("meas", words)) => (Subject::Measure, keys::pair(config, spec, key, words)?),
                _ => continue,
            };
            rates.set(subject, place, 0, keys::real(spec, key, setting.value)?)?;
        }
        let drift = Drifting::of(config, spec)?;
        let mut layer = Crosstalk {
            rates,
            p_gate: config.probability(spec, "p_gate")?.get(),
            p_meas: config.probability(spec, "p_meas")?.get(),
            error: match config.text(spec, "error")? {
                "dephase" => Kind::Dephase,
                "flip" => Kind::Flip,
                _ => Kind::Depolarize,
            },
            qubit_count: config.qubit_count,
            sites: Sites::new(Probability::ZERO, config.stream, drift),
            channels: Channels::default(),
            counts: Counts::default(),
        };
        let rate_max = layer.rate_max(GATE_QUBITS_MAX);
        layer.sites.set_rate_max(Probability::new(rate_max)?);
        Ok(layer)
    }
}
