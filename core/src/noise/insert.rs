//! What models insert: Pauli errors, in small batches on the stack, signed by the layer.
//!
//! Not here: when, and which.

use crate::backend::{Backend, Forwarder, GateDef, GateSet, Verdict};
use crate::error::{Case, Error, ErrorKind, Result, cut};
use crate::ids::StreamId;
use crate::op::gates::{name_of, slot};
use crate::op::record::FLAG_INSERTED;
use crate::op::{OpBuffer, OpKind, OpSink, Outcomes, Params, Parts, Source};

/// A Pauli operator by number: 0 I, 1 X, 2 Y, 3 Z, as [`crate::op::channel`] counts them.
pub(crate) type Pauli = usize;

/// The gate slot of a Pauli other than the identity.
const fn slot_of(pauli: Pauli) -> u16 {
    match pauli & 3 {
        1 => slot::X,
        2 => slot::Y,
        3 => slot::Z,
        _ => slot::I,
    }
}

/// How often each Pauli was inserted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PauliCounts {
    pub(crate) x: u64,
    pub(crate) y: u64,
    pub(crate) z: u64,
}

impl PauliCounts {
    const fn count(&mut self, pauli: Pauli) {
        match pauli & 3 {
            1 => self.x += 1,
            2 => self.y += 1,
            3 => self.z += 1,
            _ => {}
        }
    }
}

/// Who signs what a layer inserts.
#[expect(clippy::cast_possible_truncation, reason = "the low half names the layer")]
const fn source(stream_id: StreamId) -> Source {
    Source { issuer: stream_id.0 as u32, depth: 0 }
}

/// Inserts the operations of `ops`, which bear no results, where `forwarder` stands.
pub(crate) fn ops<B: Backend, const WORDS: usize>(
    forwarder: &mut Forwarder<'_, '_, B>,
    stream_id: StreamId,
    ops: &OpBuffer<WORDS>,
) -> Result<()> {
    let own = ops.batch().from_source(source(stream_id));
    forwarder.insert(&own, &mut Outcomes::new(&mut []))
}

/// Inserts one or two Paulis, those that are not the identity, as one batch.
pub(crate) fn paulis<B: Backend>(
    forwarder: &mut Forwarder<'_, '_, B>,
    stream_id: StreamId,
    errors: &[(u32, Pauli)],
    counts: &mut PauliCounts,
) -> Result<()> {
    let mut buffer = OpBuffer::<4>::new();
    for pair in errors.chunks(2) {
        buffer.clear();
        for &(qubit, pauli) in pair {
            if pauli != 0 {
                buffer.inserted_gate(slot_of(pauli), &[qubit], &[])?;
                counts.count(pauli);
            }
        }
        if buffer.op_count() > 0 {
            ops(forwarder, stream_id, &buffer)?;
        }
    }
    Ok(())
}

/// Inserts a channel on `qubits`.
pub(crate) fn channel<B: Backend>(
    forwarder: &mut Forwarder<'_, '_, B>,
    stream_id: StreamId,
    number: u16,
    qubits: &[u32],
    params: &[f64],
) -> Result<()> {
    if qubits.len() <= 2 {
        // The longest: 15 numbers on two qubits.
        channel_in::<B, 17>(forwarder, stream_id, number, qubits, params)
    } else {
        // The longest: one number on as many qubits as a record holds.
        channel_in::<B, 130>(forwarder, stream_id, number, qubits, params)
    }
}

#[inline(never)]
fn channel_in<B: Backend, const WORDS: usize>(
    forwarder: &mut Forwarder<'_, '_, B>,
    stream_id: StreamId,
    number: u16,
    qubits: &[u32],
    params: &[f64],
) -> Result<()> {
    let params = Params::Reals(params);
    let (kind, flags) = (OpKind::Channel, FLAG_INSERTED);
    let mut buffer = OpBuffer::<WORDS>::new();
    buffer.push(Parts { kind, flags, gate: number, qubits, params })?;
    ops(forwarder, stream_id, &buffer)
}

/// Announces built-in gates that a layer inserts.
///
/// # Errors
/// [`ErrorKind::GateRefused`] naming the gate that the child rejects.
pub(crate) fn announce<B: Backend>(child: &mut B, part: &'static str, slots: &[u16]) -> Result<()> {
    for &slot in slots {
        let mut verdict = [Verdict::Reject];
        child.negotiate(&GateSet { gates: &[GateDef::built_in(slot)?] }, &mut verdict)?;
        if verdict == [Verdict::Reject] {
            let gate = name_of(slot).unwrap_or("user gate");
            let refused = Error::from(ErrorKind::GateRefused { gate, slot });
            return Err(refused.of_case(Case::CannotInsert { part, gate, child: cut(child.id()) }));
        }
    }
    Ok(())
}

/// The Pauli gates: what Pauli models announce.
pub(crate) const PAULIS: [u16; 3] = [slot::X, slot::Y, slot::Z];
