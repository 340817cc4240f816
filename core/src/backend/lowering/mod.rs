//! The layer that lowers gates: what the child cannot do and what is made of gates that it can is
//! rewritten on the way down; everything else is forwarded as it is.
//!
//! A rewritten gate keeps its operation's index (in errors), time, source and flags. Only built-in
//! gates are lowered: a user gate that the child refuses stays refused, and so does a two- or
//! three-qubit matrix.
//! Not here: what a gate is made of ([`crate::op::gates::Decomposition`]).

#[cfg(test)]
mod tests;

use super::contract::Backend;
use super::forward::Forwarder;
use super::gate_set::{GateDef, GateSet, Verdict};
use super::stack::Layer;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::op::check::check_operands;
use crate::op::gates::{
    Decomposition, GATE_PARAMS_MAX, GATE_QUBITS_MAX, Gate, LIST, MATRIX_MAX, Traits, by_slot,
    can_expand, expand,
};
use crate::op::{Batch, Op, OpBuffer, OpKind, OpSink, Outcomes};
use crate::real::Complex;

/// Words that the operations of the longest lowered gate take (a controlled swap in natives).
pub const LOWERED_WORDS_MAX: usize = 192;

/// Lowers gates for its child; put it on top with [`super::Stack::new`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Lowering {
    /// Built-in gates that the child takes.
    accepted: Slots,
    /// Built-in gates that are rewritten.
    lowered: Slots,
    /// How many qubits the child has.
    width: u32,
}

/// A set of built-in slots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Slots(u64);

const _: () = assert!(LIST.len() < 64, "slots no longer fit the set's bits");

impl Slots {
    const fn has(self, slot: u16) -> bool {
        slot < 64 && self.0 >> slot & 1 == 1
    }

    const fn put(&mut self, slot: u16, present: bool) {
        if slot < 64 {
            self.0 = self.0 & !(1 << slot) | (present as u64) << slot;
        }
    }
}

/// The built-in gate that an announcement means, if it is one.
fn built_in(def: &GateDef<'_>) -> Option<&'static Gate> {
    by_slot(def.slot).filter(|gate| gate.id == def.id)
}

impl Lowering {
    /// Nothing announced yet, so nothing is rewritten yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { accepted: Slots(0), lowered: Slots(0), width: 0 }
    }

    fn is_lowered(&self, op: Op<'_>) -> bool {
        op.kind() == OpKind::Gate && self.lowered.has(op.gate())
    }

    /// Asks the child about the gates that `gate` may be made of, as far as it was not asked yet.
    fn ask_for_targets<B: Backend>(
        &mut self,
        child: &mut B,
        gate: &Gate,
        asked: &mut Slots,
    ) -> Result<()> {
        let Decomposition::Into { targets, .. } = gate.decomposition else { return Ok(()) };
        for target in targets.iter().filter_map(|&slot| by_slot(slot)) {
            if !asked.has(target.slot) {
                asked.put(target.slot, true);
                let mut verdict = [Verdict::Reject];
                let def = [GateDef::built_in(target.slot)?];
                child.negotiate(&GateSet { gates: &def }, &mut verdict)?;
                self.accepted.put(target.slot, verdict != [Verdict::Reject]);
            }
            // Levels of decomposition go down only, so this ends.
            if !self.accepted.has(target.slot) {
                self.ask_for_targets(child, target, asked)?;
            }
        }
        Ok(())
    }

    /// Writes what the gate `op` is made of to `out`.
    fn lower(&self, op: Op<'_>, out: &mut OpBuffer<LOWERED_WORDS_MAX>) -> Result<()> {
        let slot = op.gate();
        let gate = by_slot(slot).ok_or(ErrorKind::GateRefused { gate: "user gate", slot })?;
        let mut params = [0.0; GATE_PARAMS_MAX];
        let params = params_of(op, &mut params);
        let accepts = |slot| self.accepted.has(slot);
        expand(gate, params, &accepts, &mut |slot, operands, params| {
            let mut qubits = [0; GATE_QUBITS_MAX];
            for (qubit, &operand) in qubits.iter_mut().zip(operands) {
                *qubit = op.qubit(usize::from(operand));
            }
            let qubits = qubits.get(..operands.len()).unwrap_or(&[]);
            out.gate_flagged(slot, op.flags(), qubits, params)
        })
    }

    /// What would be refused later is refused now, before anything is done.
    fn check(&self, batch: &Batch<'_>) -> Result<()> {
        for (index, op) in (0..).zip(batch.ops()) {
            if self.is_lowered(op) {
                check_lowered(op, self.width).map_err(|e| e.at_op(index))?;
            }
        }
        Ok(())
    }
}

