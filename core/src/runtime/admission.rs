//! What a runtime lets through: all that can be known to be wrong is refused when it is submitted,
//! before anything is held back, so that only what the stack alone can know is told later.
//!
//! The checks are those that simulators make ([`crate::backend`]); here is what they are made with:
//! the stack's kinds and width, and the gates that were announced to it.

use crate::backend::precheck::{check_channel, check_gate, check_postselect, wrong_counts};
use crate::backend::{GateDef, GateSet, Info, OwnGates, UserGates, Verdict};
use crate::error::{Error, ErrorKind, Result};
use crate::op::check::check_operands;
use crate::op::gates::{FIRST_USER_SLOT, facts};
use crate::op::record::OpKinds;
use crate::op::{Batch, Op, OpKind};

/// Most gates without a meaning here that the stack takes nevertheless.
const OPAQUE_MAX: usize = 32;

/// What is known of the stack.
#[derive(Clone, Debug)]
pub(super) struct Admission {
    /// Qubits that can be used: those of the stack that the runtime has room for.
    width: u32,
    room: u32,
    op_kinds: OpKinds,
    /// Built-in slots that the stack was asked about and rejects, as bits.
    rejected: u64,
    /// Gates of the program's own with a matrix.
    gates: UserGates,
    /// Those without: slot, and counts as a record has them.
    opaque: heapless::Vec<(u16, u16), OPAQUE_MAX>,
}

impl Admission {
    /// A runtime with room for so many qubits, over a stack that says this of itself.
    pub(super) fn new(info: Info, room: u32) -> Self {
        Self {
            width: info.qubit_count.min(room),
            room,
            op_kinds: info.op_kinds,
            rejected: 0,
            gates: UserGates::default(),
            opaque: heapless::Vec::new(),
        }
    }

    /// How many qubits can be used.
    pub(super) const fn width(&self) -> u32 {
        self.width
    }

    /// Whether the stack takes this built-in gate, as far as it was asked.
    pub(super) const fn takes(&self, slot: u16) -> bool {
        slot >= 64 || self.rejected >> slot & 1 == 0
    }

    /// Takes note of what the stack said. `verdicts` are its answers to `set`.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if a slot has been given to another gate, [`ErrorKind::Capacity`] if
    /// there are more gates than can be remembered.
    pub(super) fn note(
        &mut self,
        info: Info,
        set: &GateSet<'_>,
        verdicts: &[Verdict],
    ) -> Result<()> {
        self.width = info.qubit_count.min(self.room);
        self.op_kinds = info.op_kinds;
        for (def, verdict) in set.gates.iter().zip(verdicts) {
            let taken = *verdict != Verdict::Reject;
            if def.slot >= FIRST_USER_SLOT {
                if taken {
                    self.note_user(def)?;
                }
            } else if facts(def.slot).is_some_and(|gate| gate.id == def.id) {
                self.rejected = self.rejected & !(1 << def.slot) | u64::from(!taken) << def.slot;
            }
        }
        Ok(())
    }

    fn note_user(&mut self, def: &GateDef<'_>) -> Result<()> {
        let mut verdict = [Verdict::Reject];
        self.gates.negotiate(&GateSet { gates: core::slice::from_ref(def) }, &mut verdict)?;
        if verdict != [Verdict::Reject] {
            return Ok(());
        }
        let counts = u16::from_le_bytes([def.qubit_count, def.param_count]);
        if let Some(known) = self.opaque.iter_mut().find(|(slot, _)| *slot == def.slot) {
            known.1 = counts;
            return Ok(());
        }
        self.opaque.push((def.slot, counts)).map_err(|_| {
            let (needed, available) = (OPAQUE_MAX as u64 + 1, OPAQUE_MAX as u64);
            ErrorKind::Capacity { what: "gates without a matrix", needed, available }.into()
        })
    }

    /// Checks every operation of a batch, and that result ids are below `result_count`.
    ///
    /// # Errors
    /// As a simulator's: of class *refused*, with the operation's index.
    pub(super) fn check(&self, batch: &Batch<'_>, result_count: usize) -> Result<()> {
        for (index, op) in (0..).zip(batch.ops()) {
            self.check_op(op).map_err(|e| e.at_op(index))?;
            if op.kind().bears_result() && op.result_id() >= result_count as u64 {
                return Err(no_such_result(op.result_id(), result_count).at_op(index));
            }
        }
        Ok(())
    }

    fn check_op(&self, op: Op<'_>) -> Result<()> {
        let kind = op.kind();
        if self.op_kinds & kind.bit() == 0 {
            return if op.is_hint() { Ok(()) } else { Err(not_taken(kind)) };
        }
        match kind {
            OpKind::Gate => self.check_gate(op),
            OpKind::Postselect => check_postselect(op, self.width),
            OpKind::Channel => check_channel(op, self.width),
            OpKind::Measure
            | OpKind::MeasureLeaked
            | OpKind::Reset
            | OpKind::Idle
            | OpKind::Barrier => check_operands(op, self.width),
            // Whoever takes it knows what it may be.
            OpKind::Custom => Ok(()),
        }
    }

    fn check_gate(&self, op: Op<'_>) -> Result<()> {
        let slot = op.gate();
        if let Some(gate) = facts(slot).filter(|_| !self.takes(slot)) {
            let error = Error::from(ErrorKind::GateRefused { gate: gate.name(), slot });
            return if op.is_hint() { Ok(()) } else { Err(error) };
        }
        match self.opaque.iter().find(|(known, _)| *known == slot) {
            Some((_, counts)) if *counts != op.counts() => Err(wrong_counts(op, *counts)),
            Some(_) => check_operands(op, self.width),
            None => check_gate(op, self.width, &self.gates),
        }
    }
}

#[cold]
fn not_taken(kind: OpKind) -> Error {
    let error = Error::from(ErrorKind::Unsupported("an operation of a kind that nobody takes"));
    error.with_text(format_args!(
        "the stack below takes no operation of the kind {}; leave it out, flag it as a hint, or \
         choose a stack that takes it",
        kind.name()
    ))
}

/// The refusal of a result id that there is no room for.
#[cold]
pub(super) fn no_such_result(id: u64, result_count: usize) -> Error {
    Error::from(ErrorKind::Argument("a result id beyond the configured ones")).with_text(
        format_args!("result id {id} is not below {result_count}; configure more results"),
    )
}
