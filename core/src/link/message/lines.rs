//! What requests and replies are made of.

use crate::backend::{Caps, Info, Metric, MetricValue, Threading};
use crate::part::Value;
use serde::{Deserialize, Serialize};

/// What a server says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome<'a> {
    /// Its name: `cortex-m4`.
    pub name: &'a str,
    /// The version of the firmware.
    pub version: &'a str,
    /// Its limits.
    pub limits: Limits,
    /// Whether a stack can be built out of its parts.
    pub can_build: bool,
}

/// How much a server has room for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of a payload, in either direction.
    pub payload_bytes: u32,
    /// Requests that may be under way at a time.
    pub window: u32,
    /// Words of the records of one batch.
    pub batch_words: u32,
    /// Outcomes of one batch, and numbers of one state query.
    pub batch_results: u32,
}

/// A stack to be built: `parts` are [`PartChoice`]s, from the simulator upwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build<'a> {
    /// How many qubits there will be.
    pub qubit_count: u32,
    /// The parts, one after the other.
    pub parts: &'a [u8],
}

/// One part of a stack to be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartChoice<'a> {
    /// Its id.
    pub id: &'a str,
    /// The random stream that it draws from.
    pub stream: u64,
    /// Its [`SettingLine`]s, one after the other.
    pub settings: &'a [u8],
}

/// One setting of a part.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingLine<'a> {
    /// The parameter.
    pub key: &'a str,
    /// Its value.
    pub value: ValueLine<'a>,
}

/// The value of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum ValueLine<'a> {
    /// A real number.
    Real(f64),
    /// A whole number.
    Whole(u64),
    /// Text.
    Text(&'a str),
}

/// A gate that may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateLine<'a> {
    /// The wire form.
    pub slot: u16,
    /// How many qubits.
    pub qubit_count: u8,
    /// How many parameters.
    pub param_count: u8,
    /// The identity.
    pub id: &'a str,
}

/// Where words of a matrix belong. All of them: the bits of the parameters, 0, and the bits of the
/// matrix (row-major, re and im in turn); or the parameters and the code with which the gate's function
/// refused them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatrixLine {
    /// The gate's slot.
    pub slot: u16,
    /// How many qubits.
    pub qubit_count: u8,
    /// How many parameters.
    pub param_count: u8,
    /// Which of the places for its matrices; what is there is forgotten.
    pub place: u32,
    /// Which of its words is the first here.
    pub from: u32,
    /// Whether a reply is waited for.
    pub wait: bool,
}

/// The head of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Words of its records.
    pub words: u32,
    /// How many operations.
    pub op_count: u32,
    /// How many outcomes.
    pub result_count: u32,
    /// Scheduled start in nanoseconds.
    pub start_ns: u64,
    /// Scheduled length in nanoseconds.
    pub length_ns: u64,
    /// Who issued it.
    pub issuer: u32,
    /// How many layers inserted operations above it.
    pub depth: u32,
    /// Whether the last frame of the batch is answered.
    pub wait: bool,
}

/// What a stack can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InfoLine<'a> {
    /// The id of its top.
    pub id: &'a str,
    /// As [`Info::qubit_count`].
    pub qubit_count: u32,
    /// As [`Info::op_kinds`].
    pub op_kinds: u64,
    /// As [`Info::caps`].
    pub caps: u64,
}

/// A resident part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartLine<'a> {
    /// Its id.
    pub id: &'a str,
    /// What it is for.
    pub kind: &'a str,
    /// Its version.
    pub version: &'a str,
    /// What it does.
    pub summary: &'a str,
}

/// A region of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionLine<'a> {
    /// What it is for.
    pub name: &'a str,
    /// Where it begins; 0 where that says nothing.
    pub start: u64,
    /// How long it is.
    pub bytes: u64,
    /// How much of it is in use.
    pub used_bytes: u64,
}

/// A module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleLine<'a> {
    /// The id of its first part, or what is wrong with it.
    pub name: &'a str,
    /// Where it is.
    pub start: u64,
    /// How long it is.
    pub bytes: u64,
    /// Whether it passed every check.
    pub is_good: bool,
}

/// A metric.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricLine<'a> {
    /// Which part's.
    pub part: &'a str,
    /// What it counts or measures.
    pub name: &'a str,
    /// The number.
    pub value: MetricNumber,
}

/// As [`MetricValue`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum MetricNumber {
    /// As [`MetricValue::Counter`].
    Counter(u64),
    /// As [`MetricValue::Gauge`].
    Gauge(f64),
}

impl InfoLine<'_> {
    /// What it says of the stack. A stack behind a line may be called from any thread.
    #[must_use]
    pub const fn info(&self) -> Info {
        Info {
            qubit_count: self.qubit_count,
            op_kinds: self.op_kinds,
            caps: Caps(self.caps),
            threading: Threading::Sendable,
        }
    }
}

impl<'a> From<Metric<'a>> for MetricLine<'a> {
    fn from(metric: Metric<'a>) -> Self {
        let value = match metric.value {
            MetricValue::Counter(value) => MetricNumber::Counter(value),
            MetricValue::Gauge(value) => MetricNumber::Gauge(value),
        };
        Self { part: metric.part, name: metric.name, value }
    }
}

impl From<MetricNumber> for MetricValue {
    fn from(number: MetricNumber) -> Self {
        match number {
            MetricNumber::Counter(value) => Self::Counter(value),
            MetricNumber::Gauge(value) => Self::Gauge(value),
        }
    }
}

impl<'a> From<Value<'a>> for ValueLine<'a> {
    fn from(value: Value<'a>) -> Self {
        match value {
            Value::Real(value) => Self::Real(value),
            Value::Whole(value) => Self::Whole(value),
            Value::Text(value) => Self::Text(value),
        }
    }
}

impl<'a> From<ValueLine<'a>> for Value<'a> {
    fn from(value: ValueLine<'a>) -> Self {
        match value {
            ValueLine::Real(value) => Self::Real(value),
            ValueLine::Whole(value) => Self::Whole(value),
            ValueLine::Text(value) => Self::Text(value),
        }
    }
}
