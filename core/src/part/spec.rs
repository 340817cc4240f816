//! Descriptions: a part and its parameters.

use super::value::Value;

/// What a part is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// Holds the quantum state; no child.
    Simulator,
    /// Rewrites the stream; one child.
    ErrorModel,
    /// Changes nothing, looks on; one child.
    Tap,
    /// Decides order and time; drives a stack.
    Runtime,
}

impl PartKind {
    /// The kind in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Simulator => "simulator",
            Self::ErrorModel => "error model",
            Self::Tap => "tap",
            Self::Runtime => "runtime",
        }
    }
}

/// What values a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ParamKind {
    /// A finite real number from `min` to `max`.
    Real {
        /// Smallest value taken.
        min: f64,
        /// Largest value taken.
        max: f64,
    },
    /// A probability: a real number from 0 to 1.
    Probability,
    /// A whole number from `min` to `max`.
    Whole {
        /// Smallest value taken.
        min: u64,
        /// Largest value taken.
        max: u64,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Text.
    Text,
}

/// One parameter of a part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParamSpec {
    /// Its name. A name that ends in `*` stands for a family: `gate.*` takes `gate.cx` and
    /// `gate.zz_phase`; the part checks the rest of the name.
    pub name: &'static str,
    /// What values it takes.
    pub kind: ParamKind,
    /// The unit: `rad`, `ns`, `1` for a pure number.
    pub unit: &'static str,
    /// The value if none is given; `None` if one must be given, or for a family.
    pub default: Option<Value<'static>>,
    /// One line of help.
    pub help: &'static str,
}

impl ParamSpec {
    /// Whether `key` is this parameter or one of its family.
    #[must_use]
    pub fn takes(&self, key: &str) -> bool {
        match self.name.strip_suffix('*') {
            Some(family) => key.len() > family.len() && key.starts_with(family),
            None => key == self.name,
        }
    }

    /// Whether this is a family of parameters.
    #[must_use]
    pub fn is_family(&self) -> bool {
        self.name.ends_with('*')
    }
}

/// One part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartSpec {
    /// The identity: `pandia.depolarizing`.
    pub id: &'static str,
    /// What it is for.
    pub kind: PartKind,
    /// Its version.
    pub version: &'static str,
    /// One line that says what it does.
    pub summary: &'static str,
    /// Its parameters.
    pub params: &'static [ParamSpec],
}

impl PartSpec {
    /// The id without its namespace: `depolarizing`.
    #[must_use]
    pub fn short_name(&self) -> &'static str {
        self.id.rsplit('.').next().unwrap_or(self.id)
    }

    /// The parameter that takes `key`.
    #[must_use]
    pub fn param(&self, key: &str) -> Option<&'static ParamSpec> {
        self.params.iter().find(|param| param.takes(key))
    }
}
