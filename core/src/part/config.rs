//! What a part is given when it is built: sizes, its random stream, and checked settings.

use super::services::Services;
use super::spec::{ParamKind, ParamSpec, PartSpec};
use super::value::{Setting, Value};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::StreamId;
use crate::units::Probability;

/// What a part is built with.
#[derive(Clone, Copy, Debug)]
pub struct Config<'a> {
    /// How many qubits there will be.
    pub qubit_count: u32,
    /// Result ids will be below this; for runtimes.
    pub result_count: u32,
    /// The random stream to draw from.
    pub stream: StreamId,
    /// The settings; of equal keys the last counts.
    pub settings: &'a [Setting<'a>],
    /// What the host offers; may be nothing.
    pub services: Services,
}

impl<'a> Config<'a> {
    /// A configuration without settings.
    #[must_use]
    pub const fn new(qubit_count: u32, stream: StreamId) -> Self {
        Self { qubit_count, result_count: 0, stream, settings: &[], services: Services::NONE }
    }

    /// The same with these settings.
    #[must_use]
    pub const fn with(mut self, settings: &'a [Setting<'a>]) -> Self {
        self.settings = settings;
        self
    }

    /// The same with these services of the host.
    #[must_use]
    pub const fn with_services(mut self, services: Services) -> Self {
        self.services = services;
        self
    }

    /// Checks every setting against the description, and that none required is missing.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] naming part, key, value and what is taken.
    pub fn check(&self, spec: &PartSpec) -> Result<()> {
        for setting in self.settings {
            match spec.param(setting.key) {
                Some(param) => check_value(spec, param, setting)?,
                None => return Err(unknown(spec, setting.key)),
            }
        }
        for param in spec.params {
            let given = self.settings.iter().any(|s| s.key == param.name);
            if param.default.is_none() && !param.is_family() && !given {
                return Err(Error::from(ErrorKind::Config("a required parameter is missing"))
                    .in_layer(spec.id)
                    .with_text(format_args!(
                        "{} needs the parameter {} ({}); give {}=VALUE",
                        spec.short_name(),
                        param.name,
                        param.help,
                        param.name
                    )));
            }
        }
        Ok(())
    }

    /// The value of parameter `key`: what was set last, or the default. [`Self::check`] first.
    #[must_use]
    pub fn get(&self, spec: &PartSpec, key: &str) -> Option<Value<'a>> {
        let set = self.settings.iter().rev().find(|s| s.key == key).map(|s| s.value);
        set.or_else(|| spec.param(key).and_then(|param| param.default))
    }

    /// A real parameter's value.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if it is neither set nor has a default, or is no number.
    pub fn real(&self, spec: &PartSpec, key: &str) -> Result<f64> {
        match self.get(spec, key) {
            Some(Value::Real(value)) => Ok(value),
            #[expect(clippy::cast_precision_loss, reason = "a whole number given for a real one")]
            Some(Value::Whole(value)) => Ok(value as f64),
            _ => Err(ErrorKind::Config("a number is missing").into()),
        }
    }

    /// A probability's value.
    ///
    /// # Errors
    /// As [`Self::real`], and [`ErrorKind::NotAProbability`].
    pub fn probability(&self, spec: &PartSpec, key: &str) -> Result<Probability> {
        Probability::new(self.real(spec, key)?)
    }

    /// A whole parameter's value.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if it is neither set nor has a default, or is no whole number.
    pub fn whole(&self, spec: &PartSpec, key: &str) -> Result<u64> {
        match self.get(spec, key) {
            Some(Value::Whole(value)) => Ok(value),
            _ => Err(ErrorKind::Config("a whole number is missing").into()),
        }
    }

    /// A text or choice parameter's value.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if it is neither set nor has a default, or is no text.
    pub fn text(&self, spec: &PartSpec, key: &str) -> Result<&'a str> {
        match self.get(spec, key) {
            Some(Value::Text(value)) => Ok(value),
            _ => Err(ErrorKind::Config("a word is missing").into()),
        }
    }

    /// The settings whose key begins with `family`, with the rest of the key.
    pub fn family<'f>(
        &'f self,
        family: &'f str,
    ) -> impl Iterator<Item = (&'a str, Value<'a>)> + 'f {
        self.settings.iter().filter_map(move |s| {
            s.key.strip_prefix(family).filter(|rest| !rest.is_empty()).map(|rest| (rest, s.value))
        })
    }
}

#[cold]
fn unknown(spec: &PartSpec, key: &str) -> Error {
    let error = Error::from(ErrorKind::Config("unknown parameter")).in_layer(spec.id);
    if spec.params.is_empty() {
        return error.with_text(format_args!(
            "{} has no parameter {key}: it takes none; leave it out",
            spec.short_name()
        ));
    }
    error.with_text(format_args!(
        "{} has no parameter {key}; it takes {}",
        spec.short_name(),
        Names(spec.params)
    ))
}

struct Names<'a>(&'a [ParamSpec]);

