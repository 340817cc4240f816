//! The error models of a trace, to be asked what they may do.

use pandia_core::backend::{Backend, Caps};
use pandia_core::ids::StreamId;
use pandia_core::noise::expected::{Answer, TakesChannels, expecting};
use pandia_core::op::OpKind;
use pandia_core::part::{Config, Setting, Value};

use crate::report::error::ReportError;
use crate::stack::{Factory, Registry};
use crate::trace::{About, AboutPart};

/// How the simulator takes channels; only those that are linked in can be asked.
pub(super) fn simulator_takes_channels(about: &About) -> Option<TakesChannels> {
    let simulator = about.parts.iter().find(|part| part.kind == "simulator")?;
    if simulator.from != BUILT_IN {
        return None;
    }
    let registry = Registry::new();
    let Factory::Simulator(factory) = &registry.find(&simulator.part)?.factory else { return None };
    // What it takes does not depend on settings or qubits.
    let info = factory.build(&Config::new(1, StreamId::default())).ok()?.info();
    Some(match info.op_kinds & OpKind::Channel.bit() != 0 {
        _ if info.caps.has(Caps::CHANNELS) => TakesChannels::Exactly,
        true => TakesChannels::ByDrawing,
        false => TakesChannels::No,
    })
}

/// Where parts come from that are linked in.
const BUILT_IN: &str = "built in";

/// The part as core knows it, to be asked what it may do over whoever takes channels so.
pub(super) fn answer(
    part: &AboutPart,
    about: &About,
    below: Option<TakesChannels>,
) -> Result<Answer, ReportError> {
    if part.from != BUILT_IN {
        return Ok(Answer::Silent("a part of a library does not say what it may do"));
    }
    let mut settings = Vec::new();
    for (key, said) in &part.parameters {
        let value = match said {
            serde_json::Value::String(text) => Some(Value::Text(text)),
            serde_json::Value::Number(number) => {
                number.as_u64().map(Value::Whole).or_else(|| number.as_f64().map(Value::Real))
            }
            _ => None,
        };
        settings.extend(value.map(|value| Setting { key, value }));
    }
    let config = Config::new(about.qubits.max(1), StreamId::default()).with(&settings);
    expecting(&part.part, &config, below).map_err(|error| {
        let problem = error.to_string();
        ReportError::Part { part: part.part.clone(), problem }
    })
}
