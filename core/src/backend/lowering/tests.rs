//! Lowering over a backend that writes down what comes.

use super::*;
use crate::backend::{Caps, Info, Stack, Threading};
use crate::error::Class;
use crate::op::gates::{NATIVE, slot};
use crate::op::record::FLAG_INSERTED;
use crate::op::{Outcome, Source};
use crate::units::{DurationNs, TimeNs};
use std::vec;
use std::vec::Vec;

/// What arrived: slot (0 for what is no gate), qubits, flags, of one call.
type Call = (Source, TimeNs, DurationNs, Vec<(u16, Vec<u32>, u8)>);

/// Takes some gates on four qubits, refuses others by name, and writes down what comes.
struct Recorder {
    accepts: Vec<u16>,
    calls: Vec<Call>,
}

impl Recorder {
    fn refusal(&self, op: Op<'_>) -> Result<()> {
        check_operands(op, 4)?;
        let slot = op.gate();
        if op.kind() == OpKind::Gate && !self.accepts.contains(&slot) {
            return Err(ErrorKind::GateRefused { gate: "test", slot }.into());
        }
        Ok(())
    }
}

impl Backend for Recorder {
    fn id(&self) -> &'static str {
        "test.recorder"
    }
    fn info(&self) -> Info {
        let threading = Threading::Sendable;
        Info { qubit_count: 4, op_kinds: u64::MAX, caps: Caps::NONE, threading }
    }
    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        for (def, verdict) in gates.gates.iter().zip(verdicts) {
            let known = self.accepts.contains(&def.slot);
            *verdict = if known { Verdict::Native } else { Verdict::Reject };
        }
        Ok(())
    }
    fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
        Ok(())
    }
    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        for (index, op) in (0..).zip(batch.ops()) {
            self.refusal(op).map_err(|e| e.at_op(index).in_layer("test.recorder"))?;
        }
        let mut call = Vec::new();
        for (op_index, op) in (0..).zip(batch.ops()) {
            call.push((op.gate(), op.qubits().collect(), op.flags()));
            if op.kind().bears_result() {
                let (id, kind) = (op.result_id(), op.kind() as u8);
                outcomes.push(Outcome { id, kind, op_index, ..Outcome::default() })?;
            }
        }
        self.calls.push((batch.source(), batch.start(), batch.length(), call));
        Ok(())
    }
    fn shot_end(&mut self) -> Result<()> {
        Ok(())
    }
}

fn stack(accepts: &[u16]) -> Stack<Lowering, Recorder> {
    Stack::new(Lowering::new(), Recorder { accepts: accepts.to_vec(), calls: vec![] })
}

fn announce(stack: &mut Stack<Lowering, Recorder>, slots: &[u16]) -> Vec<Verdict> {
    let gates: Vec<_> = slots.iter().map(|&s| GateDef::built_in(s).unwrap()).collect();
    let mut verdicts = vec![Verdict::Reject; slots.len()];
    stack.negotiate(&GateSet { gates: &gates }, &mut verdicts).unwrap();
    verdicts
}

fn apply(stack: &mut Stack<Lowering, Recorder>, ops: &OpBuffer<256>) -> Result<Vec<Outcome>> {
    let mut room = [Outcome::default(); 8];
    let mut outcomes = Outcomes::new(&mut room);
    let source = Source { issuer: 7, depth: 2 };
    let batch = ops.batch().at(TimeNs(40), DurationNs(5)).from_source(source);
    stack.apply(&batch, &mut outcomes)?;
    Ok(outcomes.as_slice().to_vec())
}

#[test]
fn every_built_in_gate_but_large_matrices_is_lowered_to_natives_and_fits() {
    let mut stack = stack(&NATIVE);
    let all: Vec<_> = LIST.iter().map(|gate| gate.slot).collect();
    for (gate, verdict) in LIST.iter().zip(announce(&mut stack, &all)) {
        let expected = match gate.slot {
            slot::UNITARY_2Q | slot::UNITARY_3Q => Verdict::Reject,
            native if NATIVE.contains(&native) => Verdict::Native,
            _ => Verdict::Lowered,
        };
        assert_eq!(verdict, expected, "{}", gate.name);
        if verdict == Verdict::Lowered {
            let params = match gate.slot {
                slot::UNITARY_1Q => vec![1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0],
                _ => vec![0.3; gate.params.len()],
            };
            let mut ops = OpBuffer::<256>::new();
            let qubits = &[3, 0, 2][..usize::from(gate.qubit_count)];
            ops.gate(gate.slot, qubits, &params).unwrap();
            apply(&mut stack, &ops).unwrap();
        }
    }
    for call in &stack.child().calls {
        assert!(call.3.iter().all(|(slot, ..)| NATIVE.contains(slot)));
    }
}