impl core::fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for (index, param) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{}", param.name)?;
        }
        Ok(())
    }
}

fn check_value(spec: &PartSpec, param: &ParamSpec, setting: &Setting<'_>) -> Result<()> {
    let refuse = |needs: core::fmt::Arguments<'_>| {
        let error = Error::from(ErrorKind::Config("a value that the parameter does not take"));
        let (part, key) = (spec.short_name(), setting.key);
        let error = error.in_layer(spec.id);
        Err(match setting.value {
            Value::Real(v) => error.with_text(format_args!("{part}: {key}={v} must be {needs}")),
            Value::Whole(v) => error.with_text(format_args!("{part}: {key}={v} must be {needs}")),
            Value::Text(v) => error.with_text(format_args!("{part}: {key}={v} must be {needs}")),
        })
    };
    #[expect(clippy::cast_precision_loss, reason = "only compared with the bounds of a real one")]
    let real = match setting.value {
        Value::Real(value) => Some(value),
        Value::Whole(value) => Some(value as f64),
        Value::Text(_) => None,
    };
    match param.kind {
        ParamKind::Real { min, max } => match real {
            Some(value) if (min..=max).contains(&value) => Ok(()),
            _ => refuse(format_args!("a number from {min} to {max} ({})", param.unit)),
        },
        ParamKind::Probability => match real {
            Some(value) if (0.0..=1.0).contains(&value) => Ok(()),
            _ => refuse(format_args!("a probability, a number from 0 to 1")),
        },
        ParamKind::Whole { min, max } => match setting.value {
            Value::Whole(value) if (min..=max).contains(&value) => Ok(()),
            _ => refuse(format_args!("a whole number from {min} to {max} ({})", param.unit)),
        },
        ParamKind::Choice(words) => match setting.value {
            Value::Text(value) if words.contains(&value) => Ok(()),
            _ => refuse(format_args!("one of {words:?}")),
        },
        ParamKind::Text => match setting.value {
            Value::Text(_) => Ok(()),
            Value::Real(_) | Value::Whole(_) => refuse(format_args!("text")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::part::spec::PartKind;
    use std::string::ToString;

    const SPEC: PartSpec = PartSpec {
        id: "test.part",
        kind: PartKind::ErrorModel,
        version: "1",
        summary: "for the test",
        params: &[
            ParamSpec {
                name: "p",
                kind: ParamKind::Probability,
                unit: "1",
                default: None,
                help: "how often",
            },
            ParamSpec {
                name: "when",
                kind: ParamKind::Choice(&["before", "after"]),
                unit: "1",
                default: Some(Value::Text("after")),
                help: "when",
            },
            ParamSpec {
                name: "gate.*",
                kind: ParamKind::Probability,
                unit: "1",
                default: None,
                help: "by gate",
            },
        ],
    };

    fn check(settings: &[Setting<'_>]) -> core::result::Result<(), std::string::String> {
        Config::new(1, StreamId(0)).with(settings).check(&SPEC).map_err(|e| e.to_string())
    }

    #[test]
    fn settings_are_checked_by_name_kind_and_range() {
        let p = Setting { key: "p", value: Value::Real(0.5) };
        assert_eq!(check(&[p]), Ok(()));
        assert_eq!(check(&[p, Setting { key: "gate.cx", value: Value::Whole(1) }]), Ok(()));
        let refused = [
            (check(&[]).unwrap_err(), "needs the parameter p"),
            (
                check(&[p, Setting { key: "q", value: Value::Real(0.5) }]).unwrap_err(),
                "no parameter q",
            ),
            (
                check(&[p, Setting { key: "gate.", value: Value::Real(0.5) }]).unwrap_err(),
                "no parameter",
            ),
            (check(&[Setting { key: "p", value: Value::Real(1.5) }]).unwrap_err(), "p=1.5 must be"),
            (check(&[Setting { key: "p", value: Value::Real(f64::NAN) }]).unwrap_err(), "must be"),
            (check(&[p, Setting { key: "when", value: Value::Text("x") }]).unwrap_err(), "before"),
        ];
        for (error, part) in refused {
            assert!(error.contains(part), "{error}");
            assert!(error.starts_with("test.part: "), "{error}");
        }
    }

    #[test]
    fn the_last_setting_counts_and_defaults_fill_in() {
        let settings = [
            Setting { key: "p", value: Value::Real(0.5) },
            Setting { key: "p", value: Value::Whole(1) },
            Setting { key: "gate.cx", value: Value::Real(0.25) },
        ];
        let config = Config::new(1, StreamId(0)).with(&settings);
        assert!((config.real(&SPEC, "p").unwrap() - 1.0).abs() < 1e-15);
        assert_eq!(config.text(&SPEC, "when").unwrap(), "after");
        assert_eq!(
            config.family("gate.").collect::<std::vec::Vec<_>>(),
            [("cx", Value::Real(0.25))]
        );
    }
}
