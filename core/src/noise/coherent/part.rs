//! How the coherent layer is described and built.

use super::{Coherent, Excess, FRACTION, OFFSET, axis_gate};
use crate::error::Result;
use crate::noise::drift::{self, Drifting};
use crate::noise::keys;
use crate::noise::rates::Rates;
use crate::part::{Config, LayerPart, ParamKind, ParamSpec, PartKind, PartSpec, Storage, Value};
use core::f64::consts::TAU;

/// How [`Coherent`] is described and built.
#[derive(Clone, Copy, Debug)]
pub struct CoherentPart;

const fn angle(name: &'static str, help: &'static str) -> ParamSpec {
    let default = Some(Value::Real(0.0));
    let kind = ParamKind::Real { min: -TAU, max: TAU };
    ParamSpec { name, kind, unit: "rad", default, help }
}

const fn fraction(name: &'static str, help: &'static str) -> ParamSpec {
    let default = Some(Value::Real(0.0));
    ParamSpec { name, kind: ParamKind::Real { min: -1.0, max: 1.0 }, unit: "1", default, help }
}

const fn choice(
    name: &'static str,
    words: &'static [&'static str],
    help: &'static str,
) -> ParamSpec {
    let default = match words.first() {
        Some(&word) => Some(Value::Text(word)),
        None => None,
    };
    ParamSpec { name, kind: ParamKind::Choice(words), unit: "1", default, help }
}

const fn family(name: &'static str, help: &'static str) -> ParamSpec {
    let kind = ParamKind::Real { min: -TAU, max: TAU };
    ParamSpec { name, kind, unit: "rad or 1", default: None, help }
}

impl LayerPart for CoherentPart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.coherent",
        kind: PartKind::ErrorModel,
        version: "1.0.0",
        summary: "Over-rotation: each gate turns by offset + fraction * angle too far.",
        params: &[
            angle("offset_1q", "one-qubit gates turn too far by this"),
            fraction("fraction_1q", "one-qubit gates turn too far by this part of their angle"),
            angle("offset_2q", "gates on two or more qubits turn too far by this"),
            fraction("fraction_2q", "two-qubit gates turn too far by this part of their angle"),
            choice("axis_1q", &["own", "x", "y", "z"], "axis of the excess at one-qubit gates"),
            choice("axis_2q", &["own", "xx", "yy", "zz"], "axis of the excess at larger gates"),
            choice("sign", &["fixed", "random"], "random: too far or too short, drawn per shot"),
            family("gate.*", "in place of those: gate.rz.offset, gate.cx.0-1.fraction"),
            family("qubit.*", "one-qubit gates on a qubit: qubit.3.offset"),
            family("pair.*", "two-qubit gates on a pair: pair.0-1.fraction"),
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
    type Layer<S: Storage<u64>> = Coherent<S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(Rates::<[u64; 0]>::words(config))
    }

    fn build<S: Storage<u64>>(config: &Config<'_>, storage: S) -> Result<Coherent<S>> {
        let spec = &Self::SPEC;
        config.check(spec)?;
        let mut rates = Rates::new(config, storage, 0)?;
        for setting in config.settings {
            let Some(target) = keys::target(config, spec, setting.key)? else { continue };
            let code = match target.leaf {
                "offset" => OFFSET,
                "fraction" => FRACTION,
                _ => {
                    let words = format_args!("its last word must be offset or fraction");
                    return Err(keys::refused(spec, setting.key, words));
                }
            };
            let value = keys::real(spec, setting.key, setting.value)?;
            if code == FRACTION && value.abs() > 1.0 {
                let words = format_args!("a fraction is a number from -1 to 1");
                return Err(keys::refused(spec, setting.key, words));
            }
            rates.set(target.subject, target.place, code, value)?;
        }
        let excess = |offset, fraction| {
            let (offset, fraction) = (config.real(spec, offset)?, config.real(spec, fraction)?);
            Ok::<_, crate::Error>(Excess { offset, fraction })
        };
        Ok(Coherent {
            rates,
            one: excess("offset_1q", "fraction_1q")?,
            two: excess("offset_2q", "fraction_2q")?,
            axis_one: axis_gate(config.text(spec, "axis_1q")?),
            axis_two: axis_gate(config.text(spec, "axis_2q")?),
            stream_id: config.stream,
            random_sign: config.text(spec, "sign")? == "random",
            sign: 1.0,
            drift: Drifting::of(config, spec)?,
            rotations: 0,
        })
    }
}