#[test]
fn what_the_child_takes_passes_untouched_and_targets_are_asked_for() {
    // cx was never announced by the caller; the layer asks for it to lower swap.
    let mut stack = stack(&[slot::CX, slot::H]);
    let verdicts = announce(&mut stack, &[slot::SWAP, slot::H, slot::T]);
    assert_eq!(verdicts, [Verdict::Lowered, Verdict::Native, Verdict::Reject]);
    let mut ops = OpBuffer::new();
    ops.gate(slot::H, &[2], &[]).unwrap();
    ops.measure(2, 5).unwrap();
    ops.gate_flagged(slot::SWAP, FLAG_INSERTED, &[3, 1], &[]).unwrap();
    ops.measure(1, 6).unwrap();
    let outcomes = apply(&mut stack, &ops).unwrap();
    let told: Vec<_> = outcomes.iter().map(|o| (o.id, o.op_index)).collect();
    assert_eq!(told, [(5, 1), (6, 3)]);
    let calls = &stack.child().calls;
    let records: Vec<_> = calls.iter().map(|call| call.3.clone()).collect();
    assert_eq!(
        records,
        [
            vec![(slot::H, vec![2], 0), (0, vec![2], 0)],
            vec![
                (slot::CX, vec![3, 1], FLAG_INSERTED),
                (slot::CX, vec![1, 3], FLAG_INSERTED),
                (slot::CX, vec![3, 1], FLAG_INSERTED)
            ],
            vec![(0, vec![1], 0)],
        ]
    );
    for call in calls {
        let (source, start, length) = (call.0, call.1, call.2);
        assert_eq!((source, start), (Source { issuer: 7, depth: 2 }, TimeNs(40)));
        assert_eq!(length, DurationNs(5));
    }
}

#[test]
fn errors_name_the_callers_operation_and_come_before_anything_is_done() {
    let mut stack = stack(&NATIVE);
    announce(&mut stack, &[slot::CX, slot::RX, slot::UNITARY_1Q]);
    let not_unitary = [2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    let bad: [(u16, &[u32], &[f64]); 5] = [
        (slot::CX, &[0, 4], &[]),
        (slot::CX, &[1, 1], &[]),
        (slot::RX, &[1], &[f64::NAN]),
        (slot::RX, &[1], &[]),
        (slot::UNITARY_1Q, &[0], &not_unitary),
    ];
    for (slot, qubits, params) in bad {
        let mut ops = OpBuffer::new();
        ops.gate(slot::RX, &[0], &[0.1]).unwrap();
        ops.gate(slot, qubits, params).unwrap();
        let error = apply(&mut stack, &ops).unwrap_err();
        assert_eq!((error.class(), error.op_index()), (Class::Refused, Some(1)), "{error}");
        assert_eq!(error.layer(), "pandia.lowering");
    }
    assert!(stack.child().calls.is_empty());
    // A gate that nobody can do is the child's to refuse; by then the first one was done.
    let mut ops = OpBuffer::new();
    ops.gate(slot::RX, &[0], &[0.1]).unwrap();
    ops.gate(slot::UNITARY_2Q, &[0, 1], &[0.0; 32]).unwrap();
    let error = apply(&mut stack, &ops).unwrap_err();
    assert_eq!((error.class(), error.op_index()), (Class::ShotLost, Some(1)));
    assert_eq!(error.layer(), "test.recorder");
    assert!(std::format!("{error}").contains("gate test (slot 33)"), "{error}");
}

#[test]
fn without_anything_to_lower_a_batch_goes_down_in_one_piece() {
    let mut stack = stack(&[slot::H]);
    assert_eq!(announce(&mut stack, &[slot::H]), [Verdict::Native]);
    let mut ops = OpBuffer::new();
    for qubit in 0..4 {
        ops.gate(slot::H, &[qubit], &[]).unwrap();
    }
    apply(&mut stack, &ops).unwrap();
    assert_eq!(stack.child().calls.len(), 1);
}
