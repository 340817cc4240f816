//! Settings that own their text, and how words become values.

use core::fmt::{self, Display};

use pandia_core::part::{ParamKind, ParamSpec, Setting, Value};

/// The value of a setting, as [`Value`] but owned.
#[derive(Clone, Debug, PartialEq)]
pub enum OwnedValue {
    /// A real number.
    Real(f64),
    /// A whole number.
    Whole(u64),
    /// Text, also a word out of a choice.
    Text(String),
}

impl OwnedValue {
    /// The borrowed form.
    #[must_use]
    pub fn view(&self) -> Value<'_> {
        match self {
            Self::Real(value) => Value::Real(*value),
            Self::Whole(value) => Value::Whole(*value),
            Self::Text(value) => Value::Text(value),
        }
    }

    /// What `word` means for the parameter `param`: a number where it takes numbers and the word
    /// is one, text otherwise. Whether the value is taken is for the part's own check to say.
    #[must_use]
    pub fn from_word(word: &str, param: &ParamSpec) -> Self {
        let number = match param.kind {
            ParamKind::Real { .. } | ParamKind::Probability => {
                word.parse().ok().map(OwnedValue::Real)
            }
            // A number that is not whole is kept as one, so that the refusal shows a number.
            ParamKind::Whole { .. } => {
                let whole = word.parse().ok().map(OwnedValue::Whole);
                whole.or_else(|| word.parse().ok().map(OwnedValue::Real))
            }
            ParamKind::Choice(_) | ParamKind::Text => None,
        };
        number.unwrap_or_else(|| Self::Text(word.to_owned()))
    }
}

impl From<Value<'_>> for OwnedValue {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Real(value) => Self::Real(value),
            Value::Whole(value) => Self::Whole(value),
            Value::Text(value) => Self::Text(value.to_owned()),
        }
    }
}

impl Display for OwnedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Real(value) if *value != 0.0 && value.abs() < 1e-3 => write!(f, "{value:e}"),
            Self::Real(value) => write!(f, "{value}"),
            Self::Whole(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
        }
    }
}

/// One setting as the user gave it.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnedSetting {
    /// The parameter's name.
    pub key: String,
    /// Its value. Text is read as a number where the parameter takes one.
    pub value: OwnedValue,
    /// The line of the stack file that it stands in.
    pub line: Option<usize>,
}

impl OwnedSetting {
    /// A setting.
    #[must_use]
    pub fn new(key: impl Into<String>, value: OwnedValue) -> Self {
        Self { key: key.into(), value, line: None }
    }

    /// The borrowed form.
    #[must_use]
    pub fn view(&self) -> Setting<'_> {
        Setting { key: &self.key, value: self.value.view() }
    }
}
