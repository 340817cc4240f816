//! How the Pauli layer is described and built.

use super::{Counts, Pauli};
use crate::error::Result;
use crate::noise::drift::{self, Drifting};
use crate::noise::keys::{self, probabilities, probability};
use crate::noise::layer::Channels;
use crate::noise::rates::{Place, Rates, SUM_TOLERANCE, Subject};
use crate::noise::sites::Sites;
use crate::noise::when::{WHEN, When};
use crate::part::{Config, LayerPart, PartKind, PartSpec, Storage};
use crate::units::Probability;

/// How [`Pauli`] is described and built.
#[derive(Clone, Copy, Debug)]
pub struct PauliPart;

const ONE: [&str; 3] = ["px", "py", "pz"];

/// The pairs in the order of [`crate::op::channel::PAULI_2Q`]: the first letter acts on operand 0.
const TWO: [&str; 15] =
    ["xi", "yi", "zi", "ix", "xx", "yx", "zx", "iy", "xy", "yy", "zy", "iz", "xz", "yz", "zz"];

impl LayerPart for PauliPart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.pauli",
        kind: PartKind::ErrorModel,
        version: "1.0.0",
        summary: "Pauli errors with a probability for each Pauli and each pair.",
        params: &[
            probability("px", "X at a one-qubit gate"),
            probability("py", "Y at a one-qubit gate"),
            probability("pz", "Z at a one-qubit gate"),
            probability("xi", "X on operand 0 of a two-qubit gate"),
            probability("yi", "Y on operand 0 of a two-qubit gate"),
            probability("zi", "Z on operand 0 of a two-qubit gate"),
            probability("ix", "X on operand 1 of a two-qubit gate"),
            probability("xx", "X on operand 0 and X on operand 1"),
            probability("yx", "Y on operand 0 and X on operand 1"),
            probability("zx", "Z on operand 0 and X on operand 1"),
            probability("iy", "Y on operand 1 of a two-qubit gate"),
            probability("xy", "X on operand 0 and Y on operand 1"),
            probability("yy", "Y on operand 0 and Y on operand 1"),
            probability("zy", "Z on operand 0 and Y on operand 1"),
            probability("iz", "Z on operand 1 of a two-qubit gate"),
            probability("xz", "X on operand 0 and Z on operand 1"),
            probability("yz", "Y on operand 0 and Z on operand 1"),
            probability("zz", "Z on operand 0 and Z on operand 1"),
            WHEN,
            probabilities("gate.*", "in place of those: gate.h.x, gate.cx.zz, gate.cx.0-1.zz"),
            probabilities("qubit.*", "one-qubit gates on a qubit: qubit.3.z"),
            probabilities("pair.*", "two-qubit gates on a pair: pair.0-1.xz, X on 0 and Z on 1"),
            probabilities("idle.*", "after idling, for each qubit: idle.z, of one qubit: idle.3.z"),
            probabilities("reset.*", "after a reset: reset.x, of one qubit: reset.3.x"),
            probabilities("meas.*", "before a measurement: meas.x, of one qubit: meas.3.x"),
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
    type Layer<S: Storage<u64>> = Pauli<S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(Rates::<[u64; 0]>::words(config))
    }

    fn build<S: Storage<u64>>(config: &Config<'_>, storage: S) -> Result<Pauli<S>> {
        let spec = &Self::SPEC;
        config.check(spec)?;
        let mut rates = Rates::new(config, storage, 0)?;
        for setting in config.settings {
            if let Some((subject, place, code)) = letters_at(config, spec, setting.key)? {
                let chance = keys::real(spec, setting.key, setting.value)?;
                rates.set(subject, place, code, chance)?;
            }
        }
        let drift = Drifting::of(config, spec)?;
        let mut layer = Pauli {
            rates,
            one: [0.0; 3],
            two: [0.0; 15],
            when: When::of(config, spec)?,
            sites: Sites::new(Probability::ZERO, config.stream, drift),
            channels: Channels::default(),
            counts: Counts::default(),
        };
        for (chance, name) in layer.one.iter_mut().zip(ONE) {
            *chance = config.probability(spec, name)?.get();
        }
        for (chance, name) in layer.two.iter_mut().zip(TWO) {
            *chance = config.probability(spec, name)?.get();
        }
        let mut rate_max = sum(spec, "px, py, pz", layer.one.into_iter())?;
        rate_max = rate_max.max(sum(spec, "xi to zz", layer.two.into_iter())?);
        for set in layer.rates.sets() {
            let chances = set.map(|index| layer.rates.entry(index).1);
            rate_max = rate_max.max(sum(spec, "gate, qubit, pair, idle, reset or meas", chances)?);
        }
        layer.sites.set_rate_max(Probability::new(rate_max)?);
        Ok(layer)
    }
}

/// The sum of the probabilities at one site, which must not exceed 1.
fn sum(spec: &PartSpec, key: &str, chances: impl Iterator<Item = f64>) -> Result<f64> {
    // In the order in which a draw adds them up, so that a full sum is reached exactly.
    let sum = chances.fold(0.0, |sum, chance| sum + chance);
    if sum > 1.0 + SUM_TOLERANCE {
        return Err(keys::refused(
            spec,
            key,
            format_args!("the probabilities add up to {sum}; at most 1 may"),
        ));
    }
    Ok(sum.min(1.0))
}

/// What a key with a dot is about: subject, place, and the number of the Pauli or pair.
fn letters_at(
    config: &Config<'_>,
    spec: &PartSpec,
    key: &str,
) -> Result<Option<(Subject, Place, u32)>> {
    let Some((family, rest)) = key.split_once('.') else { return Ok(None) };
    let subject = match family {
        "idle" => Subject::Idle,
        "reset" => Subject::Reset,
        "meas" => Subject::Measure,
        _ => return letters_of_gate(config, spec, key),
    };
    let (place, letters) = match rest.split_once('.') {
        Some((qubit, letters)) => (Place::qubit(keys::qubit(config, spec, key, qubit)?), letters),
        None => (Place::ANYWHERE, rest),
    };
    Ok(Some((subject, place, code(spec, key, letters, 1)?)))
}

fn letters_of_gate(
    config: &Config<'_>,
    spec: &PartSpec,
    key: &str,
) -> Result<Option<(Subject, Place, u32)>> {
    let Some(target) = keys::target(config, spec, key)? else { return Ok(None) };
    // A gate on more than two qubits has its errors on pairs of operands.
    let length = usize::from(target.qubit_count.min(2));
    let code = code(spec, key, target.leaf, length)?;
    // Letters follow the qubits as the key names them; the place keeps them in ascending order.
    let code = if target.swapped { code >> 2 | (code & 3) << 2 } else { code };
    Ok(Some((target.subject, target.place, code)))
}

/// The number of the Pauli string `letters`, which has `length` letters.
fn code(spec: &PartSpec, key: &str, letters: &str, length: usize) -> Result<u32> {
    let mut code = 0;
    for (letter, shift) in letters.bytes().zip([0, 2]) {
        code |= match letter {
            b'i' => 0,
            b'x' => 1,
            b'y' => 2,
            b'z' => 3,
            _ => 16,
        } << shift;
    }
    if letters.len() == length && (1..16).contains(&code) {
        return Ok(code);
    }
    let like = if length == 1 { "x, y or z" } else { "two of i, x, y, z such as xz, but not ii" };
    Err(keys::refused(spec, key, format_args!("its last word must be {like}")))
}
