//! What operations are called in exports and on the screen.

use std::borrow::Cow;

use pandia_core::op::{Op, OpKind, channel, gates};

/// The name of a gate or channel; of everything else, the name of its kind.
pub(super) fn op_name(op: Op<'_>) -> Cow<'static, str> {
    let number = op.gate();
    match op.kind() {
        OpKind::Gate => match gates::by_slot(number) {
            Some(gate) => gate.name.into(),
            None => format!("gate_{number}").into(),
        },
        OpKind::Channel => match channel::by_number(number) {
            Some(channel) => channel.name.into(),
            None => format!("channel_{number}").into(),
        },
        OpKind::Custom => format!("custom_{number}").into(),
        kind => kind.name().into(),
    }
}

/// An outcome in words.
pub(super) fn outcome_name(value: u64) -> Cow<'static, str> {
    match value {
        0 => "0".into(),
        1 => "1".into(),
        2 => "leaked".into(),
        other => other.to_string().into(),
    }
}
