//! What a layer did, out of the batches that it inserted.

use pandia_core::noise::expected::{Deed, PauliString, errors_of_channel};
use pandia_core::op::gates::slot;
use pandia_core::op::{Op, OpKind};

/// What a layer did.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// Something that error models say of themselves.
    Deed(Deed),
    /// Something else, by its name.
    Other(String),
}

/// One thing that was done, with its weight: 1, or the probability that a channel gives it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Happened {
    pub(super) what: What,
    pub(super) weight: f64,
    /// Whether it is in a channel, and not drawn.
    pub(super) by_channel: bool,
}

/// What the operations of one inserted batch are.
pub(super) fn happened(ops: &[Op<'_>], is_leaked: impl Fn(u32) -> bool) -> Vec<Happened> {
    let drawn = |what| Happened { what, weight: 1.0, by_channel: false };
    let mut all = Vec::new();
    for &op in ops {
        let each = &mut |deed, weight: f64| {
            if weight > 0.0 {
                all.push(Happened { what: What::Deed(deed), weight, by_channel: true });
            }
        };
        if op.kind() == OpKind::Channel && !errors_of_channel(op, each) {
            all.push(drawn(What::Other(format!("channel {}", op.gate()))));
        }
    }
    let gates: Vec<Op<'_>> = of_kind(ops, OpKind::Gate).collect();
    if !gates.is_empty() {
        match paulis(&gates) {
            Some(strings) => {
                all.extend(strings.into_iter().map(|s| drawn(What::Deed(Deed::Paulis(s)))));
            }
            None => all.push(drawn(rotation(&gates))),
        }
    }
    for op in of_kind(ops, OpKind::Reset) {
        let qubit = op.qubit(0);
        let deed = if is_leaked(qubit) { Deed::Returns(qubit) } else { Deed::Leaks(qubit) };
        all.push(drawn(What::Deed(deed)));
    }
    let known = [OpKind::Channel, OpKind::Gate, OpKind::Reset];
    for op in ops.iter().filter(|op| !known.contains(&op.kind())) {
        all.push(drawn(What::Other(op.kind().name().to_owned())));
    }
    all
}

fn of_kind<'a>(ops: &[Op<'a>], kind: OpKind) -> impl Iterator<Item = Op<'a>> {
    ops.iter().copied().filter(move |op| op.kind() == kind)
}

/// The gates as Pauli errors: as one string if they make one.
fn paulis(gates: &[Op<'_>]) -> Option<Vec<PauliString>> {
    let factor = |op: &Op<'_>| match op.gate() {
        slot::X => Some((op.qubit(0), 1)),
        slot::Y => Some((op.qubit(0), 2)),
        slot::Z => Some((op.qubit(0), 3)),
        _ => None,
    };
    let factors: Option<Vec<(u32, u8)>> = gates.iter().map(factor).collect();
    let factors = factors?;
    if let Some(whole) = PauliString::new(factors.iter().copied()) {
        return Some(vec![whole]);
    }
    Some(factors.into_iter().filter_map(|factor| PauliString::new([factor])).collect())
}

/// Gates that are no Paulis.
fn rotation(gates: &[Op<'_>]) -> What {
    let mut touched: Vec<u32> = gates.iter().flat_map(|op| op.qubits()).collect();
    touched.sort_unstable();
    touched.dedup();
    match touched.as_slice() {
        &[qubit] => What::Deed(Deed::Rotation { qubits: [qubit, 0], qubit_count: 1 }),
        &[a, b] => What::Deed(Deed::Rotation { qubits: [a, b], qubit_count: 2 }),
        more => What::Other(format!("gates on {} qubits", more.len())),
    }
}
