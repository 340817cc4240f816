//! Descriptions out of a module, kept until the program ends.

use pandia_core::abi::module::{ParamView, ParamViewKind, PluginView};
use pandia_core::part::{ParamKind, ParamSpec, PartKind, PartSpec, Value};

fn keep(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

/// The plugin's description, as a linked-in part has it.
pub(super) fn describe(plugin: &PluginView<'_>, kind: PartKind) -> PartSpec {
    let params: Vec<ParamSpec> = plugin.params().map(param).collect();
    PartSpec {
        id: keep(plugin.id()),
        kind,
        version: keep(plugin.version()),
        summary: keep(plugin.summary()),
        params: params.leak(),
    }
}

fn param(view: ParamView<'_>) -> ParamSpec {
    let kind = match view.kind {
        ParamViewKind::Real(min, max) => ParamKind::Real { min, max },
        ParamViewKind::Probability => ParamKind::Probability,
        ParamViewKind::Whole(min, max) => ParamKind::Whole { min, max },
        ParamViewKind::Choice(words) => {
            ParamKind::Choice(words.iter().map(keep).collect::<Vec<_>>().leak())
        }
        ParamViewKind::Text => ParamKind::Text,
    };
    let default = view.default.map(|value| match value {
        Value::Real(value) => Value::Real(value),
        Value::Whole(value) => Value::Whole(value),
        Value::Text(text) => Value::Text(keep(text)),
    });
    ParamSpec { name: keep(view.name), kind, unit: keep(view.unit), default, help: keep(view.help) }
}
