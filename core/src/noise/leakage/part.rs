//! How the leakage layer is described and built.

use super::{Counts, Leakage};
use crate::error::Result;
use crate::noise::keys::{self, probabilities, probability};
use crate::noise::rates::Rates;
use crate::noise::sites::Sites;
use crate::part::{Config, LayerPart, ParamKind, ParamSpec, PartKind, PartSpec, Storage, Value};
use crate::units::Probability;

/// How [`Leakage`] is described and built.
#[derive(Clone, Copy, Debug)]
pub struct LeakagePart;

impl LayerPart for LeakagePart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.leakage",
        kind: PartKind::ErrorModel,
        version: "1.0.0",
        summary: "Qubits leak at gates, spread leakage, read biased, and come back.",
        params: &[
            probability("p_leak_1q", "the operand of a one-qubit gate leaks"),
            probability("p_leak_2q", "each operand of a gate on two or more qubits leaks"),
            probability("p_spread", "the partner of a leaked qubit leaks at their gate"),
            probability("p_seep", "a leaked qubit comes back at a gate on it, fully mixed"),
            ParamSpec {
                name: "leak_measurement_bias",
                kind: ParamKind::Probability,
                unit: "1",
                default: Some(Value::Real(0.5)),
                help: "a measurement of a leaked qubit reads 1",
            },
            ParamSpec {
                name: "leaked_gate",
                kind: ParamKind::Choice(&["skip", "depolarize"]),
                unit: "1",
                default: Some(Value::Text("skip")),
                help: "what a gate with a leaked qubit does to its other qubits",
            },
            probabilities("gate.*", "leak rate of each operand: gate.cx, gate.cx.0-1"),
            probabilities("qubit.*", "leak rate at one-qubit gates on a qubit: qubit.3"),
            probabilities("pair.*", "leak rate of each operand at gates on a pair: pair.0-1"),
        ],
    };
    type Cell = u64;
    const EMPTY: u64 = 0;
    type Layer<S: Storage<u64>> = Leakage<S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(flag_words(config) + Rates::<[u64; 0]>::words(config))
    }

    fn build<S: Storage<u64>>(config: &Config<'_>, storage: S) -> Result<Leakage<S>> {
        let spec = &Self::SPEC;
        config.check(spec)?;
        let mut rates = Rates::new(config, storage, flag_words(config))?;
        rates.own_mut().fill(0);
        for setting in config.settings {
            if let Some(target) = keys::target(config, spec, setting.key)? {
                target.without_leaf(spec, setting.key)?;
                let rate = keys::real(spec, setting.key, setting.value)?;
                rates.set(target.subject, target.place, 0, rate)?;
            }
        }
        let p = |key| config.probability(spec, key);
        let (p_leak_1q, p_leak_2q) = (p("p_leak_1q")?.get(), p("p_leak_2q")?.get());
        let rate_max = rates.max(p_leak_1q.max(p_leak_2q));
        Ok(Leakage {
            rates,
            p_leak_1q,
            p_leak_2q,
            spread: p("p_spread")?.into(),
            seep: p("p_seep")?.into(),
            reads_one: p("leak_measurement_bias")?.into(),
            depolarizes_partners: config.text(spec, "leaked_gate")? == "depolarize",
            leaked: 0,
            sites: Sites::new(Probability::new(rate_max)?, config.stream),
            channels: None,
            counts: Counts::default(),
        })
    }
}

/// One bit a qubit.
const fn flag_words(config: &Config<'_>) -> usize {
    (config.qubit_count as usize).div_ceil(64)
}
