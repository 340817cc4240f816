//! Settings by gate and place, understood: `gate.cx.0-1`, `qubit.3`, `pair.0-1`, and what follows.
//!
//! Here are also the descriptions that probabilities have in common. Not here: where the numbers are
//! kept ([`super::rates`]).

use super::rates::{Place, Subject};
use crate::error::{Error, ErrorKind, Result};
use crate::op::gates::{Gate, by_name};
use crate::part::{Config, ParamKind, ParamSpec, PartSpec, Value};
use core::fmt::Arguments;

/// A key of the families `gate.*`, `qubit.*` and `pair.*`, understood.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    /// The gate, or any on the place.
    pub(crate) subject: Subject,
    /// The place.
    pub(crate) place: Place,
    /// How many qubits the gates meant have.
    pub(crate) qubit_count: u8,
    /// Whether the pair was written with the larger number first.
    pub(crate) swapped: bool,
    /// What follows gate and place, without its dot; empty if nothing.
    pub(crate) leaf: &'a str,
}

impl Target<'_> {
    /// Refuses a key that goes on behind gate and place.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] naming the key.
    pub(crate) fn without_leaf(&self, spec: &PartSpec, key: &str) -> Result<()> {
        if self.leaf.is_empty() {
            return Ok(());
        }
        let leaf = self.leaf;
        Err(refused(
            spec,
            key,
            format_args!("{leaf} is no place; write gate.NAME or gate.NAME.0-1"),
        ))
    }
}

/// The gate, place and leaf that `key` names: `gate.NAME`, `gate.NAME.PLACE`, `qubit.K`,
/// `pair.A-B`, each with `.LEAF` behind it or not. `None` for a key of no such family.
///
/// # Errors
/// [`ErrorKind::Config`] naming the key, for a gate or qubit that does not exist, or a place that
/// does not fit the gate.
pub(crate) fn target<'a>(
    config: &Config<'_>,
    spec: &PartSpec,
    key: &'a str,
) -> Result<Option<Target<'a>>> {
    let Some((family, rest)) = key.split_once('.') else { return Ok(None) };
    let (mut subject, mut rest) = (Subject::Place, rest);
    let gate_qubits = match family {
        "gate" => {
            let (name, behind) = rest.split_once('.').unwrap_or((rest, ""));
            let gate = gate(spec, key, name)?;
            let qubit_count = gate.qubit_count;
            (subject, rest) = (Subject::Gate(gate.slot), behind);
            if !rest.starts_with(|c: char| c.is_ascii_digit()) {
                let (place, swapped, leaf) = (Place::ANYWHERE, false, rest);
                let target = Target { subject, place, qubit_count, swapped, leaf };
                return Ok(Some(target));
            }
            qubit_count
        }
        "qubit" => 1,
        "pair" => 2,
        _ => return Ok(None),
    };
    let (words, leaf) = rest.split_once('.').unwrap_or((rest, ""));
    let (place, count, swapped) = place(config, spec, key, words)?;
    if gate_qubits != count {
        return Err(refused(
            spec,
            key,
            format_args!("{words} is not a place of such a gate; write K or A-B"),
        ));
    }
    Ok(Some(Target { subject, place, qubit_count: count, swapped, leaf }))
}

/// The gate called `name`.
fn gate(spec: &PartSpec, key: &str, name: &str) -> Result<&'static Gate> {
    by_name(name).ok_or_else(|| {
        let words = format_args!("there is no gate {name}; use a name that `pandia gates` lists");
        refused(spec, key, words)
    })
}

/// The place written as `K` or `A-B`, how many qubits it has, and whether A is the larger.
fn place(
    config: &Config<'_>,
    spec: &PartSpec,
    key: &str,
    words: &str,
) -> Result<(Place, u8, bool)> {
    match words.split_once('-') {
        None => Ok((Place::qubit(qubit(config, spec, key, words)?), 1, false)),
        Some((a, b)) => {
            let (a, b) = (qubit(config, spec, key, a)?, qubit(config, spec, key, b)?);
            if a == b {
                return Err(refused(spec, key, format_args!("a pair is two different qubits")));
            }
            Ok((Place::pair(a, b), 2, a > b))
        }
    }
}

/// The pair written as `A-B`.
///
/// # Errors
/// [`ErrorKind::Config`] if it is none, or a qubit is beyond the register.
pub(crate) fn pair(config: &Config<'_>, spec: &PartSpec, key: &str, words: &str) -> Result<Place> {
    match place(config, spec, key, words)? {
        (pair, 2, _) => Ok(pair),
        _ => Err(refused(spec, key, format_args!("{words} is no pair; write A-B"))),
    }
}

/// The qubit written as `word`.
///
/// # Errors
/// [`ErrorKind::Config`] if it is no number or beyond the register.
pub(crate) fn qubit(config: &Config<'_>, spec: &PartSpec, key: &str, word: &str) -> Result<u32> {
    let Ok(qubit) = word.parse::<u32>() else {
        return Err(refused(spec, key, format_args!("{word} is not a qubit number")));
    };
    if qubit < config.qubit_count {
        return Ok(qubit);
    }
    let count = config.qubit_count;
    Err(refused(
        spec,
        key,
        format_args!("qubit {qubit} does not exist: there are {count}, counted from 0"),
    ))
}

/// The real number of a setting that [`Config::check`] has checked.
pub(crate) fn real(spec: &PartSpec, key: &str, value: Value<'_>) -> Result<f64> {
    match value {
        Value::Real(value) => Ok(value),
        #[expect(clippy::cast_precision_loss, reason = "a whole number given for a real one")]
        Value::Whole(value) => Ok(value as f64),
        Value::Text(_) => Err(refused(spec, key, format_args!("a number is needed"))),
    }
}

/// A parameter that is a probability and 0 unless given.
pub(crate) const fn probability(name: &'static str, help: &'static str) -> ParamSpec {
    let default = Some(Value::Real(0.0));
    ParamSpec { name, kind: ParamKind::Probability, unit: "1", default, help }
}

/// A family of probabilities.
pub(crate) const fn probabilities(name: &'static str, help: &'static str) -> ParamSpec {
    ParamSpec { name, kind: ParamKind::Probability, unit: "1", default: None, help }
}

/// The error for setting `key`, in words.
#[cold]
pub(crate) fn refused(spec: &PartSpec, key: &str, words: Arguments<'_>) -> Error {
    Error::from(ErrorKind::Config("a setting that the part does not take"))
        .in_layer(spec.id)
        .with_text(format_args!("{key}: {words}"))
}
