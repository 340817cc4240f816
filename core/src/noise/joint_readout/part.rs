//! How the joint readout layer is described and built.

use super::{Counts, JointReadout, code};
use crate::error::Result;
use crate::ids::{Seed, ShotId};
use crate::noise::drift::{self, Drifting};
use crate::noise::keys::{self, probabilities};
use crate::noise::rates::{Rates, SUM_TOLERANCE};
use crate::part::{Config, LayerPart, PartKind, PartSpec, Storage};
use crate::rng::Stream;

/// How [`JointReadout`] is described and built.
#[derive(Clone, Copy, Debug)]
pub struct JointReadoutPart;

impl LayerPart for JointReadoutPart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.joint_readout",
        kind: PartKind::ErrorModel,
        version: "1.0.0",
        summary: "Correlated readout: pairs measured together are misread together.",
        params: &[
            probabilities("pair.*", "joint confusion, qubit A first: pair.0-1.11_given_00"),
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
    type Layer<S: Storage<u64>> = JointReadout<S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(Rates::<[u64; 0]>::words(config))
    }

    fn build<S: Storage<u64>>(config: &Config<'_>, storage: S) -> Result<JointReadout<S>> {
        let spec = &Self::SPEC;
        config.check(spec)?;
        let mut rates = Rates::new(config, storage, 0)?;
        for setting in config.settings {
            let Some(target) = keys::target(config, spec, setting.key)? else { continue };
            let Some([reported, measured]) = bits(target.leaf) else {
                let words = format_args!("its last word must be like 11_given_00");
                return Err(keys::refused(spec, setting.key, words));
            };
            let turned =
                |bits: u64| if target.swapped { bits >> 1 | (bits & 1) << 1 } else { bits };
            let code = code(turned(measured), turned(reported));
            if measured == reported {
                let words = format_args!("what is right is the rest to 1; give what is wrong");
                return Err(keys::refused(spec, setting.key, words));
            }
            let p = keys::real(spec, setting.key, setting.value)?;
            rates.set(target.subject, target.place, code, p)?;
        }
        for set in rates.sets() {
            for measured in 0..4 {
                let of = |index| {
                    let (code, p) = rates.entry(index);
                    if code >> 2 == measured { p } else { 0.0 }
                };
                let sum: f64 = set.clone().map(of).sum();
                if sum > 1.0 + SUM_TOLERANCE {
                    let (a, b) = rates.pair_of(set.start);
                    let words = format_args!(
                        "wrong reports of qubits {a} and {b} add up to {sum}; at most 1 may"
                    );
                    return Err(keys::refused(spec, "pair", words));
                }
            }
        }
        Ok(JointReadout {
            rates,
            drift: Drifting::of(config, spec)?,
            stream_id: config.stream,
            stream: Stream::of(Seed(0), ShotId(0), config.stream),
            misread: Counts::default(),
        })
    }
}

/// The two values of `RR_given_MM`, the first letter in bit 0.
fn bits(leaf: &str) -> Option<[u64; 2]> {
    let (reported, measured) = leaf.split_once("_given_")?;
    let value = |word: &str| match word {
        "00" => Some(0),
        "10" => Some(1),
        "01" => Some(2),
        "11" => Some(3),
        _ => None,
    };
    Some([value(reported)?, value(measured)?])
}