/// Checks counts against the list, then operands, then a matrix.
fn check_lowered(op: Op<'_>, width: u32) -> Result<()> {
    let slot = op.gate();
    let gate = by_slot(slot).ok_or(ErrorKind::GateRefused { gate: "user gate", slot })?;
    if (usize::from(gate.qubit_count), gate.params.len()) != (op.qubit_count(), op.param_count()) {
        let reason = "the gate takes other counts of qubits or parameters";
        return Err(ErrorKind::Argument(reason).into());
    }
    check_operands(op, width)?;
    if gate.traits.has(Traits::MATRIX) {
        let mut params = [0.0; GATE_PARAMS_MAX];
        gate.unitary(params_of(op, &mut params), &mut [Complex::ZERO; MATRIX_MAX])?;
    }
    Ok(())
}

/// The parameters of `op` as real numbers, in `out`.
fn params_of<'p>(op: Op<'_>, out: &'p mut [f64; GATE_PARAMS_MAX]) -> &'p [f64] {
    for (place, &word) in out.iter_mut().zip(op.params()) {
        *place = f64::from_bits(word);
    }
    out.get(..op.param_count()).unwrap_or(out)
}

impl Layer for Lowering {
    fn id(&self) -> &'static str {
        "pandia.lowering"
    }

    fn negotiate<B: Backend>(
        &mut self,
        child: &mut B,
        gates: &GateSet<'_>,
        verdicts: &mut [Verdict],
    ) -> Result<()> {
        child.negotiate(gates, verdicts)?;
        self.width = child.info().qubit_count;
        let mut asked = Slots::default();
        for (def, verdict) in gates.gates.iter().zip(verdicts.iter()) {
            if let Some(gate) = built_in(def) {
                asked.put(gate.slot, true);
                self.accepted.put(gate.slot, *verdict != Verdict::Reject);
            }
        }
        for (def, verdict) in gates.gates.iter().zip(verdicts) {
            let Some(gate) = built_in(def) else { continue };
            if *verdict == Verdict::Reject {
                self.ask_for_targets(child, gate, &mut asked)?;
                let accepted = self.accepted;
                if can_expand(gate, &|slot| accepted.has(slot)) {
                    *verdict = Verdict::Lowered;
                }
            }
            self.lowered
                .put(gate.slot, *verdict == Verdict::Lowered && !self.accepted.has(gate.slot));
        }
        Ok(())
    }

    fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
        Ok(())
    }

    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        if self.lowered == Slots::default() {
            return child.apply(batch, outcomes);
        }
        self.check(batch)?;
        let mut forwarder = Forwarder::new(child, batch, outcomes)?;
        let mut steps = OpBuffer::new();
        while let Some(op) = forwarder.next_op() {
            if !self.is_lowered(op) {
                continue;
            }
            forwarder.skip_op(outcomes)?;
            steps.clear();
            // Checked above, so this does not fail; if it did, earlier pieces have been done.
            let lost = |e: Error| e.at_op(forwarder.op_index()).after_partial_work();
            self.lower(op, &mut steps).map_err(lost)?;
            if steps.op_count() > 0 {
                forwarder.replace(&steps.batch(), outcomes)?;
            }
        }
        forwarder.finish(outcomes)
    }
}
