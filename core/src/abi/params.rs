//! A part's parameters as constant tables.
//!
//! The tables must be constants of a generic type, whose length cannot follow from the part; so
//! there are four lengths and the smallest that fits is taken.

use super::raw;
use super::record::bytes_of;
use crate::part::{ParamKind, ParamSpec, PartSpec, Value};
use core::marker::PhantomData;

/// Something with a description.
pub(crate) trait Described {
    /// The description.
    const SPEC: PartSpec;
}

/// The constant tables of a part.
pub(crate) struct Tables<P>(PhantomData<P>);

impl<P: Described> Tables<P> {
    const CHOICES_4: &'static [raw::Text; 4] = &choices(P::SPEC.params);
    const CHOICES_16: &'static [raw::Text; 16] = &choices(P::SPEC.params);
    const CHOICES_256: &'static [raw::Text; 256] = &choices(P::SPEC.params);
    const CHOICES: *const raw::Text = match choice_count(P::SPEC.params) {
        0 => core::ptr::null(),
        1..=4 => Self::CHOICES_4.as_ptr(),
        5..=16 => Self::CHOICES_16.as_ptr(),
        17..=256 => Self::CHOICES_256.as_ptr(),
        _ => [core::ptr::null()][choice_count(P::SPEC.params)], // Too many words: stops the build.
    };
    const PARAMS_4: &'static [raw::Param; 4] = &params(P::SPEC.params, Self::CHOICES);
    const PARAMS_16: &'static [raw::Param; 16] = &params(P::SPEC.params, Self::CHOICES);
    const PARAMS_64: &'static [raw::Param; 64] = &params(P::SPEC.params, Self::CHOICES);
    const PARAMS: *const raw::Param = match P::SPEC.params.len() {
        0 => core::ptr::null(),
        1..=4 => Self::PARAMS_4.as_ptr(),
        5..=16 => Self::PARAMS_16.as_ptr(),
        17..=64 => Self::PARAMS_64.as_ptr(),
        count => [core::ptr::null()][count], // Too many parameters: stops the build.
    };

    /// The part without the functions that build it.
    pub(crate) const fn plugin(kind: u16, children: u16) -> raw::Plugin {
        #[expect(clippy::cast_possible_truncation, reason = "at most 64")]
        let param_count = P::SPEC.params.len() as u32;
        raw::Plugin {
            size: bytes_of::<raw::Plugin>(),
            kind,
            flags: 0,
            children_min: children,
            children_max: children,
            param_count,
            param_bytes: bytes_of::<raw::Param>(),
            reserved0: 0,
            id: raw::Text::of(P::SPEC.id),
            version: raw::Text::of(P::SPEC.version),
            summary: raw::Text::of(P::SPEC.summary),
            params: Self::PARAMS,
            layout: None,
            create: None,
            create_runtime: None,
        }
    }
}

const fn words(param: &ParamSpec) -> &'static [&'static str] {
    match param.kind {
        ParamKind::Choice(words) => words,
        ParamKind::Real { .. }
        | ParamKind::Probability
        | ParamKind::Whole { .. }
        | ParamKind::Text => &[],
    }
}

const fn choice_count(params: &[ParamSpec]) -> usize {
    let (mut count, mut index) = (0, 0);
    while index < params.len() {
        count += words(&params[index]).len();
        index += 1;
    }
    count
}

/// The words of all parameters that are choices, one after the other.
const fn choices<const N: usize>(params: &[ParamSpec]) -> [raw::Text; N] {
    let mut out = [raw::Text::EMPTY; N];
    let (mut at, mut index) = (0, 0);
    while index < params.len() {
        let words = words(&params[index]);
        let mut word = 0;
        while word < words.len() && at < N {
            out[at] = raw::Text::of(words[word]);
            at += 1;
            word += 1;
        }
        index += 1;
    }
    out
}

const fn params<const N: usize>(
    params: &[ParamSpec],
    mut choices: *const raw::Text,
) -> [raw::Param; N] {
    const EMPTY: raw::Param = raw::Param {
        min: 0,
        max: 0,
        default_bits: 0,
        kind: 0,
        default_kind: 0,
        choice_count: 0,
        reserved0: 0,
        name: raw::Text::EMPTY,
        unit: raw::Text::EMPTY,
        help: raw::Text::EMPTY,
        default_text: raw::Text::EMPTY,
        choices: core::ptr::null(),
        reserved1: core::ptr::null(),
    };
    let mut out = [EMPTY; N];
    let mut index = 0;
    while index < params.len() && index < N {
        let words = words(&params[index]).len();
        out[index] = param(&params[index], choices);
        if words > 0 {
            choices = choices.wrapping_add(words);
        }
        index += 1;
    }
    out
}

const fn param(spec: &ParamSpec, choices: *const raw::Text) -> raw::Param {
    let (kind, min, max) = match spec.kind {
        ParamKind::Real { min, max } => (raw::PARAM_REAL, min.to_bits(), max.to_bits()),
        ParamKind::Probability => (raw::PARAM_PROBABILITY, 0.0_f64.to_bits(), 1.0_f64.to_bits()),
        ParamKind::Whole { min, max } => (raw::PARAM_WHOLE, min, max),
        ParamKind::Choice(_) => (raw::PARAM_CHOICE, 0, 0),
        ParamKind::Text => (raw::PARAM_TEXT, 0, 0),
    };
    let (default_kind, default_bits, default_text) = match spec.default {
        None => (raw::VALUE_NONE, 0, ""),
        Some(Value::Real(value)) => (raw::VALUE_REAL, value.to_bits(), ""),
        Some(Value::Whole(value)) => (raw::VALUE_WHOLE, value, ""),
        Some(Value::Text(text)) => (raw::VALUE_TEXT, 0, text),
    };
    let words = words(spec).len();
    #[expect(clippy::cast_possible_truncation, reason = "at most 256")]
    let choice_count = words as u32;
    raw::Param {
        min,
        max,
        default_bits,
        kind,
        default_kind,
        choice_count,
        reserved0: 0,
        name: raw::Text::of(spec.name),
        unit: raw::Text::of(spec.unit),
        help: raw::Text::of(spec.help),
        default_text: raw::Text::of(default_text),
        choices: if words == 0 { core::ptr::null() } else { choices },
        reserved1: core::ptr::null(),
    }
}
