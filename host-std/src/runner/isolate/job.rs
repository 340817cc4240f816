//! What parent and worker tell each other, in JSON: the job, refusals, failed shots.

use pandia_core::emulator::ShotError;
use pandia_core::error::Error;
use pandia_core::ids::ShotId;
use serde::{Deserialize, Serialize};

use crate::stack::{OwnedSetting, OwnedValue, PartUse, StackSpec};

/// Changes whenever frames or messages do: parent and worker may be two programs.
pub(super) const PROTOCOL: u32 = 3;

/// What a worker has to do. A compiled program follows.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Job {
    pub(super) protocol: u32,
    /// Number of the parent's process.
    pub(super) parent: u32,
    pub(super) seed: u64,
    /// Whether the first shot that fails ends a request.
    pub(super) stop_at_failure: bool,
    /// Whether to see first that the stack fits into memory. The parent has seen to it for a run.
    pub(super) check_memory: bool,
    /// Whether to tell what parts counted in each shot.
    pub(super) metrics: bool,
    /// Most address space that the worker may take, if there is a limit.
    pub(super) memory_bytes_max: Option<u64>,
    /// Places for shots in the shared memory.
    pub(super) slots: u64,
    pub(super) stack: Stack,
}

/// A [`StackSpec`]. Numbers travel as their bits: JSON's own may be off by one in the last place.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Stack {
    runtime: PartText,
    noise: Vec<PartText>,
    simulator: PartText,
}

#[derive(Debug, Serialize, Deserialize)]
struct PartText {
    name: String,
    settings: Vec<(String, Value, Option<usize>)>,
    place: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
enum Value {
    RealBits(u64),
    Whole(u64),
    Text(String),
}

/// Why a worker cannot run the program.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Refusal {
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// A shot that failed.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Failure {
    pub(super) shot: u64,
    code: i32,
    op_index: Option<u32>,
    layer: String,
    text: String,
    line: Option<u32>,
}

impl From<&PartUse> for PartText {
    fn from(part: &PartUse) -> Self {
        let settings = part.settings.iter().map(|setting| {
            let value = match &setting.value {
                OwnedValue::Real(value) => Value::RealBits(value.to_bits()),
                OwnedValue::Whole(value) => Value::Whole(*value),
                OwnedValue::Text(value) => Value::Text(value.clone()),
            };
            (setting.key.clone(), value, setting.line)
        });
        let (name, place) = (part.name.clone(), part.place.clone());
        Self { name, settings: settings.collect(), place }
    }
}

impl From<PartText> for PartUse {
    fn from(part: PartText) -> Self {
        let settings = part.settings.into_iter().map(|(key, value, line)| {
            let value = match value {
                Value::RealBits(bits) => OwnedValue::Real(f64::from_bits(bits)),
                Value::Whole(value) => OwnedValue::Whole(value),
                Value::Text(value) => OwnedValue::Text(value),
            };
            OwnedSetting { key, value, line }
        });
        Self { name: part.name, settings: settings.collect(), place: part.place }
    }
}

impl From<&StackSpec> for Stack {
    fn from(spec: &StackSpec) -> Self {
        Self {
            runtime: (&spec.runtime).into(),
            noise: spec.noise.iter().map(Into::into).collect(),
            simulator: (&spec.simulator).into(),
        }
    }
}

impl From<Stack> for StackSpec {
    fn from(stack: Stack) -> Self {
        Self {
            runtime: stack.runtime.into(),
            noise: stack.noise.into_iter().map(Into::into).collect(),
            simulator: stack.simulator.into(),
        }
    }
}

impl From<&ShotError> for Failure {
    fn from(failure: &ShotError) -> Self {
        let error = &failure.error;
        let mut text = String::new();
        // A string takes all that is written to it.
        let _ = error.write_text(&mut text);
        Self {
            shot: failure.shot.0,
            code: error.code(),
            op_index: error.op_index(),
            layer: error.layer().to_owned(),
            text,
            line: failure.line,
        }
    }
}

impl From<Failure> for ShotError {
    fn from(failure: Failure) -> Self {
        let Failure { code, op_index, .. } = failure;
        let error = Error::foreign(code, op_index, &failure.layer, &failure.text);
        Self { shot: ShotId(failure.shot), error, line: failure.line }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pandia_core::error::ErrorKind;

    #[test]
    fn a_stack_and_a_failure_come_out_as_they_went_in() {
        let part = PartUse::named("a/lib.so#x")
            .with("p", OwnedValue::Real(0.1 + 0.2))
            .with("nan", OwnedValue::Real(f64::INFINITY))
            .with("n", OwnedValue::Whole(u64::MAX))
            .with("t", OwnedValue::Text("\"ä\n".to_owned()));
        let mut spec = StackSpec::new().with_noise(part).with_noise(PartUse::named("b"));
        spec.simulator.place = Some("stack.toml:7".to_owned());
        let text = serde_json::to_vec(&Stack::from(&spec)).unwrap();
        let back: Stack = serde_json::from_slice(&text).unwrap();
        assert_eq!(StackSpec::from(back), spec);
        let error = Error::from(ErrorKind::SameQubit { qubit: 3 }).at_op(2).in_layer("x.y");
        let failure = ShotError { shot: ShotId(u64::MAX - 1), error, line: Some(11) };
        let text = serde_json::to_vec(&Failure::from(&failure)).unwrap();
        let back = ShotError::from(serde_json::from_slice::<Failure>(&text).unwrap());
        assert_eq!(back.to_string(), failure.to_string());
        assert_eq!(back.error.code(), failure.error.code());
    }
}
