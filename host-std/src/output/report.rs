//! What a run was and gave, as one JSON object.

use std::collections::BTreeMap;

use pandia_core::emulator::ShotError;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::bits::BitLayout;
use super::replay::Replay;
use crate::stack::{OwnedValue, Placed, StackPlan};

/// One part of the stack.
#[derive(Clone, Debug, serde::Serialize)]
pub struct PartReport {
    /// Its id.
    pub part: &'static str,
    /// What it is for: `simulator`, `error model`, `tap`, `runtime`.
    pub kind: &'static str,
    /// Its version.
    pub version: &'static str,
    /// `built in`, or the library's path.
    pub from: String,
    /// Every parameter with the value it had.
    pub parameters: BTreeMap<String, Parameter>,
}

/// The value of a parameter: a number or text.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter(pub OwnedValue);

impl Serialize for Parameter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            OwnedValue::Real(value) => serializer.serialize_f64(*value),
            OwnedValue::Whole(value) => serializer.serialize_u64(*value),
            OwnedValue::Text(value) => serializer.serialize_str(value),
        }
    }
}

impl PartReport {
    /// What is to be said of a part in its place.
    #[must_use]
    pub fn new(placed: &Placed) -> Self {
        let part = placed.part();
        let parameters = placed.parameters().into_iter();
        Self {
            part: part.spec.id,
            kind: part.spec.kind.name(),
            version: part.spec.version,
            from: part.origin.to_string(),
            parameters: parameters.map(|(key, value)| (key, Parameter(value))).collect(),
        }
    }

    /// The parts of a stack from the runtime down to the simulator.
    #[must_use]
    pub fn of_stack(plan: &StackPlan) -> Vec<Self> {
        plan.parts().map(Self::new).collect()
    }
}

/// A shot that failed.
#[derive(Clone, Debug, serde::Serialize)]
pub struct FailureReport {
    /// Which shot.
    pub shot: u64,
    /// The line of the program's source, if known.
    pub line: Option<u32>,
    /// The layer that raised it, "" if none signed it.
    pub layer: String,
    /// The stable code.
    pub code: i32,
    /// The words.
    pub message: String,
    /// The command that runs this shot again, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay: Option<String>,
}

impl FailureReport {
    /// What is to be said of a failed shot, with the way to run it again.
    #[must_use]
    pub fn new(failure: &ShotError, replay: Option<&Replay>) -> Self {
        let mut message = String::new();
        // A string takes all that is written to it.
        let _ = failure.error.write_text(&mut message);
        Self {
            shot: failure.shot.0,
            line: failure.line,
            layer: failure.error.layer().to_owned(),
            code: failure.error.code(),
            message,
            replay: replay.map(|replay| replay.of(failure.shot.0)),
        }
    }
}

/// What a run was and gave. The same for the same program, stack, seed and shots, on every machine
/// and for any number of threads.
#[derive(Clone, Debug, serde::Serialize)]
pub struct RunReport {
    /// The program's name as given.
    pub program: String,
    /// How many qubits it uses.
    pub qubits: u32,
    /// The registers that are shown, in order of declaration.
    pub registers: Vec<RegisterReport>,
    /// How many shots gave a result; `counts` add up to it.
    pub shots: u64,
    /// Number of the first shot that was asked for.
    pub first_shot: u64,
    /// How many shots were asked for.
    pub shots_asked: u64,
    /// The seed.
    pub seed: u64,
    /// How numbers were computed: `deterministic` means the same bits on every machine.
    pub mode: &'static str,
    /// The parts from the runtime down to the simulator.
    pub stack: Vec<PartReport>,
    /// Where the lower part of the stack was, if not here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub board: Option<String>,
    /// Digest of the outcomes in shot order, 32 hexadecimal digits.
    pub digest: String,
    /// How often each bit string came, sorted.
    #[serde(serialize_with = "in_order")]
    pub counts: Vec<(String, u64)>,
    /// How many shots failed.
    pub shots_failed: u64,
    /// The first of them.
    pub failed: Vec<FailureReport>,
}

/// A register that is shown.
#[derive(Clone, Debug, serde::Serialize)]
pub struct RegisterReport {
    /// Its name.
    pub name: String,
    /// How many bits it has.
    pub bits: usize,
}

impl RegisterReport {
    /// The registers of a layout.
    #[must_use]
    pub fn of_layout(layout: &BitLayout) -> Vec<Self> {
        layout.registers().map(|(name, bits)| Self { name: name.to_owned(), bits }).collect()
    }
}

/// Pairs as an object, in their order.
fn in_order<S: Serializer>(counts: &[(String, u64)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(counts.len()))?;
    for (bits, count) in counts {
        map.serialize_entry(bits, count)?;
    }
    map.end()
}
