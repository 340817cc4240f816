//! How the topology layer is described and built.

use super::Topology;
use crate::error::Result;
use crate::noise::keys;
use crate::noise::rates::Rates;
use crate::part::{Config, LayerPart, PartKind, PartSpec, Storage};

/// How [`Topology`] is described and built.
#[derive(Clone, Copy, Debug)]
pub struct TopologyPart;

impl LayerPart for TopologyPart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.topology",
        kind: PartKind::ErrorModel,
        version: "1.0.0",
        summary: "Refuses gates on qubits that are not coupled; without couplings, none.",
        params: &[keys::probabilities(
            "pair.*",
            "1 couples a pair, in either order, 0 does not: pair.0-1=1",
        )],
    };
    type Cell = u64;
    const EMPTY: u64 = 0;
    type Layer<S: Storage<u64>> = Topology<S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(Rates::<[u64; 0]>::words(config))
    }

    fn build<S: Storage<u64>>(config: &Config<'_>, storage: S) -> Result<Topology<S>> {
        let spec = &Self::SPEC;
        config.check(spec)?;
        let mut couplings = Rates::new(config, storage, 0)?;
        for setting in config.settings {
            if let Some(target) = keys::target(config, spec, setting.key)? {
                target.without_leaf(spec, setting.key)?;
                let on = keys::real(spec, setting.key, setting.value)?;
                couplings.set(target.subject, target.place, 0, on)?;
            }
        }
        Ok(Topology { couplings, qubit_count: config.qubit_count, checked: 0 })
    }
}
