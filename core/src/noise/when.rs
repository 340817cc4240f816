//! Whether a gate's error comes before the gate or after it.

use crate::backend::{Backend, Forwarder};
use crate::error::Result;
use crate::op::Outcomes;
use crate::part::{Config, ParamKind, ParamSpec, PartSpec, Value};

/// Where the error of a gate goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// The error, then the gate.
    Before,
    /// The gate, then the error.
    After,
}

/// The parameter.
pub(crate) const WHEN: ParamSpec = ParamSpec {
    name: "when",
    kind: ParamKind::Choice(&["before", "after"]),
    unit: "1",
    default: Some(Value::Text("before")),
    help: "whether a gate's error comes before the gate or after it",
};

impl When {
    /// The parameter's value.
    pub(crate) fn of(config: &Config<'_>, spec: &PartSpec) -> Result<Self> {
        Ok(if config.text(spec, WHEN.name)? == "after" { Self::After } else { Self::Before })
    }

    /// Forwards what comes before the error of the operation given last.
    pub(crate) fn flush<B: Backend>(
        self,
        forwarder: &mut Forwarder<'_, '_, B>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        match self {
            Self::Before => forwarder.flush_before(outcomes),
            Self::After => forwarder.flush(outcomes),
        }
    }
}
