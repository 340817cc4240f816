//! How the dephasing layer is described and built.

use super::{Counts, Dephasing, LENGTH_NS, RATE};
use crate::error::Result;
use crate::ids::{Seed, ShotId};
use crate::noise::drift::{self, Drifting};
use crate::noise::keys;
use crate::noise::layer::Channels;
use crate::noise::rates::{Place, Rates, Subject};
use crate::part::{Config, LayerPart, ParamKind, ParamSpec, PartKind, PartSpec, Storage, Value};
use crate::rng::Stream;

/// How [`Dephasing`] is described and built.
#[derive(Clone, Copy, Debug)]
pub struct DephasingPart;

/// A rate of decay: 1 for a coherence that is gone within a few ns.
const RATE_KIND: ParamKind = ParamKind::Real { min: 0.0, max: 1e9 };

const fn rates(name: &'static str, help: &'static str) -> ParamSpec {
    ParamSpec { name, kind: RATE_KIND, unit: "1/ns", default: None, help }
}

impl LayerPart for DephasingPart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.dephasing",
        kind: PartKind::ErrorModel,
        version: "1.0.0",
        summary: "Phases are lost at a rate in time: idle, in transport, in declared gates.",
        params: &[
            ParamSpec {
                name: "idle_rate",
                kind: RATE_KIND,
                unit: "1/ns",
                default: Some(Value::Real(0.0)),
                help: "rate at which an idle takes coherences: exp(-rate * time)",
            },
            rates("idle_rate.*", "idle_rate of one qubit: idle_rate.3"),
            rates("gate.*", "rate in the window of a gate, or of one at a place: gate.swap.0-1"),
            rates("custom.*", "rate in a custom operation, by its tag: custom.7 for transport"),
            ParamSpec {
                name: "custom_ns.*",
                kind: ParamKind::Real { min: 0.0, max: 1e18 },
                unit: "ns",
                default: None,
                help: "how long a custom operation takes, in place of its window: custom_ns.7",
            },
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
    type Layer<S: Storage<u64>> = Dephasing<S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(Rates::<[u64; 0]>::words(config))
    }

    fn build<S: Storage<u64>>(config: &Config<'_>, storage: S) -> Result<Dephasing<S>> {
        let spec = &Self::SPEC;
        config.check(spec)?;
        let mut rates = Rates::new(config, storage, 0)?;
        for setting in config.settings {
            let key = setting.key;
            let (subject, place, code) = match key.split_once('.') {
                Some(("idle_rate", word)) => {
                    (Subject::Idle, Place::qubit(keys::qubit(config, spec, key, word)?), RATE)
                }
                Some(("custom", word)) => (tag(spec, key, word)?, Place::ANYWHERE, RATE),
                Some(("custom_ns", word)) => (tag(spec, key, word)?, Place::ANYWHERE, LENGTH_NS),
                _ => {
                    let Some(target) = keys::target(config, spec, key)? else { continue };
                    target.without_leaf(spec, key)?;
                    (target.subject, target.place, RATE)
                }
            };
            rates.set(subject, place, code, keys::real(spec, key, setting.value)?)?;
        }
        Ok(Dephasing {
            rates,
            idle_rate: config.real(spec, "idle_rate")?,
            drift: Drifting::of(config, spec)?,
            stream_id: config.stream,
            stream: Stream::of(Seed(0), ShotId(0), config.stream),
            channels: Channels::default(),
            counts: Counts::default(),
        })
    }
}

/// The custom operation with the tag `word`.
fn tag(spec: &PartSpec, key: &str, word: &str) -> Result<Subject> {
    word.parse().map(Subject::Custom).map_err(|_| {
        let words = format_args!("{word} is no tag of a custom operation: they are 0 to 65535");
        keys::refused(spec, key, words)
    })
}
